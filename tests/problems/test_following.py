"""Neighbours who tap instead of reporting: each counts once, is reached sealed, and learns of no other person."""

from datetime import timedelta

import pytest
from django.core.signing import BadSignature

from gongzhi.neighbourhood.models import ContactCard
from gongzhi.neighbourhood.rules import STRANGER
from gongzhi.problems import actions, finding, neighbours
from gongzhi.problems.clock import take_steps
from gongzhi.problems.models import Alert, Follower, Problem, Report
from gongzhi.shared.moves import Missing, Refused
from tests.problems.neighbours import LEAKS, OTHER, placed, the_problem
from tests.stories.test_bad_input import at_once
from tests.town import NOW, Town, build

DAY = timedelta(days=1)


def _near(town: Town, text: str = "地下车库漏水，钓鱼台小区") -> list[finding.NearBy]:
    place = town.places["garage"]
    return finding.similar_open(text, place, None, None, now=NOW + DAY)


def test_whoever_types_the_same_sees_the_open_problem_without_a_residents_words(town: Town) -> None:
    for number in range(6):
        placed(town, number, now=NOW)
    (shown,) = _near(town)
    assert (shown.key, shown.count, shown.since) == (the_problem().pk, 6, NOW)
    assert not any(word in shown.title for word in ("漏水", "淋湿"))
    assert _near(town, OTHER) == []
    Problem.objects.update(state="solved", solved_at=NOW, ended_at=NOW)
    assert _near(town) == []


def test_few_are_not_counted_out_and_words_of_the_desk_are_the_title(town: Town) -> None:
    for number in range(2):
        placed(town, number, now=NOW)
    Problem.objects.update(public_words="地下车库漏水，正在找原因")
    (shown,) = _near(town)
    assert (shown.count, shown.title) == (None, "地下车库漏水，正在找原因")


def test_one_who_stands_alone_can_be_followed_and_becomes_a_problem(town: Town) -> None:
    first = placed(town, 0, now=NOW)
    (shown,) = _near(town)
    assert shown.key == -first.demand_id and shown.count is None
    actions.follow(STRANGER, key=shown.key, once="1", mark="a", now=NOW)
    problem = the_problem()
    assert (problem.reports, problem.followers) == (1, 1)
    # From a page that was open before.
    actions.follow(STRANGER, key=shown.key, once="2", mark="b", now=NOW)
    assert the_problem().followers == 2
    assert Report.objects.get(demand=first.demand_id).told_at


def test_a_confidential_one_that_stands_alone_is_shown_to_nobody(town: Town) -> None:
    alone = placed(town, 0, now=NOW, confidential=True)
    assert _near(town) == []
    with pytest.raises(Refused):
        actions.follow(STRANGER, key=-alone.demand_id, once="1", mark="a", now=NOW)


def test_one_person_counts_once_however_often_they_tap(town: Town) -> None:
    for number in range(2):
        placed(town, number, now=NOW)
    key = the_problem().pk
    taps = [actions.follow(STRANGER, key=key, once=once, mark="a", now=NOW) for once in ("1", "1", "2")]
    assert len({tap.pk for tap in taps}) == 1 and the_problem().followers == 1
    with pytest.raises(Missing):
        actions.follow(STRANGER, key=key, once="", mark="a", now=NOW)


@pytest.mark.mechanism("M48")
def test_a_tap_counts_as_a_report_and_may_raise_the_alert(town: Town) -> None:
    for number in range(5):
        placed(town, number, now=NOW)
    key = the_problem().pk
    for number in range(2):
        assert Alert.objects.count() == 0
        actions.follow(STRANGER, key=key, once=str(number), mark=str(number), now=NOW + 5 * DAY)
    assert Alert.objects.get().crossed_at == NOW + 5 * DAY


@pytest.mark.django_db(transaction=True)
def test_many_taps_at_once_are_all_counted_and_alert_once() -> None:
    town = build()
    first = placed(town, 0, now=NOW)
    results = at_once(
        *[
            lambda number=number: actions.follow(
                STRANGER, key=-first.demand_id, once=str(number), mark=str(number), now=NOW
            )
            for number in range(8)
        ]
    )
    assert all(isinstance(result, Follower) for result in results), results
    assert (the_problem().followers, Alert.objects.count()) == (8, 1)


def test_how_to_reach_a_follower_is_sealed_and_goes_when_its_time_is_over(town: Town) -> None:
    for number in range(2):
        placed(town, number, now=NOW)
    follower = actions.follow(
        STRANGER, key=the_problem().pk, once="1", mark="a", now=NOW, phone="13900001111", name="某人"
    )
    card = ContactCard.objects.get(pk=follower.contact_id)
    assert card.purpose == "follow" and b"13900001111" not in bytes(card.phone_sealed or b"")
    assert "a" not in {follower.mark} and len(follower.mark) == 32
    token = actions.follow_link(follower.pk).rpartition("/")[2]
    assert actions.read_follow_link(token) == follower.pk
    assert neighbours.followed(follower.pk) == (follower.pk, the_problem().pk, True)
    with pytest.raises(BadSignature):
        actions.read_follow_link(token + "x")
    Problem.objects.update(state="solved", solved_at=NOW, ended_at=NOW)
    assert take_steps(now=NOW + 89 * DAY)["wiped"] == 0
    assert take_steps(now=NOW + 91 * DAY)["wiped"] == 1
    card.refresh_from_db()
    assert card.wiped_at and not card.phone_sealed
    assert take_steps(now=NOW + 92 * DAY)["wiped"] == 0


def test_what_everybody_sees_holds_nobodys_words(town: Town) -> None:
    for number in range(7):
        placed(town, number, now=NOW)
    shown = finding.public_problem(the_problem().pk)
    assert shown and shown.count == 7 and shown.state == "raised"
    assert not any(word in repr(shown) for text in LEAKS for word in (text[-8:], "漏水"))
    assert finding.public_problem(10**6) is None


def test_a_trouble_that_is_over_cannot_be_followed(town: Town) -> None:
    for number in range(2):
        placed(town, number, now=NOW)
    Problem.objects.update(state="solved", solved_at=NOW, ended_at=NOW)
    with pytest.raises(Refused):
        actions.follow(STRANGER, key=the_problem().pk, once="1", mark="a", now=NOW)
    with pytest.raises(Refused):
        actions.follow(STRANGER, key=10**6, once="1", mark="a", now=NOW)
