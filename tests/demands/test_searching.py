"""Search finds the same rows whichever way it takes: by walking the newest, by the index, by both in turn."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from gongzhi.demands import lists, search
from gongzhi.demands.lists import Filters, list_page
from gongzhi.demands.models import Demand
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import texts
from gongzhi.shared.lately import Lately
from tests.town import NOW, Town

pytestmark = pytest.mark.django_db

# Every second one parks, every third one leaks, so that both stand together in every sixth and never with the lamp.
WORDS = ["小区停车难", "屋顶漏水", "停车场屋顶漏水"]
ASKED = ["停车", "漏水", "屋顶漏水", "停车 漏水", "路灯", "路灯 停车", "停车场 屋顶", "鲸鱼", "停", "蜂窝煤炉"]


@pytest.fixture
def told(town: Town) -> Town:
    for number in range(66):
        text = "路灯不亮" if number == 40 else WORDS[0 if number % 2 else 1 if number % 3 else 2]
        town.report(body=f"{text}，第{number}次反映")
    return town


def _found(town: Town, who: str, filters: Filters) -> list[int]:
    return [line.pk for line in list_page(town.actor(who), filters, now=NOW).rows]


def _wanted(words: str) -> list[int]:
    rows = Demand.objects.order_by("-received_at", "-id")
    return [row.pk for row in rows if all(word in row.body for word in words.split())][: lists.PAGE]


@pytest.mark.parametrize("who", ["qu_fuze", "yuejin_jiedao", "dongzheng_shegong"])
@pytest.mark.parametrize("analysed", [False, True], ids=["never analysed", "analysed"])
@pytest.mark.parametrize("few", [0, 500], ids=["all pairs", "the rarest first"])
def test_every_way_finds_the_same(
    told: Town, analysed: bool, few: int, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Lately.forget_all()
    # Small enough that the walk often comes back with too few.
    monkeypatch.setattr(search, "LOOK", 20)
    monkeypatch.setattr(search, "FEW", few)
    if analysed:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE demands_demand")
    assert (texts.rarest_pair("demands_demand", "search", "停车") is not None) == analysed
    for words in ASKED:
        assert _found(told, who, Filters(group="all", words=words)) == _wanted(words), words


@pytest.mark.parametrize("most", [1, 3, 16])
def test_over_many_weeks_the_same_is_found(told: Town, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, row in enumerate(Demand.objects.order_by("pk")):
        Demand.objects.filter(pk=row.pk).update(received_at=NOW - timedelta(days=2 * number))
    monkeypatch.setattr(search, "LOOK", 20)
    monkeypatch.setattr(search, "FEW", 0)
    monkeypatch.setattr(search, "MOST_WEEKS", most)
    monkeypatch.setattr(search, "QUICK", 0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE demands_demand")
    Lately.forget_all()
    # The clock was set back since: what came in before that is still to be found.
    late = told.report(body="屋顶漏水，时钟拨快了").demand.pk
    Demand.objects.filter(pk=late).update(received_at=timezone.localtime() + timedelta(days=300))
    weeks = texts.weeks_holding("demand_search", 0.1, None, downwards=True, most=most)
    assert bool(weeks) == (most > 1), "a tenth of 66 rows, 3 or 4 of them a week"
    for who in ("qu_fuze", "dongzheng_shegong"):
        for words in ASKED:
            actor, asked = told.actor(who), Filters(group="all", words=words)
            pages = [list_page(actor, asked, now=NOW, size=4)]
            while pages[-1].after:
                pages.append(list_page(actor, asked, now=NOW, size=4, after=pages[-1].after))
            found = [line.pk for page in pages for line in page.rows]
            assert found == _wanted(words), (who, words)
            if len(pages) > 1:
                assert list_page(actor, asked, now=NOW, size=4, before=pages[-1].before).rows == pages[-2].rows


def test_a_week_is_numbered_alike_on_both_sides(told: Town) -> None:
    for moment in (
        NOW,
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2026, 11, 25, 23, 59, 59, tzinfo=UTC),
        NOW + timedelta(days=3),
    ):
        with connection.cursor() as cursor:
            cursor.execute("SELECT gongzhi_weeks(%s)", [moment])
            assert cursor.fetchone()[0] == [texts.week_of(moment)]


def test_a_search_stays_in_its_place(told: Town) -> None:
    elsewhere = told.report(place="xinyu", body="屋顶漏水，新雨").demand.pk
    wanted = _wanted("屋顶漏水")
    assert wanted[0] == elsewhere
    for who, kept in (("qu_fuze", True), ("xinyu_shegong", True), ("dongzheng_shegong", False)):
        found = _found(told, who, Filters(group="all", words="屋顶漏水"))
        assert (elsewhere in found) == kept, who
    assert _found(told, "xinyu_shegong", Filters(group="all", words="屋顶漏水")) == [elsewhere]
    for place in ("xinyu", "building"):
        asked = Filters(group="all", words="屋顶漏水", place=told.places[place])
        assert (elsewhere in _found(told, "qu_fuze", asked)) == (place == "xinyu")


def test_words_without_a_sign_leave_everything_one_may_see(told: Town) -> None:
    for who in ("qu_fuze", "dongzheng_shegong"):
        assert _found(told, who, Filters(group="all", words="！ …")) == _wanted("")
        assert _found(told, who, Filters(group="all", words="停 ！")) == _wanted("停")
    nobody = Actor(label="nobody")
    assert list_page(nobody, Filters(group="all", words="停车"), now=NOW).rows == []


@pytest.mark.parametrize("words", ["停车", "漏水", "停车 漏水"])
@pytest.mark.parametrize("look", [20, 4000])
def test_pages_follow_one_another_and_lead_back(
    told: Town, words: str, look: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    Lately.forget_all()
    monkeypatch.setattr(search, "LOOK", look)
    for who in ("qu_fuze", "dongzheng_shegong"):
        actor, asked = told.actor(who), Filters(group="all", words=words)
        pages = [list_page(actor, asked, now=NOW, size=4)]
        while pages[-1].after:
            pages.append(list_page(actor, asked, now=NOW, size=4, after=pages[-1].after))
        assert [line.pk for page in pages for line in page.rows] == _wanted(words)
        back = list_page(actor, asked, now=NOW, size=4, before=pages[-1].before)
        assert back.rows == pages[-2].rows


def test_a_text_is_as_rare_as_its_rarest_pair(told: Town) -> None:
    Lately.forget_all()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE demands_demand")
    asked = ("demands_demand", "search")
    pair, share = texts.rarest_pair(*asked, "停车场") or ("", None)
    assert pair == "车场"
    assert share == pytest.approx(sum("车场" in row.body for row in Demand.objects.all()) / 66)
    assert texts.rarest_pair(*asked, "停") is None
    pair, rare = texts.rarest_pair(*asked, "停车 鲸鱼") or ("", 1.0)
    assert pair == "鲸鱼"
    assert rare <= share
