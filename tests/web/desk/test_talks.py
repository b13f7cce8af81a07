"""留言 and contacts at the desk: sent once, kept when refused, and no number on a page that was only looked at."""

import pytest
from django.test import Client

from gongzhi.exchange.models import Message
from gongzhi.neighbourhood import actions as neighbourhood
from gongzhi.neighbourhood.models import Person
from gongzhi.shared.models import TrailEntry
from gongzhi.web.who import now
from tests.exchange.making import agreed, settle
from tests.town import Town
from tests.web.desk.test_exchange import asked, enter, need_of, offer_of, page, send


@pytest.fixture(autouse=True)
def _settled(town: Town) -> None:
    settle(town)


def test_a_message_is_sent_once_and_an_empty_one_is_refused_in_words(town: Town) -> None:
    desk, offer, need = enter(town, "dongzheng_shegong"), offer_of(town), need_of(town)
    talk = f"/desk/exchange/talks/offer/{offer.pk}"
    assert "checked" in page(desk, talk).split('name="asks"')[1].split(">")[0]
    # With its own need a place is alone: nobody is waited for.
    alone = page(desk, f"/desk/exchange/talks/need/{need.pk}")
    assert "checked" not in alone.split('name="asks"')[1].split(">")[0]
    empty = desk.post(talk, {"words": " ", "once": "k"})
    assert empty.status_code == 422 and "请写一两句" in empty.content.decode()
    for _ in range(2):
        assert "留言已发出" in send(desk, talk, words="<b>周末</b>能来吗？", once="k", asks="on")
    assert Message.objects.count() == 1 and "&lt;b&gt;周末" in page(desk, talk)
    assert enter(town, "xinyu_shegong").get(talk).status_code == 404
    assert enter(town, "qu_kanban").get(talk).status_code == 403


def test_a_number_is_shown_by_a_press_alone_and_each_press_is_in_the_trail(town: Town) -> None:
    person = Person.objects.get(pk=town.accounts["chengguan_lianluo"].person_id)
    person.contact = neighbourhood.seal_contact(purpose="person", name=person.name, phone="13900001111", now=now())
    person.save()
    desk, match = enter(town, "dongzheng_shegong"), asked(town, need_of(town), offer_of(town))
    agreed(town, match)
    own = f"/desk/exchange/matches/{match.pk}"
    looks = TrailEntry.objects.filter(verb="see_contact")
    assert "13900001111" not in page(desk, own) and "13900001111" not in page(desk, "/desk/exchange/directory")
    assert looks.count() == 0
    answer = desk.post(f"{own}/contacts")
    assert "13900001111" in answer.content.decode() and answer["Cache-Control"] == "no-store"
    assert "查看了联系方式" in page(desk, own) and looks.count() == 1
    other: Client = enter(town, "xinyu_shegong")
    assert other.post(f"{own}/contacts").status_code == 404 and looks.count() == 1
