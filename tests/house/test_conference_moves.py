"""Every move of conferences, decisions, calls to act and deliberations, by everyone, from every state."""

from datetime import timedelta
from typing import Any

import pytest

from gongzhi.conferences import actions
from gongzhi.conferences.actions import Decided, spaces, steps
from gongzhi.conferences.actions.meeting import begin
from gongzhi.conferences.models import (
    Call,
    Conference,
    Decision,
    Deliberation,
    Mobilisation,
    Mobilised,
    PublicSpace,
    SpaceSlot,
    Topic,
)
from gongzhi.conferences.pavilion_rules import DELIBERATION_MOVES, DeliberationState
from gongzhi.conferences.rules import (
    CONFERENCE_MOVES,
    DECISION_MOVES,
    MOBILISATION_MOVES,
    ConferenceState,
    DecisionState,
    MobilisationState,
    Part,
)
from gongzhi.conferences.space_rules import SLOT_MOVES, SlotState
from gongzhi.neighbourhood.models import Account, MemberUnit, Person
from gongzhi.neighbourhood.rules import Standing
from gongzhi.shared.models import TrailEntry
from gongzhi.shared.moves import Refused
from tests.exchange.making import BUREAU, INSURER, TODAY
from tests.house.test_exchange_moves import LATER, Do, Sight, _everyone
from tests.town import NOW, Town

HELD = {"in_session", "minuted", "signed"}
WEEK = timedelta(days=7)


def _call(pk: int) -> int:
    return Call.objects.filter(conference=pk).values_list("pk", flat=True).first() or 0


def _topic(pk: int) -> int:
    return Topic.objects.filter(conference=pk).values_list("pk", flat=True).first() or 0


def _chair() -> Person:
    return Person.objects.get(pk=Account.objects.get(login="dongzheng_shuji").person_id)


_WHEN = {"starts_at": LATER, "venue": "三楼", "now": LATER}
CONFERENCE: dict[str, Do] = {
    "notify": lambda a, pk: actions.notify_conference(a, conference_id=pk, **_WHEN),
    "move": lambda a, pk: actions.move_conference(a, conference_id=pk, **_WHEN),
    "invite": lambda a, pk: actions.invite_unit(
        a, conference_id=pk, unit=MemberUnit.objects.get(name=INSURER), now=LATER
    ),
    "ask_to_bring": lambda a, pk: actions.ask_to_bring(a, conference_id=pk, call_id=_call(pk), words="图", now=LATER),
    "table": lambda a, pk: actions.table_topic(a, conference_id=pk, title="积水", now=LATER, once="t"),
    "agree_topic": lambda a, pk: actions.agree_topic(a, conference_id=pk, topic_id=_topic(pk), now=LATER),
    "set_aside": lambda a, pk: actions.set_aside_topic(
        a, conference_id=pk, topic_id=_topic(pk), words="下次", now=LATER
    ),
    "drop_topic": lambda a, pk: actions.drop_topic(a, conference_id=pk, topic_id=_topic(pk), words="办好了", now=LATER),
    "remind": lambda a, pk: steps.finish(begin(a, pk, "remind", LATER)),
    "open": lambda a, pk: actions.open_conference(a, conference_id=pk, chair=_chair(), recorder=_chair(), now=LATER),
    "call_roll": lambda a, pk: actions.call_roll(a, conference_id=pk, call_id=_call(pk), presence="present", now=LATER),
    "decide": lambda a, pk: actions.decide(
        a, conference_id=pk, decided=Decided(kind="other", what="清淤"), now=LATER, once="d"
    ),
    "close": lambda a, pk: actions.close_conference(a, conference_id=pk, now=LATER),
    "sign": lambda a, pk: actions.sign_minutes(a, conference_id=pk, now=LATER),
    "cancel": lambda a, pk: actions.cancel_conference(a, conference_id=pk, words="改期", now=LATER),
}
DECISION: dict[str, Do] = {
    "change": lambda a, pk: actions.change_decision(
        a, decision_id=pk, decided=Decided(kind="other", what="清淤两次"), now=LATER
    ),
    "strike": lambda a, pk: actions.strike_decision(a, decision_id=pk, now=LATER),
    "finish": lambda a, pk: actions.finish_decision(a, decision_id=pk, span="数天", now=LATER),
    "give_up": lambda a, pk: actions.give_up_decision(a, decision_id=pk, words="没有车", now=LATER),
}
MOBILISATION: dict[str, Do] = {
    "answer": lambda a, pk: actions.answer_mobilisation(
        a, mobilisation_id=pk, unit_id=_bureau(), roster="队员甲 13800000001", now=LATER
    ),
    "mark": lambda a, pk: actions.mark_turnout(a, mobilisation_id=pk, unit_id=_bureau(), came=[], now=LATER),
    "end": lambda a, pk: actions.end_mobilisation(a, mobilisation_id=pk, now=LATER),
}
_ON = {"day": TODAY, "words": "办了", "now": LATER}
DELIBERATION: dict[str, Do] = {
    "discuss": lambda a, pk: actions.discuss_deliberation(a, deliberation_id=pk, **_ON),
    "settle": lambda a, pk: actions.settle_deliberation(
        a, deliberation_id=pk, what="八点前收音响", owner="舞蹈队", due_on=TODAY, now=LATER
    ),
    "carry_out": lambda a, pk: actions.carry_out_deliberation(a, deliberation_id=pk, **_ON),
    "check": lambda a, pk: actions.check_deliberation(a, deliberation_id=pk, **_ON),
    "send_back": lambda a, pk: actions.send_back_deliberation(a, deliberation_id=pk, words="还响", now=LATER),
    "drop": lambda a, pk: actions.drop_deliberation(a, deliberation_id=pk, words="不议了", now=LATER),
}
SLOT: dict[str, Do] = {
    "skip": lambda a, pk: spaces.skip_slot(a, slot_id=pk, day=TODAY + WEEK, now=LATER),
    "end": lambda a, pk: spaces.end_slot(a, slot_id=pk, day=TODAY + WEEK, now=LATER),
    "give_up": lambda a, pk: spaces.give_up_slot(a, slot_id=pk, now=LATER),
}
STAFF: Sight = {
    "qu_kanban": {Standing.READER}, "qu_fuze": {Standing.LEAD}, "guanli": {Standing.OPERATOR},
    "yuejin_shuji": {Standing.LEAD}, "yuejin_jiedao": {Standing.DESK}, "dongzheng_shuji": {Standing.LEAD},
    "dongzheng_shegong": {Standing.DESK}, "chengguan_lianluo": {Part.MEMBER}, "clock": {Standing.CLOCK},
    "xinyu_shuji": None, "xinyu_shegong": None, "xingsheng_shegong": None, "baoxian_lianluo": None, "stranger": None,
}  # fmt: skip


