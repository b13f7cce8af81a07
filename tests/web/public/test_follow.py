"""The page behind a link: what it shows, what it takes, and to whom it stays closed."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from gongzhi.demands import actions
from gongzhi.demands.actions import Received
from gongzhi.demands.models import Demand, Photo, Threshold
from gongzhi.neighbourhood.actions import open_account
from gongzhi.neighbourhood.models import Account, Role
from tests.town import NOW, Town
from tests.web.public.test_new import picture, text


def path(received: Received) -> str:
    """The address of the link, on whichever host."""
    return urlsplit(received.link).path


def answered(town: Town) -> Received:
    """A demand with an answer to rate."""
    received = town.report()
    desk = town.actor("dongzheng_shegong")
    actions.start_work(desk, demand_id=received.demand.pk, now=NOW)
    actions.answer_demand(desk, demand_id=received.demand.pk, answer="灯已经换好。", now=NOW)
    return received


def state(received: Received) -> str:
    """Where it stands now."""
    return str(Demand.objects.get(pk=received.demand.pk).state)


def test_the_link_shows_the_story_without_names_of_staff(town: Town) -> None:
    html = text(Client().get(path(answered(town))))
    assert "灯已经换好" in html
    assert "正在办理" in html
    assert "社区工作者" in html
    assert "何青禾" not in html


def test_an_office_is_named_in_english_where_its_row_says_how(town: Town) -> None:
    Role.objects.filter(name="社区工作者").update(english="Community worker")
    received = answered(town)
    english = {"Accept-Language": "en"}
    html = text(Client(headers=english).get(path(received)))
    assert "Community worker" in html and "社区工作者" not in html
    staff = Client(headers=english)
    staff.force_login(town.accounts["dongzheng_shegong"], backend="gongzhi.web.logins.Logins")
    assert "(Community worker)" in text(staff.get(f"/desk/demands/{received.demand.pk}"))


def test_the_due_time_is_explained_in_one_sentence(town: Town) -> None:
    assert "普通事项7天内答复" in text(Client().get(path(town.report())))


def test_a_question_is_answered_by_link_and_the_clock_goes_on(town: Town) -> None:
    received = town.report()
    desk = town.actor("dongzheng_shegong")
    actions.ask_reporter(desk, demand_id=received.demand.pk, question="几单元？", now=NOW)
    client = Client()
    html = text(client.get(path(received)))
    assert "几单元？" in html
    assert "暂停计时" in html
    empty = client.post(f"{path(received)}/reply", {"reply-words": " "})
    assert empty.status_code == 422
    assert "请写一写" in text(empty)
    assert "补充情况或照片" not in text(client.get(path(received))), "one place for words at a time"
    client.post(f"{path(received)}/reply", {"reply-words": "2 单元", "reply-photos": [picture()]})
    assert state(received) == "in_hand"
    assert Photo.objects.get().by_resident
    assert "2 单元" in text(client.get(path(received)))


def test_a_happy_rating_closes(town: Town) -> None:
    received = answered(town)
    client = Client()
    client.post(f"{path(received)}/rate", {"rate-solved": "yes", "rate-satisfied": "yes", "rate-words": "谢谢"})
    assert state(received) == "closed"
    html = text(client.get(path(received)))
    assert "谢谢" in html
    assert "满意" in html


def test_an_unhappy_rating_with_a_reason_reopens(town: Town) -> None:
    received = answered(town)
    form = {"rate-solved": "no", "rate-satisfied": "no", "rate-reasons": ["not_done"]}
    page = Client().post(f"{path(received)}/rate", form, follow=True)
    assert state(received) == "reopened"
    assert "重新办理" in text(page)


@pytest.mark.parametrize("form", [{}, {"rate-solved": "perhaps"}, {"rate-solved": "yes", "rate-reasons": ["x"]}])
def test_half_a_rating_is_asked_for_again(town: Town, form: dict[str, Any]) -> None:
    received = answered(town)
    answer = Client().post(f"{path(received)}/rate", form)
    assert answer.status_code == 422
    assert state(received) == "replied"


def test_rating_twice_changes_nothing_and_says_so(town: Town) -> None:
    received = answered(town)
    client = Client()
    for _ in range(2):
        page = client.post(f"{path(received)}/rate", {"rate-solved": "yes", "rate-satisfied": "yes"}, follow=True)
    assert "已经办过了" in text(page)
    assert state(received) == "closed"


def test_a_step_that_is_not_open_is_refused_without_harm(town: Town) -> None:
    received = town.report()
    for step in ("rate", "reopen", "reply"):
        answer = Client().post(f"{path(received)}/{step}", {"reply-words": "x", "reopen-reason": "x"})
        assert answer.status_code in {302, 422}
    assert state(received) == "received"


def test_withdrawing_is_asked_once_more(town: Town) -> None:
    received = town.report()
    client = Client()
    assert "不再办理" in text(client.get(f"{path(received)}/withdraw"))
    assert state(received) == "received"
    client.post(f"{path(received)}/withdraw")
    assert state(received) == "withdrawn"


def test_photos_can_be_added_and_are_seen_by_link_alone(town: Town) -> None:
    received, other = town.report(), town.report(body="别的事")
    client = Client()
    assert client.post(f"{path(received)}/add", {}).status_code == 422
    client.post(f"{path(received)}/add", {"add-photos": [picture()]})
    photo = Photo.objects.get()
    shown = client.get(f"{path(received)}/photos/{photo.name}?small")
    assert shown.status_code == 200
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert client.get(f"{path(other)}/photos/{photo.name}").status_code == 404
    assert client.get(f"/photos/{photo.name}").status_code == 404
    assert client.get(f"{path(received)}/photos/absent.jpg").status_code == 404


def test_words_and_photos_are_added_to_an_open_demand(town: Town) -> None:
    received = town.report()
    client = Client()
    assert "补充情况或照片" in text(client.get(path(received)))
    page = client.post(f"{path(received)}/add", {"add-words": "昨晚又漏了", "add-photos": [picture()]}, follow=True)
    assert "您的补充已收到" in text(page) and "您补充了情况" in text(page) and "昨晚又漏了" in text(page)
    assert f"/photos/{Photo.objects.get().name}" in text(page)
    actions.withdraw_demand(town.reporter(received), demand_id=received.demand.pk, now=NOW)
    assert "补充情况或照片" not in text(client.get(path(received)))


def test_words_that_come_too_late_are_shown_where_they_can_still_be_said(town: Town) -> None:
    received = town.report()
    desk = town.actor("dongzheng_shegong")
    actions.ask_reporter(desk, demand_id=received.demand.pk, question="几单元？", now=NOW)
    late = text(Client().post(f"{path(received)}/add", {"add-words": "水更大了"}))
    assert "几单元？" in late and ">\n水更大了</textarea>" in late and "没有丢" in late
    actions.stop_waiting(desk, demand_id=received.demand.pk, reason="已上门", now=NOW)
    late = text(Client().post(f"{path(received)}/reply", {"reply-words": "二单元"}))
    assert 'name="add-words"' in late and ">\n二单元</textarea>" in late
    actions.answer_demand(desk, demand_id=received.demand.pk, answer="修好了", now=NOW)
    actions.rate_demand(town.reporter(received), demand_id=received.demand.pk, solved=True, satisfied=True, now=NOW)
    late = text(
        Client().post(
            f"{path(received)}/rate", {"rate-solved": "yes", "rate-satisfied": "yes", "rate-words": "师傅很细心"}
        )
    )
    assert "没有发出去" in late and "师傅很细心" in late and "已经办过了" in late


def test_the_limit_that_runs_out_first_is_named(town: Town) -> None:
    received = town.report(now=timezone.localtime())
    html = text(Client().get(path(received)))
    assert "工作人员联系您：" in html.replace("</span>", "") and "前工作人员联系您" in html and "前答复您" in html
    desk = town.actor("dongzheng_shegong")
    actions.contact_reporter(desk, demand_id=received.demand.pk, words="打了电话", now=timezone.localtime())
    html = text(Client().get(path(received)))
    assert "答复您：" in html and "工作人员联系您：" not in html
    other = town.report(now=timezone.localtime())
    handler = town.units["大渡口区城市管理局（演示）"]
    actions.dispatch_demand(desk, demand_id=other.demand.pk, handler=handler, now=timezone.localtime())
    assert "承办单位确认接手：" in text(Client().get(path(other)))
    late = town.report(now=timezone.localtime() - timedelta(days=30))
    html = text(Client().get(path(late)))
    assert "前工作人员联系您，已经晚了" in html and "前答复您，已经晚了" in html


def test_staff_see_photos_of_their_own_place_only(town: Town) -> None:
    received = town.report()
    Client().post(f"{path(received)}/add", {"add-photos": [picture()]})
    name = Photo.objects.get().name
    for key, code in (("dongzheng_shegong", 200), ("xinyu_shegong", 404)):
        client = Client()
        client.force_login(town.accounts[key], backend="gongzhi.web.logins.Logins")
        assert client.get(f"/photos/{name}").status_code == code


@pytest.mark.parametrize(
    "change", [lambda link: link[:-2], lambda link: link + "x", lambda link: "/d/1.2.3", lambda link: "/d/x"]
)
def test_a_forged_link_gets_a_page_that_says_what_to_do(town: Town, change: Any) -> None:
    answer = Client().get(change(path(town.report())))
    assert answer.status_code == 404
    assert "编号" in text(answer)
    assert "漏水" not in text(answer)


def test_the_number_in_a_link_cannot_be_exchanged(town: Town) -> None:
    first, second = town.report(), town.report(body="另一件")
    forged = path(first).replace(f"/d/{first.demand.pk}.", f"/d/{second.demand.pk}.")
    assert Client().get(forged).status_code == 404


def test_an_expired_link_is_gone(town: Town) -> None:
    received = town.report()
    Threshold.objects.update_or_create(code="link_days", defaults={"value": 0})
    import time

    time.sleep(1.1)
    answer = Client().get(path(received))
    assert answer.status_code == 410
    assert "过期" in text(answer)


def test_guessing_codes_is_limited_by_number(town: Town) -> None:
    received = town.report()
    number = f"{received.demand.pk:07d}"
    from gongzhi.demands.rules import number as spoken

    number = spoken(received.demand.pk)
    wrong = "000000" if received.code != "000000" else "111111"
    client = Client()
    codes = [client.post("/check", {"number": number, "code": wrong}).status_code for _ in range(12)]
    assert codes == [422] * 10 + [429] * 2
    locked = client.post("/check", {"number": number, "code": received.code})
    assert locked.status_code == 429
    assert "一小时后" in text(locked)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"number": "x", "code": "y"},
        {"number": "0", "code": "1"},
        {"number": "²³²", "code": "²"},
        {"number": "\0", "code": "\0"},
        {"number": "9" * 30, "code": "1"},
    ],
)
def test_number_and_code_that_do_not_fit_say_so(town: Town, form: dict[str, str]) -> None:
    assert Client().post("/check", form).status_code == 422


def sign_up(client: Client, login: str = "三楼住户", password: str = "one long sentence", **more: str) -> Any:
    """Open an account on the page."""
    return client.post("/sign-up", {"login": login, "password": password, **more})


def test_a_demand_without_account_can_be_claimed_once(town: Town) -> None:
    received = town.report()
    client, thief = Client(), Client()
    assert client.post(f"{path(received)}/claim").headers["Location"].startswith("/login")
    assert sign_up(client, next=path(received)).headers["Location"] == path(received)
    client.post(f"{path(received)}/claim")
    assert "车库漏水" in text(client.get("/mine"))
    sign_up(thief, login="别家住户")
    page = thief.post(f"{path(received)}/claim", follow=True)
    assert "已在别的账户" in text(page)
    assert "车库漏水" not in text(thief.get("/mine"))


def test_what_a_logged_in_resident_reports_is_in_their_list(town: Town) -> None:
    client = Client()
    sign_up(client)
    client.post("/new", {"place": town.places["building"].pk, "body": "门禁坏了。", "danger": "no"})
    html = text(client.get("/mine"))
    assert "门禁坏了" in html
    assert "/d/" in html


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"login": "ab"}, "3 到 30"),
        ({"login": "a b c"}, "3 到 30"),
        ({"password": "short"}, "10"),
        ({"password": "password12"}, "密码"),
        ({"login": "dongzheng_shegong"}, "已经有人用了"),
    ],
)
def test_signing_up_says_what_is_wrong(town: Town, form: dict[str, str], words: str) -> None:
    answer = sign_up(Client(), **form)
    assert answer.status_code == 422
    assert words in text(answer)


def test_signing_up_never_leads_to_another_site(town: Town) -> None:
    assert sign_up(Client(), next="https://example.com/").headers["Location"] == "/mine"


def test_mine_asks_strangers_to_log_in_and_leads_staff_to_their_work(town: Town) -> None:
    assert Client().get("/mine").headers["Location"].startswith("/login")
    client = Client()
    client.force_login(town.accounts["dongzheng_shegong"], backend="gongzhi.web.logins.Logins")
    assert client.get("/mine").status_code == 302


def test_a_long_list_is_paged_by_key(town: Town) -> None:
    account: Account = open_account(login="busy", password="one long sentence", now=NOW)
    for turn in range(23):
        received = town.report(body=f"第{turn}件事。")
        actions.claim_demand(town.reporter(received), demand_id=received.demand.pk, account=account, now=NOW)
    client = Client()
    client.force_login(account, backend="gongzhi.web.logins.Logins")
    first = text(client.get("/mine"))
    assert "第22件事" in first
    assert "第2件事" not in first
    cursor = first.split("?after=")[1].split('"')[0]
    assert "第2件事" in text(client.get(f"/mine?after={cursor}"))
    assert client.get("/mine?after=x").status_code == 200


def test_the_home_page_states_the_limits_of_the_rows(town: Town) -> None:
    html = text(Client().get("/"))
    assert "大渡口区" in html
    assert "24 小时" in html
    assert "7 天内您可以评价" in html
