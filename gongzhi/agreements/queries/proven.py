"""The proof of each clause, gathered from what really happened in the rooms below; and the reports made of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from gongzhi.agreements.models import Agreement, Clause, Evidence, Party, QuarterReport, ReportText
from gongzhi.agreements.proofs import Fact, Proof, prove
from gongzhi.agreements.queries.seen import clauses_of, parties_of, side_of, visible_agreements
from gongzhi.agreements.rules import ProofKind, Side
from gongzhi.conferences.queries.attended import attendance_of
from gongzhi.demands.upstairs import answers_due
from gongzhi.exchange.queries import visible_pledges
from gongzhi.exchange.queries.kept import Due, dealings, needs_answered, rounds_due
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems.figures import whistles_due


@dataclass(frozen=True)
class Bound:
    """Which units and places an agreement binds, from which day to which, and today, which is not over: what a source of
    proof is asked about."""

    units: frozenset[int]
    places: frozenset[int]
    since: date
    until: date
    today: date


Facts = Mapping[ProofKind, list[Fact]]


def _facts(rows: Iterable[Due], noun: str) -> list[Fact]:
    return [
        Fact(f"u{one.unit_id}" if one.unit_id else f"p{one.place_id}", one.day, one.kept, noun, one.number)
        for one in rows
    ]


def _lists(bound: Bound) -> Facts:
    return {ProofKind.LISTS: _facts(rounds_due(bound.units, bound.since, bound.until, today=bound.today), "round")}


def _meetings(bound: Bound) -> Facts:
    rows = attendance_of(bound.units, bound.since, bound.until)
    return {ProofKind.MEETINGS: [Fact(f"u{one.unit}", one.day, one.came, "conference", one.conference) for one in rows]}


def _dealings(bound: Bound) -> Facts:
    found = dealings(bound.units, bound.places, bound.since, bound.until, today=bound.today)
    return {ProofKind.PLEDGES: _facts(found.due, "pledge"), ProofKind.GIVEN: _facts(found.came, "pledge")}


def _answers(bound: Bound) -> Facts:
    """Of units: whistles signed for, demands in their hands; of places: what the units asked of them."""
    span, today = (bound.since, bound.until), bound.today
    calls, demands = whistles_due(bound.units, *span, today=today), answers_due(bound.units, *span, today=today)
    found = _facts(needs_answered(bound.units, bound.places, *span, today=today), "need")
    found += [Fact(f"u{one.unit}", one.day, one.kept, "whistle", one.whistle) for one in calls]
    found += [Fact(f"u{one.unit}", one.day, one.kept, "demand", one.demand) for one in demands]
    return {ProofKind.ANSWERS: found}


# What each kind of proof is counted from.
SOURCES: Mapping[ProofKind, Callable[[Bound], Facts]] = {
    ProofKind.LISTS: _lists,
    ProofKind.MEETINGS: _meetings,
    ProofKind.PLEDGES: _dealings,
    ProofKind.GIVEN: _dealings,
    ProofKind.ANSWERS: _answers,
}


@dataclass(frozen=True)
class Proven:
    """A clause with its proof so far."""

    clause: Clause
    proof: Proof


def proofs_of(
    row: Agreement, *, on: date, since: date | None = None, until: date | None = None, party: Party | None = None,
    parties: Iterable[Party] | None = None,
) -> list[Proven]:  # fmt: skip
    """Each clause of the version in force with what happened since it began, up to a day, which is
    not over.

    With `party` only what this party did counts on its own side. `parties` are all of them, where they are known
    already. For who may see the agreement.
    """
    since, until = max(since or row.since, row.since), min(until or row.until, row.until, on)
    bound = _bound(parties if parties is not None else parties_of(row), since, until, on)
    clauses = clauses_of(row, row.in_force or row.terms)
    found: dict[ProofKind, list[Fact]] = {}
    for source in dict.fromkeys(SOURCES[kind] for one in clauses if (kind := ProofKind(one.proof)) in SOURCES):
        found |= source(bound)
    noted = _noted(row, clauses, since, until)

    def facts_of(clause: Clause) -> list[Fact]:
        facts = noted.get(clause.pk, []) if clause.proof == ProofKind.NOTED else found[ProofKind(clause.proof)]
        side = Side(clause.side)
        if party and side is side_of(party):
            return [one for one in facts if one.who == who(party)]
        return [one for one in facts if one.who[0] == ("u" if side is Side.UNIT else "p")]

    over = on >= row.until
    return [Proven(one, prove(ProofKind(one.proof), one.target, facts_of(one), over=over)) for one in clauses]


def _bound(parties: Iterable[Party], since: date, until: date, today: date) -> Bound:
    found = list(parties)
    units = frozenset(one.unit_id for one in found if one.unit_id)
    return Bound(units, frozenset(one.place_id for one in found if one.place_id), since, until, today)


def who(party: Party) -> str:
    """A party as facts name it: "u3", "p4"."""
    return f"u{party.unit_id}" if party.unit_id else f"p{party.place_id}"


def _noted(row: Agreement, clauses: list[Clause], since: date, until: date) -> dict[int, list[Fact]]:
    """What was noted for each clause, also for the same words in a version before."""
    rows = Evidence.objects.filter(clause__agreement=row, day__gte=since, day__lte=until)
    by_words = {(one.measure_id, one.side, one.words): one.pk for one in clauses}
    found: dict[int, list[Fact]] = {}
    for one in rows.select_related("party", "clause"):
        now = by_words.get((one.clause.measure_id, one.clause.side, one.clause.words))
        if now:
            found.setdefault(now, []).append(Fact(who(one.party), one.day, True, "evidence", one.pk, one.words))
    return found


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
