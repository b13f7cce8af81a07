"""Places and units from a spreadsheet, by the page; demands by the command."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongzhi.console import main
from gongzhi.console.commands import import_
from gongzhi.demands.models import Demand
from gongzhi.neighbourhood.models import Appointment, MemberUnit, Place
from gongzhi.shared import trail
from tests.town import Town

Enter = Callable[[str], Client]
PLACES = (
    "名称,级别,所属社区,所属小区,小区类型,建成年份,老旧,经度,纬度\n"
    "新光里,小区,东正社区,,公租房小区,,,106.48,29.48\n"
    "1栋,楼栋,东正社区,新光里,,1983年,是,,\n"
    "2栋,楼栋,东正社区,没有的小区,,,,,\n"
    "3栋,楼栋,东正社区,新光里,,很早,,,\n"
    "3号楼,楼栋,东正社区,东正大院,,1990,,,\n"
)
UNITS = (
    "单位名称,单位类型,统一社会信用代码,所属社区,联络员,联系电话,备注\n"
    "某街小学（演示）,事业单位,,东正社区,祝一禾,13800138000,\n"
    "某公司（演示）,奇怪,,,,,\n"
    "某店（演示）,非公企业,123,,,,\n"
)


def upload(client: Client, address: str, text: str) -> str:
    answer = client.post(address, {"file": SimpleUploadedFile("a.csv", text.encode()), "datum": "gcj02"})
    return answer.content.decode()


def test_places_are_previewed_and_registered_only_when_confirmed(enter: Enter) -> None:
    client, address = enter("guanli"), "/desk/setup/places/import/"
    page = upload(client, address, PLACES)
    assert "登记这 2 行" in page and "没有的小区" in page
    assert "F 建成年份" in page and "很早" in page
    assert "1986" in page and "1990" in page, "what stands, and what the file says instead"
    assert not Place.objects.filter(name="新光里").exists()
    token = page.split('name="token" value="')[1].split('"')[0]
    client.post(address, {"token": token})
    building = Place.objects.get(name="1栋")
    assert building.old and building.built_year == 1983 and building.parent and building.parent.name == "新光里"
    assert building.parent.lon and 0.001 < 106.48 - building.parent.lon < 0.01
    assert Place.objects.get(name="3号楼").built_year == 1986
    (entry,) = trail.of("place", building.pk)
    assert entry.data["file"] == "a.csv"
    assert "没有新的内容可以登记" in upload(client, address, PLACES)
    assert client.post(address, {"token": token + "x"}, follow=True).status_code == 200


def test_units_need_a_kind_and_a_true_code_and_bring_their_liaison(enter: Enter) -> None:
    client, address = enter("guanli"), "/desk/setup/units/import/"
    page = upload(client, address, UNITS)
    assert "登记这 1 行" in page and "奇怪" in page and "123" in page and "不导入" in page
    client.post(address, {"token": page.split('name="token" value="')[1].split('"')[0]})
    liaison = Appointment.objects.get(unit__name="某街小学（演示）")
    assert liaison.person.name == "祝一禾"


def test_a_token_for_one_register_takes_nothing_into_the_other(enter: Enter) -> None:
    client = enter("guanli")
    token = upload(client, "/desk/setup/places/import/", PLACES).split('name="token" value="')[1].split('"')[0]
    page = client.post("/desk/setup/units/import/", {"token": token}, follow=True).content.decode()
    assert "这份预览已过时" in page and not Place.objects.filter(name="新光里").exists()


def test_a_file_that_was_never_confirmed_does_not_stay(enter: Enter, settings: Any) -> None:
    client, address = enter("guanli"), "/desk/setup/units/import/"
    token = upload(client, address, UNITS).split('name="token" value="')[1].split('"')[0]
    (left,) = (Path(settings.DATA) / "registers").iterdir()
    os.utime(left, (0, 0))
    upload(client, address, UNITS)
    (stays,) = (Path(settings.DATA) / "registers").iterdir()
    assert stays != left
    client.post(address, {"token": token})
    assert not MemberUnit.objects.filter(name="某街小学（演示）").exists()
    upload(client, address, "甲,乙\n1,2\n")
    assert list((Path(settings.DATA) / "registers").iterdir()) == [stays]


@pytest.mark.parametrize("text", ["", "甲,乙\n1,2\n"])
def test_what_is_no_register_is_refused(enter: Enter, text: str) -> None:
    client = enter("guanli")
    answer = client.post("/desk/setup/places/import/", {"file": SimpleUploadedFile("a.csv", text.encode())})
    assert answer.status_code == 422
    assert enter("dongzheng_shuji").get("/desk/setup/places/import/").status_code == 403


def run(*words: str) -> int:
    args = main.parser({"import_": import_}).parse_args(["import", *words])
    return import_.run(args)


def test_the_command_takes_demands(town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "工单.csv"
    file.write_text(
        "编号,来电时间,内容\n1,2026-06-01,灯不亮\n2,明天,时间不对\n3,2026-06-02,又一件\n", encoding="gb18030"
    )
    assert run("demands", str(file), "--yes", "--place", "500104002017", "--map", "reported_at=来电时间") == 0
    told = capsys.readouterr().out
    assert "可导入 2 行" in told and "第 3 行" in told and "已导入 2 行" in told
    assert {demand.place_id for demand in Demand.objects.all()} == {town.places["dongzheng"].pk}
    assert run("demands", str(file), "--yes", "--place", "500104002017") == 0
    assert "没有新的行" in capsys.readouterr().out and Demand.objects.count() == 2
    assert run("demands", str(tmp_path / "none.csv")) == 2
    assert run("demands", str(file), "--yes", "--map", "nonsense=1") == 2
