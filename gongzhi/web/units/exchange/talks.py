"""留言 and 通讯录 of a unit."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.web.casework import directory, talks
from gongzhi.web.who import UNIT, for_standing

BASE, LAYOUT = "/units", "units/layout.html"


@for_standing(*UNIT)
@require_safe
def show_talks(request: HttpRequest) -> HttpResponse:
    """The threads that concern this person."""
    return talks.talk_list(request, base=BASE, layout=LAYOUT)


@for_standing(*UNIT)
@require_safe
def show_one(request: HttpRequest, thread_id: int) -> HttpResponse:
    """To the thread; a notice leads here."""
    return talks.talk_by_number(request, thread_id, base=BASE)


@for_standing(*UNIT)
@require_http_methods(["GET", "HEAD", "POST"])
def show_talk(request: HttpRequest, topic: str, pk: int) -> HttpResponse:
    """One thread, or a message written to it."""
    return talks.talk_page(request, topic, pk, base=BASE, layout=LAYOUT)


@for_standing(*UNIT)
@require_safe
def show_directory(request: HttpRequest) -> HttpResponse:
    """The members of the same networks, with their liaisons."""
    return directory.directory_page(request, base=BASE, layout=LAYOUT)


@for_standing(*UNIT)
@require_POST
def open_liaison(request: HttpRequest, unit_id: int, person_id: int) -> HttpResponse:
    """How one liaison is reached."""
    return directory.open_liaison(request, unit_id, person_id, base=BASE, layout=LAYOUT)


@for_standing(*UNIT)
@require_POST
def open_head(request: HttpRequest, membership_id: int) -> HttpResponse:
    """How a person in their own right is reached."""
    return directory.open_head(request, membership_id, base=BASE, layout=LAYOUT)


@for_standing(*UNIT)
@require_POST
def open_other_side(request: HttpRequest, match_id: int) -> HttpResponse:
    """How the other side of a match is reached."""
    return directory.open_other_side(request, match_id, base=BASE, layout=LAYOUT)
