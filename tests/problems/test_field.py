"""Visits, baseline surveys and residents' stories: what is kept once, who sees what, what a week adds up to."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.demands.masking import TooLong
from gongzhi.demands.models import Demand
from gongzhi.neighbourhood.models import Place
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import field_rules, visits
from gongzhi.problems.actions import field, stories
from gongzhi.problems.actions.field import Finding
from gongzhi.problems.field_rules import Fact, FollowUp
from gongzhi.problems.models import Problem, ResidentStory, Survey, Visit
from gongzhi.problems.rules import VisitKind
from gongzhi.shared import notices, trail
from gongzhi.shared.moves import Missing, NotAllowed, Refused, WrongState
from tests.town import NOW, Town

TODAY = date(2026, 6, 8)


@pytest.fixture
def desk(town: Town) -> Actor:
    """The social worker of Dongzheng."""
    return town.actor("dongzheng_shegong")


@pytest.fixture
def above(town: Town) -> Actor:
    """The leader of the subdistrict above Dongzheng."""
    return town.actor("yuejin_shuji")


def visit(town: Town, actor: Actor, **more: object) -> Visit:
    """An entry at Dongzheng's building 3."""
    values = {
        "place": town.places["building"],
        "kind": VisitKind.HOUSEHOLD,
        "words": "老人说楼道灯不亮，晚上不敢下楼。",
        "household": "2单元301",
        "once": f"form-{Visit.objects.count()}",
        "now": NOW,
    }
    return field.note_visit(actor, **{**values, **more}).visit  # type: ignore[arg-type]


def compound(town: Town) -> Place:
    return town.places["compound"]


# -- Visits


def test_one_form_sent_twice_is_one_entry_and_another_persons_form_is_not(town: Town, desk: Actor) -> None:
    place, kind = town.places["building"], VisitKind.HOUSEHOLD
    first = field.note_visit(desk, place=place, kind=kind, words="一", once="k", now=NOW)
    second = field.note_visit(desk, place=place, kind=kind, words="一", once="k", now=NOW + timedelta(seconds=3))
    assert (first.again, second.again) == (False, True) and first.visit.pk == second.visit.pk
    field.note_visit(town.actor("dongzheng_shuji"), place=place, kind=kind, words="一", once="k", now=NOW)
    assert Visit.objects.count() == 2


def test_what_is_typed_is_cleaned_and_what_cannot_be_is_refused_in_words(town: Town, desk: Actor) -> None:
    noted = visit(town, desk, words="  灯不亮\r\n\x00还漏水 ", household="2单元\n301 ")
    assert (noted.words, noted.household) == ("灯不亮\n还漏水", "2单元 301")
    for wrong, field_name in (
        ({"words": " \n "}, "words"),
        ({"visited_at": NOW + timedelta(minutes=1)}, "visited_at"),
        ({"visited_at": datetime(206, 6, 8, tzinfo=UTC)}, "visited_at"),
        ({"follow_up_on": TODAY - timedelta(days=1)}, "follow_up_on"),
        ({"follow_up_on": date(2062, 6, 8)}, "follow_up_on"),
    ):
        with pytest.raises(Missing) as refused:
            visit(town, desk, **wrong)
        assert refused.value.values["field"] == field_name
    with pytest.raises(TooLong):
        visit(town, desk, words="长" * 100_000)
    assert Visit.objects.count() == 1


def test_a_visit_is_noted_where_one_stands_and_nowhere_else(town: Town, desk: Actor, above: Actor) -> None:
    visit(town, above)
    for who in ("xinyu_shegong", "qu_kanban", "guanli", "chengguan_lianluo"):
        with pytest.raises(NotAllowed):
            visit(town, town.actor(who))
    with pytest.raises(NotAllowed):
        visit(town, desk, place=town.places["garage"])


