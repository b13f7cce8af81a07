"""What a need comes of and what it puts forward; what two communities talked over about a unit."""

from datetime import timedelta
from functools import partial

import pytest

from gongzhi.exchange import actions, queries
from gongzhi.exchange.models import Introduction, Need
from gongzhi.problems import actions as problems
from gongzhi.problems import beside, visits
from gongzhi.problems.actions import field
from gongzhi.problems.models import Visit
from gongzhi.problems.rules import BlockerKind, VisitKind
from gongzhi.shared.moves import Refused
from tests.exchange.making import BUREAU, DAY, INSURER, TODAY, inbox, need_details, settle, state_need, verified
from tests.problems.making import raise_problem
from tests.stories.test_bad_input import at_once
from tests.town import NOW, Town, build


@pytest.fixture(autouse=True)
def _settled(request: pytest.FixtureRequest) -> None:
    if "town" in request.fixturenames:
        settle(request.getfixturevalue("town"))


def visited(town: Town) -> Visit:
    """A visit to Dongzheng's building, to be followed up."""
    return field.note_visit(
        town.actor("dongzheng_shegong"), place=town.places["building"], kind=VisitKind.HOUSEHOLD, words="缺一把轮椅",
        household="二单元三楼", follow_up_on=TODAY + DAY, once="visit", now=NOW - timedelta(hours=1),
    ).visit  # fmt: skip


def make(town: Town, visit: Visit, who: str = "dongzheng_shegong", once: str = "a") -> actions.StatedNeed:
    details = need_details(kind="goods", title="轮椅", quantity=1, measure="把")
    return actions.need_from_visit(
        town.actor(who), visit_id=visit.pk, details=details, now=NOW, once=once, place=town.places["dongzheng"]
    )


def test_a_visit_becomes_one_need_and_its_follow_up_is_the_needs(town: Town) -> None:
    visit = visited(town)
    stated = make(town, visit)
    visit.refresh_from_db()
    assert not stated.again and visit.followed_up_at == NOW and visit.follow_up_words.startswith("已转为需求")
    assert queries.need_of_visit(town.actor("dongzheng_shegong"), visit.pk) == stated.need
    for again in (make(town, visit), make(town, visit, "dongzheng_shuji", "b")):
        assert again.again and again.need == stated.need
    assert Need.objects.count() == 1
    told = queries.need_trail(town.actor("dongzheng_shegong"), stated.need.pk)
    assert "二单元" not in str([(one.words, one.data) for one in told]), "whose door it was stays in the log"
    with pytest.raises(visits.ABSENT):
        make(town, visit, "xinyu_shegong")


@pytest.mark.django_db(transaction=True)
def test_two_who_make_a_need_of_one_visit_at_once_make_one(transactional_db: None) -> None:
    town = build()
    visit = visited(town)
    makers = ("dongzheng_shegong", "dongzheng_shuji")
    found = at_once(*(partial(make, town, visit, who, who) for who in makers))
    assert sorted(one.again for one in found if isinstance(one, actions.StatedNeed)) == [False, True]
    assert Need.objects.get().visit_id == visit.pk


def test_what_a_met_need_frees_can_be_put_to_the_next_meeting(town: Town) -> None:
    lead = town.actor("dongzheng_shuji")
    parking, road, garden = (verified(town, title=one) for one in ("停车位", "修路", "移花园"))
    for freed in (road, garden):
        actions.link_unlock(lead, need_id=parking.pk, frees_id=freed.pk, now=NOW)
    assert list(queries.needs_put_forward(lead)) == []
    actions.meet_need(lead, need_id=parking.pk, words="划好了", now=NOW)
    assert set(queries.needs_put_forward(lead)) == {road, garden}
    assert [one.need for one in queries.freed_by(lead, [road.pk])[road.pk]] == [parking]
    actions.withdraw_need(lead, need_id=garden.pk, words="不移了", now=NOW)
    assert list(queries.needs_put_forward(lead)) == [road]
    assert list(queries.needs_put_forward(town.actor("xinyu_shuji"))) == []


def test_how_long_a_problem_is_stuck_is_told_to_whoever_sees_it(town: Town) -> None:
    desk, problem = town.actor("dongzheng_shegong"), raise_problem(town)
    for kind, days in ((BlockerKind.MONEY, 9), (BlockerKind.WILL, 4)):
        problems.name_blocker(desk, problem_id=problem.pk, kind=kind, words="卡住了", since=NOW - days * DAY, now=NOW)
    found = beside.stalled_among(desk, [problem.pk], now=NOW)
    assert (found[problem.pk].days, found[problem.pk].count) == (9, 2)
    assert beside.stalled_among(town.actor("xinyu_shegong"), [problem.pk], now=NOW) == {}
    assert beside.stalled_among(desk, [], now=NOW) == {}


def test_both_communities_read_what_was_talked_over_and_nobody_else(town: Town) -> None:
    asker, lead = town.actor("dongzheng_shegong"), town.actor("xinyu_shuji")
    row = actions.ask_introduction(
        asker, unit=town.units[INSURER], to_community=town.places["dongzheng"], words="想借车位", now=NOW
    )
    for _twice in range(2):
        actions.note_talk(asker, introduction_id=row.pk, day=TODAY - DAY, words="在会议室谈过", now=NOW)
    assert inbox(town, "xinyu_shuji")[0] == "介绍有新的协商记录"
    actions.note_talk(lead, introduction_id=row.pk, day=TODAY, words="保险公司愿意晚上开放", now=NOW)
    for reader in (asker, lead):
        talks = [one.words for one in queries.introduction_trail(reader, row.pk) if one.verb == "talk"]
        assert talks == ["在会议室谈过", "保险公司愿意晚上开放"], "the same said twice is one note"
    with pytest.raises(Refused, match="今天以前"):
        actions.note_talk(lead, introduction_id=row.pk, day=TODAY + DAY, words="还没谈", now=NOW)
    for who in ("xingsheng_shegong", "baoxian_lianluo"):
        with pytest.raises(Introduction.DoesNotExist):
            queries.introduction_trail(town.actor(who), row.pk)


def test_a_confidential_need_that_freed_another_is_not_named_above(town: Town) -> None:
    unit = town.actor("chengguan_lianluo")
    secret = actions.state_need(
        unit, details=need_details(title="内部的事", confidential=True), unit=town.units[BUREAU], now=NOW, once="s"
    ).need
    freed = state_need(town, title="公开的事")
    lead = town.actor("dongzheng_shuji")
    actions.link_unlock(lead, need_id=secret.pk, frees_id=freed.pk, now=NOW)
    actions.meet_need(lead, need_id=secret.pk, words="办了", now=NOW)
    above = town.actor("qu_fuze")
    assert list(queries.needs_put_forward(above)) == [freed] and queries.freed_by(above, [freed.pk]) == {}
    assert queries.freed_by(lead, [freed.pk])[freed.pk][0].need == secret
