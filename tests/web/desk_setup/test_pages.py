"""The set-up pages: who may look, who may change, and that they say what the rows say."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gongzhi.console.demo.cast import FOUNDER
from gongzhi.demands.models import Limit
from gongzhi.demands.queries import counts_by_compound_type
from gongzhi.neighbourhood import actions, queries
from gongzhi.neighbourhood.models import Membership, Network, Place
from gongzhi.neighbourhood.rules import CompoundType, PlaceKind, UnitKind
from gongzhi.shared import notices
from gongzhi.shared.models import Day, Notice
from gongzhi.web.desk.setup import index
from tests.town import NOW, Town

Enter = Callable[[str], Client]
PAGES = (
    "",
    "places/",
    "places/?kind=compound",
    "buildings/",
    "networks/",
    "posters/",
    "limits/",
    "days/",
    "categories/",
    "thresholds/",
    "notices/",
    "people/",
)


@pytest.mark.parametrize("page", PAGES)
def test_staff_may_look_liaisons_and_strangers_may_not(enter: Enter, page: str) -> None:
    address = f"/desk/setup/{page}"
    for who in ("guanli", "dongzheng_shegong", "qu_kanban"):
        assert enter(who).get(address, follow=True).status_code == 200
    assert enter("chengguan_lianluo").get(address).status_code == 403
    assert Client().get(address)["Location"].startswith("/login")


@pytest.mark.parametrize(
    "page", ["limits/", "days/", "days/load", "categories/", "thresholds/", "places/{dongzheng}/retire"]
)
def test_only_who_sets_the_district_up_may_change(town: Town, enter: Enter, page: str) -> None:
    address = "/desk/setup/" + page.format(dongzheng=town.places["dongzheng"].pk)
    assert enter("dongzheng_shuji").post(address, {}).status_code == 403


def test_each_level_sees_its_own_subtree(town: Town, enter: Enter) -> None:
    client = enter("dongzheng_shegong")
    assert client.get(f"/desk/setup/places/{town.places['compound'].pk}/").status_code == 200
    for key in ("xinyu", "yuejin", "district"):
        assert client.get(f"/desk/setup/places/{town.places[key].pk}/").status_code == 404
    assert "新雨社区" not in client.get("/desk/setup/places/?kind=community").content.decode()


def test_a_place_is_added_with_its_position_turned_and_retired_with_a_reason(town: Town, enter: Enter) -> None:
    client, parent = enter("guanli"), town.places["dongzheng"]
    address = f"/desk/setup/places/{parent.pk}/"
    given = {"kind": "compound", "name": "新大院", "lon": "106.48", "lat": "29.48", "datum": "gcj02"}
    assert client.post(address, given).status_code == 422
    assert client.post(address, given | {"compound_type": "resettlement"}).status_code == 302
    place = Place.objects.get(name="新大院")
    assert place.lon and 0.001 < 106.48 - place.lon < 0.01
    assert client.post(address, given | {"compound_type": "resettlement"}).status_code == 422
    client.post(f"/desk/setup/places/{place.pk}/retire", {"on": timezone.localdate().isoformat(), "reason": ""})
    place.refresh_from_db()
    assert place.valid_to is None
    client.post(f"/desk/setup/places/{place.pk}/retire", {"on": timezone.localdate().isoformat(), "reason": "文件"})
    place.refresh_from_db()
    assert place.valid_to == timezone.localdate()


@pytest.mark.mechanism("M1")
def test_demands_by_type_of_compound_add_up_to_the_total(town: Town, enter: Enter) -> None:
    kinds = list(CompoundType)
    for n, kind in enumerate(kinds):
        key = f"c{n}"
        town.places[key] = actions.register_place(
            FOUNDER, kind=PlaceKind.COMPOUND, name=f"院{n}", parent=town.places["xinyu"], compound_type=kind, now=NOW
        )
        for _time in range(n + 1):
            town.report(place=key)
    town.report(place="xinyu")
    town.report(place="building")
    counts = counts_by_compound_type(town.actor("qu_fuze"))
    assert counts == {"legacy_enterprise": 2, "resettlement": 2, "public_rental": 3, "commodity": 4, "": 1}
    assert counts_by_compound_type(town.actor("dongzheng_shegong")) == {"legacy_enterprise": 1}
    page = enter("qu_fuze").get("/desk/setup/buildings/").content.decode()
    assert f">{sum(counts.values())}</a>" in page and "不在小区内" in page


@pytest.mark.mechanism("M3")
def test_316_old_buildings_are_listed_by_street_and_nothing_else_is_made_of_them(
    town: Town, enter: Enter, django_assert_max_num_queries: Any
) -> None:
    parents = [town.places[key] for key in ("compound", "diaoyutai", "xinyu")]
    have = Place.objects.filter(old=True).count()
    for n in range(316 - have):
        actions.register_place(
            FOUNDER, kind=PlaceKind.BUILDING, name=f"老楼{n}", parent=parents[n % 3], old=True, now=NOW
        )
    actions.register_place(FOUNDER, kind=PlaceKind.BUILDING, name="新楼", parent=parents[0], now=NOW)
    client = enter("qu_kanban")
    with django_assert_max_num_queries(12):
        page = client.get("/desk/setup/buildings/").content.decode()
    assert "登记的老旧楼栋 316 栋" in page and "新楼" not in page
    listed = [page.index(f"<strong>{street}</strong>") for street in ("跃进村街道", "茄子溪街道", "建胜镇")]
    assert listed == sorted(listed)
    assert page.count("老楼") == 316 - have and "%" not in page.split("登记的老旧楼栋")[1].split("</main>")[0]


def network_of_seven(town: Town) -> Network:
    """Dongzheng's entity with its seven units, and two persons in their own right."""
    network = actions.found_network(
        FOUNDER, name="东正社区区域化党建实体", place=town.places["dongzheng"], on=date(2019, 1, 1), now=NOW
    )
    for n in range(7):
        unit = actions.register_unit(FOUNDER, name=f"单位{n}", kind=UnitKind.INSTITUTION, now=NOW, fictional=True)
        actions.join_network(FOUNDER, network=network, unit=unit, on=date(2019, 3, 1), now=NOW)
    for n in range(2):
        person = actions.register_person(FOUNDER, name=f"虚构人{n}", now=NOW, fictional=True)
        actions.join_network(
            FOUNDER, network=network, person=person, capacity="物业企业负责人", on=date(2019, 3, 1), now=NOW
        )
    return network


