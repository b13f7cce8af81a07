"""One move of one row: begun by its table, ended in its new state with its trail; and a form that is sent twice."""

import logging
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from gongzhi.shared import trail
from gongzhi.shared.moves import Refused, Table, _, check_move
from gongzhi.shared.trail import Who

Thing = TypeVar("Thing", bound=models.Model)
# A page that showed an earlier version.
MOVED_ON = _("刚才有人办过这件事，请看过新情况再办。")
log = logging.getLogger("gongzhi.steps")


@dataclass
class Step(Generic[Thing]):
    """One move under way, its row locked until the transaction ends."""

    actor: Any
    thing: Thing
    verb: str
    before: str
    after: str
    now: datetime

    @property
    def today(self) -> date:
        """The day of the move on the wall."""
        return self.now.date()


def begin(
    actor: Who,
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
    before = thing.state  # type: ignore[attr-defined]
    after = check_move(table, verb, state(before), standings, given)
    if seen is not None and seen != getattr(thing, "version", seen):
        raise Refused(MOVED_ON)
    return Step(actor, thing, verb, before, after.value, timezone.localtime(now))


def finish(step: Step[Thing], *, words: str = "", data: Mapping[str, object] | None = None) -> Thing:
    """Save the row in its new state, one version on where it has versions, and write the trail."""
    thing: Any = step.thing
    thing.state = step.after
    if hasattr(thing, "version"):
        thing.version += 1
    thing.save()
    note(step.actor, thing, step.verb, step.before, step.now, words=words, data=data)
    return step.thing


def note(
    actor: Who,
    thing: models.Model,
    verb: str,
    before: str,
    now: datetime,
    *,
    words: str = "",
    data: Mapping[str, object] | None = None,
) -> None:
    """Write what was done to a row into its trail, under the name of its table: balance_task for a BalanceTask."""
    trail.write(
        trail.entry(
            actor,
            at=now,
            noun=re.sub(r"(?<!^)(?=[A-Z])", "_", type(thing).__name__).lower(),
            noun_id=thing.pk,
            verb=verb,
            from_state=before,
            to_state=thing.state,  # type: ignore[attr-defined]
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


def key(actor: Who, once: str) -> str:
    """What one form of one person is known by when it is sent twice."""
    return f"{actor.person_id or 0}-{once}"[:80]


def once(same: models.QuerySet[Thing], make: Callable[[], Thing]) -> tuple[Thing, bool]:
    """What one form makes, and whether it was made before: `same` finds it, its key unique in the database.

    All that `make` does stands or falls together; of the same form at the same moment the second finds the first.
    """
    if known := same.first():
        return known, True
    try:
        with transaction.atomic():
            return make(), False
    except IntegrityError:
        known = same.first()
        if known is None:
            raise
        return known, True
