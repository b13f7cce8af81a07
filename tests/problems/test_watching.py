"""Heat, counts and the escalation ladder; sweeps may come late, twice, or not for days."""

from datetime import timedelta

import pytest

from gongzhi.neighbourhood.rules import PlaceKind
from gongzhi.problems import actions, finding
from gongzhi.problems.clock import take_steps
from gongzhi.problems.models import Alert, AlertRule, Escalation, Problem, Rung
from gongzhi.problems.rules import Kind, Origin
from gongzhi.shared import notices, trail
from gongzhi.shared.moves import NotAllowed, Refused
from tests.problems.neighbours import leak, placed, the_problem
from tests.stories.test_bad_input import at_once
from tests.town import NOW, Town, build

DAY = timedelta(days=1)


def _two(town: Town) -> Problem:
    for number in range(2):
        placed(town, number, now=NOW)
    return the_problem()


def _climbed() -> list[str]:
    return list(Escalation.objects.order_by("pk").values_list("rung__level", flat=True))


def test_a_problem_climbs_rung_by_rung_as_its_days_pass(town: Town) -> None:
    problem = _two(town)
    for days, levels in ((2, 0), (3, 1), (4, 1), (7, 2), (14, 2), (15, 3), (40, 3)):
        take_steps(now=NOW + days * DAY)
        assert len(_climbed()) == levels, days
    assert _climbed() == ["community", "subdistrict", "district"]
    assert [entry.verb for entry in trail.of("problem", problem.pk)].count("escalate") == 3


def test_steps_missed_while_the_server_was_down_are_taken_at_its_start(town: Town) -> None:
    _two(town)
    assert take_steps(now=NOW + 30 * DAY)["climbed"] == 3
    assert take_steps(now=NOW + 30 * DAY)["climbed"] == 0


def test_an_edit_does_not_start_the_clock_again(town: Town) -> None:
    problem = _two(town)
    desk = town.actor("xingsheng_shegong")
    third = leak(town, 2, now=NOW + 2 * DAY)
    actions.join_demands(desk, problem_id=problem.pk, demand_ids=[third.demand.pk], now=NOW + 2 * DAY)
    take_steps(now=NOW + 3 * DAY)
    assert _climbed() == ["community"]


def test_the_leaders_of_the_level_are_told_and_where_there_are_none_those_above(town: Town) -> None:
    place = town.places["building"]
    desk = town.actor("dongzheng_shegong")
    problem = actions.raise_problem(desk, place=place, title="外墙空鼓", origin=Origin.PATROL, now=NOW)
    assert problem.assignee_id is None
    take_steps(now=NOW + 7 * DAY)
    for key in ("dongzheng_shuji", "yuejin_shuji"):
        told = [row.subject for row in notices.inbox(town.actor(key).person_id or 0) if row.noun == "problem"]
        assert told == ["逐级上报"], key
    # Nobody leads in Xingsheng or in its subdistrict.
    _garage = [placed(town, number, now=NOW + 8 * DAY) for number in range(2)]
    take_steps(now=NOW + 11 * DAY)
    lead = town.actor("qu_fuze").person_id or 0
    assert [row.subject for row in notices.inbox(lead) if row.noun == "problem"] == ["逐级上报"]


def test_a_problem_that_came_up_again_climbs_to_the_district_at_once(town: Town) -> None:
    _two(town)
    Problem.objects.update(state="solved", solved_at=NOW + DAY, ended_at=NOW + DAY)
    take_steps(now=NOW + 40 * DAY)
    assert _climbed() == []
    placed(town, 2, now=NOW + 41 * DAY)
    take_steps(now=NOW + 41 * DAY)
    assert _climbed() == ["district"]


def test_every_open_problem_is_looked_at_however_many(town: Town) -> None:
    place, founder = town.places["building"], town.actor("dongzheng_shegong")
    made = actions.raise_problem(founder, place=place, title="一号", origin=Origin.TREND, now=NOW)
    rows = []
    for number in range(1100):
        made.pk, made.title = None, f"第{number}个"
        rows.append(Problem(**{field.attname: getattr(made, field.attname) for field in Problem._meta.concrete_fields}))
    Problem.objects.bulk_create(rows)
    assert actions.climb_due(now=NOW + 3 * DAY) == 1101
    assert actions.climb_due(now=NOW + 3 * DAY) == 0


