"""The two halves of every move in this room: begin (decide by the table) and finish (save, trail).

Whoever locks several rows locks them in one order: conference, call, decision.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.utils import timezone

from gongzhi.conferences.models import Conference, Decision, Deliberation, Mobilisation
from gongzhi.demands import masking
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind, Standing
from gongzhi.shared import trail
from gongzhi.shared.moves import Missing, NotAllowed, Refused, Table, _, check_move

Thing = TypeVar("Thing", Conference, Decision, Mobilisation, Deliberation)
NOUNS = {
    Conference: "conference",
    Decision: "decision",
    Mobilisation: "mobilisation",
    Deliberation: "deliberation",
}
log = logging.getLogger("gongzhi.conferences")
_YEARS = timedelta(days=3653)


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
    state = type(next(iter(table[verb].sources)))
    after = check_move(table, verb, state(thing.state), standings, given)
    if seen is not None and seen != thing.version:
        raise Refused(_("刚才有人办过这件事，请看过新情况再办。"))
    return Step(actor, thing, verb, thing.state, after.value, timezone.localtime(now))


def finish(step: Step[Thing], *, words: str = "", data: Mapping[str, object] | None = None) -> Thing:
    """Save the row in its new state and write the trail."""
    thing = step.thing
    thing.state = step.after
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


def line(text: str, limit: int) -> str:
    """A text in one line, cleaned; may be empty."""
    return " ".join(masking.clean_text(text, limit).split())


def needed(text: str, limit: int, field: str, label: str) -> str:
    """A text that must be there, in one line. Raises Missing."""
    cleaned = line(text, limit)
    if not cleaned:
        raise Missing(_("“%(label)s”还缺一项内容，请补上。"), label=label, field=field)
    return cleaned


def must_work_at(actor: Actor, place: Place, label: str) -> None:
    """Raise NotAllowed unless the actor is at the desk of this place or one above, or leads it; Refused for a building."""
    if place.kind not in {PlaceKind.DISTRICT, PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY}:
        raise Refused(_("请选一个社区或街道（镇）。"))
    if {Standing.DESK, Standing.LEAD}.isdisjoint(actor.standings_at(neighbourhood.ladder(place))):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=label)


def ladder(place: Place) -> dict[str, Any]:
    """Where a row belongs, as columns."""
    community = place if place.kind == PlaceKind.COMMUNITY else None
    subdistrict = place if place.kind == PlaceKind.SUBDISTRICT else place.subdistrict
    return {"place": place, "community": community, "subdistrict": subdistrict}


def ahead(moment: datetime, now: datetime) -> datetime:
    """A moment from today on. Raises Refused for one that has passed or lies beyond any plan."""
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    if not start <= moment <= start + _YEARS:
        raise Refused(_("日期要在今天以后、十年以内。"))
    return moment


def key(actor: Actor, once: str) -> str:
    """What one form of one person is known by when it is sent twice."""
    return f"{actor.person_id or 0}-{once}"[:80]
