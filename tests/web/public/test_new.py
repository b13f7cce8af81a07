"""反映问题: what a resident may send, and what comes back."""

import io
import re
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from gongzhi.demands.models import Demand, Photo
from gongzhi.neighbourhood.coordinates import Point, distance_m, wgs_to_gcj
from gongzhi.neighbourhood.models import ContactCard
from gongzhi.neighbourhood.queries import poster_path
from tests.town import Town

TOKEN = "a" * 24


def picture(name: str = "photo.jpg", size: tuple[int, int] = (640, 480)) -> SimpleUploadedFile:
    """A real JPEG."""
    data = io.BytesIO()
    Image.new("RGB", size, "teal").save(data, "JPEG")
    return SimpleUploadedFile(name, data.getvalue(), "image/jpeg")


def send(town: Town, client: Client | None = None, **values: Any) -> Any:
    """Send the form with what a resident at building 3 would fill in."""
    form = {"once": TOKEN, "place": town.places["building"].pk, "body": "楼道灯不亮。", "danger": "no", **values}
    return (client or Client()).post("/new", form)


def text(answer: Any) -> str:
    """The page."""
    return str(answer.content.decode())


def test_the_form_offers_the_real_subdistricts_and_a_token(town: Town) -> None:
    html = text(Client().get("/new"))
    assert "跃进村街道" in html
    assert re.search(r'name="once" value="[\w-]{20,}"', html)


def test_a_report_gives_number_code_link_and_the_reason_of_its_due_time(town: Town) -> None:
    client = Client()
    answer = send(town, client, place_words="2 单元", photos=[picture()])
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"])
    demand = Demand.objects.get()
    html = text(page)
    code = re.search(r"(\d{3}) (\d{3})</dd>", html)
    assert code
    assert f"{demand.pk:07d}-" in html
    assert "普通事项7天内答复" in html
    assert "no-store" in page.headers["Cache-Control"]
    assert demand.channel == "page"
    assert Photo.objects.filter(demand=demand).count() == 1
    found = client.post("/check", {"number": f"{demand.pk:07d}", "code": "".join(code.groups())})
    assert found.status_code == 422  # without its check digits a number is none


def test_number_and_code_from_the_thanks_page_lead_to_the_demand(town: Town) -> None:
    client = Client()
    html = text(client.get(send(town, client).headers["Location"]))
    number, code = re.findall(r'big-code">([\d -]+)</dd>', html)
    answer = client.post("/check", {"number": number, "code": code})
    assert answer.status_code == 302
    assert "楼道灯不亮" in text(client.get(answer.headers["Location"]))


def test_sending_the_form_twice_makes_one_demand_and_shows_the_same_code(town: Town) -> None:
    client = Client()
    first, second = (text(client.get(send(town, client).headers["Location"])) for _ in range(2))
    assert Demand.objects.count() == 1
    assert "没有重复登记" in second
    assert re.findall(r"big-code.*", first) == re.findall(r"big-code.*", second)


def test_other_words_in_a_form_sent_before_are_another_demand(town: Town) -> None:
    send(town)
    send(town, body="垃圾没人清。")
    assert Demand.objects.count() == 2


@pytest.mark.parametrize(("danger", "urgency"), [("yes", "danger"), ("utility", "utility"), ("no", "ordinary")])
def test_plain_answers_about_danger_become_the_urgency(town: Town, danger: str, urgency: str) -> None:
    send(town, danger=danger)
    assert Demand.objects.get().urgency == urgency


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"body": ""}, "请写一写是什么事"),
        ({"body": "  \u200f\n "}, "请写一写是什么事"),
        ({"body": "\x00\x01"}, "请写一写是什么事"),
        ({"body": "长" * 100_000}, "文字太长"),
        ({"place": ""}, "请先选好地点"),
        ({"place": "999999"}, "请先选好地点"),
        ({"place": "x"}, "请先选好地点"),
        ({"place": "9" * 40}, "请先选好地点"),
        ({"danger": "maybe"}, "maybe"),
        ({"phone": "打我电话", "agree": "on"}, "电话号码好像不对"),
        ({"email": "nobody", "agree": "on"}, "邮"),
        ({"phone": "13800000000"}, "请勾选同意"),
        ({"place_words": "x" * 300}, "文字太长"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_is_stored(town: Town, values: dict[str, str], words: str) -> None:
    answer = send(town, name="", **values) if "name" not in values else send(town, **values)
    assert answer.status_code == 422
    assert words in text(answer)
    assert Demand.objects.count() == 0
    assert ContactCard.objects.filter(purpose="demand").count() == 0


def test_what_was_typed_is_kept_beside_the_fault(town: Town) -> None:
    html = text(send(town, body="门坏了<b>", phone="13800000000", place_words="北门"))
    assert "门坏了&lt;b&gt;" in html
    assert 'value="北门"' in html
    assert 'value="13800000000"' in html
    assert 'href="#id_agree"' in html


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("bomb.jpg", None, "压缩包"),
        ("page.jpg", b"<script>alert(1)</script>", "认不出这张照片"),
        ("empty.jpg", b"", "空"),
        ("half.jpg", b"\xff\xd8\xff\xe0" + b"x" * 200, "打不开"),
        ("big.jpg", b"\xff\xd8\xff" + b"0" * (16 * 1024 * 1024), "照片太大"),
    ],
)
def test_a_file_that_is_no_photo_is_refused_by_its_content(
    town: Town, name: str, data: bytes | None, words: str
) -> None:
    if data is None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
            bomb.writestr("zeros", b"\0" * 10_000_000)
        data = packed.getvalue()
    answer = send(town, photos=[SimpleUploadedFile(name, data, "image/jpeg")])
    assert answer.status_code == 422
    assert words in text(answer)
    assert "重新选一次" in text(answer) or data == b""
    assert Demand.objects.count() == 0


