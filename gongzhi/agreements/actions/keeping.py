"""What people note of how a clause is kept, and the report of a quarter: it writes itself, people correct it."""

from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from gongzhi.agreements import queries, rules
from gongzhi.agreements.actions import steps
from gongzhi.agreements.models import Agreement, Clause, Evidence, Party, QuarterReport, ReportText
from gongzhi.agreements.proofs import Line, in_words, quarter_of, report_text
from gongzhi.agreements.rules import AgreementState, ProofKind, Side
from gongzhi.demands import masking
from gongzhi.exchange.queries import DESK_STANDINGS
from gongzhi.neighbourhood.rules import CLOCK, Actor
from gongzhi.shared import trail
from gongzhi.shared.moves import NotAllowed, Refused, _

LABEL = _("季度报告")
WRITTEN = _("共建协议的季度报告写好了，请核对")


@transaction.atomic
def note_evidence(
    actor: Actor, *, agreement_id: int, clause_id: int, party_id: int, day: date, words: str, now: datetime, once: str
) -> Evidence:
    """One time that a party kept a clause for which nothing else is counted; noted by either side or the desk.

    The same form sent twice is one record. Raises Clause.DoesNotExist, Party.DoesNotExist, Refused.
    """
    step = steps.begin(actor, agreement_id, "note", now, words=words)
    key = steps.key(actor, once)
    # The agreement is locked: of the same form at the same moment the second finds the first.
    if known := Evidence.objects.filter(once=key).first():
        return known
    row = step.thing
    clause = Clause.objects.get(pk=clause_id, agreement=row, terms=row.in_force, proof=ProofKind.NOTED.value)
    party = Party.objects.get(pk=party_id, agreement=row)
    if queries.side_of(party) != clause.side:
        raise Refused(_("这一条由“%(side)s”一方做，请选那一方。"), side=rules.SIDE_LABELS[Side(clause.side)])
    if not row.since <= day <= step.now.date():
        raise Refused(_("日期要在协议开始以后、今天以前。"))
    found = Evidence.objects.create(
        clause=clause, party=party, day=day, words=steps.needed(words, 500, "words", _("记一次履约")), noted_at=now,
        noted_by_id=actor.person_id, once=key,
    )  # fmt: skip
    steps.finish(step, words=found.words, data={"clause": clause.pk, "day": day.isoformat()})
    return found


@transaction.atomic
def write_report(actor: Actor, *, agreement_id: int, since: date, now: datetime) -> QuarterReport:
    """The report on the quarter that begins on this day, as the proofs stand; the one that stands already stays.

    Raises Refused where the agreement was not in force in it, or it lies ahead.
    """
    row = queries.get_agreement(actor, agreement_id)
    _must_keep(actor, row)
    today = timezone.localtime(now).date()
    first, last = quarter_of(since)
    if not row.in_force or first > today or last < row.since or first > row.until:
        raise Refused(_("协议在这个季度还没有执行，写不出报告。"))
    # The lock keeps two from writing the same report.
    Agreement.objects.select_for_update(of=("self",)).get(pk=row.pk)
    known = QuarterReport.objects.filter(agreement=row, since=first).first()
    if known:
        return known
    lines = [
        Line(
            rules.SIDE_LABELS[Side(one.clause.side)],
            one.clause.name,
            one.clause.words,
            in_words(one.proof),
            one.proof.reached,
        )
        for one in queries.proofs_of(row, on=today, since=first, until=last)
    ]
    begins, ends = max(first, row.since), min(last, row.until, today)
    report = QuarterReport.objects.create(
        agreement=row, since=first, until=last, drafted=report_text(row.title, begins, ends, lines),
        lines=[vars(one) for one in lines], made_at=now,
    )  # fmt: skip
    trail.write(trail.entry(actor, at=now, noun="agreement", noun_id=row.pk, verb="report", data={"report": report.pk}))
    return report


def _must_keep(actor: Actor, row: Agreement) -> None:
    ladder = (row.place_id, row.community_id, row.subdistrict_id)
    standings = actor.standings_at(ladder)
    if actor is not CLOCK and DESK_STANDINGS.isdisjoint(standings):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=LABEL)


@transaction.atomic
def correct_report(actor: Actor, *, report_id: int, words: str, now: datetime) -> ReportText:
    """Another wording of a report; the draft and every earlier wording stay beside it. Raises QuarterReport.DoesNotExist."""
    report, texts = queries.get_report(actor, report_id)
    _must_keep(actor, report.agreement)
    said = masking.clean_text(words, 20_000).strip()
    if not said:
        raise Refused(_("报告是空的，请写好再存。"))
    if said == (texts[0].words if texts else report.drafted):
        raise Refused(_("和原来一样，没有改动。"))
    text = ReportText.objects.create(report=report, words=said, written_at=now, written_by_id=actor.person_id)
    data = {"report": report.pk, "text": text.pk}
    trail.write(
        trail.entry(actor, at=now, noun="agreement", noun_id=report.agreement_id, verb="correct_report", data=data)
    )
    return text


def write_due_reports(*, now: datetime) -> int:
    """For the clock: the quarter that ended, for every agreement that was in force in it. Returns how many."""
    first, _last = quarter_of(timezone.localtime(now).date())
    since, until = quarter_of(date.fromordinal(first.toordinal() - 1))
    states = [AgreementState.ACTIVE.value, AgreementState.IN_REVIEW.value, AgreementState.RENEWED.value]
    rows = Agreement.objects.filter(state__in=states, in_force__gte=1, since__lte=until, until__gte=since)
    written = QuarterReport.objects.filter(since=since).values("agreement")
    return steps.each(rows.exclude(pk__in=written).values_list("pk", flat=True), partial(_write, since=since, now=now))


@transaction.atomic
def _write(agreement_id: int, *, since: date, now: datetime) -> bool:
    report = write_report(CLOCK, agreement_id=agreement_id, since=since, now=now)
    row = report.agreement
    local = [one for one in queries.parties_of(row) if one.place_id == row.place_id]
    steps.tell(row, WRITTEN, now, parties=local)
    return True
