"""Agreements at the desk: the list, one with its proof, its parties, the registry."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.agreements import queries, rules
from gongzhi.neighbourhood.rules import PLACE_KIND_LABELS, UNIT_KIND_LABELS, Right, UnitKind
from gongzhi.web.casework.agreements import doing, showing
from gongzhi.web.casework.paging import page_of
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing

BASE = "/desk"
# The moves that have a page of their own behind the buttons.
DEEDS = ("circulate", "amend", "review", "keep", "renew", "end", "report")


@for_standing(*DESK)
@require_safe
def show_agreements(request: HttpRequest) -> HttpResponse:
    """Those that end first at the top."""
    return showing.list_page(request, base=BASE, may_draft=actor_of(request).holds(*WORKERS), tab="list")


@for_standing(*DESK)
@require_safe
def show_agreement(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """What each side owes, with its proof so far."""
    actor = actor_of(request)
    deeds = DEEDS if actor.holds(*WORKERS) else ()
    return showing.agreement_page(request, agreement_id, base=BASE, deeds=deeds)


@for_standing(*DESK)
@require_safe
def show_parties(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """The parties, with who signed for them and when; by name, and those that have not signed yet."""
    actor, row = actor_of(request), showing.found(request, agreement_id)
    signed = queries.signatures_of(row, row.terms)
    name, waiting = request.GET.get("name", "").replace("\0", "").strip()[:60], request.GET.get("show") == "waiting"
    rows = queries.parties_of(row)
    if name:
        code = name.upper()
        rows = rows.filter(Q(unit__name__icontains=name) | Q(place__name__icontains=name) | Q(unit__credit_code=code))
    page = page_of(request, rows.exclude(pk__in=list(signed)) if waiting else rows)
    context = {
        "name": name,
        "waiting": waiting,
        "row": row,
        "lines": [
            {"pk": one.pk, "name": showing.party_name(one), "unit": one.unit, "signed": signed.get(one.pk)}
            for one in page.rows
        ],
        **page.turns,
        "may_change": "change" in queries.agreement_moves(actor, row),
        "may_import": actor.may(Right.IMPORT),
        "thing": f"{BASE}/agreements/{row.pk}",
    }
    return render(request, "desk/agreements/parties.html", context)


@for_standing(*DESK)
@require_safe
def show_registry(request: HttpRequest) -> HttpResponse:
    """Agreements, and apart from them their parties: one number is never taken for the other."""
    counts = queries.counts_of(actor_of(request))
    context = {
        "counts": counts,
        "states": [(rules.AGREEMENT_LABELS[state], n) for state, n in counts.states.items()],
        "places": [(PLACE_KIND_LABELS[kind], n) for kind, n in counts.places.items()],
        "kinds": [
            (UNIT_KIND_LABELS[kind], counts.unit_kinds[kind.value]) for kind in UnitKind if kind.value in counts.unit_kinds
        ],
        "tab": "registry",
    }  # fmt: skip
    return render(request, "desk/agreements/registry.html", context)


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, agreement_id: int, party_id: int) -> HttpResponse:
    """Sign for a street or community."""
    return doing.sign_page(request, agreement_id, party_id, base=BASE)


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Note one time that a clause was kept."""
    return doing.note_page(request, agreement_id, base=BASE)


@for_standing(*DESK)
@require_safe
def print_one(request: HttpRequest, agreement_id: int, kind: str) -> HttpResponse:
    """The agreement as PDF or Word."""
    return doing.print_page(request, agreement_id, kind=kind)


@for_standing(*DESK)
@require_safe
def show_review(request: HttpRequest, review_id: int) -> HttpResponse:
    """A review."""
    return doing.review_page(request, review_id, base=BASE)


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def judge(request: HttpRequest, review_id: int, party_id: int) -> HttpResponse:
    """The form of a street or community."""
    return doing.judge_page(request, review_id, party_id, base=BASE)


@for_standing(*DESK)
@require_safe
def show_report(request: HttpRequest, report_id: int) -> HttpResponse:
    """A report."""
    return doing.report_page(request, report_id, base=BASE)


@for_standing(*DESK)
@require_safe
def print_report(request: HttpRequest, report_id: int, kind: str) -> HttpResponse:
    """A report as PDF or Word."""
    report, _texts = showing.report_found(request, report_id)
    return doing.print_page(request, report.agreement_id, report_id, kind=kind)