def test_whose_door_it_was_is_seen_by_the_community_alone(town: Town, desk: Actor, above: Actor) -> None:
    pk = visit(town, desk, words="老人电话 13800138000，灯不亮").pk
    for who in (desk, town.actor("dongzheng_shuji")):
        assert visits.get_entry(who, pk, today=TODAY).household == "2单元301"
    for who in (above, town.actor("qu_fuze")):
        seen = visits.get_entry(who, pk, today=TODAY)
        assert seen.household == "" and "灯不亮" in seen.words and seen.may_work
    for key in ("xinyu_shegong", "xinyu_shuji", "qu_kanban", "guanli", "chengguan_lianluo"):
        with pytest.raises(visits.ABSENT):
            visits.get_entry(town.actor(key), pk, today=TODAY)
    with pytest.raises(visits.ABSENT):
        visits.get_entry(Actor(label="居民", link=1), pk, today=TODAY)
    # Who was at the door from above wrote it down, and reads it again.
    own = visit(town, above).pk
    assert visits.get_entry(above, own, today=TODAY).household == "2单元301"
    kept = [entry.words + str(entry.data) for entry in trail.of("visit", pk)]
    assert not any("301" in words or "灯不亮" in words for words in kept)


def test_a_follow_up_is_written_down_once(town: Town, desk: Actor) -> None:
    pk = visit(town, desk, follow_up_on=TODAY + timedelta(days=2)).pk
    assert visits.follow_up_counts(desk, today=TODAY + timedelta(days=3)) == (1, 1)
    field.follow_up(desk, visit_id=pk, words="灯换好了。", now=NOW + timedelta(days=3))
    seen = visits.get_entry(desk, pk, today=TODAY)
    assert seen.follow_up is FollowUp.DONE and seen.follow_up_words == "灯换好了。"
    with pytest.raises(WrongState):
        field.follow_up(desk, visit_id=pk, words="再来一次", now=NOW)
    with pytest.raises(visits.ABSENT):
        field.follow_up(town.actor("xinyu_shegong"), visit_id=pk, words="不是我的", now=NOW)
    assert visits.follow_up_counts(desk, today=TODAY) == (0, 0)


def test_a_late_follow_up_is_told_once_a_day_until_it_is_done(town: Town, desk: Actor) -> None:
    pk = visit(town, desk, follow_up_on=TODAY).pk
    told = [field.remind_follow_ups(now=NOW + timedelta(hours=hours)) for hours in (0, 12, 24, 25, 30, 49)]
    # Due on the 8th: nothing on the day itself, then once on each day, by the clock of the district.
    assert told == [0, 0, 1, 0, 0, 1]
    inbox = list(notices.inbox(desk.person_id or 0))
    assert [row.noun_id for row in inbox] == [pk, pk] and "301" not in inbox[0].body
    field.follow_up(desk, visit_id=pk, words="办好了", now=NOW + timedelta(days=3))
    assert field.remind_follow_ups(now=NOW + timedelta(days=9)) == 0


def test_a_visit_becomes_a_demand_in_one_step_and_once(town: Town, desk: Actor, above: Actor) -> None:
    pk = visit(town, desk, measure="先贴了提示。", follow_up_on=TODAY + timedelta(days=1)).pk
    demand = field.demand_from_visit(desk, visit_id=pk, now=NOW)
    assert demand.body == "老人说楼道灯不亮，晚上不敢下楼。\n先贴了提示。"
    assert (demand.channel, demand.place_id) == ("desk", town.places["building"].pk)
    assert "301" not in demand.place_words, "whose door it was stays in the log unless it is written down"
    assert field.demand_from_visit(above, visit_id=pk, now=NOW).pk == demand.pk and Demand.objects.count() == 1
    seen = visits.get_entry(desk, pk, today=TODAY)
    assert seen.follow_up is FollowUp.DONE and "已转为诉求" in seen.follow_up_words and seen.demand_id == demand.pk


def test_a_patrol_becomes_a_proactive_problem_once(town: Town, desk: Actor) -> None:
    patrol = visit(town, desk, kind=VisitKind.PATROL, words="围墙裂了一道缝，靠着人行道。很危险")
    problem = field.problem_from_visit(desk, visit_id=patrol.pk, now=NOW)
    assert (problem.origin, problem.title) == ("patrol", "围墙裂了一道缝，靠着人行道")
    assert problem.accountable_id == town.places["dongzheng"].pk
    assert field.problem_from_visit(desk, visit_id=patrol.pk, title="另一个", now=NOW).pk == problem.pk
    other = field.problem_from_visit(desk, visit_id=visit(town, desk).pk, title="楼道灯成片不亮", now=NOW)
    assert (other.origin, other.title) == ("visit", "楼道灯成片不亮")