def test_a_picture_that_was_forgotten_reaches_the_demand_that_is_there(town: Town) -> None:
    for _turn in range(2):
        assert send(town).status_code == 302
    for _turn in range(2):
        assert send(town, photos=[picture()]).status_code == 302
    assert (Demand.objects.count(), Photo.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("name", "value"), [("lon", "200"), ("lon", "x"), ("once", "x" * 5000), ("poster", "x" * 5000)]
)
def test_a_fault_in_what_nobody_typed_stops_nobody_and_is_not_kept(town: Town, name: str, value: str) -> None:
    assert send(town, lat="29.4", **{name: value}).status_code == 302
    demand = Demand.objects.get()
    assert (demand.lon, demand.lat) == (demand.place.lon, demand.place.lat)


def test_seven_photos_are_one_too_many(town: Town) -> None:
    answer = send(town, photos=[picture(f"{n}.jpg") for n in range(7)])
    assert "最多 6 张照片" in text(answer)


def test_contact_is_sealed_and_only_with_consent(town: Town) -> None:
    send(town, name="住户", phone="138 0000-0000", agree="on")
    card = ContactCard.objects.latest("pk")
    assert b"13800000000" not in bytes(card.phone_sealed or b"")
    assert Demand.objects.get().contact_id == card.pk


def test_a_poster_fills_in_its_place_and_is_the_channel(town: Town) -> None:
    address = poster_path(town.places["building"])
    html = text(Client().get(address))
    assert f'value="{town.places["building"].pk}" checked' in html
    send(town, poster=address.removeprefix("/q/"))
    assert Demand.objects.get().channel == "poster"


@pytest.mark.parametrize("code", ["1", "000000001", "abc", "9" * 60, "0"])
def test_a_misprinted_poster_finds_nothing(town: Town, code: str) -> None:
    assert Client().get(f"/q/{code}").status_code == 404


def test_without_scripts_the_place_is_found_by_the_form_itself(town: Town) -> None:
    answer = send(town, find="1", search="东正大院", place="", body="漏水")
    html = text(answer)
    assert answer.status_code == 200
    assert f'value="{town.places["compound"].pk}"' in html
    assert "漏水" in html
    assert "有几处需要您改" not in html
    again = text(send(town, find="1", place="", subdistrict=town.places["yuejin"].pk))
    assert "东正社区" in again
    assert "兴盛社区" not in again


def test_a_place_may_be_chosen_down_the_ladder(town: Town) -> None:
    send(town, place="", subdistrict=town.places["yuejin"].pk, community=town.places["dongzheng"].pk)
    assert Demand.objects.get().place_id == town.places["dongzheng"].pk


def test_search_suggests_places_and_says_when_there_is_none(town: Town) -> None:
    assert "东正大院" in text(Client().get("/places/search", {"search": "大院"}))
    assert "没有找到" in text(Client().get("/places/search", {"search": "<script>"}))
    assert text(Client().get("/places/search")).strip() == ""


def test_a_position_finds_the_nearest_place_in_either_system(town: Town) -> None:
    here = town.places["building"]
    gcj = wgs_to_gcj(Point(here.lon, here.lat))
    for lon, lat in ((here.lon, here.lat), (gcj.lon, gcj.lat)):
        html = text(Client().get("/places/near", {"lon": lon, "lat": lat}))
        assert html.index("3号楼") < html.index("东正社区</span>") if "东正社区</span>" in html else "3号楼" in html
    send(town, lon=gcj.lon, lat=gcj.lat)
    kept = Demand.objects.get()
    assert distance_m(Point(kept.lon, kept.lat), Point(here.lon, here.lat)) < 1


@pytest.mark.parametrize(
    "asked", [{}, {"lon": "x", "lat": "1"}, {"lon": "nan", "lat": "1"}, {"lon": "999", "lat": "9"}]
)
def test_no_position_on_earth_is_refused(town: Town, asked: dict[str, str]) -> None:
    assert Client().get("/places/near", asked).status_code == 400


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(words=st.text(max_size=300), place=st.text(max_size=30), spot=st.text(max_size=20))
def test_whatever_is_sent_gets_an_answer(town: Town, words: str, place: str, spot: str) -> None:
    answer = send(town, body=words, place=place, lon=spot, subdistrict=spot, search=place, once=place)
    assert answer.status_code in {302, 422}


def test_thanks_are_shown_for_a_day_to_whoever_sent_it_and_not_guessed(town: Town) -> None:
    assert Client().get("/thanks/1:123456:0.x.y").status_code == 410


def test_the_page_takes_few_queries(town: Town, django_assert_max_num_queries: Any) -> None:
    client = Client()
    client.get("/new")
    with django_assert_max_num_queries(12):
        send(town, client)
