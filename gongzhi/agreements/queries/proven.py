"""The proof of each clause, gathered from what really happened in the rooms below; and the reports made of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from gongzhi.agreements.models import Agreement, Clause, Evidence, Party, QuarterReport, ReportText
from gongzhi.agreements.proofs import Fact, Proof, prove
from gongzhi.agreements.queries.seen import clauses_of, parties_of, visible_agreements
from gongzhi.agreements.rules import OTHER_SIDE, ProofKind, Side
from gongzhi.conferences.queries.attended import attendance_of
from gongzhi.demands.upstairs import answers_due
from gongzhi.exchange.queries import visible_pledges
from gongzhi.exchange.queries.kept import Due, Ones, deliveries_confirmed, needs_answered, pledges_due, rounds_due
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems.figures import whistles_due


@dataclass(frozen=True)
class Owed:
    """Who owes and to whom, and from which day to which: what a source of proof is asked about."""

    by: Ones
    to: Ones
    since: date
    until: date


def _facts(rows: Iterable[Due], noun: str) -> list[Fact]:
    return [
        Fact(f"u{one.unit_id}" if one.unit_id else f"p{one.place_id}", one.day, one.kept, noun, one.number)
        for one in rows
    ]


def _lists(owed: Owed) -> list[Fact]:
    return _facts(rounds_due(owed.by[0], owed.since, owed.until), "round")


def _meetings(owed: Owed) -> list[Fact]:
    rows = attendance_of(owed.by[0], owed.since, owed.until)
    return [Fact(f"u{one.unit}", one.day, one.came, "conference", one.conference) for one in rows]


def _pledges(owed: Owed) -> list[Fact]:
    return _facts(pledges_due(owed.by, owed.to, owed.since, owed.until), "pledge")


def _given(owed: Owed) -> list[Fact]:
    return _facts(deliveries_confirmed(owed.by, owed.to, owed.since, owed.until), "pledge")


def _answers(owed: Owed) -> list[Fact]:
    """Of units: whistles signed for, demands in their hands; of places: what the units asked of them."""
    units, places = owed.by
    if not units:
        return _facts(needs_answered(owed.to[0], places, owed.since, owed.until), "need")
    calls = whistles_due(units, owed.since, owed.until)
    demands = answers_due(units, owed.since, owed.until)
    found = [Fact(f"u{one.unit}", one.day, one.kept, "whistle", one.whistle) for one in calls]
    return found + [Fact(f"u{one.unit}", one.day, one.kept, "demand", one.demand) for one in demands]


# What each kind of proof is counted from.
SOURCES: Mapping[ProofKind, Callable[[Owed], list[Fact]]] = {
    ProofKind.LISTS: _lists,
    ProofKind.MEETINGS: _meetings,
    ProofKind.PLEDGES: _pledges,
    ProofKind.ANSWERS: _answers,
    ProofKind.GIVEN: _given,
}


@dataclass(frozen=True)
class Proven:
    """A clause with its proof so far."""

    clause: Clause
    proof: Proof


def proofs_of(
    row: Agreement, *, on: date, since: date | None = None, until: date | None = None, party: Party | None = None
) -> list[Proven]:
    """Each clause of the version in force with what happened since it began, up to a day.

    With `party` only what this party did counts on its own side. For who may see the agreement.
    """
    since, until = max(since or row.since, row.since), min(until or row.until, row.until, on)
    sides = _ones(row)
    mine = _ones(row, [party]) if party else {}
    gathered: dict[tuple[ProofKind, Side], list[Fact]] = {}
    clauses = clauses_of(row, row.in_force or row.terms)
    noted = _noted(row, clauses, since, until, party)
    found = []
    for clause in clauses:
        kind, side = ProofKind(clause.proof), Side(clause.side)
        if kind is ProofKind.NOTED:
            facts = noted.get(clause.pk, [])
        else:
            if (kind, side) not in gathered:
                by = mine[side] if any(mine.get(side, ())) else sides[side]
                gathered[kind, side] = SOURCES[kind](Owed(by, sides[OTHER_SIDE[side]], since, until))
            facts = gathered[kind, side]
        found.append(Proven(clause, prove(kind, clause.target, facts, over=on >= row.until)))
    return found


def _ones(row: Agreement, parties: Iterable[Party] | None = None) -> dict[Side, Ones]:
    """The units and the places of each side, by id."""
    found = list(parties if parties is not None else parties_of(row))
    units = frozenset(one.unit_id for one in found if one.unit_id)
    places = frozenset(one.place_id for one in found if one.place_id)
    return {Side.UNIT: (units, frozenset()), Side.LOCAL: (frozenset(), places)}


def _noted(
    row: Agreement, clauses: list[Clause], since: date, until: date, party: Party | None
) -> dict[int, list[Fact]]:
    """What was noted for each clause, also for the same words in a version before."""
    rows = Evidence.objects.filter(clause__agreement=row, day__gte=since, day__lte=until)
    if party:
        rows = rows.filter(Q(party=party) | Q(**{f"party__{'unit' if party.unit_id else 'place'}": None}))
    by_words = {(one.measure_id, one.side, one.words): one.pk for one in clauses}
    found: dict[int, list[Fact]] = {}
    for one in rows.select_related("party", "clause"):
        now = by_words.get((one.clause.measure_id, one.clause.side, one.clause.words))
        who = f"u{one.party.unit_id}" if one.party.unit_id else f"p{one.party.place_id}"
        if now:
            found.setdefault(now, []).append(Fact(who, one.day, True, "evidence", one.pk))
    return found


def evidence_of(numbers: Iterable[int]) -> dict[int, Evidence]:
    """What was noted, by number; for facts that the asker was shown."""
    return {one.pk: one for one in Evidence.objects.filter(pk__in=list(numbers))}


def seen_pledges(actor: Actor, numbers: Iterable[int]) -> dict[int, str]:
    """What the pledges among facts are about, as far as the asker may be told of them."""
    return dict(visible_pledges(actor).filter(pk__in=list(numbers)).values_list("pk", "what"))


# Reports


def reports_of(row: Agreement) -> list[QuarterReport]:
    """The reports on an agreement, the latest first. For who may see it."""
    return list(QuarterReport.objects.filter(agreement=row).order_by("-since"))


def get_report(actor: Actor, report_id: int) -> tuple[QuarterReport, list[ReportText]]:
    """A report with the texts that people made of it, the latest first. Raises QuarterReport.DoesNotExist."""
    rows = QuarterReport.objects.filter(agreement__in=visible_agreements(actor))
    row = rows.select_related("agreement__place").get(pk=report_id)
    return row, list(ReportText.objects.filter(report=row).select_related("written_by").order_by("-pk"))
