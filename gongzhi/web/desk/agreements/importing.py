"""The parties of an agreement from a spreadsheet: looked at first, then taken."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from gongzhi.agreements import actions
from gongzhi.agreements.rows import Agreement
from gongzhi.neighbourhood.rules import Actor, Right
from gongzhi.shared import secrets
from gongzhi.shared.moves import Refused
from gongzhi.shared.sheets import SheetError
from gongzhi.web.desk.agreements.writing import draft_of
from gongzhi.web.desk.setup.registers import HOUR, error_words, keep, kept_in
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import WORKERS, for_standing, now

SHOWN = 50


class FileForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=_("表格文件"),
        help_text=_(".xlsx、.xls 或 .csv，最多5000行。先预览，确认之后才登记。"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )


@for_standing(*WORKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """The form, the preview of the file, and the confirmation."""
    row, actor = draft_of(request, agreement_id), actor_of(request)
    if not actor.may(Right.IMPORT):
        raise PermissionDenied
    if token := request.POST.get("token"):
        return _confirm(request, actor, row, token)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    context: dict[str, Any] = {"form": form, "row": row, "thing": reverse("desk-agreement", args=[row.pk])}
    if form.is_bound and form.is_valid():
        path = None
        try:
            path = keep(form.cleaned_data["file"])
            seen = actions.look_at_parties(actor, agreement_id=row.pk, path=path)
        except (Refused, SheetError) as error:
            form.add_error("file", error_words(error))
            if path:
                path.unlink(missing_ok=True)
        else:
            context |= {
                "seen": seen,
                "token": secrets.sign(f"parties.{row.pk}", f"{path.name}:{form.cleaned_data['file'].name}"),
                "errors": [(one, error_words(one)) for one in seen.errors[:SHOWN]],
                "merged": [(one, error_words(one)) for one in seen.merged[:SHOWN]],
                "cut": SHOWN if max(len(seen.errors), len(seen.merged)) > SHOWN else 0,
            }
    return render(request, "desk/agreements/import.html", context, status=422 if form.errors else 200)


def _confirm(request: HttpRequest, actor: Actor, row: Agreement, token: str) -> HttpResponse:
    again = HttpResponseRedirect(reverse("desk-agreement-import", args=[row.pk]))
    try:
        kept, name = secrets.read_signed(f"parties.{row.pk}", token, max_age=HOUR).split(":", 1)
        taken = actions.take_parties(actor, agreement_id=row.pk, path=kept_in() / kept, name=name, now=now())
    except (BadSignature, FileNotFoundError):
        messages.error(request, gettext("这份预览已过时，请重新上传。"))
        return again
    except (Refused, SheetError) as error:
        messages.error(request, error_words(error))
        return again
    (kept_in() / kept).unlink(missing_ok=True)
    messages.success(request, gettext("已加上 %(count)d 方。") % {"count": taken.added})
    return HttpResponseRedirect(reverse("desk-agreement-parties", args=[row.pk]))
