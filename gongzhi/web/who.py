"""Whose pages these are: the time here, and the doors that let in who works behind them."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from gongzhi.neighbourhood.rules import Actor, Standing
from gongzhi.web.entrance import actor_of

# Who may look at the desk's lists; what they may do there is the table's matter.
DESK = (Standing.DESK, Standing.LEAD, Standing.READER, Standing.OPERATOR)
WORKERS = (Standing.DESK, Standing.LEAD)
UNIT = (Standing.UNIT,)

View = Callable[..., HttpResponseBase]


def now() -> datetime:
    """This moment in the district's zone, so that its date is the date on the wall."""
    return timezone.localtime()


def for_standing(*standings: Standing) -> Callable[[View], View]:
    """A door: strangers are asked to log in, others without one of these standings are refused."""

    def door(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_login(request)
            if not actor_of(request).holds(*standings):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return door


def _to_login(request: HttpRequest) -> HttpResponse:
    """To the login, and from there back to a page that can be asked for, be the session one that ended over a form."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    if htmx and htmx.target != "panel":
        # What is fetched while somebody types: the page must not leave under their hands.
        return HttpResponse(status=401)
    sent = request.method == "POST" and not htmx
    back = urlsplit(request.headers.get("Referer", "")).path if sent else request.get_full_path()
    if htmx:
        return HttpResponseClientRedirect(f"{reverse('login')}?{urlencode({'next': back})}")
    return redirect_to_login(back or request.path)


def places_of(actor: Actor) -> list[int]:
    """The ids of the places at which someone holds an office of a desk."""
    return [office.place_id for office in actor.offices if office.place_id and office.standing in DESK]


def units_of(actor: Actor) -> list[int]:
    """The ids of the units for which someone acts."""
    return [office.unit_id for office in actor.offices if office.unit_id and office.standing is Standing.UNIT]
