"""Places and units from a spreadsheet: hand in, look, confirm."""

import secrets as random
from pathlib import Path
from time import time

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.neighbourhood import actions
from gongzhi.neighbourhood.actions import REGISTER_FIELDS, Taken, What
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import secrets
from gongzhi.shared.moves import Refused
from gongzhi.shared.sheets import Limits, RowError, SheetError, column_letter
from gongzhi.web.desk.setup.doors import looking, must_set_up, said
from gongzhi.web.desk.setup.places import DATUMS

HOUR = 3600
LIMITS = Limits(size=20 * 2**20, rows=50_000)
SHOWN = 50
TITLES = {"places": _("从表格导入地点"), "units": _("从表格导入成员单位")}


class RegisterForm(forms.Form):
    """One file, and what its coordinates are."""

    file = forms.FileField(
        label=_("表格文件"),
        help_text=_(".xlsx、.xls 或 .csv，最大 20 MB。先预览，确认之后才登记。"),
        allow_empty_file=True,
    )
    datum = forms.ChoiceField(label=_("经纬度来自"), choices=DATUMS, required=False)


@looking
def import_register(request: HttpRequest, actor: Actor, what: What) -> HttpResponse:
    """The form, the preview of what was handed in, and the confirmation."""
    must_set_up(actor)
    if token := request.POST.get("token"):
        return _confirm(request, actor, what, token)
    form = RegisterForm(request.POST or None, request.FILES or None)
    if what == "units":
        del form.fields["datum"]
    context: dict[str, object] = {
        "form": form,
        "what": what,
        "title": TITLES[what],
        "fields": REGISTER_FIELDS[what].values(),
    }
    if request.method == "POST" and form.is_valid():
        upload, system = form.cleaned_data["file"], form.cleaned_data.get("datum") or "gcj02"
        path = None
        try:
            path = keep(upload)
            context |= _looked(actor, what, path, system)
        except (Refused, SheetError) as error:
            form.add_error("file", error_words(error))
            if path:
                path.unlink(missing_ok=True)
        else:
            context["token"] = secrets.sign(f"register.{what}", f"{path.name}:{system}:{upload.name}")
    return render(request, "desk/setup/register.html", context, status=422 if form.errors else 200)


def error_words(error: Refused | SheetError | RowError) -> str:
    """What is wrong, in the reader's language."""
    return said(Refused(error.message, **error.values))


def keep(upload: UploadedFile) -> Path:
    """Keep a file for the hour in which it may be confirmed, under a name that cannot be guessed. Raises Refused."""
    if (upload.size or 0) > LIMITS.size:
        raise Refused(gettext("文件超过%(most)d MB，请拆成几个文件。"), most=LIMITS.size // 2**20)
    folder = kept_in()
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        # Previewed and never confirmed: it may hold the numbers of liaisons.
        if left.stat().st_mtime < time() - HOUR:
            left.unlink(missing_ok=True)
    path = folder / random.token_urlsafe(24)
    with path.open("xb") as kept:
        for piece in upload.chunks():
            kept.write(piece)
    return path


def kept_in() -> Path:
    """Where such files lie."""
    return Path(settings.DATA) / "registers"


def _looked(actor: Actor, what: What, path: Path, system: str) -> dict[str, object]:
    """What the page says of a file: how its columns are read, what is new, what differs, what is wrong."""
    header, columns = actions.read_columns(path, what=what, limits=LIMITS)
    fields = REGISTER_FIELDS[what]
    if "name" not in columns:
        raise Refused(
            gettext("没有“%(name)s”这一列。这里认得的列：%(fields)s。"),
            name=fields["name"],
            fields=gettext("、").join(gettext(field) for field in fields.values()),
        )
    now = timezone.localtime()
    seen = actions.look_at_register(actor, what=what, path=path, columns=columns, now=now, system=system, limits=LIMITS)
    read = {column: name for name, column in columns.items()}
    return {
        "seen": seen,
        "columns": [
            (column_letter(place + 1), name, fields.get(read.get(place, ""))) for place, name in enumerate(header)
        ],
        "fresh": seen.good[:SHOWN],
        "differences": seen.differences[:SHOWN],
        "more_differences": max(0, len(seen.differences) - SHOWN),
        "errors": [(error, error_words(error)) for error in seen.errors[:SHOWN]],
        "more_errors": max(0, len(seen.errors) - SHOWN),
    }


def _confirm(request: HttpRequest, actor: Actor, what: What, token: str) -> HttpResponse:
    again = HttpResponseRedirect(reverse(f"setup-{what}-import"))
    try:
        kept, system, name = secrets.read_signed(f"register.{what}", token, max_age=HOUR).split(":", 2)
        taken = _taken(actor, what, kept_in() / kept, system, name)
    except (BadSignature, FileNotFoundError):
        messages.error(request, gettext("这份预览已过时，请重新上传。"))
        return again
    except (Refused, SheetError) as error:
        messages.error(request, error_words(error))
        return again
    messages.success(request, gettext("已登记 %(count)d 行。") % {"count": taken.added})
    return HttpResponseRedirect(reverse("setup-places" if what == "places" else "setup-networks"))


def _taken(actor: Actor, what: What, path: Path, system: str, name: str) -> Taken:
    _header, columns = actions.read_columns(path, what=what, limits=LIMITS)
    taken = actions.take_register(
        actor, what=what, path=path, columns=columns, now=timezone.localtime(), system=system, name=name, limits=LIMITS
    )
    path.unlink(missing_ok=True)
    return taken