def test_one_that_cannot_climb_does_not_keep_the_others_from_it(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from gongzhi.problems.actions import informing

    desk, place = town.actor("dongzheng_shegong"), town.places["building"]
    first, _second = (
        actions.raise_problem(desk, place=place, title=title, origin=Origin.PATROL, now=NOW) for title in ("甲", "乙")
    )
    real = informing.leads_from

    def failing(problem: Problem, *rest: object, **named: object) -> list[int]:
        if problem.pk == first.pk:
            raise RuntimeError("broken")
        return real(problem, *rest, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(informing, "leads_from", failing)
        assert actions.climb_due(now=NOW + 3 * DAY) == 1
    assert actions.climb_due(now=NOW + 3 * DAY) == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_climb_once() -> None:
    town = build()
    _two(town)
    results = at_once(*[lambda: actions.climb_due(now=NOW + 20 * DAY)] * 3)
    assert sum(result for result in results if isinstance(result, int)) == 3, results
    assert len(_climbed()) == 3


def test_heat_fades_by_night_and_is_shown_in_its_parts(town: Town) -> None:
    problem = _two(town)
    before = problem.heat
    actions.cool(now=NOW + 14 * DAY)
    after = the_problem().heat
    assert after == pytest.approx(before / 2)
    parts = finding.heat_parts(problem, now=NOW + 14 * DAY)
    assert parts.total == pytest.approx(after) and parts.reporters == pytest.approx(2.0)


def test_a_rule_of_a_category_or_place_counts_there_alone(town: Town) -> None:
    operator = town.actor("guanli")
    AlertRule.objects.all().delete()
    there = actions.set_alert_rule(operator, reports=2, days=1, place=town.places["qiezixi"], now=NOW)
    actions.set_alert_rule(operator, reports=2, days=1, place=town.places["yuejin"], now=NOW)
    actions.set_alert_rule(operator, reports=2, days=1, category=town.category("0102"), now=NOW)
    everywhere = actions.set_alert_rule(operator, reports=2, days=1, place=town.places["district"], now=NOW)
    of_leaks = actions.set_alert_rule(operator, reports=2, days=1, category=town.category("0101"), now=NOW)
    for number in range(2):
        placed(town, number, now=NOW, category=town.category("0101"))
    assert set(Alert.objects.values_list("rule", flat=True)) == {there.pk, everywhere.pk, of_leaks.pk}


def test_defaults_are_loaded_once_and_a_district_changes_them(town: Town) -> None:
    operator = town.actor("guanli")
    assert (AlertRule.objects.count(), Rung.objects.count()) == (1, 3)
    assert actions.load_defaults(operator, now=NOW) == 0
    rule = AlertRule.objects.get()
    actions.set_alert_rule(operator, reports=3, days=2, rule_id=rule.pk, now=NOW)
    rung = actions.set_rung(operator, level=PlaceKind.DISTRICT, at_reports=2, now=NOW)
    _two(town)
    take_steps(now=NOW)
    assert Escalation.objects.get().rung == rung
    placed(town, 2, now=NOW)
    assert Alert.objects.get().rule.reports == 3


@pytest.mark.parametrize("who", ["dongzheng_shegong", "qu_fuze"])
def test_only_those_who_set_up_set_the_numbers(town: Town, who: str) -> None:
    actor = town.actor(who)
    with pytest.raises(NotAllowed):
        actions.change_setting(actor, code="join_percent", value=1, now=NOW)
    with pytest.raises(NotAllowed):
        actions.set_alert_rule(actor, reports=2, days=2, now=NOW)
    with pytest.raises(NotAllowed):
        actions.set_rung(actor, level=PlaceKind.DISTRICT, after_days=2, now=NOW)
    with pytest.raises(NotAllowed):
        actions.load_defaults(actor, now=NOW)


def test_numbers_that_make_no_sense_are_refused_in_words(town: Town) -> None:
    operator = town.actor("guanli")
    for do in (
        lambda: actions.change_setting(operator, code="placed_until", value=1, now=NOW),
        lambda: actions.set_alert_rule(operator, reports=1, days=5, now=NOW),
        lambda: actions.set_alert_rule(operator, reports=2, days=0, now=NOW),
        lambda: actions.set_alert_rule(operator, reports=2, days=5, rule_id=10**6, now=NOW),
        lambda: actions.set_rung(operator, level=PlaceKind.BUILDING, after_days=2, now=NOW),
        lambda: actions.set_rung(operator, level=PlaceKind.DISTRICT, now=NOW),
        lambda: actions.set_rung(operator, level=PlaceKind.DISTRICT, at_times=1, now=NOW),
    ):
        with pytest.raises(Refused):
            do()


def test_a_dispute_is_a_problem_of_its_kind(town: Town) -> None:
    desk = town.actor("dongzheng_shegong")
    compound = town.places["compound"]
    problem = actions.raise_problem(
        desk, place=compound, title="业委会和物业争停车费", kind=Kind.DISPUTE, origin=Origin.VISIT, now=NOW
    )
    assert (problem.kind, problem.origin, problem.accountable) == ("dispute", "visit", town.places["dongzheng"])
