"""Every move of the table of demands, by every standing, from every state: done as the table says, or refused."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from gongzhi.demands import actions, queries, rules
from gongzhi.demands.models import Answer, Demand, Extension, Pause
from gongzhi.demands.photos import Photo as Picture
from gongzhi.demands.rules import MOVES, State
from gongzhi.neighbourhood.rules import CLOCK, Actor, Standing
from gongzhi.shared.models import TrailEntry
from gongzhi.shared.moves import NotAllowed, Refused, WrongState
from tests.town import NOW, Town

LATER = NOW + timedelta(hours=2)
PICTURE = Picture(b"\xff\xd8\xff\xd9", 1, 1, "0" * 64)
Do = Callable[[Town, Actor, int], Any]


def _extension(pk: int) -> int:
    return Extension.objects.filter(demand=pk).values_list("pk", flat=True).first() or 0


# How each verb is done with everything that it needs.
VERBS: dict[str, Do] = {
    "classify": lambda t, a, pk: actions.classify_demand(a, demand_id=pk, category=t.category(), now=LATER),
    "refile": lambda t, a, pk: actions.refile_demand(a, demand_id=pk, reason="地点写错了", now=LATER),
    "dispatch": lambda t, a, pk: actions.dispatch_demand(a, demand_id=pk, handler=_handler(t), now=LATER),
    "recall": lambda t, a, pk: actions.recall_demand(a, demand_id=pk, reason="派错了", now=LATER),
    "sign": lambda t, a, pk: actions.sign_demand(a, demand_id=pk, now=LATER),
    "return": lambda t, a, pk: actions.return_demand(
        a, demand_id=pk, reason="不归我们", duty_basis="职责清单", now=LATER
    ),
    "contact": lambda t, a, pk: actions.contact_reporter(a, demand_id=pk, words="打过电话", now=LATER),
    "start": lambda t, a, pk: actions.start_work(a, demand_id=pk, now=LATER),
    "note": lambda t, a, pk: actions.note_on_demand(a, demand_id=pk, words="记一笔", now=LATER),
    "add": lambda t, a, pk: actions.add_words(a, demand_id=pk, words="楼上也漏", now=LATER),
    "attach": lambda t, a, pk: actions.attach_photos(a, demand_id=pk, photos=[PICTURE], now=LATER),
    "ask": lambda t, a, pk: actions.ask_reporter(a, demand_id=pk, question="几楼？", now=LATER),
    "reply_to_question": lambda t, a, pk: actions.reply_to_question(a, demand_id=pk, words="三楼", now=LATER),
    "stop_waiting": lambda t, a, pk: actions.stop_waiting(a, demand_id=pk, reason="联系不上", now=LATER),
    "ask_extension": lambda t, a, pk: actions.ask_extension(a, demand_id=pk, days=3, reason="等材料", now=LATER),
    "grant_extension": lambda t, a, pk: actions.grant_extension(a, demand_id=pk, extension=_extension(pk), now=LATER),
    "refuse_extension": lambda t, a, pk: actions.refuse_extension(
        a, demand_id=pk, extension=_extension(pk), reason="够了", now=LATER
    ),
    "remind": lambda t, a, pk: actions.remind_handler(a, demand_id=pk, words="请尽快", now=LATER),
    "supervise": lambda t, a, pk: actions.supervise_demand(a, demand_id=pk, words="盯一下", now=LATER),
    "park": lambda t, a, pk: actions.park_demand(
        a, demand_id=pk, reason="等管网改造", review_on=date(2026, 9, 1), now=LATER
    ),
    "resume": lambda t, a, pk: actions.resume_demand(a, demand_id=pk, now=LATER),
    "answer": lambda t, a, pk: actions.answer_demand(a, demand_id=pk, answer="修好了。", now=LATER),
    "rate": lambda t, a, pk: actions.rate_demand(a, demand_id=pk, solved=True, satisfied=True, now=LATER),
    "call_back": lambda t, a, pk: actions.call_back(
        a, demand_id=pk, reached=True, solved=False, satisfied=False, reasons=["not_done"], now=LATER
    ),
    "lapse": lambda t, a, pk: actions.lapse_demand(demand_id=pk, now=LATER),
    "reopen": lambda t, a, pk: actions.reopen_demand(a, demand_id=pk, reason="又坏了", now=LATER),
    "withdraw": lambda t, a, pk: actions.withdraw_demand(a, demand_id=pk, now=LATER),
    "archive": lambda t, a, pk: actions.archive_demand(a, demand_id=pk, now=LATER),
}


def _handler(town: Town) -> Any:
    return town.units["大渡口区城市管理局（演示）"]


def _actors(town: Town, pk: int) -> dict[str, tuple[Actor, set[Standing]]]:
    """One actor for each standing towards the demand; the last three stand in none."""
    return {
        "the reporter": (Actor(label="居民", link=pk), {Standing.RESIDENT}),
        "its desk": (town.actor("dongzheng_shegong"), {Standing.DESK}),
        "its secretary": (town.actor("dongzheng_shuji"), {Standing.LEAD}),
        "its handler": (town.actor("chengguan_lianluo"), {Standing.UNIT}),
        "the district's reader": (town.actor("qu_kanban"), {Standing.READER}),
        "the operator": (town.actor("guanli"), {Standing.OPERATOR}),
        "the clock": (CLOCK, {Standing.CLOCK}),
        "another community": (town.actor("xinyu_shegong"), set()),
        "another unit": (town.actor("baoxian_lianluo"), set()),
        "a stranger": (Actor(label="居民"), set()),
    }


def _put(town: Town, state: State) -> int:
    """A demand that stands in this state, with what hangs on it there."""
    pk = town.report(phone="13800138000").demand.pk
    ended = NOW if state in rules.ENDED else None
    Demand.objects.filter(pk=pk).update(state=state.value, handler=_handler(town), closed_at=ended)
    if state in {State.WAITING, State.ON_REGISTER}:
        Pause.objects.create(demand_id=pk, question="几楼？", asked_at=NOW)
    if state in rules.ANSWERED | {State.CLOSED, State.ARCHIVED}:
        Answer.objects.create(demand_id=pk, words="修好了。", answered_at=NOW, answered_by="社区")
    return pk


def _ask_for_extension(pk: int) -> None:
    """By nobody in the cast, so that whoever leads may decide."""
    Extension.objects.create(demand_id=pk, asked_at=NOW, days=3, reason="等材料")


def test_every_verb_of_the_table_has_its_action_here() -> None:
    assert set(VERBS) == set(MOVES)


@pytest.mark.parametrize("state", list(State))
def test_every_move_by_everyone(town: Town, state: State) -> None:
    pk = _put(town, state)
    for who, (actor, standings) in _actors(town, pk).items():
        for verb, do in VERBS.items():
            # The clock's own move takes no actor: nobody else can call it.
            if verb != "lapse" or who == "the clock":
                _try(town, who, actor, standings, verb, state, pk, do)


def _try(
    town: Town, who: str, actor: Actor, standings: set[Standing], verb: str, state: State, pk: int, do: Do
) -> None:
    case = f"{verb} by {who} from {state.value}"
    row = MOVES[verb]
    with transaction.atomic():
        if "extension" in row.needs:
            _ask_for_extension(pk)
        before = TrailEntry.objects.count()
        if not standings:
            with pytest.raises(queries.ABSENT):
                do(town, actor, pk)
        elif row.who.isdisjoint(standings):
            with pytest.raises(NotAllowed):
                do(town, actor, pk)
        elif state not in row.sources:
            with pytest.raises(WrongState):
                do(town, actor, pk)
        else:
            do(town, actor, pk)
            after = Demand.objects.defer("search").get(pk=pk)
            assert State(after.state) in row.targets(state), case
            assert (after.closed_at is not None) == (State(after.state) in rules.ENDED), case
            written = TrailEntry.objects.order_by("-id")[0]
            assert (written.verb, written.from_state, written.to_state) == (verb, state.value, after.state), case
            before += 1
        assert TrailEntry.objects.count() == before, case
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "verb", sorted(verb for verb, row in MOVES.items() if row.needs - {"extension", "rating", "outcome"})
)
def test_what_a_move_needs_cannot_be_left_out(town: Town, verb: str) -> None:
    """An empty text in every place where the table asks for words."""
    blank: dict[str, Do] = {
        "classify": lambda t, a, pk: actions.classify_demand(a, demand_id=pk, category=None, now=LATER),  # type: ignore[arg-type]
        "refile": lambda t, a, pk: actions.refile_demand(a, demand_id=pk, reason=" ", now=LATER),
        "dispatch": lambda t, a, pk: actions.dispatch_demand(a, demand_id=pk, handler=None, now=LATER),  # type: ignore[arg-type]
        "recall": lambda t, a, pk: actions.recall_demand(a, demand_id=pk, reason="", now=LATER),
        "return": lambda t, a, pk: actions.return_demand(a, demand_id=pk, reason="不归我们", duty_basis=" ", now=LATER),
        "contact": lambda t, a, pk: actions.contact_reporter(a, demand_id=pk, words="\n", now=LATER),
        "note": lambda t, a, pk: actions.note_on_demand(a, demand_id=pk, words="", now=LATER),
        "add": lambda t, a, pk: actions.add_words(a, demand_id=pk, words=" ", now=LATER),
        "attach": lambda t, a, pk: actions.attach_photos(a, demand_id=pk, photos=[], now=LATER),
        "ask": lambda t, a, pk: actions.ask_reporter(a, demand_id=pk, question="", now=LATER),
        "reply_to_question": lambda t, a, pk: actions.reply_to_question(a, demand_id=pk, words="", now=LATER),
        "stop_waiting": lambda t, a, pk: actions.stop_waiting(a, demand_id=pk, reason="", now=LATER),
        "ask_extension": lambda t, a, pk: actions.ask_extension(a, demand_id=pk, days=3, reason="", now=LATER),
        "refuse_extension": lambda t, a, pk: actions.refuse_extension(
            a, demand_id=pk, extension=1, reason="", now=LATER
        ),
        "remind": lambda t, a, pk: actions.remind_handler(a, demand_id=pk, words="", now=LATER),
        "supervise": lambda t, a, pk: actions.supervise_demand(a, demand_id=pk, words="", now=LATER),
        "park": lambda t, a, pk: actions.park_demand(a, demand_id=pk, reason="", review_on=date(2026, 9, 1), now=LATER),
        "answer": lambda t, a, pk: actions.answer_demand(a, demand_id=pk, answer=" ", now=LATER),
        "reopen": lambda t, a, pk: actions.reopen_demand(a, demand_id=pk, reason="", now=LATER),
    }
    row = MOVES[verb]
    pk = _put(town, sorted(row.sources)[0])  # type: ignore[arg-type]
    actors = [actor for actor, standings in _actors(town, pk).values() if not row.who.isdisjoint(standings)]
    before = TrailEntry.objects.count()
    with pytest.raises(Refused):
        blank[verb](town, actors[0], pk)
    assert TrailEntry.objects.count() == before
