"""共建协议 at a unit's door: what we signed, how both sides keep it, what we say of the other side."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.web.casework.agreements import doing, showing
from gongzhi.web.who import UNIT, for_standing

BASE = "/units"


@for_standing(*UNIT)
@require_safe
def show_agreements(request: HttpRequest) -> HttpResponse:
    """Our agreements, those that end first at the top."""
    return showing.list_page(request, base=BASE)


@for_standing(*UNIT)
@require_safe
def show_agreement(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """What we owe, what we are owed, and how it goes."""
    return showing.agreement_page(request, agreement_id, base=BASE)


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, agreement_id: int, party_id: int) -> HttpResponse:
    """Sign for our unit."""
    return doing.sign_page(request, agreement_id, party_id, base=BASE)


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Note one time that a clause was kept."""
    return doing.note_page(request, agreement_id, base=BASE)


@for_standing(*UNIT)
@require_safe
def print_one(request: HttpRequest, agreement_id: int, kind: str) -> HttpResponse:
    """The agreement as PDF or Word."""
    return doing.print_page(request, agreement_id, kind=kind)


@for_standing(*UNIT)
@require_safe
def show_review(request: HttpRequest, review_id: int) -> HttpResponse:
    """Our form, and once it is opened what both sides said."""
    return doing.review_page(request, review_id, base=BASE)


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def judge(request: HttpRequest, review_id: int, party_id: int) -> HttpResponse:
    """Our form."""
    return doing.judge_page(request, review_id, party_id, base=BASE)


@for_standing(*UNIT)
@require_safe
def show_report(request: HttpRequest, report_id: int) -> HttpResponse:
    """A quarterly report."""
    return doing.report_page(request, report_id, base=BASE)
