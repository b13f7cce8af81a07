"""Places and units from a spreadsheet: hand in, look, confirm."""

from pathlib import Path

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.neighbourhood import actions
from gongzhi.neighbourhood.actions import REGISTER_FIELDS, What
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.moves import Refused
from gongzhi.shared.sheets import column_letter
from gongzhi.web.desk.handed import LIMITS, SHOWN, confirmed, error_words, previewed
from gongzhi.web.desk.setup.doors import looking, must_set_up
from gongzhi.web.desk.setup.places import DATUMS

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
        system = form.cleaned_data.get("datum") or "gcj02"
        context |= previewed(form, f"register.{what}", lambda path: _looked(actor, what, path, system), more=system)
    return render(request, "desk/setup/register.html", context, status=422 if form.errors else 200)


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
    def take(path: Path, system: str, name: str) -> int:
        _header, columns = actions.read_columns(path, what=what, limits=LIMITS)
        now = timezone.localtime()
        return actions.take_register(
            actor, what=what, path=path, columns=columns, now=now, system=system, name=name, limits=LIMITS
        ).added

    added = confirmed(request, f"register.{what}", token, take)
    if added is None:
        return HttpResponseRedirect(reverse(f"setup-{what}-import"))
    messages.success(request, gettext("已登记 %(count)d 行。") % {"count": added})
    return HttpResponseRedirect(reverse("setup-places" if what == "places" else "setup-networks"))
