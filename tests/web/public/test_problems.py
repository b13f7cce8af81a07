"""我也是: what a resident sees of her neighbours' troubles, and one tap instead of one more report."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gongzhi.demands.models import Demand
from gongzhi.neighbourhood.models import ContactCard
from gongzhi.problems import actions
from gongzhi.problems.models import Follower, Problem
from gongzhi.problems.rules import number
from gongzhi.shared import secrets
from gongzhi.web.public import near, neighbours
from tests.problems.making import raise_problem
from tests.problems.neighbours import LEAKS, OTHER, placed, the_problem
from tests.town import Town
from tests.web.public.test_new import picture

TOKEN = "a" * 24
DAY = timedelta(days=1)


def now() -> Any:
    """The pages ask the real clock."""
    return timezone.localtime()


def leaks(town: Town, many: int = 6, **more: Any) -> None:
    """That many neighbours report the leak, a day apart, each placed at once."""
    for one in range(many):
        placed(town, one, now=now() - DAY * (many - one), **more)


def typed(town: Town, **more: Any) -> dict[str, Any]:
    """What she has filled in when she presses on."""
    given = {"once": TOKEN, "place": town.places["garage"].pk, "body": "地下车库漏水，钓鱼台小区", "danger": "no"}
    return given | more


def key_in(html: str) -> str:
    """The key of the first trouble shown."""
    found = re.search(r'name="key" value="([^"]+)"', html)
    assert found
    return found[1]


def hint(town: Town, client: Client | None = None, **more: Any) -> str:
    """The fragment between the second step and the third; empty where there is none."""
    answer = (client or Client()).post("/new/near", typed(town, **more))
    assert answer.status_code in {200, 204}
    return str(answer.content.decode())


def tap(client: Client, town: Town, key: str, **more: Any) -> Any:
    return client.post("/new/follow", typed(town, key=key, **more))


# The hint


def test_whoever_says_the_same_at_the_same_place_is_shown_the_neighbours(town: Town) -> None:
    leaks(town)
    html = hint(town)
    since = timezone.localtime(the_problem().first_reported_at)
    assert "有 6 位邻居也反映了：" in html and f"（自 {since.month} 月 {since.day} 日起）" in html
    assert "我也是，关注这件事" in html and "不一样，继续填写" in html
    assert not any(words in html for words in ("淋湿", "13800130000"))
    assert hint(town, body=OTHER) == "" and hint(town, place=town.places["building"].pk) == ""


def test_fewer_than_five_are_not_counted_out(town: Town) -> None:
    leaks(town, 3)
    assert "已有邻居反映过：" in hint(town) and "位邻居也反映了" not in hint(town)


@pytest.mark.parametrize(
    "bad",
    [
        {"place": ""},
        {"place": "x" * 40},
        {"place": "9" * 17},
        {"body": ""},
        {"body": "漏" * 100_000},
        {"lon": "nan", "lat": "here"},
        {"lon": "1e400", "lat": "-"},
        {"body": "\0\0\0"},
    ],
)
def test_what_cannot_be_read_shows_nothing_and_stands_in_nobodys_way(town: Town, bad: dict[str, Any]) -> None:
    leaks(town)
    client = Client()
    answer = client.post("/new/near", typed(town, **bad))
    assert answer.status_code in {200, 204}
    assert client.get("/new/near").status_code == 405


def test_a_fault_in_the_hint_files_the_report_all_the_same(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_more: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(near.finding, "similar_open", broken)
    assert hint(town) == ""
    assert Client().post("/new", typed(town, plain="1"))["Location"].startswith("/thanks/")


def test_filing_itself_looks_for_no_neighbours_where_scripts_did(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hint is its own request: a report costs what it cost before."""
    leaks(town)
    monkeypatch.setattr(near, "hints_for", None)
    assert Client().post("/new", typed(town, plain=""))["Location"].startswith("/thanks/")
    assert Client().post("/new", typed(town, once="b" * 24))["Location"].startswith("/thanks/")


def test_photos_chosen_without_scripts_are_filed_at_once(town: Town) -> None:
    """A page in between would lose them."""
    leaks(town)
    assert Client().post("/new", typed(town, plain="1", photos=[picture()]))["Location"].startswith("/thanks/")


