"""What a calendar that follows somebody's meetings may read."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from gongzhi.conferences.models import CalendarFeed, Conference, Decision
from gongzhi.conferences.queries.meeting import units_of, visible_conferences
from gongzhi.conferences.rules import ConferenceState, DecisionState
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import secrets

PURPOSE = "calendar"
NO_FEED = CalendarFeed.DoesNotExist
# As long as anybody follows; a new turn ends it at once.
_LASTS = 3650 * 86400
_SHOWN = timedelta(days=400)


def feed_of(account_id: int) -> str:
    """The token of an account's address; empty before one was asked for."""
    turn = CalendarFeed.objects.filter(account=account_id).values_list("turn", flat=True).first()
    return secrets.sign(PURPOSE, f"{account_id}:{turn}") if turn else ""


def account_of_feed(token: str) -> int:
    """Whose address this is. Raises CalendarFeed.DoesNotExist for one that was replaced, BadSignature if forged."""
    account, _colon, turn = secrets.read_signed(PURPOSE, token, max_age=_LASTS).partition(":")
    return CalendarFeed.objects.get(account=int(account), turn=int(turn), account__is_active=True).account_id


def dates_of(actor: Actor, now: datetime) -> tuple[Sequence[Conference], Sequence[Decision]]:
    """The meetings that this person was told of, and what their units owe by a day; of the last year and ahead."""
    told = visible_conferences(actor).exclude(state=ConferenceState.PROPOSED.value).exclude(noticed_at=None)
    meetings = told.filter(starts_at__gte=now - _SHOWN).select_related("place").order_by("starts_at")
    since: date = (now - _SHOWN).date()
    owed = Decision.objects.filter(owner_unit__in=units_of(actor), state=DecisionState.BINDING.value, due_on__gte=since)
    return list(meetings), list(owed.order_by("due_on", "pk"))
