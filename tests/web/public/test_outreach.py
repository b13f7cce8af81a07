"""/o/<signed>: an outsider answers without an account; looking changes nothing, and what was typed is not lost."""

import pytest
from django.test import Client
from django.utils import timezone

from gongzhi.exchange import actions
from gongzhi.exchange.actions import Party
from gongzhi.exchange.models import Message, Outreach
from gongzhi.shared.models import TrailEntry
from gongzhi.web.public import keyed
from tests.exchange.making import need_details, settle
from tests.town import Town


@pytest.fixture
def row(town: Town) -> Outreach:
    """The bank was asked about a need of Dongzheng."""
    settle(town)
    moment = timezone.localtime()
    desk = town.actor("dongzheng_shegong", today=moment.date())
    need = actions.state_need(
        desk, details=need_details(), place=town.places["dongzheng"], now=moment, once="need"
    ).need
    actions.verify_need(desk, need_id=need.pk, now=moment)
    return actions.start_outreach(
        desk, need_id=need.pk, party=Party("江畔银行"), asked="请看看能不能帮忙", now=moment, once="a"
    )


@pytest.fixture
def path(row: Outreach) -> str:
    return "/o/" + actions.outreach_link(row).rpartition("/")[2]


def state(row: Outreach) -> str:
    row.refresh_from_db()
    return row.state


def test_looking_changes_nothing_and_shows_nothing_before_a_press(row: Outreach, path: str, client: Client) -> None:
    trail = TrailEntry.objects.count()
    shown = client.get(path)
    assert "请看看能不能帮忙" not in shown.content.decode() and "东正社区想请您帮个忙" in shown.content.decode()
    for step in ("open", "accept", "decline"):
        assert client.get(f"{path}/{step}").status_code == 405
    assert state(row) == "sent" and TrailEntry.objects.count() == trail
    client.post(f"{path}/open")
    opened = client.get(path)
    assert state(row) == "opened" and "请看看能不能帮忙" in opened.content.decode()
    for answer in (shown, opened):
        assert answer["Cache-Control"] == "no-store" and "noindex" in answer["X-Robots-Tag"]
        assert answer["Referrer-Policy"] == "same-origin" and 'content="noindex' in answer.content.decode()
    client.get(path)
    assert TrailEntry.objects.count() == trail + 1


def test_no_needs_a_reason_and_what_was_typed_stays(row: Outreach, path: str, client: Client) -> None:
    client.post(f"{path}/open")
    empty = client.post(f"{path}/decline", {"decline-words": " "})
    assert empty.status_code == 422 and "请写一两句" in empty.content.decode() and state(row) == "opened"
    assert client.post(f"{path}/decline", {"decline-words": "我行没有这类业务"}).status_code == 302
    assert state(row) == "declined" and "我行没有这类业务" in client.get(path).content.decode()
    late = client.post(f"{path}/accept", {"accept-words": "又想帮了"})
    assert late.status_code == 422 and "又想帮了" in late.content.decode() and state(row) == "declined"


def test_a_wrong_amount_is_said_in_words_and_the_result_kept(row: Outreach, path: str, client: Client) -> None:
    client.post(f"{path}/open")
    client.post(f"{path}/accept")
    wrong = client.post(f"{path}/report", {"report-words": "批了一半", "report-brought": "很多"})
    assert wrong.status_code == 422 and "数量要写大于零的数" in wrong.content.decode()
    assert "批了一半" in wrong.content.decode() and state(row) == "accepted"
    assert client.post(f"{path}/report", {"report-words": "批了一半", "report-brought": "2"}).status_code == 302
    assert state(row) == "reported" and row.brought == 2


def test_a_message_sent_twice_is_one(row: Outreach, path: str, client: Client) -> None:
    client.post(f"{path}/open")
    for _ in range(2):
        client.post(f"{path}/write", {"words": "什么时候要？", "once": "k"})
        client.post(f"{path}/ask", {"ask-words": "在哪里？", "ask-once": "k2"})
    assert [one.words for one in Message.objects.order_by("pk")] == ["什么时候要？", "在哪里？"]
    blank = client.post(f"{path}/write", {"words": " "})
    assert blank.status_code == 422 and "请写一两句" in blank.content.decode()


def test_forged_links_are_answered_in_words_and_not_without_end(
    path: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyed, "WRONG_AN_HOUR", 2)
    codes = [client.get("/o/anything.at.all").status_code for _ in range(3)]
    assert codes == [404, 404, 429] and client.get(path).status_code == 200
    assert "链接不完整或不对" in client.get(f"{path}x").content.decode()


def test_one_link_is_not_pressed_without_end(
    row: Outreach, path: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyed, "STEPS_AN_HOUR", 2)
    client.post(f"{path}/open")
    client.post(f"{path}/write", {"words": "一", "once": "1"})
    refused = client.post(f"{path}/write", {"words": "二", "once": "2"}, follow=True)
    assert "操作得太多了" in refused.content.decode() and Message.objects.count() == 1


def test_a_link_that_is_over_says_whom_to_ask(
    row: Outreach, path: str, client: Client, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = town.actor("dongzheng_shegong", today=timezone.localdate())
    actions.withdraw_outreach(desk, outreach_id=row.pk, words="不用了", now=timezone.localtime())
    gone = client.get(path)
    assert gone.status_code == 410 and "请联系发给您的社区" in gone.content.decode()
    assert client.post(f"{path}/accept").status_code == 410 and state(row) == "withdrawn"