def _bureau() -> int:
    return MemberUnit.objects.get(name=BUREAU).pk


def _conference(town: Town, state: str) -> Conference:
    place, chair = town.places["dongzheng"], town.accounts["dongzheng_shuji"].person_id
    held = {"chair_id": chair, "recorder_id": chair, "began_at": NOW} if state in HELD else {}
    row = Conference.objects.create(
        state=state, title="六月", place=place, community=place, subdistrict=place.subdistrict, starts_at=NOW, venue="三楼",
        once=state, closed_at=NOW if state in {"minuted", "signed"} else None,
        signed_at=NOW if state == "signed" else None, **held,
    )  # fmt: skip
    Call.objects.create(conference=row, unit_id=_bureau(), presence="present" if held else "")
    Topic.objects.create(conference=row, title="积水", tabled_at=NOW, once=state)
    return row


def _decision(town: Town, state: str) -> Decision:
    before = state in {"drafted", "struck"}
    row = Decision.objects.create(
        conference=_conference(town, "minuted"), kind="other", what="清淤", owner_unit_id=_bureau(), due_on=TODAY,
        state=state, finished_span="数天" if state == "finished" else "", decided_at=NOW, once=state,
    )  # fmt: skip
    if not before:
        Conference.objects.update(state="signed", signed_at=NOW)
    return row


def _mobilisation(town: Town, state: str) -> Mobilisation:
    place = town.places["dongzheng"]
    row = Mobilisation.objects.create(
        state=state, title="清理", place=place, community=place, subdistrict=place.subdistrict, starts_at=NOW,
        called_at=NOW, once=state,
    )  # fmt: skip
    Mobilised.objects.create(mobilisation=row, unit_id=_bureau())
    return row


def _deliberation(town: Town, state: str) -> Deliberation:
    place = town.places["dongzheng"]
    return Deliberation.objects.create(
        state=state, subject="跳舞", place=place, community=place, subdistrict=place.subdistrict, raised_on=TODAY,
        what="八点前收", owner="舞蹈队", due_on=TODAY, once=state,
    )  # fmt: skip


def _slot(town: Town, state: str) -> SpaceSlot:
    place = town.places["dongzheng"]
    space = PublicSpace.objects.create(place=place, community=place, subdistrict=place.subdistrict, name="广场")
    return SpaceSlot.objects.create(
        state=state, space=space, user="舞蹈队", what="跳舞", weekday=TODAY.weekday(), since=TODAY, first=1140, last=1200,
        once=state,
    )  # fmt: skip