def test_without_scripts_the_hint_stands_between_the_first_press_and_the_second(town: Town) -> None:
    leaks(town)
    client = Client()
    more = {"plain": "1", "place_words": "负一层", "phone": "13911112222", "agree": "on"}
    shown = client.post("/new", typed(town, **more))
    html = shown.content.decode()
    assert shown.status_code == 200 and Demand.objects.count() == 6
    assert "我也是，关注这件事" in html and "不一样，照我写的提交" in html
    second = html[html.index('action="/new"') :]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', second))
    assert (fields["place_words"], fields["phone"], "plain" in fields) == ("负一层", "13911112222", False)
    assert client.post("/new", fields)["Location"].startswith("/thanks/")
    assert Demand.objects.latest("pk").body == "地下车库漏水，钓鱼台小区"


def test_in_large_type_one_trouble_is_offered_not_two(town: Town) -> None:
    leaks(town)
    for one in range(2):
        placed(town, one, now=now(), place="diaoyutai", body="钓鱼台小区地下车库漏水，没有人管。")
    Problem.objects.filter(reports=6).update(public_words="甲")
    client = Client()
    client.post("/switch/elder", {"elder": "on"})
    assert hint(town, client).count("我也是，关注这件事") <= 1


# The tap


def test_one_tap_counts_once_and_files_nothing(town: Town) -> None:
    leaks(town)
    client = Client()
    key = key_in(hint(town, client))
    first = tap(client, town, key)
    assert first.status_code == 302 and first["Location"].startswith("/f/")
    assert (the_problem().followers, Demand.objects.count()) == (1, 6)
    page = client.get(first["Location"])
    html = page.content.decode()
    assert "已记下" in html and the_problem_number() in html and "和另外 6 位邻居的一起办" in html
    assert "可以不填" in html and "90 天后自动清除" in html and "no-store" in page["Cache-Control"]
    # Twice, again from a new form, and with the same form from another browser.
    for other, more in ((client, {}), (client, {"once": "b" * 24}), (Client(), {})):
        again = tap(other, town, key, **more)
        assert again["Location"].split("?")[0].split(".")[0] == first["Location"].split("?")[0].split(".")[0]
    assert the_problem().followers == 1
    tap(Client(), town, key, once="c" * 24)
    assert the_problem().followers == 2


def the_problem_number() -> str:
    return number(the_problem().pk)


