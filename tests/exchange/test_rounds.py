"""Rounds of the three forms: every move by everyone, what one form does to the lists, what time brings."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from gongzhi.exchange import actions, queries, round_rules
from gongzhi.exchange.actions import OnLine, Said
from gongzhi.exchange.models import Filing, Need, Offer, Reminder, Round
from gongzhi.exchange.round_rules import Part, RoundState, Sheet
from gongzhi.neighbourhood.models import Membership
from gongzhi.neighbourhood.rules import CLOCK, Actor, Standing
from gongzhi.shared.models import TrailEntry
from gongzhi.shared.moves import NotAllowed, Refused, WrongState
from gongzhi.web.who import now
from tests.exchange.making import inbox, need_details, offer_details
from tests.exchange.rounds import DAY, NAMES, appoint, found_network, open_round
from tests.town import Town


@pytest.fixture
def row(town: Town) -> Round:
    return open_round(town, found_network(town))


def actor(town: Town, who: str) -> Actor:
    return CLOCK if who == "clock" else town.actor(who, today=now().date())


def fill(town: Town, row: Round, count: int = 0, sheet: Sheet = Sheet.HAVE, **more: Any) -> Filing:
    given = {"said": {}, "new": [], "nothing": False, "once": f"{count}{sheet}"} | more
    unit = town.units[NAMES[count]]
    return actions.fill_lines(
        actor(town, f"lianluo{count}"), round_id=row.pk, unit_id=unit.pk, sheet=sheet, now=now(), **given
    )


def link(town: Town, row: Round, count: int = 0, **more: Any) -> Filing:
    given = {"ways": ["meet"], "reach": "phone", "words": "", "nothing": False, "once": f"link{count}"} | more
    unit = town.units[NAMES[count]]
    return actions.fill_link(actor(town, f"lianluo{count}"), round_id=row.pk, unit_id=unit.pk, now=now(), **given)


VERBS = {
    "fill": lambda a, row, unit: actions.fill_link(
        a, round_id=row, unit_id=unit, ways=[], reach="", words="", nothing=True, once="a", now=now()
    ),
    "postpone": lambda a, row, unit: actions.postpone_round(a, round_id=row, due_on=now().date() + 9 * DAY, now=now()),
    "remind": lambda a, row, unit: actions.remind_member(a, round_id=row, unit_id=unit, now=now()),
    "close": lambda a, row, unit: actions.close_round(a, round_id=row, now=now()),
}
# What an import brings about, and time: tried with what brings it about.
FOLLOWING = {"note", "warn", "tell"}
SIGHT: dict[str, set[Any] | None] = {
    "lianluo0": {Part.MEMBER}, "jiansheng_shuji": {Standing.LEAD, Part.SECRETARY}, "jiansheng_jiedao": {Standing.DESK},
    "qu_fuze": {Standing.LEAD}, "qu_kanban": {Standing.READER}, "guanli": {Standing.OPERATOR}, "clock": {Standing.CLOCK},
    # A liaison of the network may see the round and not speak for another unit.
    "lianluo1": set(), "xinyu_shuji": None, "yuejin_jiedao": None, "chengguan_lianluo": None,
}  # fmt: skip


def test_every_verb_of_the_table_has_its_action() -> None:
    assert set(VERBS) | FOLLOWING == set(round_rules.ROUND_MOVES)


@pytest.mark.parametrize("state", list(RoundState))
def test_every_move_of_a_round_by_everyone(town: Town, row: Round, state: RoundState) -> None:
    if state is RoundState.CLOSED:
        actions.close_round(actor(town, "jiansheng_shuji"), round_id=row.pk, now=now())
    unit = town.units[NAMES[0]].pk
    for who, stands in SIGHT.items():
        for verb, do in VERBS.items():
            move, trail = round_rules.ROUND_MOVES[verb], TrailEntry.objects.filter(noun="round", noun_id=row.pk)
            before = trail.count()
            with transaction.atomic():
                if stands is None:
                    with pytest.raises(Round.DoesNotExist):
                        do(actor(town, who), row.pk, unit)
                elif move.who.isdisjoint(stands):
                    with pytest.raises(NotAllowed):
                        do(actor(town, who), row.pk, unit)
                elif state not in move.sources:
                    with pytest.raises(WrongState):
                        do(actor(town, who), row.pk, unit)
                else:
                    do(actor(town, who), row.pk, unit)
                    written = trail.order_by("-id")[0]
                    after = Round.objects.get(pk=row.pk).state
                    assert (written.verb, written.from_state, written.to_state) == (verb, state, after), (who, verb)
                    assert RoundState(after) in move.targets(state)
                    before += 1
                assert trail.count() == before, (who, verb)
                transaction.set_rollback(True)


def test_a_round_asks_whole_networks_one_at_a_time(town: Town) -> None:
    network = found_network(town)
    with pytest.raises(Refused, match="截止日期"):
        open_round(town, network, due_on=now().date() - DAY)
    with pytest.raises(Refused, match="结束日期"):
        open_round(town, network, until=now().date() - DAY)
    row = open_round(town, network)
    assert "请填三张表：能给什么、要什么、怎么对接" in inbox(town, "lianluo3")
    assert open_round(town, network).pk == row.pk, "the same form sent twice is one round"
    with pytest.raises(Refused, match="还有一期没有结束"):
        open_round(town, network, name="第四季度")
    assert inbox(town, "lianluo3").count("请填三张表：能给什么、要什么、怎么对接") == 1
    actions.close_round(actor(town, "jiansheng_jiedao"), round_id=row.pk, now=now())
    # A period that was opened with the wrong days is ended and opened anew.
    actions.close_round(actor(town, "jiansheng_jiedao"), round_id=open_round(town, network).pk, now=now())
    for who in ("xinyu_shuji", "yuejin_jiedao", "lianluo0", "qu_kanban"):
        days = {"since": row.until + DAY, "until": row.until + 9 * DAY, "due_on": row.until + 2 * DAY}
        with pytest.raises(NotAllowed):
            actions.open_round(actor(town, who), network=network, name="四", now=now(), **days)


def test_a_form_answers_every_line_or_none(town: Town, row: Round) -> None:
    with pytest.raises(Refused, match="一项都没有写"):
        fill(town, row)
    with pytest.raises(Refused, match="只留一样"):
        fill(town, row, new=[offer_details()], nothing=True)
    first = fill(town, row, new=[offer_details(), offer_details(title="会议室", measure="次")])
    assert fill(town, row, new=[offer_details()]).pk == first.pk, "the same form sent twice is one answer"
    one, other = Offer.objects.order_by("pk")
    with pytest.raises(Refused, match="逐项"):
        fill(town, row, said={one.pk: Said("keep")}, once="b")
    with pytest.raises(OnLine) as refused:
        fill(town, row, said={one.pk: Said("end"), other.pk: Said("change", {"quantity": "0"})}, once="b")
    assert refused.value.line == str(other.pk)
    one.refresh_from_db()
    assert one.state == "open", "what one line refuses undoes the others"
    gone = fill(town, row, said={one.pk: Said("end"), other.pk: Said("end")}, once="b")
    assert gone.nothing and gone.lines == [] and not Offer.objects.exclude(state="ended").exists()


def test_what_ran_out_is_stated_anew_and_what_lapsed_taken_up(town: Town, row: Round) -> None:
    tomorrow = now().date() + DAY
    fill(town, row, new=[offer_details(valid_until=tomorrow)])
    fill(town, row, sheet=Sheet.NEED, new=[need_details(deadline=tomorrow)])
    old, need = Offer.objects.get(), Need.objects.get()
    actions.close_round(actor(town, "jiansheng_shuji"), round_id=row.pk, now=now())
    Offer.objects.update(state="ended", valid_until=now().date() - DAY)
    Need.objects.update(state="lapsed", ended_at=now(), deadline=now().date() - DAY)
    following = open_round(
        town, row.network, since=row.until + DAY, until=row.until + 60 * DAY, due_on=row.until + 9 * DAY
    )
    kept = fill(town, following, said={old.pk: Said("keep")})
    again = Offer.objects.exclude(pk=old.pk).get()
    assert kept.lines == [again.pk] and again.valid_until == following.until and again.title == old.title
    fill(town, following, sheet=Sheet.NEED, said={need.pk: Said("change", {"quantity": "6"})})
    need.refresh_from_db()
    assert (need.state, need.quantity, need.deadline) == ("stated", 6, following.until)


def test_how_to_link_is_said_or_expressly_not(town: Town, row: Round) -> None:
    for wrong in ({"ways": []}, {"ways": ["dance"]}, {"reach": ""}, {"reach": "pigeon"}):
        with pytest.raises(Refused):
            link(town, row, **wrong)
    assert link(town, row, nothing=True, ways=[], reach="").nothing
    said = link(town, row, ways=["teach", "meet"], words="先约", once="second")
    assert (said.ways, said.nothing, Filing.objects.count()) == (["meet", "teach"], False, 1)


def test_members_are_those_of_the_day(town: Town, row: Round) -> None:
    assert [unit.name for unit in queries.round_members(row)] == sorted(NAMES, key=lambda name: name.encode())
    leaving = Membership.objects.get(unit=town.units[NAMES[1]])
    Membership.objects.filter(pk=leaving.pk).update(left_on=now().date())
    assert len(queries.round_members(row)) == 4
    with pytest.raises(Round.DoesNotExist):
        link(town, row, 1)
    # Four only: a number would name the one that is missing, until none is.
    desk, secretary = actor(town, "jiansheng_jiedao"), actor(town, "jiansheng_shuji")
    assert queries.progress_of(desk, row) is None
    shown = queries.progress_of(secretary, row)
    assert shown and (shown.members, shown.filled) == (4, 0)
    for count in (0, 2, 3, 4):
        fill(town, row, count, nothing=True)
        fill(town, row, count, Sheet.NEED, nothing=True)
        link(town, row, count)
    shown = queries.progress_of(desk, row)
    assert shown and shown.filled == shown.members == 4
    with pytest.raises(NotAllowed):
        queries.members_by_name(desk, row)


def test_time_reminds_tells_and_ends_each_once(town: Town, row: Round) -> None:
    fill(town, row, 0, nothing=True)
    fill(town, row, 0, Sheet.NEED, nothing=True)
    link(town, row, 0)
    assert actions.keep_rounds(now=now()) == 0
    before = now() + timedelta(days=5)
    assert actions.keep_rounds(now=before) == 1 and actions.keep_rounds(now=before) == 0
    assert "三张表还没填完，请尽快补上" in inbox(town, "lianluo1")
    assert "三张表还没填完，请尽快补上" not in inbox(town, "lianluo0")
    after = now() + timedelta(days=8)
    assert actions.keep_rounds(now=after) == 1 and actions.keep_rounds(now=after) == 0
    assert inbox(town, "jiansheng_shuji") == ["三张表到期了，还有单位没有填完"]
    assert not inbox(town, "jiansheng_jiedao") and not inbox(town, "qu_fuze")
    assert actions.keep_rounds(now=now() + timedelta(days=31)) == 1
    row.refresh_from_db()
    assert row.state == "closed" and row.closed_at
    assert [one.verb for one in TrailEntry.objects.filter(noun="round").order_by("id")][-3:] == [
        "warn",
        "tell",
        "close",
    ]


def test_another_due_day_is_reminded_of_anew(town: Town, row: Round) -> None:
    actions.keep_rounds(now=now() + timedelta(days=5))
    actions.postpone_round(actor(town, "jiansheng_shuji"), round_id=row.pk, due_on=now().date() + 14 * DAY, now=now())
    assert actions.keep_rounds(now=now() + timedelta(days=8)) == 0
    assert actions.keep_rounds(now=now() + timedelta(days=12)) == 1
    assert inbox(town, "lianluo1").count("三张表还没填完，请尽快补上") == 2


def test_a_member_is_reminded_once_a_day_and_only_of_what_lacks(town: Town, row: Round) -> None:
    secretary, unit = actor(town, "jiansheng_shuji"), town.units[NAMES[0]]
    actions.remind_member(secretary, round_id=row.pk, unit_id=unit.pk, now=now())
    with pytest.raises(Refused, match="今天已经催过"):
        actions.remind_member(secretary, round_id=row.pk, unit_id=unit.pk, now=now())
    assert Reminder.objects.count() == 1 and inbox(town, "lianluo0").count("三张表还没填完，请尽快补上") == 1
    outside = town.units["渝岸财产保险公司（演示）"]
    with pytest.raises(Refused, match="不在这个实体里"):
        actions.remind_member(secretary, round_id=row.pk, unit_id=outside.pk, now=now())
    fill(town, row, 0, nothing=True)
    fill(town, row, 0, Sheet.NEED, nothing=True)
    link(town, row, 0)
    with pytest.raises(Refused, match="都填好了"):
        actions.remind_member(secretary, round_id=row.pk, unit_id=unit.pk, now=now() + DAY)


def test_a_second_leader_of_the_street_is_no_secretary_elsewhere(town: Town, row: Round) -> None:
    appoint(town, "qita", "subdistrict_lead", place="qiezixi")
    with pytest.raises(Round.DoesNotExist):
        queries.get_round(actor(town, "qita"), row.pk)
    assert Part.SECRETARY not in queries.round_standings(actor(town, "qu_fuze"), row)
