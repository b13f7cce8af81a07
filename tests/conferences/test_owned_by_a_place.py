"""A community that a street's meeting gave something to do reads that meeting's page, and no more than its own part."""

import pytest
from django.test import Client

from gongzhi.conferences import actions, queries
from gongzhi.conferences.actions import Decided
from gongzhi.conferences.models import Conference, Decision
from gongzhi.web.who import now
from tests.conferences.making import found_network
from tests.exchange.making import BUREAU, settle
from tests.exchange.rounds import DAY
from tests.town import Town

pytestmark = pytest.mark.django_db


def enter(town: Town, key: str) -> Client:
    client = Client()
    client.force_login(town.accounts[key], "gongzhi.web.logins.Logins")
    return client


def held(town: Town) -> Conference:
    """A meeting of 跃进村街道 under way that drafted one thing for Dongzheng, one for another community, one for a unit."""
    settle(town)
    found_network(town)
    moment = now()
    street, place = town.actor("yuejin_shuji", today=moment.date()), town.places["yuejin"]
    unit = town.units[BUREAU]
    row = actions.plan_conference(
        street, place=place, title="街道联席会议", starts_at=moment + DAY, units=[unit], now=moment, once="s"
    )
    actions.notify_conference(street, conference_id=row.pk, starts_at=row.starts_at, venue="街道三楼", now=moment)
    actions.open_conference(street, conference_id=row.pk, chair=town.accounts["yuejin_shuji"].person, now=moment)
    (call,) = queries.calls_of(row)
    actions.call_roll(street, conference_id=row.pk, call_id=call.pk, presence="present", now=moment)
    due = moment.date() + 9 * DAY
    for count, decided in enumerate(
        (
            Decided(kind="other", what="修好门禁", owner_place=town.places["dongzheng"], due_on=due),
            Decided(kind="other", what="补好路面", owner_place=town.places["yuejin"], due_on=due),
            Decided(kind="need", what="要电工", owner_unit=unit, due_on=due, thing="skill", amount="4", measure="小时"),
        )
    ):
        actions.decide(street, conference_id=row.pk, decided=decided, now=moment, once=f"d{count}")
    return row


def sign(town: Town, row: Conference) -> None:
    street, moment = town.actor("yuejin_shuji", today=now().date()), now()
    actions.close_conference(street, conference_id=row.pk, now=moment)
    actions.sign_minutes(street, conference_id=row.pk, now=moment)


def test_the_notice_of_what_a_community_was_given_to_do_leads_to_the_meeting(town: Town) -> None:
    row = held(town)
    desk, address = enter(town, "dongzheng_shegong"), f"/desk/conferences/{row.pk}"
    assert desk.get(address).status_code == 404, "a draft binds nobody"
    sign(town, row)
    assert address in desk.get("/desk/inbox").content.decode()
    answer = desk.get(address)
    shown = answer.content.decode()
    assert answer.status_code == 200 and all(words in shown for words in ("修好门禁", "补好路面", "要电工"))
    own, other, need = Decision.objects.order_by("pk")
    assert f"decisions/{own.pk}/finish" in shown and f"decisions/{other.pk}/finish" not in shown
    assert need.need_id and f"/desk/exchange/needs/{need.need_id}" not in shown, "what came of another's is not theirs"
    assert desk.get(f"/desk/conferences/decisions/{other.pk}/finish").status_code == 404
    done = {"day": now().date(), "words": "已修好"}
    assert desk.post(f"/desk/conferences/decisions/{own.pk}/finish", done).status_code == 302
    own.refresh_from_db()
    assert own.state == "finished"
    assert f"/desk/exchange/needs/{need.need_id}" in enter(town, "yuejin_jiedao").get(address).content.decode()


def test_a_community_with_no_part_in_it_still_finds_nothing_there(town: Town) -> None:
    row = held(town)
    sign(town, row)
    for who in ("xinyu_shegong", "xingsheng_shegong"):
        client = enter(town, who)
        assert client.get(f"/desk/conferences/{row.pk}").status_code == 404
        assert "街道联席会议" not in client.get("/desk/conferences/").content.decode()