def test_the_cookie_is_made_for_the_tap_alone(town: Town) -> None:
    leaks(town)
    client = Client()
    client.get("/new")
    key = key_in(hint(town, client))
    assert neighbours.COOKIE not in client.cookies
    tap(client, town, key)
    cookie = client.cookies[neighbours.COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and int(cookie["max-age"]) == 180 * 86_400
    # A mark that is not ours is no mark.
    client.cookies[neighbours.COOKIE] = "ich.bin.es"
    assert tap(client, town, key, once="d" * 24).status_code == 302
    assert the_problem().followers == 2


def test_somebody_logged_in_counts_once_from_two_browsers(town: Town) -> None:
    leaks(town)
    key = key_in(hint(town))
    for once in ("b" * 24, "c" * 24):
        client = Client()
        client.force_login(town.accounts["xinyu_shegong"], "gongzhi.web.logins.Logins")
        tap(client, town, key, once=once)
        assert neighbours.COOKIE not in client.cookies
    assert the_problem().followers == 1


@pytest.mark.parametrize(
    "key",
    ["", "1", "-1", "x" * 100_000, "1.abc.def", secrets.sign("follow", 1)],
    ids=["none", "number", "below", "long", "forged", "of another"],
)
def test_a_forged_key_follows_nothing_and_loses_no_word(town: Town, key: str) -> None:
    leaks(town, 2)
    answer = tap(Client(), town, key, place_words="负一层")
    html = answer.content.decode()
    assert answer.status_code == 409 and "请再试一次" in html
    assert "地下车库漏水，钓鱼台小区" in html and "负一层" in html
    assert Follower.objects.count() == 0


def test_a_trouble_that_ended_meanwhile_leaves_the_form_as_it_was(town: Town) -> None:
    leaks(town)
    client = Client()
    key = key_in(hint(town, client))
    Problem.objects.update(state="solved", solved_at=now(), ended_at=now())
    answer = tap(client, town, key)
    html = answer.content.decode()
    assert answer.status_code == 409 and "请重新填写" in html and "地下车库漏水，钓鱼台小区" in html
    assert client.post("/new", typed(town))["Location"].startswith("/thanks/")


def test_one_merged_meanwhile_leads_to_the_one_it_went_into(town: Town) -> None:
    leaks(town)
    old = the_problem()
    key = key_in(hint(town))
    into = raise_problem(town, place="garage", reporters=2)
    desk = town.actor("xingsheng_shegong", today=now().date())
    actions.merge_problems(desk, problem_id=old.pk, into_id=into.pk, reason="同一处", now=now())
    client = Client()
    page = client.get(tap(client, town, key)["Location"])
    assert number(into.pk) in page.content.decode()
    assert Follower.objects.get().problem == into
    assert client.get(f"/problems/{number(old.pk)}")["Location"] == f"/problems/{number(into.pk)}"


def test_a_flood_of_taps_is_stopped_in_words(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "TAPS_AN_HOUR", 2)
    leaks(town)
    key = key_in(hint(town))
    codes = [tap(Client(), town, key, once=chr(98 + one) * 24).status_code for one in range(4)]
    assert codes == [302, 302, 409, 409] and the_problem().followers == 2
    monkeypatch.setattr(near, "LOOKS_AN_HOUR", 1)
    assert hint(town) == ""


def test_how_to_be_told_that_she_had_filled_in_goes_along(town: Town) -> None:
    leaks(town)
    key = key_in(hint(town))
    client = Client()
    html = client.get(tap(client, town, key, phone="139 1111 2222", agree="on")["Location"]).content.decode()
    assert "有结果会告诉您" in html and Follower.objects.get().contact_id
    # Not agreed to, not kept.
    tap(Client(), town, key, phone="13911112223", once="e" * 24)
    assert Follower.objects.latest("pk").contact_id is None


# The follower's page


def followed(town: Town, client: Client) -> str:
    """The address of a fresh follower's page."""
    return str(tap(client, town, key_in(hint(town)))["Location"]).split("?")[0]


def test_how_to_be_told_is_kept_sealed_changed_and_forgotten(town: Town) -> None:
    leaks(town)
    client = Client()
    path = followed(town, client)
    wrong = client.post(f"{path}/contact", {"phone": "abc"})
    assert wrong.status_code == 422 and "电话号码好像不对" in wrong.content.decode()
    assert client.post(f"{path}/contact", {}).status_code == 422
    assert client.post(f"{path}/contact", {"phone": "9" * 100_000}).status_code == 422
    assert client.post(f"{path}/contact", {"phone": "139-1111-2222"}).status_code == 302
    card = Follower.objects.get().contact
    assert card and b"13911112222" not in bytes(card.phone_sealed or b"")
    shown = client.get(path).content.decode()
    assert "13911112222" not in shown and "清除联系方式" in shown
    assert client.post(f"{path}/contact", {"forget": "1"}).status_code == 302
    assert ContactCard.objects.get(pk=card.pk).wiped_at and Follower.objects.get().contact is None


def test_solved_it_asks_whether_hers_is_and_leads_to_the_form_with_the_place(town: Town) -> None:
    leaks(town)
    client = Client()
    path = followed(town, client)
    desk = town.actor("xingsheng_shegong", today=now().date())
    actions.solve_problem(desk, problem_id=the_problem().pk, answer="管道换好了", now=now())
    html = client.get(path).content.decode()
    assert "我这里还没好" in html and "问题解决了" in html and "管道换好了" not in html
    assert client.post(f"{path}/contact", {"phone": "13911112222"}).status_code == 422
    form = client.get(f"/new?place={town.places['garage'].pk}").content.decode()
    assert re.search(rf'value="{town.places["garage"].pk}" checked', form)
    for bad in ("x", "9" * 400, "-1", "\0"):
        assert client.get("/new", {"place": bad}).status_code == 200


def test_links_that_are_wrong_or_old_say_what_to_do(town: Town, settings: Any) -> None:
    leaks(town)
    client = Client()
    path = followed(town, client)
    for bad in (path + "x", "/f/1", f"/f/{secrets.sign('follow', 999_999)}", f"/f/{secrets.sign('d', 1)}"):
        answer = client.get(bad)
        assert answer.status_code == 404 and "重新点一次" in answer.content.decode()
    from unittest.mock import patch

    with patch("django.core.signing.time.time", (now() + 4000 * DAY).timestamp):
        answer = client.get(path)
    assert answer.status_code == 410 and "已经过期" in answer.content.decode()


# The public page


def test_everybody_sees_how_it_stands_and_nobodys_words(town: Town) -> None:
    leaks(town)
    problem = the_problem()
    desk = town.actor("xingsheng_shegong", today=now().date())
    actions.survey_problem(desk, problem_id=problem.pk, words="隔壁某某公司的水管", now=now())
    html = Client().get(f"/problems/{number(problem.pk)}").content.decode()
    assert "工作人员到现场看过" in html and "6 位邻居" in html and "地下车库" in html
    assert not any(words in html for words in ("某某公司", "淋湿", "1380013", "殷一苇"))
    key = key_in(html)
    client = Client()
    assert client.post("/new/follow", {"key": key, "once": TOKEN})["Location"].startswith("/f/")
    Problem.objects.update(state="solved", solved_at=now(), ended_at=now())
    late = client.post("/new/follow", {"key": key, "once": "b" * 24})
    assert late["Location"] == f"/problems/{number(problem.pk)}"
    assert "请重新填写" in client.get(late["Location"]).content.decode()


def test_what_came_up_again_says_so(town: Town) -> None:
    problem = raise_problem(town, reporters=3, times=2, state="reopened")
    html = Client().get(f"/problems/{number(problem.pk)}").content.decode()
    assert "第二次" in html and "少于 5 位邻居" in html and "我也是，关注这件事" in html


def test_what_only_one_said_a_dispute_and_what_was_dropped_are_nobodys_business(town: Town) -> None:
    hidden = [
        raise_problem(town, reporters=1),
        raise_problem(town, reporters=9, kind="dispute"),
        raise_problem(town, reporters=9, state="dropped"),
    ]
    for one in hidden:
        assert Client().get(f"/problems/{number(one.pk)}").status_code == 404
    Problem.objects.filter(pk=hidden[1].pk).update(public_words="三方正在商量停车")
    assert Client().get(f"/problems/{number(hidden[1].pk)}").status_code == 200


def test_without_a_category_it_is_called_by_what_all_its_reports_seem_to_be_about(town: Town) -> None:
    found = [town.report(body="某某家的水漏下来了").demand for _ in range(2)]
    problem = raise_problem(town, *found, reporters=2, title="某某家的水漏下来了")
    address = f"/problems/{number(problem.pk)}"

    def shown(*codes: str) -> str:
        for one, code in zip(found, codes, strict=True):
            Demand.objects.filter(pk=one.pk).update(suggestions=[{"code": code, "confidence": 0.6}] if code else None)
        html = Client().get(address).content.decode()
        assert "某某" not in html
        return html

    assert "车库漏水 · 东正大院3号楼" in shown("0101", "0101")
    for codes in (("0101", "0102"), ("", ""), ("0101", "")):
        assert "居民共同反映的问题 · 东正大院3号楼" in shown(*codes), codes


@pytest.mark.parametrize("bad", ["1", "0000001-00", "x", "9" * 200, "0000001", "９９９９９９９-99", "%00"])
def test_a_number_that_is_none_is_absent(town: Town, bad: str) -> None:
    assert Client().get(f"/problems/{bad}").status_code == 404


# Her own demand


def test_her_own_demand_says_with_how_many_it_is_handled_and_names_nobody(town: Town) -> None:
    leaks(town)
    demand = Demand.objects.order_by("pk")[0]
    from gongzhi.demands.actions import follow_link

    path = follow_link(demand.pk).partition("/d/")[2]
    html = Client().get(f"/d/{path}").content.decode()
    assert "您反映的问题和另外 5 位邻居的一起办理" in html and f"/problems/{the_problem_number()}" in html
    assert not any(LEAKS[one].rstrip("。") in html for one in range(1, 6)) and "13800130001" not in html
    Problem.objects.update(reporters=3)
    assert "您反映的问题和邻居的一起办理" in Client().get(f"/d/{path}").content.decode()
    Problem.objects.update(reporters=1)
    assert "一起办理" not in Client().get(f"/d/{path}").content.decode()