# -- The week


@pytest.mark.mechanism("M18")
def test_seven_days_with_an_entry_each_give_one_weekly_digest(town: Town, desk: Actor) -> None:
    for step in range(7):
        visit(town, desk, now=NOW + timedelta(days=step), once=f"day-{step}")
    sunday = NOW + timedelta(days=6)
    visit(town, town.actor("dongzheng_shuji"), kind=VisitKind.PATROL, place=compound(town), now=sunday)
    field.demand_from_visit(desk, visit_id=Visit.objects.earliest("pk").pk, now=sunday)
    field.problem_from_visit(desk, visit_id=Visit.objects.latest("pk").pk, now=sunday)
    found = visits.weekly_digest(desk, town.places["dongzheng"], date(2026, 6, 11), today=sunday.date())
    assert found.complete and found.lacking == () and [day.entries for day in found.days] == [1, 1, 1, 1, 1, 1, 2]
    assert (found.entries, found.demands, found.problems) == (8, 1, 1)
    assert (found.kinds[VisitKind.HOUSEHOLD], found.kinds[VisitKind.PATROL]) == (7, 1)
    assert [(name.split()[-1], n) for _pk, name, n in found.places] == [("东正大院", 1), ("3号楼", 7)]
    assert {load.name: load.entries for load in found.loads} == {"何青禾": 7, "向晚晴": 1}


@pytest.mark.mechanism("M18")
def test_days_without_an_entry_are_named_and_today_and_days_to_come_are_not(town: Town, desk: Actor) -> None:
    for step in (0, 2):
        visit(town, desk, now=NOW + timedelta(days=step), follow_up_on=TODAY + timedelta(days=step))
    found = visits.weekly_digest(desk, None, TODAY, today=date(2026, 6, 11))
    assert found.lacking == (date(2026, 6, 9),) and not found.complete
    assert visits.weekly_digest(desk, None, TODAY, today=date(2026, 6, 12)).lacking[1:] == (date(2026, 6, 11),)
    assert (found.follow_ups[FollowUp.LATE], found.follow_ups[FollowUp.OPEN]) == (2, 0)
    # An evening in Chongqing is still that day, whatever the day is in Greenwich.
    visit(town, desk, now=datetime(2026, 6, 9, 15, 30, tzinfo=UTC))
    assert visits.weekly_digest(desk, None, TODAY, today=date(2026, 6, 12)).lacking == (date(2026, 6, 11),)
    # The week of others is not hers, and the subdistrict sees it.
    assert visits.weekly_digest(town.actor("xinyu_shegong"), None, TODAY, today=TODAY).entries == 0
    street = visits.weekly_digest(town.actor("yuejin_shuji"), town.places["yuejin"], TODAY, today=TODAY)
    assert street.entries == 3


facts = st.builds(
    Fact,
    on=st.dates(date(2026, 6, 1), date(2026, 6, 21)),
    kind=st.sampled_from(VisitKind),
    place=st.sampled_from([(1, "甲"), (2, "乙")]),
    visitor=st.sampled_from([(0, ""), (1, "何"), (2, "何")]),
    follow_up_on=st.none() | st.dates(date(2026, 6, 1), date(2026, 7, 1)),
    followed_up=st.booleans(),
    demands=st.integers(0, 1),
    problems=st.integers(0, 1),
)


@given(st.lists(facts, max_size=40), st.dates(date(2026, 6, 8), date(2026, 6, 20)))
def test_every_part_of_a_digest_adds_up_to_the_week(entries: list[Fact], today: date) -> None:
    found = field_rules.digest(entries, monday=date(2026, 6, 8), today=today)
    mine = [one for one in entries if date(2026, 6, 8) <= one.on <= date(2026, 6, 14)]
    assert found.entries == len(mine)
    for parts in (
        found.kinds.values(),
        found.follow_ups.values(),
        [n for _pk, _name, n in found.places],
        [load.entries for load in found.loads],
    ):
        assert sum(parts) == len(mine)
    assert found.complete == (len({one.on for one in mine}) == 7)
    assert set(found.lacking) == {day.on for day in found.days if day.on < today} - {one.on for one in mine}
    assert len(found.loads) == len({one.visitor for one in mine}), "two people of one name stay two"


