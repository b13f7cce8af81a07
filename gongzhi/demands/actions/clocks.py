"""The clocks of a demand: start, meet, count anew. Called inside an action's transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from gongzhi.demands import deadlines, queries
from gongzhi.demands.models import Clock, Demand, Extension, Limit, Pause
from gongzhi.shared.days import calendar

# Clocks that run from receipt; signing in runs from the day a unit was handed the demand.
FROM_RECEIPT = ("contact", "answer")


def as_rule(row: Limit) -> deadlines.Limit:
    """A stored limit as the engine reads it."""
    return deadlines.Limit(
        clock=row.clock,  # type: ignore[arg-type]
        amount=row.amount,
        unit=row.unit,  # type: ignore[arg-type]
        starts=row.starts,  # type: ignore[arg-type]
        preset=row.preset,
        source=row.source,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        category=row.category.code if row.category else None,
        urgency=row.urgency or None,
        ends=row.ends,  # type: ignore[arg-type]
        working_hours_only=row.working_hours_only,
    )


# The rows last read and what the engine makes of them; made anew when `queries` reads them again.
_rules: tuple[tuple[Limit, ...], dict[deadlines.Limit, Limit]] = ((), {})


def _by_rule(rows: tuple[Limit, ...]) -> dict[deadlines.Limit, Limit]:
    global _rules  # noqa: PLW0603 - what a process remembers, replaced as a whole
    known = _rules
    if known[0] is not rows:
        _rules = known = (rows, {as_rule(row): row for row in rows})
    return known[1]


class Limits:
    """The limits in force, read once for a whole batch."""

    def __init__(self, now: datetime) -> None:
        # The day on the district's wall: a stored moment comes back in UTC, which until eight is still yesterday.
        self.now = calendar().local(now)
        self._rows = _by_rule(queries.current_limits(self.now))

    def clocks(self, demand: Demand, kinds: Iterable[str], started_at: datetime) -> list[Clock]:
        """Unsaved clocks for a demand; a kind that no limit covers gets none."""
        codes = queries.category_codes(demand.category) if demand.category_id else ()
        made = []
        for kind in kinds:
            try:
                rule = deadlines.choose_limit(
                    self._rows, clock=kind, category_codes=codes, urgency=demand.urgency, day=self.now.date()
                )
            except deadlines.NoLimit:
                continue
            due = deadlines.due(rule, started_at, calendar())
            made.append(
                Clock(
                    demand=demand,
                    kind=kind,
                    limit=self._rows[rule],
                    started_at=started_at,
                    due_at=due.at,
                    why=due.why,
                )
            )
        return made


def show(demand: Demand, clocks: Sequence[Clock]) -> None:
    """Set the demand's own due times from its clocks: the earliest unmet one, and the answer's."""
    running = [clock.due_at for clock in clocks if clock.met_at is None]
    demand.due_at = min(running, default=None)
    answers = [clock.due_at for clock in clocks if clock.kind == "answer"]
    demand.answer_due_at = answers[-1] if answers else None


def of(demand: Demand) -> list[Clock]:
    """The stored clocks of a demand, oldest first."""
    return list(Clock.objects.filter(demand=demand).select_related("limit__category").order_by("id"))


def start(demand: Demand, kinds: Iterable[str], now: datetime) -> None:
    """Start these clocks now, and show the due times."""
    Clock.objects.bulk_create(Limits(now).clocks(demand, kinds, now), ignore_conflicts=True)
    show(demand, of(demand))


def meet(demand: Demand, kinds: Iterable[str], now: datetime) -> None:
    """Stop these clocks, in time or late, and show the due times."""
    wanted = set(kinds)
    clocks = of(demand)
    for clock in clocks:
        if clock.kind in wanted and clock.met_at is None:
            clock.met_at = now
            clock.save(update_fields=["met_at"])
    show(demand, clocks)


def stand_still(demand: Demand) -> None:
    """While the resident is asked, or the matter is parked, nothing is due."""
    demand.due_at = None


def count_anew(demand: Demand, now: datetime, *, choose: bool = False) -> None:
    """Count the running clocks again after a pause, an extension or another category, and show the due times.

    With `choose` the limit is chosen anew too, as of the day on which the clock started.
    """
    pauses = list(Pause.objects.filter(demand=demand).values_list("asked_at", "ended_at"))
    granted = list(Extension.objects.filter(demand=demand, granted=True).values_list("days", "decided_at"))
    clocks = of(demand)
    for clock in clocks:
        if clock.met_at is not None:
            continue
        if choose:
            fresh = Limits(clock.started_at).clocks(demand, [clock.kind], clock.started_at)
            clock.limit = fresh[0].limit if fresh else clock.limit
        days = [n for n, at in granted if clock.kind == "answer" and at and at >= clock.started_at]
        due = deadlines.due(as_rule(clock.limit), clock.started_at, calendar(), pauses, days, now=now)
        clock.due_at, clock.why = due.at, due.why
        clock.save(update_fields=["due_at", "why", "limit"])
    show(demand, clocks)
