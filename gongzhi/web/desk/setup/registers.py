"""Places and units from a spreadsheet: hand in, look, confirm."""

import secrets as random
from pathlib import Path

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

from gongzhi.neighbourhood.registering import (
    LIMITS,
    PLACE_COLUMNS,
    UNIT_COLUMNS,
    Outcome,
    preview_register,
    take_register,
)
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import secrets
from gongzhi.shared.moves import Refused
from gongzhi.web.desk.setup.doors import looking, must_set_up, said
from gongzhi.web.desk.setup.places import DATUMS

HOUR = 3600
SHOWN = 50
TITLES = {"places": _("从表格导入地点"), "units": _("从表格导入成员单位")}
COLUMNS = {"places": PLACE_COLUMNS, "units": UNIT_COLUMNS}


class RegisterForm(forms.Form):
    """One file, and what its coordinates are."""

    file = forms.FileField(
        label=_("表格文件"),
        help_text=_(".xlsx、.xls 或 .csv，最大 20 MB。先预览，确认之后才登记。"),
        allow_empty_file=True,
    )
    datum = forms.ChoiceField(label=_("经纬度来自"), choices=DATUMS, required=False)


@looking
def import_register(request: HttpRequest, actor: Actor, what: str) -> HttpResponse:
    """The form, the preview of what was handed in, and the confirmation."""
    must_set_up(actor)
    if token := request.POST.get("token"):
        return _confirm(request, actor, what, token)
    form = RegisterForm(request.POST or None, request.FILES or None)
    if what == "units":
        del form.fields["datum"]
    context = {"form": form, "what": what, "title": TITLES[what], "columns": [w[0] for w in COLUMNS[what].values()]}
    if request.method == "POST" and form.is_valid():
        datum = form.cleaned_data.get("datum") or "gcj02"
        try:
            path = _keep(form.cleaned_data["file"])
            seen = preview_register(actor, what=what, path=path, now=timezone.localtime(), datum=datum)
        except Refused as refused:
            form.add_error("file", said(refused))
        else:
            token = secrets.sign(f"register.{what}", f"{path.name}:{datum}")
            context |= {"seen": seen, "token": token, **_shown(seen)}
    return render(request, "desk/setup/register.html", context, status=422 if form.errors else 200)


def _keep(upload: UploadedFile) -> Path:
    if (upload.size or 0) > LIMITS.size:
        raise Refused(str(_("文件超过%(most)d MB，请拆成几个文件。")), most=LIMITS.size // 2**20)
    path = settings.DATA / "imports" / random.token_urlsafe(24)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as kept:
        for piece in upload.chunks():
            kept.write(piece)
    return Path(path)


def _shown(seen: Outcome) -> dict[str, object]:
    faults = [(fault.row, said(Refused(fault.message, **fault.values))) for fault in seen.faults]
    return {"fresh": seen.fresh[:SHOWN], "faults": faults[:SHOWN], "more_faults": max(0, len(faults) - SHOWN)}


def _confirm(request: HttpRequest, actor: Actor, what: str, token: str) -> HttpResponse:
    again = HttpResponseRedirect(reverse(f"setup-{what}-import"))
    try:
        name, _sep, datum = secrets.read_signed(f"register.{what}", token, max_age=HOUR).partition(":")
        path = settings.DATA / "imports" / name
        taken = take_register(actor, what=what, path=path, now=timezone.localtime(), datum=datum)
    except (BadSignature, FileNotFoundError):
        messages.error(request, gettext("这份预览已过时，请重新上传。"))
        return again
    except Refused as refused:
        messages.error(request, said(refused))
        return again
    path.unlink(missing_ok=True)
    messages.success(request, gettext("已登记 %(count)d 行。") % {"count": len(taken.fresh)})
    return HttpResponseRedirect(reverse("setup-places" if what == "places" else "setup-networks"))
