"""What a clause is proven by, counted from what the other rooms know."""

from datetime import timedelta

from gongzhi.agreements import actions, queries
from gongzhi.agreements.proofs import in_words
from gongzhi.agreements.rules import ProofKind
from gongzhi.conferences import actions as meetings
from gongzhi.conferences.models import Call
from tests.agreements.making import DESK, draft, ready, sign
from tests.conferences.making import notified
from tests.town import NOW, Town

WEEK = timedelta(weeks=1)


def meet(town: Town, week: int, presence: str, words: str = "") -> None:
    """A meeting in so many weeks that calls the bureau; the roll says whether it came."""
    now = NOW + week * WEEK
    row = notified(town, now=now)
    lead = town.actor("dongzheng_shuji", today=now.date())
    meetings.open_conference(lead, conference_id=row.pk, chair=town.accounts["dongzheng_shuji"].person, now=now)
    for call in Call.objects.filter(conference=row):
        meetings.call_roll(lead, conference_id=row.pk, call_id=call.pk, presence=presence, words=words, now=now)
    meetings.close_conference(lead, conference_id=row.pk, now=now)


def test_a_duty_to_attend_is_proven_by_the_rolls_of_meetings_that_are_over(town: Town) -> None:
    ready(town)
    row = draft(town)
    desk = town.actor(DESK)
    details = actions.ClauseDetails(
        measure=queries.measures()[0], side="unit", words="每次都到会", proof=ProofKind.MEETINGS, target=60
    )
    clause = actions.write_clause(desk, agreement_id=row.pk, details=details, now=NOW)
    actions.circulate(desk, agreement_id=row.pk, now=NOW)
    sign(town, row, unit=False)
    row = sign(town, row, unit=True)
    meet(town, 1, "present")
    meet(town, 2, "proxy", "委托桥口社工站")
    meet(town, 3, "absent", "当天有应急任务")
    notified(town, now=NOW + 4 * WEEK)

    proofs = {one.clause.pk: one.proof for one in queries.proofs_of(row, on=(NOW + 5 * WEEK).date())}
    proof = proofs[clause.pk]
    assert in_words(proof) == "应做 3 件，做到 2 件（目标 60%）" and proof.reached is True
    earlier = queries.proofs_of(row, on=(NOW + WEEK).date())
    assert next(one.proof.of for one in earlier if one.clause.pk == clause.pk) == 1
