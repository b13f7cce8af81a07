"""The outbox: what is told is written with its cause, delivered, tried again, listed when it fails."""

from datetime import timedelta

import pytest

from gongzhi.shared import notices
from gongzhi.shared.models import Notice
from tests.town import NOW

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
