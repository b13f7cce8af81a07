"""The calendar at a signed address: what is due for one person, and nothing of others."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from gongzhi.exchange.actions import note_pledge
from gongzhi.projects.actions import put_plan
from tests.exchange.making import BUREAU
from tests.house.setting import furnish
from tests.town import Town


@pytest.fixture
def feed(town: Town) -> str:
    """The bureau's liaison is called to a meeting, and owes a pledge and a task."""
    setting, now = furnish(town), timezone.localtime()
    note_pledge(
        town.actor("dongzheng_shegong", today=timezone.localdate()),
        kind="goods", what="桌椅", quantity=2, measure="套", due_on=timezone.localdate() + timedelta(3), now=now,
        once="cal", receiver_place=town.places["dongzheng"], giver_unit=town.units[BUREAU],
    )  # fmt: skip
    put_plan(town.actor("dongzheng_shegong"), project_id=int(setting.things["project"]), now=now)
    return setting.things["feed"]


def test_meetings_and_what_is_owed_stand_in_it_each_on_its_day(client: Client, feed: str) -> None:
    answer = client.get(f"/calendar/{feed}.ics")
    assert answer["Content-Type"].startswith("text/calendar") and "no-store" in answer["Cache-Control"]
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert {str(one["uid"]).split("-")[0] for one in events} == {"conference", "pledge", "task"}
    (pledge,) = (one for one in events if one["summary"] == "到期：桌椅")
    whole_day = timezone.localdate() + timedelta(3)
    assert pledge.decoded("dtstart") == whole_day and pledge.decoded("dtend") == whole_day + timedelta(1)


def test_a_forged_address_leads_nowhere(client: Client, feed: str) -> None:
    assert client.get(f"/calendar/{feed[:-2]}xx.ics").status_code == 404
