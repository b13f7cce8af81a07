"""The two halves of every move in this room: begin (decide by the table) and finish (save, trail).

Whoever locks several rows locks them in one order: need, offer, match, pledge, outreach.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.utils import timezone

from gongzhi.demands import masking
from gongzhi.exchange import queries, rules
from gongzhi.exchange.models import BalanceTask, Contribution, Introduction, Match, Need, Offer, Outreach, Pledge, Round
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import trail
from gongzhi.shared.moves import Missing, Refused, Table, _, check_move

Thing = TypeVar("Thing", Offer, Need, Match, Pledge, Introduction, BalanceTask, Outreach, Contribution, Round)
NOUNS = {
    Offer: "offer",
    Need: "need",
    Match: "match",
    Pledge: "pledge",
    Introduction: "introduction",
    BalanceTask: "balance_task",
    Outreach: "outreach",
    Contribution: "contribution",
    Round: "round",
}
log = logging.getLogger("gongzhi.exchange")
# Whoever puts this many signs that nobody sees before the first word has said nothing.
_UNSEEN = 20_000


@dataclass
class Step(Generic[Thing]):
    """One move under way, its row locked until the transaction ends."""

    actor: Actor
    thing: Thing
    verb: str
    before: str
    after: str
    now: datetime


def begin(
    actor: Actor,
    thing: Thing,
    table: Table,
    verb: str,
    standings: Collection[StrEnum],
    *,
    now: datetime,
    seen: int | None = None,
    **given: Any,
) -> Step[Thing]:
    """Check a move of a row that is locked and that the actor may see. Raises `Refused` with the reason.

    `seen` is the version that the actor's page showed.
    """
    # A table speaks of one kind of state.
    state = type(next(iter(table[verb].sources)))
    after = check_move(table, verb, state(thing.state), standings, given)
    if seen is not None and seen != getattr(thing, "version", seen):
        raise Refused(_("刚才有人办过这件事，请看过新情况再办。"))
    return Step(actor, thing, verb, thing.state, after.value, timezone.localtime(now))


def finish(step: Step[Thing], *, words: str = "", data: Mapping[str, object] | None = None) -> Thing:
    """Save the row in its new state and write the trail."""
    thing = step.thing
    thing.state = step.after
    if isinstance(thing, Offer | Need | Match | Pledge | Outreach | Contribution | Round):
        thing.version += 1
    thing.save()
    note(step.actor, thing, step.verb, step.before, step.now, words=words, data=data)
    return thing


def note(
    actor: Actor,
    thing: Thing,
    verb: str,
    before: str,
    now: datetime,
    *,
    words: str = "",
    data: Mapping[str, object] | None = None,
) -> None:
    """Write what was done to a row into its trail."""
    trail.write(
        trail.entry(
            actor,
            at=now,
            noun=NOUNS[type(thing)],
            noun_id=thing.pk,
            verb=verb,
            from_state=before,
            to_state=thing.state,
            words=words,
            data=data,
        )
    )


def locked_need(need_id: int) -> Need:
    """A need, nobody else's to change until the transaction ends."""
    return Need.objects.select_for_update(of=("self",)).select_related("unit", "receiving_place").get(pk=need_id)


def locked_offer(offer_id: int) -> Offer:
    """An offer, nobody else's to change until the transaction ends."""
    return Offer.objects.select_for_update(of=("self",)).select_related("unit", "giving_place").get(pk=offer_id)


def locked_match(match_id: int) -> Match:
    """A match, nobody else's to change until the transaction ends, with both sides."""
    rows = Match.objects.select_for_update(of=("self",))
    return rows.select_related("need__unit", "need__receiving_place", "offer__unit", "offer__giving_place").get(
        pk=match_id
    )


def locked_pledge(pledge_id: int) -> Pledge:
    """A pledge, nobody else's to change until the transaction ends, with both sides."""
    related = ("giver_unit", "giver_place", "receiver_unit", "receiver_place")
    return Pledge.objects.select_for_update(of=("self",)).select_related(*related).get(pk=pledge_id)


def each(ids: Iterable[int], take: Callable[[int], bool]) -> int:
    """For the clock: take one step for each of these, each in its own transaction. Returns how many were taken.

    One that fails is written to the log and tried again at the next sweep; it keeps none of the others waiting.
    """
    taken = 0
    for pk in list(ids):
        try:
            taken += take(pk)
        except Exception:
            log.exception("a step of %s failed", pk)
    return taken


def said(text: str) -> str:
    """What is left of a text without what cannot be seen, to tell whether anything was said at all."""
    return masking.clean_text(text[:_UNSEEN], _UNSEEN)


def needed(text: str, limit: int, field: str, label: str) -> str:
    """A text that must be there, in one line. Raises Missing."""
    cleaned = " ".join(masking.clean_text(text, limit).split())
    if not cleaned:
        raise Missing(_("“%(label)s”还缺一项内容，请补上。"), label=label, field=field)
    return cleaned


def kind_of(kind: str) -> rules.Kind:
    """One of the kinds. Raises Refused for any other word."""
    if kind not in set(rules.Kind):
        raise Refused(_("请选一种类别。"))
    return rules.Kind(kind)


def must_stay_the_same(row: Offer | Need, columns: Mapping[str, object], spoken_for: Decimal) -> None:
    """Raise Refused for another kind or measure while some of it is asked for or promised: both sides said yes to this
    one, and two measures could not be counted together."""
    if spoken_for and any(columns[name] != getattr(row, name) for name in ("kind", "measure")):
        raise Refused(_("已有对接在办，不能改类别和计量单位。"))


def day_ahead(day: date | None, now: datetime, *, years: int = 10) -> date | None:
    """A day from today on, or none. Raises Refused for one that has passed or lies beyond any plan."""
    today = timezone.localtime(now).date()
    if day is not None and not today <= day <= today.replace(year=today.year + years, day=min(today.day, 28)):
        raise Refused(_("日期要在今天以后、十年以内。"))
    return day


def belongs(actor: Actor, *place_ids: int | None) -> bool:
    """Whether the actor is at the desk of one of these places, or leads one of them."""
    return not queries.DESK_STANDINGS.isdisjoint(actor.standings_at(place_ids))