# -- Baselines and stories


def survey(town: Town, actor: Actor, **more: object) -> object:
    """Dongzheng's old compound as it was first found."""
    values = {
        "place": compound(town),
        "surveyed_on": TODAY,
        "findings": [
            Finding("没有物业", "收垃圾、看门都没有人管。"),
            Finding("雨天满地泥"),
            Finding("路窄，会车困难", "最窄处两米四。", town.category()),
            Finding("停车剐蹭多"),
        ],
        "households": 320,
        "has_property_firm": False,
        "has_owners_committee": False,
        "words": "八十年代的厂区家属院。",
        "once": "b",
        "now": NOW,
    }
    return field.survey_compound(actor, **{**values, **more})  # type: ignore[arg-type]


@pytest.mark.mechanism("M6")
def test_a_baseline_raises_all_its_problems_in_one_pass(town: Town, desk: Actor) -> None:
    baseline = survey(town, desk)
    found = visits.problems_found(desk, [baseline.pk])  # type: ignore[attr-defined]
    assert [one.title for one in found] == ["没有物业", "雨天满地泥", "路窄，会车困难", "停车剐蹭多"]
    assert {one.origin for one in found} == {"baseline"}
    # What was seen is the first survey of a problem; where nothing was written there is none.
    assert [one.state for one in found] == ["surveyed", "raised", "surveyed", "raised"]
    assert list(Survey.objects.order_by("pk").values_list("words", flat=True)) == [
        "收垃圾、看门都没有人管。",
        "最窄处两米四。",
    ]
    assert survey(town, desk) == baseline and Problem.objects.count() == 4, "the same form once"


def test_a_survey_corrects_what_the_register_says_of_firm_and_committee(town: Town, desk: Actor) -> None:
    with pytest.raises(Refused):
        field.correct_compound(desk, place=compound(town), now=NOW)
    Place.objects.filter(pk=compound(town).pk).update(has_property_firm=True, has_owners_committee=True)
    survey(town, desk, has_owners_committee=None)
    with pytest.raises(NotAllowed):
        field.correct_compound(town.actor("xinyu_shegong"), place=compound(town), now=NOW)
    for _time in range(2):
        field.correct_compound(desk, place=compound(town), now=NOW)
    kept = Place.objects.get(pk=compound(town).pk)
    assert (kept.has_property_firm, kept.has_owners_committee) == (False, True), "what was left open stays"
    (entry,) = [one for one in trail.of("place", kept.pk) if one.verb == "correct"]
    assert entry.data == {"before": {"has_property_firm": True}, "after": {"has_property_firm": False}}
    assert entry.words == f"{TODAY}" and entry.actor_id == desk.person_id


def test_a_survey_is_whole_or_not_at_all(town: Town, desk: Actor) -> None:
    for wrong in (
        {"findings": [Finding("好"), Finding(" ")]},
        {"surveyed_on": TODAY + timedelta(days=1)},
        {"surveyed_on": date(206, 6, 8)},
        {"households": 0},
        {"place": town.places["dongzheng"]},
        {"findings": [Finding("多")] * 41},
        {"place": town.places["diaoyutai"]},
    ):
        with pytest.raises(Refused):
            survey(town, desk, **wrong)
    assert Problem.objects.count() == 0
    survey(town, desk)
    with pytest.raises(Refused):
        survey(town, town.actor("dongzheng_shuji"), once="c")
    assert Problem.objects.count() == 4


def story(town: Town, actor: Actor, **more: object) -> ResidentStory:
    """What a woman of seventy-five told of twenty years there."""
    values = {
        "baseline_id": more.pop("baseline", None) or survey(town, actor).pk,  # type: ignore[attr-defined]
        "words": "住了二十多年，一下雨出门就是泥，路窄，车子擦来擦去。",
        "age_band": "70-79",
        "years_there": 20,
        "told_on": TODAY,
        "now": NOW,
    }
    return stories.tell_story(actor, **{**values, **more})  # type: ignore[arg-type]


