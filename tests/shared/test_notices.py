"""The outbox: what is told is written with its cause, delivered, tried again, listed when it fails."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.wecombot import NotifyWeComBot
from apprise.url import URLBase

from gongzhi.demands.actions import dispatch_demand
from gongzhi.demands.rules import number
from gongzhi.shared import notices
from gongzhi.shared.models import Notice
from tests.town import NOW, Town

pytestmark = pytest.mark.django_db


def queue(**more: object) -> Notice:
    row = notices.notice(
        at=NOW, noun="demand", noun_id=7, channel="email", subject="有答复了", body="已修好", address="a@example.org"
    )
    notices.tell(row)
    return row


def test_a_notice_reaches_the_address_it_was_sealed_for() -> None:
    queue()
    sent: list[tuple[str, ...]] = []
    assert notices.deliver_due(now=NOW, send=lambda *what: sent.append(what)) == 1
    assert sent == [("email", "a@example.org", "有答复了", "已修好")]
    assert notices.counts() == {"sent": 1}
    assert notices.deliver_due(now=NOW, send=lambda *what: sent.append(what)) == 0


def test_a_failing_provider_is_tried_again_later_and_then_listed() -> None:
    queue()

    def refuse(*_what: str) -> None:
        raise RuntimeError("mailbox full")

    now = NOW
    assert notices.deliver_due(now=now, send=refuse) == 1
    assert notices.deliver_due(now=now, send=refuse) == 0, "not before its next time"
    for minutes in notices.WAITS:
        now += timedelta(minutes=minutes)
        assert notices.deliver_due(now=now, send=refuse) == 1
    failed = notices.troubled().get()
    assert (failed.attempts, "mailbox full" in failed.error) == (len(notices.WAITS) + 1, True)

    notices.try_again(failed.pk, at=now)
    assert notices.deliver_due(now=now, send=lambda *_what: None) == 1
    assert notices.counts() == {"sent": 1}


def test_one_bad_address_holds_up_nobody() -> None:
    for _n in range(3):
        queue()
    seen = []

    def second_fails(*what: str) -> None:
        seen.append(what)
        if len(seen) == 2:
            raise RuntimeError

    assert notices.deliver_due(now=NOW, send=second_fails) == 3
    assert notices.counts() == {"sent": 2, "queued": 1}


def test_wiping_forgets_the_address_and_sends_nothing_more() -> None:
    queue()
    notices.wipe("demand", 7)
    assert notices.deliver_due(now=NOW, send=lambda *_what: pytest.fail("sent after wiping")) == 0
    assert Notice.objects.get().address_sealed is None


def test_a_channel_without_a_provider_is_logged_without_the_address(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="gongzhi.notices"):
        notices.send_by_apprise("email", "a@example.org", "有答复了", "已修好")
    assert "有答复了" in caplog.text and "a@example.org" not in caplog.text


class Robot(BaseHTTPRequestHandler):
    """What a group's robot stands at: it keeps what it is sent."""

    heard: ClassVar[list[tuple[str, dict[str, Any]]]] = []

    def do_POST(self) -> None:
        """Keep the address and the message, and answer as such a robot does."""
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.heard.append((self.path, said))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"errcode":0,"errmsg":"ok"}')

    def log_message(self, *_what: object) -> None:
        """Keep quiet."""


@pytest.fixture
def robot(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """A fake of both firms on this machine; their two addresses lead to it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Robot)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(NotifyWeComBot, "notify_url", here + "/wecom?key={key}")
    monkeypatch.setattr(NotifyDingTalk, "notify_url", here + "/dingtalk?access_token={token}")
    monkeypatch.setattr(URLBase, "request_rate_per_sec", 0)
    Robot.heard.clear()
    yield Robot.heard
    server.shutdown()
    server.server_close()


def test_groups_of_staff_hear_what_happened_and_not_what_was_said(
    town: Town, settings: Any, robot: list[tuple[str, dict[str, Any]]]
) -> None:
    settings.NOTICE_CHANNELS = {"wecom": "wecombot://some-key-of-a-robot", "dingtalk": "dingtalk://SECabc@token12345"}
    received = town.report(body="三楼王家的水漏到我家，电话13800138000")
    handler = town.units["大渡口区城市管理局（演示）"]
    dispatch_demand(town.actor("dongzheng_shegong"), demand_id=received.demand.pk, handler=handler, now=NOW)
    assert notices.deliver_due(now=NOW) == 2
    said = {path.partition("?")[0]: json.dumps(what, ensure_ascii=False) for path, what in robot}
    assert set(said) == {"/wecom", "/dingtalk"}
    for words in said.values():
        assert number(received.demand.pk) in words and "新派单" in words and "/login" in words
        assert "王家" not in words and "13800138000" not in words
    assert set(Notice.objects.exclude(channel="desk").values_list("state", "address_sealed")) == {("sent", None)}


def test_a_group_that_is_not_set_up_costs_nothing(town: Town, settings: Any) -> None:
    settings.NOTICE_CHANNELS = {"email": "", "sms": "", "wecom": "", "dingtalk": ""}
    handler = town.units["大渡口区城市管理局（演示）"]
    actor = town.actor("dongzheng_shegong")
    dispatch_demand(actor, demand_id=town.report().demand.pk, handler=handler, now=NOW)
    assert set(Notice.objects.values_list("channel", flat=True)) == {"desk"}


def test_an_address_that_is_none_is_told_apart() -> None:
    assert notices.understood("wecombot://some-key") and notices.understood("dingtalk://SECabc@token12345")
    assert notices.understood("mailtos://user:password@example.cn") and not notices.understood("企业微信")
