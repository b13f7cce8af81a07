"""What is added on the way: by whom, who is told, how much, and never half of it."""

from datetime import timedelta

import pytest

from gongzhi.demands import actions
from gongzhi.demands.actions.intake import MOST_PHOTOS
from gongzhi.demands.models import Demand, Photo, Threshold
from gongzhi.demands.photos import Photo as Picture
from gongzhi.shared import notices, trail
from gongzhi.shared.moves import NotAllowed, Refused
from tests.town import NOW, Town

PICTURE = Picture(b"\xff\xd8\xff\xd9", 4, 3, "0" * 64)
HANDLER = "大渡口区城市管理局（演示）"


def told(town: Town, key: str) -> list[str]:
    """The heads in someone's inbox."""
    return [line.subject for line in notices.inbox(town.accounts[key].person_id or 0)]


def test_a_residents_words_reach_whoever_has_it_in_hand(town: Town) -> None:
    received = town.report()
    desk = town.actor("dongzheng_shegong")
    actions.classify_demand(desk, demand_id=received.demand.pk, category=town.category(), now=NOW)
    actions.dispatch_demand(desk, demand_id=received.demand.pk, handler=town.units[HANDLER], now=NOW)
    actions.add_words(
        town.reporter(received), demand_id=received.demand.pk, words="昨晚又漏了。", photos=[PICTURE], now=NOW
    )
    assert "居民补充了情况" in told(town, "dongzheng_shegong")
    assert "居民补充了情况" in told(town, "chengguan_lianluo")
    (entry,) = [one for one in trail.of("demand", received.demand.pk) if one.verb == "add"]
    assert (entry.words, entry.data["photos"], entry.data["by_resident"]) == ("昨晚又漏了。", 1, True)
    assert (entry.from_state, entry.to_state) == ("dispatched", "dispatched")
    assert Photo.objects.get().by_resident


def test_what_the_desk_adds_for_a_caller_is_the_residents_and_proof_is_not(town: Town) -> None:
    pk = town.report().demand.pk
    desk = town.actor("dongzheng_shegong")
    actions.add_words(desk, demand_id=pk, words="来电说水更大了。", now=NOW)
    actions.attach_photos(desk, demand_id=pk, photos=[PICTURE], from_resident=True, now=NOW)
    actions.attach_photos(desk, demand_id=pk, photos=[PICTURE], words="换好的灯", now=NOW)
    assert list(Photo.objects.order_by("id").values_list("by_resident", flat=True)) == [True, False]
    # Whoever acts is not told of their own deed; a resident cannot call their picture the desk's.
    actions.assign_demands(desk, demand_ids=[pk], person=Demand.objects.get(pk=pk).assignee or _person(town), now=NOW)
    before = told(town, "dongzheng_shegong")
    actions.attach_photos(desk, demand_id=pk, photos=[PICTURE], now=NOW)
    assert told(town, "dongzheng_shegong") == before


def _person(town: Town) -> object:
    return town.accounts["dongzheng_shegong"].person


def test_a_unit_may_prove_its_work_but_not_speak_for_the_resident(town: Town) -> None:
    pk = town.report().demand.pk
    actions.dispatch_demand(town.actor("dongzheng_shegong"), demand_id=pk, handler=town.units[HANDLER], now=NOW)
    unit = town.actor("chengguan_lianluo")
    actions.attach_photos(unit, demand_id=pk, photos=[PICTURE], words="修好了", now=NOW)
    with pytest.raises(NotAllowed):
        actions.add_words(unit, demand_id=pk, words="居民说好了", now=NOW)
    assert not Photo.objects.get().by_resident


def test_the_same_words_sent_twice_count_once(town: Town) -> None:
    received = town.report()
    for _turn in range(3):
        actions.add_words(town.reporter(received), demand_id=received.demand.pk, words="又漏了", now=NOW)
    assert [one.verb for one in trail.of("demand", received.demand.pk)].count("add") == 1


def test_a_day_has_so_many_additions_and_the_desk_is_not_bound(town: Town) -> None:
    received = town.report()
    pk, reporter = received.demand.pk, town.reporter(received)
    Threshold.objects.create(code="add_times", value=2)
    actions.add_words(reporter, demand_id=pk, words="一", now=NOW)
    actions.attach_photos(reporter, demand_id=pk, photos=[PICTURE], now=NOW)
    with pytest.raises(Refused, match="一天最多补充2次"):
        actions.add_words(reporter, demand_id=pk, words="三", now=NOW)
    actions.add_words(town.actor("dongzheng_shegong"), demand_id=pk, words="来电又说", now=NOW)
    actions.add_words(reporter, demand_id=pk, words="三", now=NOW + timedelta(hours=25))


def test_neither_side_fills_the_others_room(town: Town) -> None:
    received = town.report()
    pk, reporter = received.demand.pk, town.reporter(received)
    with pytest.raises(Refused, match="最多6张"):
        actions.attach_photos(reporter, demand_id=pk, photos=[PICTURE] * (MOST_PHOTOS + 1), now=NOW)
    for _turn in range(3):
        actions.attach_photos(reporter, demand_id=pk, photos=[PICTURE] * MOST_PHOTOS, now=NOW)
    before = len(trail.of("demand", pk))
    with pytest.raises(Refused, match="照片已满"):
        actions.add_words(reporter, demand_id=pk, words="还有一张", photos=[PICTURE], now=NOW)
    assert (len(trail.of("demand", pk)), Photo.objects.count()) == (before, 18)
    actions.attach_photos(town.actor("dongzheng_shegong"), demand_id=pk, photos=[PICTURE], now=NOW)