def test_every_verb_of_the_tables_has_its_action() -> None:
    assert set(CONFERENCE) == set(CONFERENCE_MOVES)
    # A decision is bound by the signature alone.
    assert set(DECISION) | {"bind"} == set(DECISION_MOVES)
    assert set(MOBILISATION) == set(MOBILISATION_MOVES)
    assert set(DELIBERATION) == set(DELIBERATION_MOVES)
    assert set(SLOT) == set(SLOT_MOVES)


@pytest.mark.parametrize("state", list(ConferenceState))
def test_every_move_of_a_conference_by_everyone(town: Town, state: str) -> None:
    row = _conference(town, state)
    _everyone(CONFERENCE_MOVES, "conference", town, STAFF, CONFERENCE, row)


@pytest.mark.parametrize("state", list(DecisionState))
def test_every_move_of_a_decision_by_everyone(town: Town, state: str) -> None:
    row = _decision(town, state)
    owner = {Part.OWNER} if state not in {"drafted", "struck"} else None
    _everyone(DECISION_MOVES, "decision", town, {**STAFF, "chengguan_lianluo": owner}, DECISION, row)


@pytest.mark.parametrize("state", list(MobilisationState))
def test_every_move_of_a_mobilisation_by_everyone(town: Town, state: str) -> None:
    _everyone(MOBILISATION_MOVES, "mobilisation", town, STAFF, MOBILISATION, _mobilisation(town, state))


@pytest.mark.parametrize("state", list(DeliberationState))
def test_every_move_of_a_deliberation_by_everyone(town: Town, state: str) -> None:
    sight: Sight = {**STAFF, "chengguan_lianluo": None}
    _everyone(DELIBERATION_MOVES, "deliberation", town, sight, DELIBERATION, _deliberation(town, state))


@pytest.mark.parametrize("state", list(SlotState))
def test_every_move_of_a_slot_by_everyone(town: Town, state: str) -> None:
    sight: Sight = {**STAFF, "chengguan_lianluo": None}
    _everyone(SLOT_MOVES, "space_slot", town, sight, SLOT, _slot(town, state))


def _blank(town: Town) -> list[Any]:
    """A call of each action that leaves out what its move needs."""
    lead = town.actor("dongzheng_shuji")
    first, open_one = _conference(town, "noticed").pk, _conference(town, "in_session").pk
    matter, slot = _deliberation(town, "discussed").pk, _slot(town, "held").pk
    draft = Decision.objects.create(conference_id=open_one, kind="other", what="清淤", decided_at=NOW, once="b").pk
    return [
        lambda: actions.move_conference(lead, conference_id=first, starts_at=LATER, venue=" ", now=LATER),
        lambda: actions.invite_unit(lead, conference_id=first, unit=None, now=LATER),
        lambda: actions.ask_to_bring(lead, conference_id=first, call_id=_call(first), words="　", now=LATER),
        lambda: actions.table_topic(lead, conference_id=first, title="\n", now=LATER, once="x"),
        lambda: actions.set_aside_topic(lead, conference_id=first, topic_id=_topic(first), words="", now=LATER),
        lambda: actions.drop_topic(lead, conference_id=first, topic_id=_topic(first), words=" ", now=LATER),
        lambda: actions.open_conference(lead, conference_id=first, chair=None, now=LATER),
        lambda: actions.cancel_conference(lead, conference_id=first, words=" ", now=LATER),
        lambda: actions.call_roll(lead, conference_id=open_one, call_id=_call(open_one), presence="absent", now=LATER),
        lambda: actions.call_roll(lead, conference_id=open_one, call_id=_call(open_one), presence="proxy", now=LATER),
        lambda: actions.decide(
            lead, conference_id=open_one, decided=Decided(kind="other", what=" "), now=LATER, once="y"
        ),
        lambda: actions.finish_decision(lead, decision_id=draft, now=LATER),
        lambda: spaces.skip_slot(lead, slot_id=slot, day=None, now=LATER),
        lambda: spaces.end_slot(lead, slot_id=slot, day=None, now=LATER),
        lambda: actions.discuss_deliberation(lead, deliberation_id=matter, day=None, words="议了", now=LATER),
        lambda: actions.settle_deliberation(
            lead, deliberation_id=matter, what="八点", owner=" ", due_on=TODAY, now=LATER
        ),
    ]


def test_what_a_move_needs_cannot_be_left_out(town: Town) -> None:
    calls, before = _blank(town), TrailEntry.objects.count()
    for one in calls:
        with pytest.raises(Refused):
            one()
    assert TrailEntry.objects.count() == before