@pytest.mark.mechanism("M5")
def test_the_network_shows_seven_and_an_eighth_joins_with_a_date(town: Town, enter: Enter) -> None:
    network, client = network_of_seven(town), enter("guanli")
    address = f"/desk/setup/networks/{network.pk}/"
    page = client.get(address).content.decode()
    assert page.count("2019-03-01 加入") == 9 and ">7<small>家" in page and ">2<small>人" in page
    eighth = town.units["渝岸财产保险公司（演示）"]
    answer = client.post(address, {"unit": eighth.pk, "on": "2026-06-01"}, follow=True)
    page = answer.content.decode()
    assert "2026-06-01 加入" in page and ">8<small>家" in page
    assert client.post(address, {"unit": eighth.pk, "on": "2026-06-02"}).status_code == 422
    row = Membership.objects.get(unit=eighth)
    client.post(f"{address}leave/{row.pk}")
    assert ">7<small>家" in client.get(address).content.decode()
    assert enter("xinyu_shegong").get(address).status_code == 404
    assert enter("dongzheng_shegong").post(address, {}).status_code == 403


def test_somebody_joins_in_their_own_right_and_leaves(town: Town, enter: Enter) -> None:
    network, client = network_of_seven(town), enter("guanli")
    address = f"/desk/setup/networks/{network.pk}/"
    given = {"name": "某负责人", "capacity": "业委会负责人", "on": "2026-06-01", "place": town.places["compound"].pk}
    sent = {f"person-{key}": value for key, value in given.items()}
    wrong = client.post(f"{address}admit", sent | {"person-phone": "12"})
    assert wrong.status_code == 422 and "某负责人" in wrong.content.decode()
    far = client.post(f"{address}admit", sent | {"person-place": town.places["diaoyutai"].pk})
    assert far.status_code == 422, "of a network only what lies at its place is headed"
    page = client.post(f"{address}admit", sent | {"person-phone": "13900001111"}, follow=True).content.decode()
    assert "业委会负责人" in page and "东正大院" in page and ">3<small>人" in page
    client.post(f"{address}leave/{Membership.objects.get(capacity='业委会负责人').pk}")
    assert ">2<small>人" in client.get(address).content.decode()


def test_persons_are_counted_apart_from_communities(town: Town, enter: Enter) -> None:
    network_of_seven(town)
    page = enter("qu_fuze").get("/desk/setup/networks/").content.decode()
    assert queries.person_member_count(on=timezone.localdate()) == 2
    assert ">2<small>人" in page and ">3<small>个" in page


def test_posters_are_printed_for_chosen_buildings_of_my_scope(town: Town, enter: Enter) -> None:
    client = enter("dongzheng_shegong")
    page = client.get(f"/desk/setup/posters/?place={town.places['compound'].pk}").content.decode()
    assert "3号楼" in page
    assert "印不出" not in page
    Place.objects.filter(pk=town.places["building"].pk).update(
        name="\U00020bb7家楼", full_name="东正大院 \U00020bb7家楼"
    )
    page = client.get(f"/desk/setup/posters/?place={town.places['compound'].pk}").content.decode()
    assert "海报上印不出这些字" in page and page.count("\U00020bb7") == 2
    answer = client.post("/desk/setup/posters/print", {"place": [town.places["building"].pk], "phone": "023-68900000"})
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    foreign = client.post("/desk/setup/posters/print", {"place": [town.places["garage"].pk]})
    assert foreign.status_code == 302


