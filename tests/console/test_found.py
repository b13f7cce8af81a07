"""`gongzhi found` on an empty database: what stands afterwards, and what is refused."""

from typing import Any

import pytest
from django.test import Client

from gongzhi.console.commands import found
from gongzhi.console.main import modules, parser
from gongzhi.console.surroundings import RefusalError
from gongzhi.demands.models import Category, Limit
from gongzhi.neighbourhood.models import Account, Appointment, Person, Place, Role
from gongzhi.shared.models import Day
from tests.town import Town

PASSWORD = "一句好记的长长长的话"
PLACES = "代码,名称\n500104002,跃进村街道\n500104002017,东正社区\n"


def run(*words: Any, code: str = "500104", name: str = "大渡口区", login: str = "guanli") -> int:
    args = parser(modules()).parse_args(["found", "--code", code, "--name", name, "--login", login, *map(str, words)])
    return int(args.module.run(args))


@pytest.fixture
def from_script(monkeypatch: pytest.MonkeyPatch) -> None:
    """The password as a script leaves it."""
    monkeypatch.setenv(found.PASSWORD, PASSWORD)


@pytest.mark.django_db
@pytest.mark.usefixtures("from_script")
def test_a_founded_district_can_be_entered_filled_and_staffed(tmp_path: Any, capsys: Any) -> None:
    assert run("--person", "龚小满") == 0
    assert "gongzhi import places" in capsys.readouterr().err
    place = Place.objects.get()
    assert (place.code, place.name, place.kind) == ("500104", "大渡口区", "district")
    office = Appointment.objects.select_related("person", "role").get()
    assert (office.person.name, office.role.code, office.place_id) == ("龚小满", "operator", place.pk)
    assert Category.objects.exists() and Limit.objects.exists() and Day.objects.exists() and Role.objects.count() == 8
    assert not Person.objects.filter(fictional=True).exists()
    client = Client()
    answer = client.post("/login", {"username": "guanli", "password": PASSWORD}, follow=True)
    assert answer.status_code == 200 and answer.redirect_chain[-1][0] != "/password"
    file = tmp_path / "places.csv"
    file.write_text(PLACES, encoding="utf-8")
    args = parser(modules()).parse_args(["import", "places", str(file), "--yes"])
    assert args.module.run(args) == 0
    assert Place.objects.get(code="500104002017").district_id == place.pk
    assert "东正社区" in client.get("/desk/setup/people/new").content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("from_script")
def test_a_second_district_is_refused_and_the_first_stays(capsys: Any) -> None:
    assert run() == 0
    assert run(code="500105", name="江北区", login="other") == 1
    assert "“大渡口区”已经建好了" in capsys.readouterr().err
    assert Place.objects.count() == Account.objects.count() == 1


@pytest.mark.usefixtures("from_script")
def test_beside_the_demonstration_nothing_is_founded(town: Town) -> None:
    assert run(code="500105", name="江北区", login="other") == 1
    assert not Account.objects.filter(login="other").exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("from_script")
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"code": "500104002000"}, "不是区县的代码"),
        ({"code": "12"}, "区划代码"),
        ({"code": "abc"}, "区划代码"),
        ({"name": " "}, "区名"),
        ({"name": "区" * 81}, "区名"),
        ({"login": "a b"}, "登录名"),
    ],
)
def test_what_is_wrong_is_said_and_leaves_nothing_behind(given: dict[str, str], words: str, capsys: Any) -> None:
    assert run(**given) == 1
    assert words in capsys.readouterr().err
    assert not Place.objects.exists() and not Role.objects.exists() and not Category.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("weak", "words"), [("short", "密码太短了"), ("password1234", "太常见")])
def test_a_weak_password_founds_nothing(weak: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv(found.PASSWORD, weak)
    assert run() == 1
    assert words in capsys.readouterr().err
    assert not Place.objects.exists() and not Account.objects.exists()


@pytest.mark.django_db
def test_the_password_is_typed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(found.PASSWORD, raising=False)
    typed = iter([PASSWORD, PASSWORD + "?", PASSWORD, PASSWORD])
    monkeypatch.setattr(found, "getpass", lambda _prompt: next(typed))
    with pytest.raises(RefusalError, match="不一样"):
        run()
    assert not Place.objects.exists()
    assert run() == 0
    assert Account.objects.get().check_password(PASSWORD)


@pytest.mark.django_db
def test_without_a_terminal_it_says_how_to_give_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_prompt: str) -> str:
        raise EOFError

    monkeypatch.delenv(found.PASSWORD, raising=False)
    monkeypatch.setattr(found, "getpass", nobody)
    with pytest.raises(RefusalError, match=found.PASSWORD):
        run()
