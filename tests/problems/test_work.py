"""What is done about a problem before it ends: survey, cause, blockers, seats, and who has it in hand."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.console.demo.cast import FOUNDER
from gongzhi.neighbourhood import actions as neighbourhood
from gongzhi.neighbourhood.models import Person
from gongzhi.neighbourhood.rules import Actor, Standing
from gongzhi.problems import actions, lists, queries, rules
from gongzhi.problems.models import Blocker, Problem, Seat, Survey
from gongzhi.problems.rules import State
from gongzhi.shared import notices, trail
from gongzhi.shared.moves import Refused
from tests.problems.making import BUREAU, INSURER, bureau, fresh, occasion, raise_problem, stuck
from tests.town import NOW, Town

DAY = timedelta(days=1)


@pytest.mark.mechanism("M49")
def test_a_surveyed_problem_with_a_known_cause_elsewhere_and_no_power_shows_all_three_while_open(town: Town) -> None:
    desk = town.actor("xingsheng_shegong")
    pk = raise_problem(town, town.report(place="garage").demand, place="garage").pk
    actions.survey_problem(
        desk, problem_id=pk, words="隔壁空置办公楼渗水", surveyed_at=NOW - 3 * DAY, with_whom="物业", now=NOW
    )
    assert fresh_state(pk) == "surveyed"
    actions.name_cause(
        desk,
        problem_id=pk,
        cause="隔壁停用办公楼的水管渗漏",
        cause_place=town.places["xingsheng"],
        cause_words="隔壁办公楼一层",
        lon=106.4505,
        lat=29.4405,
        outsider="某停业公司",
        now=NOW,
    )
    actions.name_blocker(
        desk, problem_id=pk, kind="authority", words="进不了别人的楼", lifter_unit=bureau(town), now=NOW
    )
    story = queries.story_of(desk, pk, now=NOW + 5 * DAY)
    assert story.problem.state == "cause_known" and story.no_power
    assert story.surveys[0].surveyed_at == NOW - 3 * DAY
    assert story.problem.cause_place == town.places["xingsheng"] != story.problem.place
    assert (story.problem.cause_owner, story.problem.cause_outsider) == ("outsider", "某停业公司")
    assert [one.kind for one in story.blockers] == ["authority"]
    assert story.blockers[0].lifter_unit == bureau(town)
    (point,) = lists.problem_points(desk)
    assert (point.lon, point.cause_lon) == (106.4503, 106.4505), "symptom and cause are drawn apart"
    (line,) = lists.hot_list(desk).rows
    assert line.no_power and line.stuck_at == 1


def fresh_state(pk: int) -> str:
    """Where it stands now."""
    return Problem.objects.get(pk=pk).state


@pytest.mark.mechanism("M19")
def test_a_problem_shows_at_how_many_blockers_and_how_long_it_has_been_stuck(town: Town) -> None:
    desk = town.actor("dongzheng_shegong")
    pk = raise_problem(town, town.report().demand).pk
    for days, kind in ((40, "money"), (12, "will"), (3, "skill")):
        actions.name_blocker(desk, problem_id=pk, kind=kind, words="办不下去", since=NOW - days * DAY, now=NOW)
    story = queries.story_of(desk, pk, now=NOW)
    assert story.stalled == rules.Stalled(days=40, count=3)
    with pytest.raises(Refused):
        actions.name_blocker(desk, problem_id=pk, kind="money", words="还是没钱", now=NOW)
    money = next(one for one in story.blockers if one.kind == "money")
    actions.lift_blocker(desk, problem_id=pk, blocker_id=money.pk, words="维修资金批了", now=NOW)
    assert queries.story_of(desk, pk, now=NOW).stalled == rules.Stalled(days=12, count=2)
    with pytest.raises(Refused):
        actions.lift_blocker(desk, problem_id=pk, blocker_id=money.pk, words="又批了", now=NOW)
    # It may come to be stuck there once more.
    actions.name_blocker(desk, problem_id=pk, kind="money", words="又缺钱", now=NOW)


@pytest.mark.mechanism("M4")
def test_a_dispute_lists_all_three_seats_and_heads_sit_there_in_their_own_right(town: Town) -> None:
    desk = town.actor("xingsheng_shegong")
    pk = raise_problem(town, place="garage", kind="dispute", title="停车收费纠纷").pk
    head = neighbourhood.register_person(FOUNDER, name="样例甲", now=NOW, fictional=True)
    network = neighbourhood.found_network(FOUNDER, name="兴盛", place=town.places["xingsheng"], on=NOW.date(), now=NOW)
    neighbourhood.join_network(
        FOUNDER, network=network, person=head, capacity="物业企业负责人", place=town.places["diaoyutai"],
        on=NOW.date(), now=NOW,
    )  # fmt: skip
    stranger = neighbourhood.register_person(FOUNDER, name="样例乙", now=NOW, fictional=True)
    assert [one.seat for one in queries.story_of(desk, pk, now=NOW).seats] == [None] * 3
    actions.take_seat(
        desk, problem_id=pk, kind="property_firm", person=head, view="成本涨了", offer="先不涨价", now=NOW
    )
    actions.take_seat(desk, problem_id=pk, kind="owners_committee", holder="业委会主任", view="没开过会", now=NOW)
    worker = Person.objects.get(pk=desk.person_id)
    actions.take_seat(desk, problem_id=pk, kind="residents_committee", person=worker, view="先开会", now=NOW)
    seats = queries.story_of(desk, pk, now=NOW).seats
    assert [one.kind.value for one in seats] == ["residents_committee", "property_firm", "owners_committee"]
    assert [bool(one.seat) for one in seats] == [True] * 3
    assert seats[1].seat and (seats[1].seat.person, seats[1].seat.offer) == (head, "先不涨价")
    for bad in (
        {"kind": "property_firm", "person": stranger},
        {"kind": "property_firm", "person": worker},
        {"kind": "property_firm"},
        {"kind": "neighbour", "holder": "某人"},
    ):
        with pytest.raises(Refused):
            actions.take_seat(desk, problem_id=pk, view="我说", now=NOW, **bad)  # type: ignore[arg-type]
    # Said again, it stands anew, and what stood before is in the trail.
    actions.take_seat(desk, problem_id=pk, kind="property_firm", person=head, view="可以公开账目", now=NOW)
    assert Seat.objects.filter(problem=pk).count() == 3
    assert trail.of("problem", pk)[-1].data["before"]["view"] == "成本涨了"


def test_only_a_dispute_has_seats(town: Town) -> None:
    pk = raise_problem(town).pk
    with pytest.raises(Refused):
        actions.take_seat(
            town.actor("dongzheng_shegong"), problem_id=pk, kind="property_firm", holder="经理", view="不是我", now=NOW
        )
    assert queries.story_of(town.actor("dongzheng_shegong"), pk, now=NOW).seats == []


def test_what_is_known_later_does_not_take_a_problem_back(town: Town) -> None:
    desk = town.actor("dongzheng_shegong")
    problem = raise_problem(town, state="in_hand")
    actions.survey_problem(desk, problem_id=problem.pk, words="又看了一次", now=NOW)
    actions.name_cause(desk, problem_id=problem.pk, cause="管道老化", unit=bureau(town), now=NOW)
    assert fresh(problem).state == "in_hand" and fresh(problem).cause_owner == "unit"
    actions.name_cause(desk, problem_id=problem.pk, cause="其实是防水层", now=NOW + DAY)
    assert fresh(problem).cause_owner == "unknown" and fresh(problem).cause_known_at == NOW
    assert trail.of("problem", problem.pk)[-1].data["before"]["cause"] == "管道老化"


def test_bad_input_is_refused_in_words_and_changes_nothing(town: Town) -> None:
    desk, problem = town.actor("dongzheng_shegong"), raise_problem(town)
    pk, other = problem.pk, raise_problem(town)
    foreign = stuck(other)
    tries = [
        lambda: actions.survey_problem(desk, problem_id=pk, words=" ", now=NOW),
        lambda: actions.survey_problem(desk, problem_id=pk, words="\u200b\u2060\n", now=NOW),
        lambda: actions.survey_problem(desk, problem_id=pk, words="去看了", surveyed_at=NOW + DAY, now=NOW),
        lambda: actions.survey_problem(desk, problem_id=pk, words="长" * 5001, now=NOW),
        lambda: actions.name_cause(desk, problem_id=pk, cause="", now=NOW),
        lambda: actions.name_cause(desk, problem_id=pk, cause="漏", unit=bureau(town), outsider="别人", now=NOW),
        lambda: actions.name_cause(desk, problem_id=pk, cause="漏", lon=106.4, now=NOW),
        lambda: actions.name_cause(desk, problem_id=pk, cause="漏", lon=float("nan"), lat=29.4, now=NOW),
        lambda: actions.name_cause(desk, problem_id=pk, cause="漏", lon=500, lat=29.4, now=NOW),
        lambda: actions.name_blocker(desk, problem_id=pk, kind="weather", words="下雨", now=NOW),
        lambda: actions.name_blocker(desk, problem_id=pk, kind="money", words="没钱", since=NOW + DAY, now=NOW),
        lambda: actions.lift_blocker(desk, problem_id=pk, blocker_id=foreign.pk, words="好了", now=NOW),
        lambda: actions.lift_blocker(desk, problem_id=pk, blocker_id=10**9, words="好了", now=NOW),
        lambda: actions.set_title(desk, problem_id=pk, title="\n", now=NOW),
        lambda: actions.set_vulnerable(desk, problem_id=pk, count=-1, now=NOW),
        lambda: actions.note_on_problem(desk, problem_id=pk, words="", now=NOW),
        lambda: actions.start_problem(desk, problem_id=pk, words="开始", now=NOW, seen=99),
    ]
    for one in tries:
        with pytest.raises(Refused):
            one()
    assert (fresh(problem).version, trail.of("problem", pk)) == (1, [])
    assert not Survey.objects.exists() and not Blocker.objects.filter(problem=pk).exists()


def test_another_communitys_desk_finds_nothing_there(town: Town) -> None:
    pk = raise_problem(town).pk
    for who in ("xinyu_shegong", "chengguan_lianluo"):
        actor = town.actor(who)
        for one in (
            lambda actor=actor: queries.story_of(actor, pk, now=NOW),
            lambda actor=actor: actions.note_on_problem(actor, problem_id=pk, words="看看", now=NOW),
            lambda actor=actor: actions.solve_problem(actor, problem_id=pk, answer="好了", now=NOW),
        ):
            with pytest.raises(queries.ABSENT):
                one()
        assert lists.hot_list(actor).rows == [] and lists.problem_points(actor) == []


def test_it_is_given_only_to_those_who_work_at_its_place_or_above(town: Town) -> None:
    lead, problem = town.actor("dongzheng_shuji"), raise_problem(town)
    worker = Person.objects.get(pk=town.accounts["dongzheng_shegong"].person_id)
    actions.assign_problem(lead, problem_id=problem.pk, person=worker, now=NOW)
    assert fresh(problem).assignee == worker
    assert [row.subject for row in notices.inbox(worker.pk)] == ["交您负责的问题"]
    for who in ("xinyu_shegong", "chengguan_lianluo"):
        with pytest.raises(Refused):
            stranger = Person.objects.get(pk=town.accounts[who].person_id)
            actions.assign_problem(lead, problem_id=problem.pk, person=stranger, now=NOW)


def test_numbers_in_what_residents_said_are_hidden_in_story_and_list(town: Town) -> None:
    desk = town.actor("dongzheng_shegong")
    demand = town.report(body="漏水，请打13800138000").demand
    pk = raise_problem(town, demand, title="漏水，请打13800138000").pk
    assert "13800138000" not in queries.story_of(desk, pk, now=NOW).reports[0].subject
    assert "13800138000" not in lists.hot_list(desk).rows[0].title


def test_a_story_tells_of_reports_elsewhere_only_how_many(town: Town) -> None:
    here, there = town.report().demand, town.report(place="garage").demand
    pk = raise_problem(town, here, there).pk
    story = queries.story_of(town.actor("dongzheng_shegong"), pk, now=NOW)
    assert ([line.demand_id for line in story.reports], story.elsewhere) == ([here.pk], 1)
    assert queries.story_of(town.actor("qu_fuze"), pk, now=NOW).elsewhere == 0


def test_a_full_story_asks_ten_times_at_most(town: Town) -> None:
    lead = town.actor("yuejin_shuji")
    problem = raise_problem(town, *(town.report().demand for _ in range(3)), kind="dispute")
    pk = problem.pk
    actions.survey_problem(lead, problem_id=pk, words="去看了", now=NOW)
    actions.name_cause(lead, problem_id=pk, cause="管道老化", now=NOW)
    actions.name_blocker(lead, problem_id=pk, kind="authority", words="无权", now=NOW)
    actions.blow_whistle(lead, problem_id=pk, occasion_id=occasion(town).pk, unit=bureau(town), words="请来", now=NOW)
    actions.refer_problem(lead, problem_id=pk, unit=town.units[INSURER], words="请协调", now=NOW)
    actions.take_seat(lead, problem_id=pk, kind="property_firm", holder="经理", view="等", now=NOW)
    for verb in ("alert", "escalate"):
        trail.write(trail.entry(lead, at=NOW, noun="problem", noun_id=pk, verb=verb))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        story = queries.story_of(lead, pk, now=NOW)
        assert story.reports and story.surveys and story.whistles[0].unit.name == BUREAU and story.referrals
        assert story.referrals[0].unit.name == INSURER and story.problem.category is None
    assert len(asked) <= 10


def test_the_hot_list_pages_by_heat_without_losing_or_repeating_any(town: Town) -> None:
    desk = town.actor("dongzheng_shegong")
    made = [raise_problem(town, heat=heat).pk for heat in (1.5, 0.1 + 0.2, 7, 1.5, 0, 1.5)]
    found, after = [], ""
    for _turn in range(3):
        page = lists.hot_list(desk, after=after, size=2)
        found += page.rows
        after = page.after
    assert after == "" and len(found) == 6 and {line.pk for line in found} == set(made)
    assert [line.heat for line in found] == sorted((line.heat for line in found), reverse=True)
    for broken in ("x", "nan_3", "1_", "_", "1e400_3", "1_" + "9" * 30):
        assert [line.pk for line in lists.hot_list(desk, after=broken, size=2).rows] == [made[2], made[5]]


def test_the_hot_list_is_narrowed_by_place_state_kind_category_and_words(town: Town) -> None:
    lead = town.actor("qu_fuze")
    here = raise_problem(town, title="楼道灯坏了", category=town.category("0102"))
    there = raise_problem(town, place="garage", kind="dispute", state="in_hand")
    gone = raise_problem(town, state="solved")

    def found(**more: object) -> set[int]:
        return {line.pk for line in lists.hot_list(lead, lists.Filters(**more)).rows}  # type: ignore[arg-type]

    assert found() == {here.pk, there.pk} and found(state="all") == {here.pk, there.pk, gone.pk}
    assert found(place=town.places["qiezixi"]) == {there.pk} == found(kind="dispute") == found(state="in_hand")
    assert found(category=town.category("0102")) == {here.pk} == found(words="灯坏")
    assert found(words=rules.number(there.pk)) == {there.pk}
    assert found(words="0\0%_") == set()


def test_problems_are_counted_by_week_and_community(town: Town) -> None:
    raise_problem(town)
    raise_problem(town, at=NOW + 6 * DAY)
    raise_problem(town, at=NOW + 7 * DAY)
    raise_problem(town, place="garage")
    raise_problem(town, state="dropped")
    weeks = lists.problems_by_week(town.actor("qu_fuze"), since=NOW - DAY, until=NOW + 30 * DAY)
    assert [(week.monday.isoformat(), week.community, week.raised) for week in weeks] == [
        ("2026-06-08", "东正社区", 2),
        ("2026-06-08", "兴盛社区", 1),
        ("2026-06-15", "东正社区", 1),
    ]


def test_a_whistle_or_a_referral_is_proposed_where_the_power_is_elsewhere(town: Town) -> None:
    problem = raise_problem(town, state="cause_known")
    blockers = [stuck(problem)]
    occasions = [occasion(town).pk]

    def verbs(**more: object) -> list[str]:
        asked = {"cause_known": True, "blockers": blockers, "occasions": occasions, "standings": [Standing.LEAD]}
        return [one.verb for one in rules.proposals(State.CAUSE_KNOWN, **asked | more)]  # type: ignore[arg-type]

    assert verbs() == ["whistle", "refer"]
    assert verbs(standings=[Standing.DESK]) == ["whistle"] and verbs(whistled=True, referred=True) == []
    assert verbs(cause_known=False) == [] and verbs(blockers=[stuck(problem, "money")]) == []
    assert (
        rules.proposals(
            State.SOLVED, cause_known=True, blockers=blockers, occasions=occasions, standings=[Standing.LEAD]
        )
        == []
    )


def test_the_page_proposes_what_this_asker_may_do_and_not_what_is_under_way(town: Town) -> None:
    desk, lead = town.actor("dongzheng_shegong"), town.actor("dongzheng_shuji")
    pk = raise_problem(town).pk
    beyond = occasion(town)

    def proposed(actor: Actor) -> list[tuple[str, int | None]]:
        found = queries.proposals_for(actor, queries.story_of(actor, pk, now=NOW))
        return [(one.verb, one.occasion) for one in found]

    actions.name_cause(desk, problem_id=pk, cause="隔壁渗水", now=NOW)
    assert proposed(lead) == []
    actions.name_blocker(desk, problem_id=pk, kind="authority", words="进不去", now=NOW)
    emergency = occasion(town, "应急处置").pk
    assert proposed(desk) == [("whistle", emergency)]
    assert proposed(lead) == [("whistle", beyond.pk), ("whistle", emergency), ("refer", None)]
    actions.refer_problem(lead, problem_id=pk, unit=bureau(town), words="请协调", now=NOW)
    assert proposed(lead) == [("whistle", beyond.pk), ("whistle", emergency)]
    actions.blow_whistle(lead, problem_id=pk, occasion_id=beyond.pk, unit=bureau(town), words="请来", now=NOW)
    assert proposed(lead) == [] and proposed(town.actor("qu_kanban")) == []


def test_a_new_title_leaves_what_everybody_reads(town: Town) -> None:
    desk, problem = town.actor("dongzheng_shegong"), raise_problem(town, public_words="正在查找渗水点")
    actions.set_title(desk, problem_id=problem.pk, title="地下车库渗水", now=NOW)
    assert (fresh(problem).title, fresh(problem).public_words) == ("地下车库渗水", "正在查找渗水点")
    actions.set_title(desk, problem_id=problem.pk, title="地下车库渗水", public_words="", now=NOW)
    assert fresh(problem).public_words == ""
    assert trail.of("problem", problem.pk)[-1].data["before"]["public_words"] == "正在查找渗水点"


class _Stuck:
    def __init__(self, kind: str, since: int, lifted: bool) -> None:
        self.kind, self.since = kind, NOW - timedelta(hours=since)
        self.lifted_at = NOW if lifted else None


@given(
    st.lists(st.builds(_Stuck, st.sampled_from(list(rules.BlockerKind)), st.integers(-99, 9999), st.booleans())),
    st.sampled_from(list(State)),
    st.booleans(),
)
def test_stuck_is_counted_from_what_still_stands(blockers: list[_Stuck], state: State, known: bool) -> None:
    standing = [one for one in blockers if not one.lifted_at]
    found = rules.stalled(blockers, NOW)
    assert (found is None) == (not standing)
    if found:
        assert found.count == len(standing) and found.days >= 0
        assert all(found.days >= (NOW - one.since).days for one in standing)
    assert rules.no_power(state, cause_known=known, blockers=blockers) == (
        known and state in rules.OPEN and any(one.kind == "authority" for one in standing)
    )
