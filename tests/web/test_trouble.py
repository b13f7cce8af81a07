"""What people are told when the machine is at fault: a plain page, nothing half kept, and to try again."""

import errno
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client

from gongzhi.demands.models import Demand
from tests.town import Town


@pytest.mark.parametrize(
    "error", [OperationalError("the connection is lost"), OSError(errno.ENOSPC, "No space left on device")]
)
def test_a_machine_in_trouble_says_so_and_asks_to_try_again(
    db: None, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(*_what: Any, **_more: Any) -> None:
        raise error

    monkeypatch.setattr("gongzhi.web.public.check.CheckForm", broken)
    answer = Client(raise_request_exception=False).get("/check")
    assert answer.status_code == 503 and answer["Retry-After"]
    assert "没有保存" in answer.content.decode()


def test_a_fault_of_ours_stays_a_fault(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_what: Any, **_more: Any) -> None:
        raise OSError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("gongzhi.web.public.check.CheckForm", broken)
    assert Client(raise_request_exception=False).get("/check").status_code == 500


def test_a_photo_of_50_megabytes_is_refused_in_words_and_nothing_is_kept(town: Town) -> None:
    photo = SimpleUploadedFile("门口.jpg", b"\xff\xd8\xff" + bytes(50 * 1024 * 1024), content_type="image/jpeg")
    answer = Client().post("/new", {"place": town.places["building"].pk, "body": "楼道灯坏了", "photos": photo})
    assert answer.status_code == 422
    assert "15" in answer.content.decode() and "楼道灯坏了" in answer.content.decode()
    assert not Demand.objects.exists()


def test_with_the_database_away_who_is_logged_in_is_asked_to_try_again_too(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(town.accounts["dongzheng_shegong"], backend="gongzhi.web.logins.Logins")

    def gone(*_what: Any, **_more: Any) -> None:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr("gongzhi.web.logins.SessionStore.load", gone)
    answer = client.get("/desk/")
    assert answer.status_code == 503 and answer["Retry-After"]
    assert "没有保存" in answer.content.decode()


def test_a_form_that_is_too_large_is_answered_in_words(db: None) -> None:
    answer = Client().post("/new", {"body": "长" * 1_100_000})
    assert answer.status_code == 400
    assert "太大" in answer.content.decode()


def test_a_photo_by_no_name_is_no_photo(town: Town) -> None:
    received = town.report()
    assert Client().get(f"{received.link.removeprefix('http://testserver')}/photos/%00").status_code == 404
