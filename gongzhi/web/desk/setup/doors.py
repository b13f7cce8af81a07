"""Who gets in to the set-up pages, and how a refusal is told."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from gongzhi.neighbourhood.rules import Actor, Right, Standing
from gongzhi.shared.moves import Refused
from gongzhi.web.entrance import actor_of

P = ParamSpec("P")
Door = Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase]

STAFF = (Standing.DESK, Standing.LEAD, Standing.READER, Standing.OPERATOR)


def looking(view: Door[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """For whoever works for a place; what is changed is asked of `Right.SET_UP` by the action."""
    return _door(view, lambda actor: actor.holds(*STAFF))


def importing(view: Door[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """For whoever may take spreadsheets in."""
    return _door(view, lambda actor: actor.may(Right.IMPORT))


def _door(view: Door[P], may: Callable[[Actor], bool]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    @login_required
    @wraps(view)
    def inside(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        actor = actor_of(request)
        if not may(actor):
            raise PermissionDenied
        return view(request, actor, *args, **kwargs)

    return inside


def must_set_up(actor: Actor) -> None:
    """Raise PermissionDenied for who may look but not change."""
    if not actor.may(Right.SET_UP):
        raise PermissionDenied


def said(refused: Refused) -> str:
    """A refusal in the reader's language."""
    values: dict[str, Any] = {
        name: gettext(value) if isinstance(value, str) and value else value for name, value in refused.values.items()
    }
    return gettext(refused.message) % values if values else gettext(refused.message)


def tell(request: HttpRequest, refused: Refused) -> None:
    """Show a refusal at the head of the next page."""
    messages.error(request, said(refused))
