"""Pages to which a signed link is the key: reading it, saying what is wrong with it, keeping it to whoever holds it."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import tries
from gongzhi.web.tries import origin

# Of one link and one network in an hour.
STEPS_AN_HOUR, WRONG_AN_HOUR = 60, 60
TOO_MANY = _("操作得太多了，请一小时后再试。")
View = Callable[..., HttpResponse]
Thing = TypeVar("Thing")


def opened_by(read: Callable[[str], Thing], holder: Callable[[Thing], Actor], page: str) -> Callable[[View], View]:
    """Let a view be opened by a link: it gets the token, who holds it and what it opens.

    One that is over or forged gets `public/PAGE_gone.html`, which says what to do; forged ones not without end.
    """

    def keyed(view: View) -> View:
        def guarded(request: HttpRequest, token: str, **more: Any) -> HttpResponse:
            try:
                thing = read(token)
            except signing.SignatureExpired:
                return _hidden(render(request, f"public/{page}_gone.html", {"over": True}, status=410))
            except (signing.BadSignature, ValueError):
                left = tries.take({(f"{page}-wrong", origin(request)): WRONG_AN_HOUR}, now=timezone.localtime())
                answer = render(request, f"public/{page}_gone.html", {"over": False}, status=404 if left else 429)
                return _hidden(answer)
            return _hidden(view(request, token, holder(thing), thing, **more))

        return guarded

    return keyed


def may_press(page: str, pk: int) -> bool:
    """Count one press of this link; False where there were too many within the hour."""
    return tries.take({(page, str(pk)): STEPS_AN_HOUR}, now=timezone.localtime())


def _hidden(answer: HttpResponse) -> HttpResponse:
    """No cache keeps the page and no search engine lists it. Other sites are not told of the address by the policy of
    every page (same-origin)."""
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
    return answer
