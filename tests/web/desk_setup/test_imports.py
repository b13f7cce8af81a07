"""The import page: upload, say what the columns hold, look, confirm."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongzhi.demands import actions
from gongzhi.demands.models import Demand, ImportFile
from tests.town import Town

Enter = Callable[[str], Client]
PAGE = "/desk/setup/import/"
FILE = (
    "编号,来电时间,内容,街道,社区\n"
    "1,2026-06-01 09:00,楼道灯不亮,跃进村街道,东正社区\n"
    "2,不知道,<script>alert(1)</script>,跃进村街道,东正社区\n"
    "3,2026-06-02,=cmd|' /C calc'!A0,建胜镇,新雨社区\n"
).encode()


def upload(client: Client, data: bytes = FILE, name: str = "工单.csv") -> Any:
    return client.post(PAGE, {"file": SimpleUploadedFile(name, data)})


def choose(client: Client, address: str, **more: str) -> Any:
    row = ImportFile.objects.latest("pk")
    columns = {f"column-{place}": name for name, place in row.mapping["columns"].items()}
    fallback = str(actions.places_to_choose(_actor(row))[0].pk)
    return client.post(address, {"fallback": fallback, **columns, **more})


def _actor(row: ImportFile) -> Any:
    from gongzhi.neighbourhood.models import Account
    from gongzhi.neighbourhood.queries import actor_for
    from tests.town import NOW

    return actor_for(Account.objects.get(person=row.handed_in_by_id), today=NOW.date())


def test_a_file_goes_from_upload_by_preview_to_the_list(enter: Enter) -> None:
    client = enter("guanli")
    address = upload(client)["Location"]
    page = client.get(address).content.decode()
    assert "楼道灯不亮" in page and "反映时间" in page and not Demand.objects.exists()
    assert choose(client, address).status_code == 302
    page = client.get(address).content.decode()
    assert "导入这 2 行" in page and "来电时间" in page and "<script>alert" not in page
    assert client.post(f"{address}take", {"rows": "2"}, follow=True).status_code == 200
    assert Demand.objects.count() == 2
    assert "已导入" in client.get(address).content.decode()


def test_the_same_file_again_says_so(enter: Enter) -> None:
    client = enter("guanli")
    for _time in range(2):
        address = upload(client)["Location"]
        choose(client, address)
        page = client.get(address).content.decode()
        client.post(f"{address}take", {"rows": "2"})
    assert "已经导入过" in page and "没有新的内容" in page
    assert Demand.objects.count() == 2


def test_every_error_can_be_downloaded_and_runs_nothing(enter: Enter) -> None:
    client = enter("guanli")
    bad = FILE.replace(b"2026-06-02", b"=1+1")
    address = upload(client, bad)["Location"]
    choose(client, address, **{"column-1": "reported_at"})
    body = b"".join(client.get(f"{address}errors.csv").streaming_content).decode("utf-8-sig")
    assert body.splitlines()[0] == "行,列,列名,问题,内容"
    assert "'=1+1" in body and body.count("来电时间") == 2


@pytest.mark.parametrize("data", [b"", b"a,b,c", b"<html><table></table></html>", b"PK\x03\x04junk"])
def test_a_bad_file_gets_a_sentence_not_a_failure(enter: Enter, data: bytes) -> None:
    answer = upload(enter("guanli"), data, "工单.xls")
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode() and not ImportFile.objects.exists()


def test_one_meaning_for_two_columns_is_refused(enter: Enter) -> None:
    client = enter("guanli")
    address = upload(client)["Location"]
    answer = choose(client, address, **{"column-0": "body", "column-2": "body"})
    assert answer.status_code == 422 and "只留一列" in answer.content.decode()


def test_another_communitys_file_is_not_there(enter: Enter) -> None:
    address = upload(enter("dongzheng_shegong"))["Location"]
    stranger = enter("xinyu_shegong")
    for path in (address, f"{address}errors.csv", f"{address}progress"):
        assert stranger.get(path).status_code == 404
    for path in (f"{address}take", f"{address}drop"):
        assert stranger.post(path).status_code == 404
    assert enter("chengguan_lianluo").get(PAGE).status_code == 403
    assert Client().get(PAGE).status_code == 302


def test_a_large_file_is_left_to_the_worker_and_shows_how_far_it_is(
    town: Town, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.utils import timezone

    from gongzhi.web.desk.setup import imports

    monkeypatch.setattr(imports, "AT_ONCE", 1)
    client = enter("guanli")
    address = upload(client)["Location"]
    choose(client, address)
    progress = client.post(f"{address}take", {"rows": "2"})["Location"]
    assert progress.endswith("/progress") and not Demand.objects.exists()
    assert "/ <span" in client.get(progress).content.decode()
    assert "<html" not in client.get(progress, headers={"HX-Request": "true"}).content.decode()
    row = ImportFile.objects.get()
    actions.take_in_background(import_file_id=row.pk, account_id=town.accounts["guanli"].pk, now=timezone.localtime())
    assert Demand.objects.count() == 2
    assert client.get(progress, headers={"HX-Request": "true"})["HX-Redirect"] == address


def test_the_list_asks_the_same_number_of_questions_however_long(
    enter: Enter, django_assert_max_num_queries: Any
) -> None:
    client = enter("guanli")
    for n in range(3):
        upload(client, FILE + f"9{n},2026-06-01,事{n},,\n".encode())
    with django_assert_max_num_queries(6):
        client.get(PAGE)
