"""Every move of an outreach, by everyone and by its outsider, from every state; and no link opens another."""

from typing import Any

import pytest

from gongzhi.exchange import actions
from gongzhi.exchange.models import Outreach
from gongzhi.exchange.rules import Side
from gongzhi.exchange.talk_rules import LINKED, OUTREACH_MOVES, OutreachState, Voice, outsider
from gongzhi.neighbourhood.rules import Standing
from gongzhi.shared.models import TrailEntry
from gongzhi.shared.moves import Missing, NotAllowed, Refused
from tests.exchange.making import settle
from tests.house.test_exchange_moves import LATER, OF_UNIT, Do, Sight, _need, _try
from tests.town import NOW, Town

VERBS: dict[str, Do] = {
    "agree": lambda a, pk: actions.agree_outreach(a, outreach_id=pk, now=LATER),
    "object": lambda a, pk: actions.object_to_outreach(a, outreach_id=pk, words="不愿意", now=LATER),
    "open": lambda a, pk: actions.open_outreach(a, outreach_id=pk, now=LATER),
    **{
        verb: lambda a, pk, verb=verb: actions.answer_outreach(a, outreach_id=pk, verb=verb, words="好", now=LATER)  # type: ignore[misc]
        for verb in ("accept", "ask", "decline")
    },
    "report": lambda a, pk: actions.report_outreach(a, outreach_id=pk, words="办好了", brought=2, now=LATER),
    "confirm": lambda a, pk: actions.confirm_outreach(a, outreach_id=pk, now=LATER),
    "dispute": lambda a, pk: actions.dispute_outreach(a, outreach_id=pk, words="没有到", now=LATER),
    "renew": lambda a, pk: actions.renew_outreach(a, outreach_id=pk, now=LATER),
    "withdraw": lambda a, pk: actions.withdraw_outreach(a, outreach_id=pk, words="不用了", now=LATER),
}
SIGHT: Sight = OF_UNIT | {"chengguan_lianluo": {Standing.UNIT, Side.RECEIVER}}


@pytest.fixture(autouse=True)
def _settled(town: Town) -> None:
    settle(town)


def made(town: Town, state: str, once: str = "a") -> Outreach:
    done = {"result": "办好了"} if state in {"reported", "confirmed"} else {}
    return Outreach.objects.create(
        need=_need(town, unit=True, once=once), party="江畔银行", asked="请看看", started_at=NOW, state=state, once=once,
        **done,
    )  # fmt: skip


def test_every_verb_has_its_action() -> None:
    assert set(VERBS) == set(OUTREACH_MOVES) - {"climb"}
    assert OUTREACH_MOVES["climb"].who == {Standing.CLOCK}


@pytest.mark.parametrize("state", list(OutreachState))
def test_every_move_of_an_outreach_by_everyone(town: Town, state: str) -> None:
    thing = made(town, state)
    for who, stands in SIGHT.items():
        for verb, do in VERBS.items():
            # Opening what was opened before is no fault.
            if verb != "open" or stands is None:
                _try(OUTREACH_MOVES, "outreach", town, who, stands, verb, thing, do)


@pytest.mark.parametrize("state", list(OutreachState))
def test_its_outsider_does_what_the_table_says_and_nothing_elsewhere(
    town: Town, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    thing, other = made(town, state), made(town, "sent", "b")
    stands: Any = {Voice.OUTSIDER} if state in LINKED else None
    monkeypatch.setattr("tests.house.test_exchange_moves._actor", lambda _town, _who: outsider(thing.pk))
    for verb, do in VERBS.items():
        if verb == "open":
            continue
        _try(OUTREACH_MOVES, "outreach", town, "outsider", stands, verb, thing, do)
        _try(OUTREACH_MOVES, "outreach", town, "outsider", None, verb, other, do)


@pytest.mark.parametrize("state", sorted(LINKED))
def test_opening_is_the_outsiders_and_again_is_no_fault(town: Town, state: str) -> None:
    thing = made(town, state)
    actions.open_outreach(outsider(thing.pk), outreach_id=thing.pk, now=LATER)
    thing.refresh_from_db()
    assert thing.state == ("opened" if state == "sent" else state)
    assert TrailEntry.objects.filter(noun="outreach", verb="open").count() == (state == "sent")
    for who in ("dongzheng_shegong", "chengguan_lianluo"):
        with pytest.raises(NotAllowed):
            actions.open_outreach(town.actor(who), outreach_id=thing.pk, now=LATER)


@pytest.mark.parametrize("verb", ["ask", "decline", "report", "object", "dispute", "withdraw"])
def test_words_cannot_be_left_out(town: Town, verb: str) -> None:
    state = min(OUTREACH_MOVES[verb].sources)
    thing, who = made(town, state), "chengguan_lianluo" if verb in {"object", "dispute"} else "dongzheng_shuji"
    acts = {
        "report": lambda: actions.report_outreach(town.actor(who), outreach_id=thing.pk, words="\u3000", now=LATER),
        "object": lambda: actions.object_to_outreach(town.actor(who), outreach_id=thing.pk, words=" ", now=LATER),
        "dispute": lambda: actions.dispute_outreach(town.actor(who), outreach_id=thing.pk, words="", now=LATER),
        "withdraw": lambda: actions.withdraw_outreach(town.actor(who), outreach_id=thing.pk, words="", now=LATER),
    }
    before = TrailEntry.objects.count()
    with pytest.raises(Missing):
        acts.get(
            verb,
            lambda: actions.answer_outreach(town.actor(who), outreach_id=thing.pk, verb=verb, words="\n", now=LATER),
        )()
    assert TrailEntry.objects.count() == before


def test_what_was_decided_on_an_older_picture_is_refused(town: Town) -> None:
    thing, desk = made(town, "sent"), town.actor("dongzheng_shegong")
    actions.renew_outreach(desk, outreach_id=thing.pk, now=LATER, seen=1)
    with pytest.raises(Refused, match="刚才有人办过"):
        actions.withdraw_outreach(desk, outreach_id=thing.pk, words="不用了", now=LATER, seen=1)