@pytest.mark.mechanism("M6")
def test_a_story_is_hidden_until_its_teller_agrees_and_again_when_they_no_longer_do(
    town: Town, desk: Actor, above: Actor
) -> None:
    pk = story(town, desk).pk
    place = compound(town)
    others = [above, town.actor("qu_fuze"), town.actor("qu_kanban")]
    assert all(visits.stories_of(who, place) == [] for who in others)
    assert len(visits.stories_of(desk, place)) == len(visits.stories_of(town.actor("dongzheng_shuji"), place)) == 1
    for who in (above, town.actor("qu_kanban"), town.actor("xinyu_shuji")):
        with pytest.raises(visits.NO_STORY):
            stories.give_consent(who, story_id=pk, consent_words="听说的", now=NOW)
    with pytest.raises(Missing):
        stories.give_consent(desk, story_id=pk, consent_words=" ", now=NOW)
    stories.give_consent(desk, story_id=pk, consent_words="当面签了同意书", now=NOW)
    for who in others:
        (seen,) = visits.stories_of(who, place)
        assert seen.age_band == "70-79" and "泥" in seen.words and seen.consent_words == ""
    assert visits.stories_of(town.actor("xinyu_shuji"), place) == []
    stories.withdraw_consent(desk, story_id=pk, now=NOW + timedelta(days=1))
    assert all(visits.stories_of(who, place) == [] for who in others)
    with pytest.raises(WrongState):
        stories.withdraw_consent(desk, story_id=pk, now=NOW)


@pytest.mark.mechanism("M6")
def test_an_age_is_a_band_and_neither_a_birth_date_nor_a_name_is_asked_for(town: Town, desk: Actor) -> None:
    baseline = story(town, desk).baseline_id
    columns = {column.name for column in ResidentStory._meta.concrete_fields}
    assert columns == {
        "id", "baseline", "words", "age_band", "years_there", "told_on", "consent_words", "consented_at", "withdrawn_at",
    }  # fmt: skip
    for wrong in (
        {"age_band": "75"},
        {"age_band": "1951-03-02"},
        {"words": "我生于1951年3月2日，一直住在这里。"},
        {"words": "1951年3月2日出生在厂里"},
        {"years_there": 200},
        {"told_on": TODAY + timedelta(days=1)},
    ):
        with pytest.raises(Missing):
            story(town, desk, baseline=baseline, **wrong)


def test_a_story_nobody_agreed_to_is_wiped_and_the_trail_says_so(town: Town, desk: Actor) -> None:
    kept = story(town, desk)
    agreed = story(town, desk, baseline=kept.baseline_id, consent_words="当面同意")
    assert stories.wipe_stories(now=NOW + timedelta(days=30)) == 0
    assert stories.wipe_stories(now=NOW + timedelta(days=31)) == 1
    kept.refresh_from_db()
    agreed.refresh_from_db()
    assert (kept.words, kept.age_band, kept.years_there) == ("", "", None) and agreed.words
    assert [(entry.verb, entry.actor_label) for entry in trail.of("story", kept.pk)][-1] == ("wipe", "系统")
    assert stories.wipe_stories(now=NOW + timedelta(days=60)) == 0
    with pytest.raises(WrongState):
        stories.give_consent(desk, story_id=kept.pk, consent_words="现在同意了", now=NOW)
    # Withdrawn, it is kept for the same time from that day, in case they think again.
    stories.withdraw_consent(desk, story_id=agreed.pk, now=NOW + timedelta(days=60))
    assert stories.wipe_stories(now=NOW + timedelta(days=90)) == 0
    assert stories.wipe_stories(now=NOW + timedelta(days=91)) == 1


def test_an_old_story_comes_in_only_with_consent(town: Town, desk: Actor) -> None:
    baseline = story(town, desk).baseline_id
    old = TODAY - timedelta(days=90)
    with pytest.raises(Missing):
        story(town, desk, baseline=baseline, told_on=old)
    assert story(town, desk, baseline=baseline, told_on=old, consent_words="书面同意").consented_at


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("生于1951年3月2日", True),
        ("出生日期：1951-3-2", True),
        ("1951年3月2日生人", True),
        ("2026年6月8日下雨", False),
        ("1986年5月1日生产的电梯", False),
        ("女儿出生以后搬来的", False),
    ],
)
def test_a_birth_date_is_told_from_other_dates(words: str, says: bool) -> None:
    assert field_rules.says_birth_date(words) is says
