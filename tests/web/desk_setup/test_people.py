"""Who is what, where, as an operator sets it; and everyone's own password."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gongzhi.console.founding import FOUNDER
from gongzhi.neighbourhood import actions, queries
from gongzhi.neighbourhood.models import Account, Appointment, ContactCard, Person, Role
from gongzhi.neighbourhood.rules import Right, Standing
from gongzhi.shared import trail
from tests.town import NOW, Town

Enter = Callable[[str], Client]
FIRST, OWN = "abcd-efgh-jkmn", "只有我自己知道的一句话"
LIST = "/desk/setup/people/"


def new_person(town: Town, **more: Any) -> dict[str, Any]:
    """What an operator fills in for someone new at Dongzheng's desk."""
    given = {
        "name": "童知秋",
        "phone": "138 0013 8000",
        "role": Role.objects.get(code="community_desk").pk,
        "place": town.places["dongzheng"].pk,
        "unit": "",
        "since": "2026-06-01",
        "login": "tong",
        "password": FIRST,
    }
    return given | more


def street_operator(town: Town) -> Account:
    """Someone who sets up one subdistrict and no more."""
    role = actions.add_role(
        FOUNDER,
        code="street_operator",
        name="街道管理员",
        standing=Standing.OPERATOR,
        rights=frozenset({Right.SET_UP}),
        now=NOW,
    )
    person = actions.register_person(FOUNDER, name="荀以南", now=NOW)
    actions.appoint(FOUNDER, person=person, role=role, place=town.places["yuejin"], since=date(2020, 1, 1), now=NOW)
    return actions.open_account(login="jiedao", password=OWN, now=NOW, person=person)


def inside(account: Account) -> Client:
    client = Client()
    client.force_login(account, "gongzhi.web.logins.Logins")
    return client


def office_of(town: Town, key: str) -> Appointment:
    return Appointment.objects.get(person=town.accounts[key].person_id)


