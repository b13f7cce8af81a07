"""Who did what, when: one append-only row for each thing done, written inside the action's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from django.db.models import Q

from gongzhi.shared import writing
from gongzhi.shared.models import TrailEntry
from gongzhi.shared.reading import Rows


class Who(Protocol):
    """Anything that can be named as the one who acted."""

    @property
    def person_id(self) -> int | None: ...
    @property
    def label(self) -> str: ...


def entry(
    actor: Who,
    *,
    at: datetime,
    noun: str,
    noun_id: int,
    verb: str,
    from_state: str = "",
    to_state: str = "",
    words: str = "",
    data: Mapping[str, object] | None = None,
    corrects: int | None = None,
) -> TrailEntry:
    """An unsaved entry, for an action that writes many at once."""
    return TrailEntry(
        at=at,
        noun=noun,
        noun_id=noun_id,
        verb=verb,
        actor_id=actor.person_id,
        actor_label=actor.label,
        from_state=from_state,
        to_state=to_state,
        words=words,
        data=dict(data or {}),
        corrects_id=corrects,
    )


def write(*entries: TrailEntry) -> None:
    """Write the entries in one statement."""
    writing.write(entries)


def of(noun: str, noun_id: int) -> list[TrailEntry]:
    """The trail of one thing, oldest first. Whoever asks must have been let through to the thing itself."""
    return _OF.ask(noun, noun_id)


def done_since(
    noun: str,
    verbs: Sequence[str],
    *,
    since: datetime | None,
    after: tuple[datetime, int] | None = None,
    most: int = 500,
) -> list[tuple[datetime, int, int]]:
    """(moment, entry, number) of what was done by these verbs since a moment, or ever, in that order; by the index on time.

    `after` goes on behind the moment and entry of the last one of an earlier answer. For the clock alone.
    """
    rows = TrailEntry.objects.filter(noun=noun, verb__in=verbs)
    if since:
        rows = rows.filter(at__gte=since)
    if after:
        # The first condition is what the index can start at; the second sorts out those of the same moment.
        rows = rows.filter(at__gte=after[0]).filter(Q(at__gt=after[0]) | Q(pk__gt=after[1]))
    return list(rows.order_by("at", "pk").values_list("at", "pk", "noun_id")[:most])


_OF = Rows(lambda noun, pk: TrailEntry.objects.filter(noun=noun, noun_id=pk).order_by("id"), str, int)
