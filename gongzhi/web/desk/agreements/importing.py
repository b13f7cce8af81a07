"""The parties of an agreement from a spreadsheet: looked at first, then taken."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from gongzhi.agreements import actions
from gongzhi.agreements.actions.registry import LIMITS
from gongzhi.agreements.rows import Agreement
from gongzhi.neighbourhood.rules import Actor, Right
from gongzhi.web.desk.agreements.writing import draft_of
from gongzhi.web.desk.handed import SHOWN, confirmed, error_words, file_form, previewed
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import WORKERS, for_standing, now


@for_standing(*WORKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """The form, the preview of the file, and the confirmation."""
    row, actor = draft_of(request, agreement_id), actor_of(request)
    if not actor.may(Right.IMPORT):
        raise PermissionDenied
    if token := request.POST.get("token"):
        return _confirm(request, actor, row, token)
    form = file_form(request, rows=LIMITS.rows)
    context: dict[str, Any] = {"form": form, "row": row, "thing": reverse("desk-agreement", args=[row.pk])}
    if form.is_bound and form.is_valid():
        context |= previewed(form, f"parties.{row.pk}", lambda path: _looked(actor, row, path))
    return render(request, "desk/agreements/import.html", context, status=422 if form.errors else 200)


def _looked(actor: Actor, row: Agreement, path: Path) -> dict[str, Any]:
    seen = actions.look_at_parties(actor, agreement_id=row.pk, path=path)
    return {
        "seen": seen,
        "errors": [(one, error_words(one)) for one in seen.errors[:SHOWN]],
        "merged": [(one, error_words(one)) for one in seen.merged[:SHOWN]],
        "cut": SHOWN if max(len(seen.errors), len(seen.merged)) > SHOWN else 0,
    }


def _confirm(request: HttpRequest, actor: Actor, row: Agreement, token: str) -> HttpResponse:
    def take(path: Path, _more: str, name: str) -> int:
        return actions.take_parties(actor, agreement_id=row.pk, path=path, name=name, now=now()).added

    added = confirmed(request, f"parties.{row.pk}", token, take)
    if added is None:
        return HttpResponseRedirect(reverse("desk-agreement-import", args=[row.pk]))
    messages.success(request, gettext("已加上 %(count)d 方。") % {"count": added})
    return HttpResponseRedirect(reverse("desk-agreement-parties", args=[row.pk]))
