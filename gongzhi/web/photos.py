"""Photos on their way in and out: checked by content when sent, shown only to whoever may see the demand."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from gongzhi.demands import photos, queries
from gongzhi.demands.actions.intake import MOST_PHOTOS
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.entrance import actor_of
from gongzhi.web.words import in_words

DAY = 24 * 3600


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Up to six photos; cleaned, they are `demands.photos.Photo`. Each file's fault is said with its name."""

    def __init__(self, *, needed: bool = False, **options: Any) -> None:
        attrs = {"accept": "image/jpeg,image/png,image/webp", "multiple": True, "data-photos": str(MOST_PHOTOS)}
        super().__init__(required=needed, widget=ManyFiles(attrs=attrs), **options)

    def clean(self, data: Any, initial: Any = None) -> list[photos.Photo]:
        """Read every file by its content, after its size was asked for."""
        files = [one for one in (data if isinstance(data, Sequence) else [data]) if isinstance(one, UploadedFile)]
        if len(files) > MOST_PHOTOS:
            raise ValidationError(
                _("最多 %(most)d 张照片，您选了 %(count)d 张。"), params={"most": MOST_PHOTOS, "count": len(files)}
            )
        taken, faults = [], []
        for one in files:
            try:
                photos.check_size(one.size or 0)
                taken.append(photos.read_photo(one.read()))
            except photos.BadPhoto as fault:
                faults.append(_("%(name)s：%(words)s") % {"name": (one.name or "")[:40], "words": in_words(fault)})
        if faults:
            raise ValidationError(faults)
        if self.required and not taken:
            raise ValidationError(_("请先选一张照片。"))
        return taken


def photo_answer(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    """The picture for whoever may see its demand, small with `?small`; 404 for absent and not yours alike."""
    try:
        if not name.isprintable():
            raise Http404
        photo = queries.demand_of_photo(actor, name)
        with default_storage.open(f"photos/{photo.name[:2]}/{photo.name}") as stored:
            data = stored.read()
    except (queries.NO_PHOTO, FileNotFoundError) as error:
        raise Http404 from error
    if "small" in request.GET:
        data = photos.thumbnail(data)
    return HttpResponse(data, "image/jpeg", headers={"Cache-Control": f"private, max-age={DAY}"})


def show_photo(request: HttpRequest, name: str) -> HttpResponse:
    """A photo for a login: staff of its place, its handler, or the resident whose account holds the demand."""
    return photo_answer(request, actor_of(request), name)
