"""我也是: what tells one neighbour from another, and one tap that follows a trouble instead of reporting it again."""

import secrets as random
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from gongzhi.problems import actions
from gongzhi.shared import secrets, tries
from gongzhi.web.entrance import actor_of
from gongzhi.web.tries import origin

# The one cookie that follows from a tap; whoever never taps never has it.
COOKIE = "gongzhi_neighbour"
DAYS = 180
KEY = "near"
KEY_AGE = 24 * 3600
# One address may be a whole housing estate behind one router.
TAPS_AN_HOUR = 60


def signed_key(key: int) -> str:
    """The key of a trouble as a page hands it out: whoever was not shown it cannot name it."""
    return secrets.sign(KEY, key)


def read_key(token: str) -> int | None:
    """The key behind a page's token; None for a forged or an old one."""
    try:
        return int(secrets.read_signed(KEY, token, max_age=KEY_AGE))
    except signing.BadSignature:
        return None


def too_many_taps(request: HttpRequest) -> bool:
    """Count one tap; whether this network has tapped too often within the hour."""
    return not tries.take({("follow", origin(request)): TAPS_AN_HOUR}, now=timezone.localtime())


def tap(request: HttpRequest, *, key: int, once: str, phone: str = "", email: str = "") -> HttpResponse:
    """Follow the trouble and lead to the follower's page. Raises Refused where it has ended meanwhile."""
    mark = _mark_of(request)
    follower = actions.follow(
        actor_of(request),
        key=key,
        # A form may show two troubles under one token: a tap on the other one is another tap.
        once=f"{once[:44]}.{key}",
        mark=mark,
        phone=phone,
        email=email,
        now=timezone.localtime(),
    )
    answer = HttpResponseRedirect(f"{urlsplit(actions.follow_link(follower.pk)).path}?noted=1")
    if not request.user.is_authenticated:
        answer.set_cookie(
            COOKIE,
            secrets.sign(COOKIE, mark),
            max_age=DAYS * 86_400,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return answer


def _mark_of(request: HttpRequest) -> str:
    """An account's number, else the random mark of the cookie; a new one where there is none of ours."""
    if request.user.is_authenticated:
        return f"account {request.user.pk}"
    try:
        return secrets.read_signed(COOKIE, request.COOKIES.get(COOKIE, ""), max_age=DAYS * 86_400)
    except signing.BadSignature:
        return random.token_urlsafe(18)
