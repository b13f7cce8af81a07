"""Every move of offers, needs, matches, pledges, introductions and tasks, by everyone, from every state."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from gongzhi.exchange import actions, rules
from gongzhi.exchange.models import BalanceTask, Delivery, Introduction, Match, Need, Offer, Pledge
from gongzhi.exchange.rules import Side
from gongzhi.neighbourhood.rules import CLOCK, Actor, Standing
from gongzhi.shared.models import TrailEntry
from gongzhi.shared.moves import NotAllowed, Refused, Table, WrongState
from tests.exchange.making import BUREAU, DAY, INSURER, TODAY, need_details, offer_details, settle
from tests.town import NOW, Town

LATER = NOW + timedelta(hours=2)
Do = Callable[[Actor, int], Any]
# For each of the cast how they stand; None where the thing is not there for them at all.
Sight = Mapping[str, set[StrEnum] | None]

OFFER_VERBS: dict[str, Do] = {
    "change": lambda a, pk: actions.change_offer(a, offer_id=pk, details=offer_details(), now=LATER),
    "pause": lambda a, pk: actions.pause_offer(a, offer_id=pk, now=LATER),
    "resume": lambda a, pk: actions.resume_offer(a, offer_id=pk, now=LATER),
    "end": lambda a, pk: actions.end_offer(a, offer_id=pk, words="用完了", now=LATER),
}
NEED_VERBS: dict[str, Do] = {
    "change": lambda a, pk: actions.change_need(a, need_id=pk, details=need_details(), now=LATER),
    "verify": lambda a, pk: actions.verify_need(a, need_id=pk, now=LATER),
    "withdraw": lambda a, pk: actions.withdraw_need(a, need_id=pk, words="不用了", now=LATER),
    "meet": lambda a, pk: actions.meet_need(a, need_id=pk, words="自己解决了", now=LATER),
    "restate": lambda a, pk: actions.restate_need(a, need_id=pk, deadline=TODAY + DAY, now=LATER),
    "unlock": lambda a, pk: actions.link_unlock(
        a, need_id=pk, frees_id=Need.objects.exclude(pk=pk).values_list("pk", flat=True)[0], now=LATER
    ),
}
MATCH_VERBS: dict[str, Do] = {
    "offer": lambda a, pk: actions.offer_match(a, match_id=pk, now=LATER),
    "pass": lambda a, pk: actions.pass_match(a, match_id=pk, now=LATER),
    "give": lambda a, pk: actions.accept_match(a, match_id=pk, side=Side.GIVER, now=LATER),
    "take": lambda a, pk: actions.accept_match(a, match_id=pk, side=Side.RECEIVER, now=LATER),
    "decline": lambda a, pk: actions.decline_match(a, match_id=pk, reason="pair", now=LATER),
}
PLEDGE_VERBS: dict[str, Do] = {
    "deliver": lambda a, pk: actions.deliver(a, pledge_id=pk, quantity=1, day=TODAY, now=LATER),
    "correct": lambda a, pk: actions.correct_delivery(
        a, delivery_id=_part(pk), quantity=1, day=TODAY, words="更正", now=LATER
    ),
    "confirm": lambda a, pk: actions.confirm_delivery(a, delivery_id=_part(pk), now=LATER),
    "dispute": lambda a, pk: actions.dispute_delivery(a, delivery_id=_part(pk), words="不对", now=LATER),
    "close": lambda a, pk: actions.close_pledge(a, pledge_id=pk, words="不等了", now=LATER),
    "put_off": lambda a, pk: actions.put_off(a, pledge_id=pk, later_on=TODAY + 9 * DAY, words="缺料", now=LATER),
    "agree_day": lambda a, pk: actions.agree_day(a, pledge_id=pk, now=LATER),
    "keep_day": lambda a, pk: actions.keep_day(a, pledge_id=pk, words="等不了", now=LATER),
}
INTRODUCTION_VERBS: dict[str, Do] = {
    "talk": lambda a, pk: actions.note_talk(a, introduction_id=pk, day=TODAY, words="谈过一次", now=LATER),
    "agree": lambda a, pk: actions.agree_introduction(a, introduction_id=pk, now=LATER),
    "refuse": lambda a, pk: actions.refuse_introduction(a, introduction_id=pk, words="不便", now=LATER),
}
TASK_VERBS: dict[str, Do] = {"do": lambda a, pk: actions.answer_quiet(a, task_id=pk, words="去问过了", now=LATER)}
# What follows from other moves or from time; tried with the actions that bring it about.
FOLLOWING = {"lapse", "count", "put_forward", "climb", "follow", "remind"}

BLANK: dict[str, Do] = {
    "offer end": lambda a, pk: actions.end_offer(a, offer_id=pk, words=" ", now=LATER),
    "need withdraw": lambda a, pk: actions.withdraw_need(a, need_id=pk, words="\n", now=LATER),
    "need meet": lambda a, pk: actions.meet_need(a, need_id=pk, words="", now=LATER),
    "match decline": lambda a, pk: actions.decline_match(a, match_id=pk, reason="", now=LATER),
    "pledge dispute": lambda a, pk: actions.dispute_delivery(a, delivery_id=_part(pk), words="　", now=LATER),
    "pledge correct": lambda a, pk: actions.correct_delivery(
        a, delivery_id=_part(pk), quantity=1, day=TODAY, words="", now=LATER
    ),
    "pledge put_off": lambda a, pk: actions.put_off(a, pledge_id=pk, later_on=TODAY + 9 * DAY, words="", now=LATER),
    "pledge keep_day": lambda a, pk: actions.keep_day(a, pledge_id=pk, words=" ", now=LATER),
    "introduction talk": lambda a, pk: actions.note_talk(a, introduction_id=pk, day=None, words="谈过", now=LATER),
    "pledge close": lambda a, pk: actions.close_pledge(a, pledge_id=pk, words="", now=LATER),
    "introduction refuse": lambda a, pk: actions.refuse_introduction(a, introduction_id=pk, words="", now=LATER),
    "task do": lambda a, pk: actions.answer_quiet(a, task_id=pk, words=" ", now=LATER),
}

_D, _L, _U, _R, _O, _C = (
    Standing.DESK, Standing.LEAD, Standing.UNIT, Standing.READER, Standing.OPERATOR, Standing.CLOCK,
)  # fmt: skip
_GIVES, _TAKES = Side.GIVER, Side.RECEIVER
ABOVE: Sight = {"qu_kanban": {_R}, "qu_fuze": {_L}, "guanli": {_O}, "stranger": None}
# An offer and a need of the bureau, which belongs to Dongzheng.
OF_UNIT: Sight = ABOVE | {
    "chengguan_lianluo": {_U}, "dongzheng_shegong": {_D}, "dongzheng_shuji": {_L}, "yuejin_jiedao": {_D},
    "clock": {_C}, "baoxian_lianluo": None, "xinyu_shegong": None,
}  # fmt: skip
# The insurer of Xinyu gives to Dongzheng: Xinyu's desk looks on.
BETWEEN: Sight = ABOVE | {
    "baoxian_lianluo": {_GIVES}, "dongzheng_shegong": {_D, _TAKES}, "dongzheng_shuji": {_L, _TAKES},
    "yuejin_jiedao": {_D}, "clock": {_C}, "xinyu_shegong": set(), "chengguan_lianluo": None,
}  # fmt: skip
# Of a suggestion the giver's side knows nothing.
UNSEEN: Sight = BETWEEN | {"baoxian_lianluo": None, "xinyu_shegong": None}
# Xinyu asks Dongzheng for its bureau: nobody but Dongzheng's own leader answers; both write down what they talked over.
INTRODUCED: Sight = {
    "dongzheng_shuji": {_L}, "dongzheng_shegong": {_D}, "xinyu_shegong": {_TAKES}, "xinyu_shuji": {_TAKES},
    "qu_fuze": set(), "clock": set(), "yuejin_jiedao": None, "chengguan_lianluo": None, "stranger": None,
}  # fmt: skip
QUIET: Sight = OF_UNIT | {"chengguan_lianluo": None}


def _actor(town: Town, who: str) -> Actor:
    return {"clock": CLOCK, "stranger": Actor(label="居民")}.get(who) or town.actor(who)


def _part(pledge_id: int) -> int:
    return Delivery.objects.filter(pledge=pledge_id).values_list("pk", flat=True)[0]


def _try(
    table: Table, noun: str, town: Town, who: str, stands: set[StrEnum] | None, verb: str, thing: Any, do: Do
) -> None:
    case, row, state = (
        f"{verb} of {noun} by {who} from {thing.state}",
        table[verb],
        type(next(iter(table[verb].sources))),
    )
    actor = _actor(town, who)
    with transaction.atomic():
        trail = TrailEntry.objects.filter(noun=noun, noun_id=thing.pk)
        before = trail.count()
        if stands is None:
            with pytest.raises(ObjectDoesNotExist):
                do(actor, thing.pk)
        elif row.who.isdisjoint(stands):
            with pytest.raises(NotAllowed):
                do(actor, thing.pk)
        elif thing.state not in row.sources:
            with pytest.raises(WrongState):
                do(actor, thing.pk)
        else:
            do(actor, thing.pk)
            after = type(thing).objects.get(pk=thing.pk)
            assert state(after.state) in row.targets(state(thing.state)), case
            written = trail.order_by("-id")[0]
            assert (written.verb, written.from_state, written.to_state) == (verb, thing.state, after.state), case
            before += 1
        assert trail.count() == before, case
        transaction.set_rollback(True)


def _everyone(table: Table, noun: str, town: Town, sight: Sight, verbs: Mapping[str, Do], thing: Any) -> None:
    for who, stands in sight.items():
        for verb, do in verbs.items():
            _try(table, noun, town, who, stands, verb, thing, do)


def _offer(town: Town, state: str = "open", unit: str = BUREAU) -> Offer:
    place = town.places["dongzheng" if unit == BUREAU else "xinyu"]
    return Offer.objects.create(
        unit=town.units[unit], community=place, subdistrict=place.subdistrict, kind="skill", title="电工", quantity=10,
        measure="小时", stated_at=NOW, once=f"{unit}{state}", state=state,
    )  # fmt: skip


def _need(town: Town, state: str = "verified", *, unit: bool = False, once: str = "a") -> Need:
    place = town.places["dongzheng"]
    whose: dict[str, Any] = {"asker": "unit", "unit": town.units[BUREAU]}
    if not unit:
        whose = {"asker": "community", "receiving_place": place}
    return Need.objects.create(
        **whose, community=place, subdistrict=place.subdistrict, kind="skill", title="照明", quantity=4, measure="小时",
        stated_at=NOW, verified_at=NOW, once=once, state=state,
    )  # fmt: skip


def _match(town: Town, state: str) -> Match:
    agreed = {"given_at": NOW, "taken_at": NOW} if state in rules.AGREED else {}
    return Match.objects.create(
        need=_need(town), offer=_offer(town, unit=INSURER), quantity=4, suggested_at=NOW, due_on=TODAY + DAY, state=state,
        **agreed,
    )  # fmt: skip


def _pledge(town: Town, state: str) -> Pledge:
    place = town.places["dongzheng"]
    return Pledge.objects.create(
        match=_match(town, "accepted" if state == "promised" else state), giver_unit=town.units[INSURER],
        receiver_place=place, community=place, subdistrict=place.subdistrict, kind="skill", what="电工", quantity=4,
        measure="小时", due_on=TODAY + DAY, promised_at=NOW, state=state,
        ended_at=None if state in rules.PLEDGE_OPEN else NOW,
    )  # fmt: skip


def _deliver(pledge: Pledge) -> None:
    Delivery.objects.create(pledge=pledge, quantity=1, delivered_on=TODAY, noted_at=NOW)


def _introduction(town: Town, state: str = "asked") -> Introduction:
    return Introduction.objects.create(
        unit=town.units[BUREAU], to_community=town.places["xinyu"], own_place=town.places["dongzheng"], words="想请教",
        asked_at=NOW, answered_at=None if state == "asked" else NOW, state=state,
    )  # fmt: skip


def _task(town: Town, state: str = "raised") -> BalanceTask:
    place = town.places["dongzheng"]
    done = {"done_at": NOW, "words": "问过"} if state == "done" else {}
    return BalanceTask.objects.create(
        unit=town.units[BUREAU], place=place, community=place, subdistrict=place.subdistrict, raised_at=NOW, state=state,
        **done,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _settled(request: pytest.FixtureRequest) -> None:
    if "town" in request.fixturenames:
        settle(request.getfixturevalue("town"))


def test_every_verb_of_the_tables_has_its_action() -> None:
    for table, verbs in (
        (rules.OFFER_MOVES, OFFER_VERBS), (rules.NEED_MOVES, NEED_VERBS), (rules.MATCH_MOVES, MATCH_VERBS),
        (rules.PLEDGE_MOVES, PLEDGE_VERBS), (rules.INTRODUCTION_MOVES, INTRODUCTION_VERBS), (rules.TASK_MOVES, TASK_VERBS),
    ):  # fmt: skip
        assert set(verbs) == set(table) - FOLLOWING
        assert all(table[verb].who == {Standing.CLOCK} for verb in set(table) & FOLLOWING)


@pytest.mark.parametrize("state", list(rules.OfferState))
def test_every_move_of_an_offer_by_everyone(town: Town, state: str) -> None:
    _everyone(rules.OFFER_MOVES, "offer", town, OF_UNIT, OFFER_VERBS, _offer(town, state))


@pytest.mark.parametrize("state", list(rules.NeedState))
def test_every_move_of_a_need_by_everyone(town: Town, state: str) -> None:
    need = _need(town, state, unit=True)
    _need(town, unit=True, once="b")
    _everyone(rules.NEED_MOVES, "need", town, OF_UNIT, NEED_VERBS, need)


@pytest.mark.parametrize("state", list(rules.MatchState))
def test_every_move_of_a_match_by_everyone(town: Town, state: str) -> None:
    sight = BETWEEN if state in rules.SHOWN else UNSEEN
    _everyone(rules.MATCH_MOVES, "match", town, sight, MATCH_VERBS, _match(town, state))


@pytest.mark.parametrize("state", list(rules.PledgeState))
def test_every_move_of_a_pledge_by_everyone(town: Town, state: str) -> None:
    pledge = _pledge(town, state)
    of_whole = {verb: PLEDGE_VERBS[verb] for verb in ("deliver", "close", "put_off")}
    _everyone(rules.PLEDGE_MOVES, "pledge", town, BETWEEN, of_whole, pledge)
    _deliver(pledge)
    asked = {verb: PLEDGE_VERBS[verb] for verb in ("agree_day", "keep_day")}
    Pledge.objects.filter(pk=pledge.pk).update(later_on=TODAY + 9 * DAY)
    _everyone(rules.PLEDGE_MOVES, "pledge", town, BETWEEN, asked, pledge)
    of_parts = {verb: do for verb, do in PLEDGE_VERBS.items() if verb not in of_whole | asked}
    _everyone(rules.PLEDGE_MOVES, "pledge", town, BETWEEN, of_parts, pledge)


@pytest.mark.parametrize("state", list(rules.IntroductionState))
def test_every_move_of_an_introduction_by_everyone(town: Town, state: str) -> None:
    thing = _introduction(town, state)
    _everyone(rules.INTRODUCTION_MOVES, "introduction", town, INTRODUCED, INTRODUCTION_VERBS, thing)


@pytest.mark.parametrize("state", list(rules.TaskState))
def test_every_move_of_a_task_by_everyone(town: Town, state: str) -> None:
    _everyone(rules.TASK_MOVES, "balance_task", town, QUIET, TASK_VERBS, _task(town, state))


@pytest.mark.parametrize("case", sorted(BLANK))
def test_what_a_move_needs_cannot_be_left_out(town: Town, case: str) -> None:
    noun, verb = case.split()
    made: dict[str, Callable[[], Any]] = {
        "offer": lambda: _offer(town),
        "need": lambda: _need(town),
        "match": lambda: _match(town, "offered"),
        "pledge": lambda: _pledge(town, "in_delivery"),
        "introduction": lambda: _introduction(town),
        "task": lambda: _task(town),
    }
    thing = made[noun]()
    if noun == "pledge":
        _deliver(thing)
    giver = noun == "pledge" and verb in {"correct", "put_off"}
    before = TrailEntry.objects.count()
    with pytest.raises(Refused):
        BLANK[case](town.actor("baoxian_lianluo" if giver else "dongzheng_shuji"), thing.pk)
    assert TrailEntry.objects.count() == before