def test_a_new_person_works_only_after_choosing_their_own_password(town: Town, enter: Enter) -> None:
    answer = enter("guanli").post(f"{LIST}new", new_person(town), follow=True)
    assert answer.status_code == 200 and "还没换首次密码" in answer.content.decode()
    person = Person.objects.get(name="童知秋")
    card = ContactCard.objects.get(pk=person.contact_id)
    assert b"13800138000" not in bytes(card.phone_sealed or b"")
    client = Client()
    answer = client.post(
        "/login?next=/desk/demands/", {"username": "tong", "password": FIRST, "next": "/desk/demands/"}
    )
    assert client.get("/desk/demands/")["Location"] == "/password"
    assert client.get("/")["Location"] == "/password"
    page = client.get("/password")
    assert page.status_code == 200 and "管理员设的" in page.content.decode()
    same = {"old_password": FIRST, "new_password1": FIRST, "new_password2": FIRST}
    assert client.post("/password", same).status_code == 422
    weak = client.post("/password", same | {"new_password1": "short", "new_password2": "short"})
    assert weak.status_code == 422 and "新密码：密码太短了" in weak.content.decode()
    own = same | {"new_password1": OWN, "new_password2": OWN}
    assert client.post("/password", own)["Location"] == "/after-login"
    assert client.get("/desk/demands/").status_code == 200
    assert Account.objects.get(login="tong").check_password(OWN)
    verbs = [entry.verb for entry in trail.of("account", Account.objects.get(login="tong").pk)]
    assert verbs == ["open", "change_password"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "姓名"),
        ({"phone": "12"}, "电话"),
        ({"login": "guanli"}, "已经有人用了"),
        ({"login": "a b"}, "登录名"),
        ({"password": "short"}, "首次密码"),
        ({"place": ""}, "请选择在哪里"),
        ({"role": "liaison"}, "哪个单位"),
        ({"role": "liaison", "unit": "没有的单位"}, "没有叫"),
        ({"unit": "大渡口区城市管理局（演示）"}, "不填单位"),
        ({"since": "昨天"}, "从哪天开始"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_registered(
    town: Town, enter: Enter, wrong: dict[str, Any], words: str
) -> None:
    before = Person.objects.count()
    if "role" in wrong:
        wrong = wrong | {"role": Role.objects.get(code=wrong["role"]).pk}
    answer = enter("guanli").post(f"{LIST}new", new_person(town, **wrong))
    assert answer.status_code == 422 and words in answer.content.decode()
    assert Person.objects.count() == before


def test_a_liaison_acts_for_a_unit_and_may_come_without_a_login(town: Town, enter: Enter) -> None:
    unit = town.units["渝岸财产保险公司（演示）"]
    given = new_person(town, role=Role.objects.get(code="liaison").pk, unit=unit.name, login="", place="")
    assert enter("guanli").post(f"{LIST}new", given).status_code == 302
    assert Appointment.objects.get(person__name="童知秋").unit_id == unit.pk
    assert not Account.objects.filter(person__name="童知秋").exists()


def test_an_office_more_and_an_office_ended(town: Town, enter: Enter) -> None:
    client, office = enter("guanli"), office_of(town, "dongzheng_shegong")
    address = f"{LIST}{office.person_id}/"
    given = {"role": office.role_id, "place": town.places["xingsheng"].pk, "since": "2026-06-01", "unit": ""}
    assert client.post(address, given).status_code == 302
    assert client.post(address, given).status_code == 422, "the same office twice"
    today = timezone.localdate()
    ends = f"{address}end/{office.pk}"
    assert client.post(ends, {"on": "2019-01-01"}).status_code == 422
    assert client.post(ends, {"on": (today - timedelta(days=1)).isoformat()}).status_code == 302
    actor = queries.actor_for(town.accounts["dongzheng_shegong"], today=today)
    assert [one.place_id for one in actor.offices] == [town.places["xingsheng"].pk]
    page = client.get(address).content.decode()
    assert "以前的任职" in page
    assert "何青禾" in client.get(f"{LIST}?past=1").content.decode()
    assert client.post(ends, {"on": today.isoformat()}).status_code == 422, "ended before"


def test_the_last_operator_is_not_locked_out_until_there_is_another(town: Town, enter: Enter) -> None:
    client, office = enter("guanli"), office_of(town, "guanli")
    ends, closes = f"{LIST}{office.person_id}/end/{office.pk}", f"{LIST}{office.person_id}/close"
    today = timezone.localdate().isoformat()
    for address, given in ((ends, {"on": today}), (closes, {})):
        answer = client.post(address, given)
        assert answer.status_code == 422 and "最后一位" in answer.content.decode()
    second = new_person(town, role=office.role_id, place=town.places["district"].pk, login="", since="2026-01-01")
    client.post(f"{LIST}new", second)
    assert client.post(closes, {}).status_code == 422, "the second one has no login"
    other = Person.objects.get(name="童知秋")
    client.post(f"{LIST}{other.pk}/login", {"login": "tong", "password": FIRST})
    assert client.post(closes, {}).status_code == 302
    assert client.get(LIST)["Location"].startswith("/login"), "out with the next page"


def test_a_reset_password_ends_sessions_and_opens_a_closed_login(town: Town, enter: Enter) -> None:
    client, worker = enter("guanli"), enter("dongzheng_shegong")
    account = town.accounts["dongzheng_shegong"]
    address = f"{LIST}{account.person_id}/"
    assert client.post(f"{address}close", {}).status_code == 302
    assert worker.get("/desk/")["Location"].startswith("/login")
    assert "已停用" in client.get(address).content.decode()
    assert client.post(f"{address}login", {"password": "short"}).status_code == 422
    assert client.post(f"{address}login", {"password": FIRST}).status_code == 302
    account.refresh_from_db()
    assert account.is_active and account.must_change_password and account.check_password(FIRST)
    verbs = [entry.verb for entry in trail.of("account", account.pk)]
    assert verbs == ["open", "close", "reset_password"]


def test_who_sets_up_one_street_gives_nothing_beyond_it(town: Town) -> None:
    client = inside(street_operator(town))
    page = client.get(f"{LIST}new").content.decode()
    assert "东正社区" in page and "兴盛社区" not in page and "单位联络员" not in page
    for place in ("district", "xingsheng"):
        answer = client.post(f"{LIST}new", new_person(town, place=town.places[place].pk))
        assert answer.status_code == 422
    assert client.post(f"{LIST}new", new_person(town)).status_code == 302
    assert client.get(f"{LIST}{town.accounts['xingsheng_shegong'].person_id}/").status_code == 404
    assert client.get(f"{LIST}{town.accounts['guanli'].person_id}/").status_code == 404


def test_whoever_has_an_office_above_is_not_the_streets_to_lock_out(town: Town) -> None:
    client, account = inside(street_operator(town)), town.accounts["dongzheng_shuji"]
    person = Person.objects.get(pk=account.person_id)
    role = Role.objects.get(code="district_reader")
    actions.appoint(FOUNDER, person=person, role=role, place=town.places["district"], since=date(2026, 1, 1), now=NOW)
    address = f"{LIST}{person.pk}/"
    for what, given in (("login", {"password": FIRST}), ("close", {})):
        answer = client.post(address + what, given)
        assert answer.status_code == 422 and "不能超出" in answer.content.decode()
    account.refresh_from_db()
    assert account.is_active and not account.must_change_password


@pytest.mark.parametrize("what", ["new", "{person}/login", "{person}/close", "{person}/end/{office}"])
def test_only_who_sets_the_district_up_may_change_people(town: Town, enter: Enter, what: str) -> None:
    office = office_of(town, "dongzheng_shegong")
    address = LIST + what.format(person=office.person_id, office=office.pk)
    client = enter("dongzheng_shuji")
    assert client.get(address).status_code == client.post(address).status_code == 403
    page = client.get(f"{LIST}{office.person_id}/").content.decode()
    assert "dongzheng_shegong" not in page and "再任一职" not in page


def test_a_resident_changes_their_password_with_the_old_one(town: Town) -> None:
    account = actions.open_account(login="jumin", password=FIRST, now=NOW)
    client = inside(account)
    assert "改密码" in client.get("/mine").content.decode()
    given = {"old_password": "wrong", "new_password1": OWN, "new_password2": OWN}
    assert client.post("/password", given).status_code == 422
    assert client.post("/password", given | {"old_password": FIRST}, follow=True).status_code == 200
    assert client.get("/mine").status_code == 200
    account.refresh_from_db()
    assert account.check_password(OWN)
    for _time in range(20):
        client.post("/password", given)
    answer = client.post("/password", given | {"old_password": OWN, "new_password1": FIRST, "new_password2": FIRST})
    assert answer.status_code == 422 and "试得太多" in answer.content.decode()
