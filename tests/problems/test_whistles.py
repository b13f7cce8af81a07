"""吹哨 and the oversight lane: who may call whom, what is late, who sees what, and how it is counted."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.console.demo.cast import FOUNDER
from gongzhi.demands import actions as demands
from gongzhi.neighbourhood.rules import CLOCK, PlaceKind, Standing
from gongzhi.problems import actions, figures, lists, queries, whistling
from gongzhi.problems.models import Occasion, Problem, Referral, Whistle
from gongzhi.shared import notices, trail
from gongzhi.shared.models import Notice, TrailEntry
from gongzhi.shared.moves import NotAllowed, Refused, WrongState
from gongzhi.shared.workdays import official_calendar
from tests.problems.making import BUREAU, INSURER, bureau, fresh, occasion, raise_problem
from tests.town import NOW, Town

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SECRET = "楼上两户长期不和"


def _blow(
    town: Town, problem: Problem, *, now: datetime = NOW, unit: str = BUREAU, who: str = "dongzheng_shuji"
) -> Whistle:
    return actions.blow_whistle(
        town.actor(who),
        problem_id=problem.pk,
        occasion_id=occasion(town).pk,
        unit=town.units[unit],
        words="请到场看看管道，联系13800138000",
        now=now,
    )


def _inbox(town: Town, who: str) -> list[str]:
    return [row.subject for row in notices.inbox(town.accounts[who].person_id or 0)]


def test_a_called_unit_signs_makes_contact_turns_up_and_is_rated(town: Town) -> None:
    problem = raise_problem(town, state="cause_known")
    whistle = _blow(town, problem)
    assert (fresh(problem).state, fresh(problem).coordinated_at) == ("in_hand", NOW)
    unit, lead = town.actor("chengguan_lianluo"), town.actor("dongzheng_shuji")
    assert _inbox(town, "chengguan_lianluo") == ["吹哨，请签收"]
    assert whistle.sign_due_at == NOW + HOUR and whistle.contact_due_at == NOW + DAY
    # Monday: five working days on is next Monday, at closing.
    assert whistle.on_site_due_at.astimezone(ZoneInfo("Asia/Shanghai")).isoformat()[:16] == "2026-06-15T18:00"
    pk = whistle.pk
    actions.sign_whistle(unit, whistle_id=pk, now=NOW + HOUR / 2)
    actions.contact_whistle(unit, whistle_id=pk, words="明天到", now=NOW + 2 * HOUR)
    actions.arrive_whistle(unit, whistle_id=pk, words="到了", now=NOW + DAY)
    with pytest.raises(WrongState):
        actions.rate_whistle(lead, whistle_id=pk, rating="good", now=NOW + DAY)
    actions.finish_whistle(unit, whistle_id=pk, words="管道已修", now=NOW + 2 * DAY)
    for bad in ("", "great"):
        with pytest.raises(Refused):
            actions.rate_whistle(lead, whistle_id=pk, rating=bad, now=NOW + 2 * DAY)
    actions.rate_whistle(lead, whistle_id=pk, rating="good", words="来得快", now=NOW + 2 * DAY)
    assert [entry.verb for entry in queries.whistle_trail(lead, pk)] == [
        "blow", "sign", "contact", "arrive", "finish", "rate",
    ]  # fmt: skip
    assert _inbox(town, "dongzheng_shuji")[::-1] == [
        "吹哨已签收",
        "被哨单位已联系",
        "被哨单位已到场",
        "被哨单位已办理，请评价",
    ]
    assert _inbox(town, "chengguan_lianluo")[0] == "吹哨方作了评价"


def test_the_unit_sees_of_the_problem_its_title_place_and_the_words(town: Town) -> None:
    problem = raise_problem(town, town.report().demand, cause=SECRET, public_words="公开的话")
    whistle = _blow(town, problem)
    unit = town.actor("chengguan_lianluo")
    (call,) = lists.whistle_calls(unit)
    assert (call.title, call.place) == ("车库漏水", town.places["building"].full_name)
    assert call.words == "请到场看看管道，联系13800138000", "what is addressed to the unit it reads as it was typed"
    assert SECRET not in str(call) and call == lists.get_call(unit, whistle.pk)
    assert all(SECRET not in row.body for row in Notice.objects.all())
    with pytest.raises(queries.ABSENT):
        queries.get_problem(unit, problem.pk)
    for other in ("baoxian_lianluo", "xinyu_shegong"):
        assert lists.whistle_calls(town.actor(other)) == []
        with pytest.raises(Whistle.DoesNotExist):
            lists.get_call(town.actor(other), whistle.pk)
        with pytest.raises(Whistle.DoesNotExist):
            actions.sign_whistle(town.actor(other), whistle_id=whistle.pk, now=NOW)
    for reader in ("qu_kanban", "qu_fuze", "yuejin_jiedao"):
        assert [one.pk for one in lists.whistle_calls(town.actor(reader), state="open")] == [whistle.pk]


def test_who_may_not_blow_is_told_who_may(town: Town) -> None:
    problem = raise_problem(town)
    with pytest.raises(NotAllowed) as refused:
        _blow(town, problem, who="dongzheng_shegong")
    assert "超出街道职权" in str(refused.value) and "负责人" in str(refused.value)
    joint = Occasion.objects.get(name="联合执法")
    with pytest.raises(NotAllowed, match="街道"):
        actions.blow_whistle(
            town.actor("dongzheng_shuji"), problem_id=problem.pk, occasion_id=joint.pk, unit=bureau(town),
            words="请来", now=NOW,
        )  # fmt: skip
    assert not Whistle.objects.exists() and fresh(problem).version == 1
    emergency = Occasion.objects.get(name="应急处置")
    desk = town.actor("dongzheng_shegong")
    assert queries.occasions_open_to(desk, problem) == [emergency]
    actions.blow_whistle(
        desk, problem_id=problem.pk, occasion_id=emergency.pk, unit=bureau(town), words="快来", now=NOW
    )


def test_nobody_is_called_twice_at_once_nor_where_nobody_hears(town: Town) -> None:
    problem = raise_problem(town)
    whistle = _blow(town, problem)
    with pytest.raises(Refused, match="已经为这件事"):
        _blow(town, problem)
    actions.call_off_whistle(town.actor("dongzheng_shegong"), whistle_id=whistle.pk, words="自己修好了", now=NOW)
    assert _inbox(town, "chengguan_lianluo")[0] == "已撤哨"
    _blow(town, problem)
    from gongzhi.neighbourhood import actions as neighbourhood
    from gongzhi.neighbourhood.rules import UnitKind

    silent = neighbourhood.register_unit(FOUNDER, name="样例单位", kind=UnitKind.AGENCY, now=NOW, fictional=True)
    with pytest.raises(Refused, match="联络员"):
        actions.blow_whistle(
            town.actor("dongzheng_shuji"), problem_id=problem.pk, occasion_id=occasion(town).pk, unit=silent,
            words="请来", now=NOW,
        )  # fmt: skip
    with pytest.raises(Refused, match="没有这个吹哨情形"):
        actions.blow_whistle(
            town.actor("dongzheng_shuji"), problem_id=problem.pk, occasion_id=10**6, unit=bureau(town),
            words="请来", now=NOW,
        )  # fmt: skip


def test_each_late_step_is_said_once_to_both_sides(town: Town) -> None:
    problem = raise_problem(town)
    whistle = _blow(town, problem)
    assert actions.tell_late_whistles(NOW + HOUR) == 0
    assert actions.tell_late_whistles(NOW + HOUR + timedelta(seconds=1)) == 1
    assert actions.tell_late_whistles(NOW + 2 * HOUR) == 0
    for who in ("chengguan_lianluo", "dongzheng_shuji", "dongzheng_shegong"):
        assert _inbox(town, who)[0] == "吹哨超时未签收"
    # The server was down for a month: both steps that came due meanwhile are said, once each.
    assert actions.tell_late_whistles(NOW + 30 * DAY) == 2
    assert actions.tell_late_whistles(NOW + 31 * DAY) == 0
    assert [entry.data for entry in trail.of("whistle", whistle.pk) if entry.verb == "late"] == [
        {"steps": ["sign"]}, {"steps": ["contact", "on_site"]},
    ]  # fmt: skip


def test_nothing_is_late_once_done_or_once_the_problem_has_ended(town: Town) -> None:
    problem = raise_problem(town)
    whistle = _blow(town, problem)
    unit = town.actor("chengguan_lianluo")
    actions.sign_whistle(unit, whistle_id=whistle.pk, now=NOW + 2 * HOUR)
    actions.arrive_whistle(unit, whistle_id=whistle.pk, words="到了", now=NOW + 3 * HOUR)
    assert actions.tell_late_whistles(NOW + 30 * DAY) == 0
    other = raise_problem(town)
    _blow(town, other)
    actions.solve_problem(town.actor("dongzheng_shegong"), problem_id=other.pk, answer="好了", now=NOW)
    assert actions.tell_late_whistles(NOW + 30 * DAY) == 0


def test_occasions_are_rows_that_a_district_edits(town: Town) -> None:
    # The town was founded with them.
    assert Occasion.objects.count() == 3 and actions.load_occasions(FOUNDER, now=NOW) == 0
    one = Occasion.objects.get(name="联合执法")
    given: dict[str, Any] = {"name": one.name, "standings": ["desk"], "levels": ["community"], "now": NOW}
    changed = actions.set_occasion(FOUNDER, occasion_id=one.pk, on_site_days=2, **given)
    assert (changed.pk, changed.standings, changed.on_site_days) == (one.pk, ["desk"], 2)
    for bad in (
        {"name": " "}, {"name": "应急处置"}, {"standings": ["resident"]}, {"levels": []}, {"sign_hours": 0},
        {"sign_hours": 30, "contact_hours": 20}, {"on_site_days": 0}, {"occasion_id": 10**6},
    ):  # fmt: skip
        with pytest.raises(Refused):
            actions.set_occasion(FOUNDER, **({"occasion_id": one.pk} | given | bad))
    for do in (actions.load_occasions, lambda actor, now: actions.set_occasion(actor, **given)):
        with pytest.raises(NotAllowed):
            do(town.actor("dongzheng_shuji"), now=NOW)
    actions.set_occasion(FOUNDER, occasion_id=one.pk, active=False, **given)
    assert one not in queries.occasions()


@given(st.datetimes(datetime(2025, 1, 1), datetime(2026, 6, 1), timezones=st.just(UTC)), st.integers(1, 10))
def test_steps_are_due_in_order_and_on_a_working_day(blown_at: datetime, days: int) -> None:
    calendar = official_calendar(2024)
    due = whistling.due(blown_at, calendar, sign_hours=1, contact_hours=24, on_site_days=days)
    assert due.sign - blown_at == HOUR and due.contact - blown_at == DAY
    assert calendar.is_working(due.on_site.date()) and due.on_site.date() > calendar.local_day(blown_at)


@given(st.sets(st.sampled_from(Standing)), st.sets(st.sampled_from(PlaceKind)), st.sampled_from(Standing))
def test_an_office_blows_only_with_its_standing_at_its_level(
    standings: set[Standing], levels: set[PlaceKind], held: Standing
) -> None:
    for kind in PlaceKind:
        assert whistling.may_blow(standings, levels, [(held, kind)]) == (held in standings and kind in levels)
    assert not whistling.may_blow(standings, levels, [(held, None)])


def test_whistles_are_counted_per_problem_with_how_many_steps_were_in_time(town: Town) -> None:
    unit = town.actor("chengguan_lianluo")
    first, second = raise_problem(town), raise_problem(town)
    raise_problem(town, place="garage")
    raise_problem(town, state="dropped")
    prompt = _blow(town, first)
    actions.sign_whistle(unit, whistle_id=prompt.pk, now=NOW + HOUR / 2)
    actions.arrive_whistle(unit, whistle_id=prompt.pk, words="到了", now=NOW + 30 * HOUR)
    late = _blow(town, second)
    actions.sign_whistle(unit, whistle_id=late.pk, now=NOW + 5 * HOUR)
    gone = _blow(town, second, unit=INSURER)
    actions.call_off_whistle(town.actor("dongzheng_shuji"), whistle_id=gone.pk, words="不用了", now=NOW)
    span = {"since": NOW - DAY, "until": NOW + DAY}
    rates = {one.community: one for one in figures.whistle_rate(town.actor("qu_fuze"), now=NOW + 40 * HOUR, **span)}
    here = rates["东正社区"]
    assert (here.whistles, here.problems, here.rate) == (2, 2, 1.0)
    assert here.steps == {"sign": (1, 2), "contact": (0, 2), "on_site": (1, 1)}, "what is not due yet is not counted"
    assert (rates["兴盛社区"].whistles, rates["兴盛社区"].rate) == (0, 0.0)
    assert [one.community for one in figures.whistle_rate(town.actor("xingsheng_shegong"), now=NOW, **span)] == [
        "兴盛社区"
    ]
    assert figures.whistle_rate(town.actor("qu_fuze"), since=NOW + DAY, until=NOW + 2 * DAY, now=NOW) == []


@pytest.mark.mechanism("M51")
def test_departments_are_measured_by_how_fast_they_answer_with_how_many(town: Town) -> None:
    unit, desk = town.actor("chengguan_lianluo"), town.actor("dongzheng_shegong")
    for hours in (1, 3):
        pk = town.report().demand.pk
        demands.dispatch_demand(desk, demand_id=pk, handler=bureau(town), now=NOW)
        demands.sign_demand(unit, demand_id=pk, now=NOW + hours * HOUR)
    demands.contact_reporter(unit, demand_id=pk, words="打过电话", now=NOW + 5 * HOUR)
    waiting = town.report().demand.pk
    demands.dispatch_demand(desk, demand_id=waiting, handler=bureau(town), now=NOW)
    whistle = _blow(town, raise_problem(town))
    actions.sign_whistle(unit, whistle_id=whistle.pk, now=NOW + 8 * HOUR)
    (found,) = figures.department_response(town.actor("qu_kanban"), since=NOW - DAY, until=NOW + DAY)
    assert (found.unit, found.demands, found.whistles) == (BUREAU, 3, 1)
    assert found.sign == (3, 3.0, 4.0), "signed after 1, 3 and 8 hours; the third demand not yet"
    assert found.contact == (1, 5.0, 5.0)
    assert figures.department_response(town.actor("xinyu_shegong"), since=NOW - DAY, until=NOW + DAY) == []


@pytest.mark.mechanism("M51")
def test_the_share_of_proactive_problems_is_counted_by_quarter(town: Town) -> None:
    for origin, days in (("reports", 0), ("patrol", 0), ("visit", 1), ("reports", 40), ("trend", 40)):
        raise_problem(town, origin=origin, at=NOW + days * DAY)
    raise_problem(town, origin="patrol", state="dropped")
    lead = town.actor("qu_kanban")
    quarters = figures.proactive_share(lead, since=NOW - 90 * DAY, until=NOW + 90 * DAY)
    assert [(one.begins.isoformat(), tuple(one.proactive)) for one in quarters] == [
        ("2026-04-01", (2, 3)), ("2026-07-01", (1, 2)),
    ]  # fmt: skip
    assert quarters[1].proactive.share == 0.5


# The oversight lane


def _refer(town: Town, problem: Problem, *, now: datetime = NOW) -> Referral:
    return actions.refer_problem(
        town.actor("dongzheng_shuji"), problem_id=problem.pk, unit=town.units[INSURER],
        words=f"公司与社区意见不一，{SECRET}", now=now,
    )  # fmt: skip


def test_a_referral_is_seen_by_the_leaders_of_the_place_and_the_unit_asked_alone(town: Town) -> None:
    problem = raise_problem(town, town.report().demand, category=town.category("0101"), cause="某户改管道")
    referral = _refer(town, problem)
    seen = {key for key in town.accounts if lists.referral_lines(town.actor(key))}
    assert seen == {"dongzheng_shuji", "yuejin_shuji", "qu_fuze", "baoxian_lianluo"}
    assert not queries.visible_referrals(CLOCK).exists()
    (line,) = lists.referral_lines(town.actor("baoxian_lianluo"))
    assert (line.community, line.category) == ("东正社区", "车库漏水") and SECRET in line.words
    assert "某户改管道" not in str(line) and "3号楼" not in str(line)
    for other in ("dongzheng_shegong", "xinyu_shuji", "chengguan_lianluo", "guanli", "qu_kanban"):
        with pytest.raises(Referral.DoesNotExist):
            actions.receive_referral(town.actor(other), referral_id=referral.pk, now=NOW)
        with pytest.raises(Referral.DoesNotExist):
            queries.referral_trail(town.actor(other), referral.pk)


def test_others_read_only_that_coordination_was_asked_for_not_of_whom(town: Town) -> None:
    problem = raise_problem(town)
    _refer(town, problem)
    for who in ("dongzheng_shegong", "qu_kanban", "guanli"):
        story = queries.story_of(town.actor(who), problem.pk, now=NOW)
        assert story.coordination_asked and story.referrals == [] and story.problem.coordinated_at == NOW
        said = [(entry.verb, entry.words, entry.data) for entry in story.trail]
        assert said == [("refer", "", {})]
    assert queries.story_of(town.actor("yuejin_shuji"), problem.pk, now=NOW).referrals[0].unit.name == INSURER
    about_problem = TrailEntry.objects.filter(noun="problem")
    assert not [one for one in about_problem if SECRET in one.words or INSURER in str(one.data)]
    assert all(SECRET not in one.body and "3号楼" not in one.body for one in Notice.objects.all())
    assert _inbox(town, "baoxian_lianluo") == ["请协调一件事"] and _inbox(town, "dongzheng_shegong") == []


def test_a_referral_is_received_coordinated_and_closed(town: Town) -> None:
    problem = raise_problem(town)
    referral = _refer(town, problem)
    unit, lead = town.actor("baoxian_lianluo"), town.actor("yuejin_shuji")
    with pytest.raises(WrongState):
        actions.coordinate_referral(unit, referral_id=referral.pk, words="谈妥了", now=NOW)
    with pytest.raises(Refused, match="已经请"):
        _refer(town, problem)
    actions.receive_referral(unit, referral_id=referral.pk, now=NOW + HOUR)
    with pytest.raises(Refused):
        actions.coordinate_referral(unit, referral_id=referral.pk, words=" ", now=NOW + HOUR)
    with pytest.raises(NotAllowed):
        actions.close_referral(unit, referral_id=referral.pk, words="办完了", now=NOW + HOUR)
    actions.coordinate_referral(unit, referral_id=referral.pk, words="公司同意进场", now=NOW + DAY)
    actions.close_referral(lead, referral_id=referral.pk, words="已进场", now=NOW + 2 * DAY)
    (line,) = lists.referral_lines(lead)
    assert (line.state, line.outcome) == ("closed", "公司同意进场")
    assert _inbox(town, "dongzheng_shuji") == ["监督单位记录了协调结果", "监督单位已接收"]
    assert _inbox(town, "baoxian_lianluo")[0] == "协调事项已办结"
    _refer(town, problem, now=NOW + 3 * DAY)
    assert fresh(problem).coordinated_at == NOW, "the second clock runs from the first time it was asked for"


@pytest.mark.parametrize("do", [_blow, _refer])
def test_calling_for_help_needs_words_and_an_open_problem(town: Town, do: Callable[..., Any]) -> None:
    with pytest.raises(WrongState):
        do(town, raise_problem(town, state="solved"))
    lead, problem = town.actor("dongzheng_shuji"), raise_problem(town)
    with pytest.raises(Refused):
        actions.refer_problem(lead, problem_id=problem.pk, unit=bureau(town), words=" ", now=NOW)
    with pytest.raises(Refused):
        actions.blow_whistle(
            lead, problem_id=problem.pk, occasion_id=occasion(town).pk, unit=bureau(town), words="", now=NOW
        )
    assert fresh(problem).version == 1