def test_a_limit_holds_from_its_day_and_can_be_tried_out(enter: Enter) -> None:
    client = enter("guanli")
    page = client.get("/desk/setup/limits/?clock=answer&urgency=ordinary&at=2026-06-08T10:00").content.decode()
    assert "普通事项7天内答复" in page
    given = {"clock": "answer", "urgency": "ordinary", "amount": "3", "unit": "working_days", "source": "区里的文件"}
    client.post("/desk/setup/limits/", given | {"valid_from": "2026-06-01"})
    assert Limit.objects.filter(clock="answer", urgency="ordinary", valid_to=date(2026, 6, 1)).exists()
    page = client.get("/desk/setup/limits/?clock=answer&urgency=ordinary&at=2026-06-08T10:00").content.decode()
    assert "3个工作日内答复" in page and "区里的文件" in page
    assert client.post("/desk/setup/limits/", given | {"amount": "0"}).status_code == 422


def test_a_day_is_changed_and_the_calendar_says_when_it_ends(enter: Enter) -> None:
    client = enter("guanli")
    given = {"day": "2026-06-10", "working": "", "name": "本区停电", "source": "通知"}
    assert client.post("/desk/setup/days/", given).status_code == 302
    day = Day.objects.get(date=date(2026, 6, 10))
    assert not day.working and day.name == "本区停电"
    page = client.get("/desk/setup/days/?year=2026").content.decode()
    assert "本区停电" in page and "已知到" in page
    assert client.post("/desk/setup/days/load").status_code == 302


def test_categories_and_thresholds_are_the_districts_own(enter: Enter) -> None:
    client = enter("guanli")
    assert client.post("/desk/setup/categories/", {"name": "坡坎", "code": "Z1"}).status_code == 302
    assert client.post("/desk/setup/categories/", {"name": "坡坎", "code": "Z1"}).status_code == 422
    assert "坡坎" in client.get("/desk/setup/categories/").content.decode()
    from gongzhi.demands.queries import threshold, thresholds

    values = {name: str(value) for name, value in thresholds().items()}
    assert client.post("/desk/setup/thresholds/", values | {"archive_days": "45"}).status_code == 302
    assert threshold("archive_days") == 45
    assert client.post("/desk/setup/thresholds/", values | {"archive_days": "-1"}).status_code == 422


def test_a_failed_notice_is_listed_with_its_reason_and_tried_again(town: Town, enter: Enter) -> None:
    pk = town.report().demand.pk
    row = notices.notice(at=NOW, noun="demand", noun_id=pk, channel="email", subject="有答复了", body="……")
    row.state, row.error, row.attempts = "failed", "TimeoutError: 对方没有应答", 6
    row.save()
    assert "对方没有应答" not in enter("xinyu_shegong").get("/desk/setup/notices/").content.decode()
    assert enter("xinyu_shegong").post(f"/desk/setup/notices/{row.pk}/retry").status_code == 404
    client = enter("dongzheng_shegong")
    assert "对方没有应答" in client.get("/desk/setup/notices/").content.decode()
    assert client.post(f"/desk/setup/notices/{row.pk}/retry").status_code == 302
    assert Notice.objects.get(pk=row.pk).state == "queued"


def test_pages_ask_the_same_number_of_questions_whatever_they_hold(town: Town, enter: Enter) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked(address: str) -> int:
        client = enter("guanli")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    addresses = [f"/desk/setup/{page}" for page in PAGES if page != "places/"]
    addresses.append(f"/desk/setup/places/{town.places['dongzheng'].pk}/")
    asked(addresses[0])  # warms what a process keeps: the district and its calendar
    before = [asked(address) for address in addresses]
    network_of_seven(town)
    for n in range(6):
        actions.register_place(
            FOUNDER, kind=PlaceKind.BUILDING, name=f"楼{n}", parent=town.places["dongzheng"], old=True, now=NOW
        )
        town.report()
    assert [asked(address) for address in addresses] == before
    assert max(before) <= 14


def test_the_calendar_warns_before_it_runs_out(enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "calendar_warning", lambda now: 12)
    assert "工作日历再过 12 天就用完了" in enter("guanli").get("/desk/setup/").content.decode()
    monkeypatch.setattr(index, "calendar_warning", lambda now: None)
    assert "就用完了" not in enter("guanli").get("/desk/setup/").content.decode()


@pytest.mark.parametrize("odd", ["²", "\0", "٣", "9" * 30, "-1", "😀"])
def test_what_is_no_number_and_no_word_breaks_no_page(enter: Enter, odd: str) -> None:
    client = enter("guanli")
    for page, name in (("posters", "place"), ("posters", "words"), ("days", "year"), ("places", "words")):
        assert client.get(f"/desk/setup/{page}/", {name: odd}).status_code == 200 or odd in {"٣", "-1"}, (page, name)
    # The third is a number, of a place that there is.
    assert client.post("/desk/setup/posters/print", {"place": odd}).status_code == (200 if odd == "٣" else 302)
    assert client.post("/desk/views", {"name": odd, "question": "group=all"}).status_code == 302
