"""The board as its readers open it."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gongzhi.demands import actions
from gongzhi.demands.models import Demand
from gongzhi.demands.rules import number
from gongzhi.neighbourhood.models import Account, Place
from tests.town import Town

PAGES = ("/board/", "/board/rows", "/board/map", "/board/bulletin", "/board/problems")
SOURCES = ("/board/map.geojson", "/board/places.geojson", "/board/outline.geojson")


def reader(who: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(login=who), backend="gongzhi.web.logins.Logins")
    return client


@pytest.fixture
def busy(town: Town) -> Town:
    """Six demands in Dongzheng, two of them answered, and one in each other community; the last days of now."""
    now = timezone.localtime() - timedelta(minutes=5)
    desk = town.actor("dongzheng_shegong", today=now.date())
    for turn in range(6):
        pk = town.report(body=f"第{turn}盏灯不亮，电话13800138000", now=now).demand.pk
        if turn < 2:
            actions.answer_demand(desk, demand_id=pk, answer="换好了。", now=now)
    town.report(place="garage", now=now)
    town.report(place="xinyu", now=now)
    return town


@pytest.mark.parametrize("page", [*PAGES, *SOURCES, "/board/bulletin.xlsx", "/board/bulletin.csv"])
def test_the_board_is_for_those_who_answer_for_a_place(busy: Town, page: str) -> None:
    assert Client().get(page).status_code == 302
    assert reader("chengguan_lianluo").get(page).status_code == 404
    for who in ("qu_kanban", "yuejin_shuji", "dongzheng_shegong"):
        assert reader(who).get(page).status_code == 200
    elsewhere = busy.places["xingsheng"].pk
    assert reader("dongzheng_shegong").get(page, {"place": elsewhere}).status_code == 404
    assert reader("dongzheng_shegong").get(page, {"place": busy.places["yuejin"].pk}).status_code == 404
    assert reader("qu_kanban").get(page, {"place": elsewhere}).status_code == 200


def test_each_reader_is_shown_their_own_numbers(busy: Town) -> None:
    for who, received in (("qu_kanban", 8), ("yuejin_jiedao", 6), ("xingsheng_shegong", 1)):
        page = reader(who).get("/board/", {"span": "year"})
        assert page.context["board"].total["received"] == received
        assert page.context["board"].now["open"] == received


def test_every_number_of_the_page_leads_to_as_many_rows(busy: Town) -> None:
    client = reader("qu_kanban")
    page = client.get("/board/", {"span": "year"})
    shown = [tile["shown"] for tile in page.context["tiles"]]
    shown += [*page.context["more"], *page.context["counts"]]
    for lines in ("categories", "types", "channels"):
        shown += [line["received"] for line in page.context[lines]]
    for line in page.context["places"]:
        shown += line["numbers"]
    followed = 0
    for one in shown:
        if one.href:
            rows = client.get(one.href).context["rows"]
            assert len(rows) == one.figure.n, (one.href, one.figure)
            followed += 1
    assert followed > 10


def test_what_lies_in_no_compound_leads_to_its_rows_too(busy: Town) -> None:
    client = reader("xinyu_shegong")
    (line,) = client.get("/board/", {"span": "year"}).context["places"]
    assert line["label"] == "不在其中任何一处" and line["href"] == ""
    received, still_open, _late = line["numbers"]
    assert received.figure.n == 1 == still_open.figure.n
    for one in (received, still_open):
        assert len(client.get(one.href).context["rows"]) == 1


def test_the_list_hides_telephone_numbers_and_leads_only_a_desk_further(busy: Town) -> None:
    page = reader("qu_kanban").get("/board/rows", {"of": "received", "span": "year"}).content.decode()
    assert "13800138000" not in page and "盏灯不亮" in page
    assert "/desk/demands/" not in page.split("<main", 1)[1]


def test_a_name_that_is_no_figure_is_not_found(busy: Town) -> None:
    assert reader("qu_kanban").get("/board/rows", {"of": "id); drop table"}).status_code == 404
    assert reader("qu_kanban").get("/board/rows", {"of": "open_adjusted"}).status_code == 404


@pytest.mark.parametrize(
    "question",
    [
        {"span": "custom"},
        {"span": "custom", "from": "2026-02-31", "to": "9999-99-99"},
        {"span": "custom", "from": "2000-01-01", "to": "2100-12-31"},
        {"span": "\x00", "ago": "9" * 30, "box": "nan,1,2,x", "category": "9" * 17, "type": "x", "after": "_"},
        {"order": "late", "dir": "up"},
        {"order": "__class__"},
    ],
)
def test_whatever_stands_in_the_address_gets_a_page(busy: Town, question: dict[str, str]) -> None:
    for page in PAGES:
        assert reader("qu_kanban").get(page, question).status_code == 200


def test_places_can_be_ordered_by_each_column_both_ways(busy: Town) -> None:
    client = reader("qu_kanban")
    first = client.get("/board/", {"span": "year", "order": "received"}).context["places"]
    last = client.get("/board/", {"span": "year", "order": "received", "dir": "up"}).context["places"]
    assert first[0]["label"] == "跃进村街道" == last[-1]["label"]


def test_pages_cost_the_same_queries_whatever_they_hold(busy: Town) -> None:
    client = reader("qu_kanban")
    ceilings = {"/board/": 15, "/board/rows": 8, "/board/map.geojson": 6, "/board/bulletin": 13}

    def cost(page: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(page)
        return len(seen)

    before = {page: cost(page) for page in ceilings}
    for _turn in range(5):
        busy.report(place="garage", now=timezone.localtime())
    assert {page: cost(page) for page in ceilings} == before
    assert all(before[page] <= ceiling for page, ceiling in ceilings.items()), before


def test_points_carry_the_number_and_lead_a_desk_to_the_demand(busy: Town) -> None:
    features = reader("qu_kanban").get("/board/map.geojson").json()["features"]
    labels = {feature["properties"]["label"] for feature in features}
    assert labels == {number(pk) for pk in Demand.objects.values_list("pk", flat=True)}
    lon, lat = features[0]["geometry"]["coordinates"]
    assert 106 < lon < 107 and 29 < lat < 30
    assert "url" not in features[0]["properties"]


def test_an_unchanged_map_is_not_sent_again(busy: Town) -> None:
    client = reader("qu_kanban")
    tag = client.get("/board/map.geojson")["ETag"]
    assert client.get("/board/map.geojson", headers={"If-None-Match": tag}).status_code == 304
    busy.report(place="garage", now=timezone.localtime())
    assert client.get("/board/map.geojson", headers={"If-None-Match": tag}).status_code == 200


def test_more_points_than_a_map_can_show_come_in_cells_that_add_up(busy: Town) -> None:
    place, now = busy.places["building"], timezone.localtime()
    Demand.objects.bulk_create(
        Demand(
            subject="灯", kind="help", channel="page", place=place, accountable=busy.places["dongzheng"],
            reported_at=now, received_at=now, lon=106.4 + turn % 71 / 500, lat=29.4 + turn % 67 / 500,
        )
        for turn in range(4100)
    )  # fmt: skip
    client = reader("qu_kanban")
    answer = client.get("/board/map.geojson")
    cells = answer.json()["features"]
    assert sum(cell["properties"]["count"] for cell in cells) == 4108
    assert 50 < len(cells) <= 100 and len(answer.content) < 30_000
    for cell in (one["properties"] for one in cells):
        west, south, east, north = parse_qs(urlsplit(cell["url"]).query)["box"][0].split(",")
        inside = Demand.objects.filter(lon__gte=west, lon__lt=east, lat__gte=south, lat__lt=north)
        assert inside.count() == cell["count"], cell["url"]
    most = max((one["properties"] for one in cells), key=lambda cell: int(cell["count"]))
    page, listed = most["url"], 0
    while page:
        context = client.get(page).context
        page, listed = context["next"], listed + len(context["rows"])
    assert listed == most["count"] > 50
    # Seen from far away, everything falls into a few cells.
    assert len(client.get("/board/map.geojson", {"zoom": "5"}).json()["features"]) <= 4


def test_communities_stand_on_the_map_with_their_share_of_late_ones_in_words(busy: Town) -> None:
    Demand.objects.filter(community=busy.places["dongzheng"]).update(due_at=datetime(2026, 1, 1, tzinfo=UTC))
    features = reader("qu_kanban").get("/board/places.geojson").json()["features"]
    said = {one["properties"]["label"]: one["properties"]["tone"] for one in features}
    assert said["东正社区：未办结 6，超时 6（100%）"] == "late"
    assert said["兴盛社区：未办结 1，超时 0（0%）"] == "accent"


def test_the_outline_is_the_districts_boundary(busy: Town) -> None:
    assert reader("qu_kanban").get("/board/outline.geojson").json()["features"] == []
    shape = {"type": "Polygon", "coordinates": [[[106.4, 29.4], [106.5, 29.4], [106.5, 29.5], [106.4, 29.4]]]}
    for kept in (shape, {"type": "Feature", "properties": {"name": "x"}, "geometry": shape}):
        Place.objects.filter(kind="district").update(boundary=kept)
        for who in ("qu_kanban", "yuejin_jiedao"):
            features = reader(who).get("/board/outline.geojson").json()["features"]
            assert [one["geometry"] for one in features] == [shape]
        # A community would be a dot in it.
        assert reader("dongzheng_shegong").get("/board/outline.geojson").json()["features"] == []


def test_the_bulletin_can_be_taken_away_as_a_table(busy: Town) -> None:
    answer = reader("qu_kanban").get("/board/bulletin.csv", {"span": "year"})
    text = answer.content.decode("utf-8-sig")
    assert "总数,受理,8,件" in text and "小区类型：不在小区,受理,1,件" in text
    assert reader("qu_kanban").get("/board/bulletin.xlsx").content[:2] == b"PK"
    assert reader("guanli").get("/board/bulletin.csv").status_code == 403
    assert reader("qu_kanban").get("/board/bulletin.pdf").status_code == 404


def test_charts_carry_their_figures_as_a_table_too(busy: Town) -> None:
    page = reader("qu_kanban").get("/board/", {"span": "year"})
    trend = page.context["trend"]
    assert sum(sum(line["values"]) for line in trend["series"]) == 8
    text = page.content.decode()
    assert "看数字" in text and json.dumps(trend["labels"][-1]).strip('"') in text
