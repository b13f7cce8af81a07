"""The square: a talk in the pavilion, who dances when, kit that is not accepted until somebody signs for it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from gongzhi.conferences.models import Deliberation, PublicSpace, SpaceSlot
from gongzhi.projects.models import Asset, Project
from gongzhi.web.who import now
from tests.stories.test_giving import main, sent
from tests.town import Town
from tests.web.units.test_whistles import enter, text

HOME = "/desk/conferences/"
DAY = timedelta(days=1)


def monday() -> date:
    """The first day of next week."""
    today = now().date()
    return today + DAY * (7 - today.weekday())


def square(town: Town) -> PublicSpace:
    """The square of Dongzheng."""
    desk = enter(town, "dongzheng_shegong")
    sent(desk, f"{HOME}spaces/new", place=town.places["dongzheng"].pk, name="中心广场", words="晚上九点以后不放音响")
    return PublicSpace.objects.get()


DANCE = {"user": "晨曦舞蹈队", "what": "广场舞", "repeat": "weekly", "first": "19:00", "last": "20:30"}


@pytest.mark.mechanism("M12")
def test_a_talk_is_kept_a_clash_is_refused_and_kit_waits_for_its_signature(town: Town) -> None:
    desk, lead, today = enter(town, "dongzheng_shegong"), enter(town, "dongzheng_shuji"), now().date().isoformat()
    # Talked over in the pavilion, until somebody looked at it.
    place = town.places["dongzheng"].pk
    sent(desk, f"{HOME}pavilion/new", place=place, subject="广场舞太响", raised_on=today, words="晚上睡不着")
    talk = f"{HOME}pavilion/{Deliberation.objects.get().pk}"
    sent(desk, f"{talk}/discuss", day=today, words="两边都来了，说好分时段")
    assert desk.post(f"{talk}/settle", {"what": "九点前收音响", "owner": "", "due_on": today}).status_code == 422
    sent(desk, f"{talk}/settle", what="九点前收音响", owner="舞蹈队", due_on=today)
    sent(desk, f"{talk}/carry_out", day=today, words="换了小音响")
    sent(desk, f"{talk}/check", day=today, words="去听了三个晚上")
    kept = main(desk.get(talk))
    assert all(words in kept for words in ("说好分时段", "九点前收音响", "换了小音响", "去听了三个晚上", "已查看"))

    # Who dances when; a clash names what is in the way.
    space = square(town)
    page, first = f"{HOME}spaces/{space.pk}", monday()
    sent(desk, f"{page}/slot", **DANCE, day=first.isoformat(), once="a")
    sent(desk, f"{page}/slot", **DANCE, day=first.isoformat(), once="a")
    assert SpaceSlot.objects.count() == 1
    other = {"user": "太极队", "what": "打太极", "first": "20:00", "last": "21:00"}
    for taken in (
        {"repeat": "weekly", "day": first},
        {"repeat": "once", "day": first + 21 * DAY},
        {"repeat": "daily", "day": first + DAY},
    ):
        refused = desk.post(f"{page}/slot", {**other, **taken, "once": "b"})
        assert refused.status_code == 422 and "每周一 19:00–20:30已经由“晨曦舞蹈队”用着（广场舞）" in main(refused)
        assert "打太极" in main(refused) and SpaceSlot.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        SpaceSlot.objects.create(
            space=space, user="太极队", what="打太极", weekday=0, since=first + 14 * DAY, until=first + 14 * DAY, first=1200,
            last=1260, once="c",
        )  # fmt: skip
    sent(desk, f"{page}/slot", **{**other, "first": "20:30"}, repeat="weekly", day=first.isoformat(), once="d")
    week = main(desk.get(f"{page}?day={first.isoformat()}")).split("周二")[0]
    assert week.index("晨曦舞蹈队") < week.index("20:30–21:00") < week.index("<strong>太极队")
    assert enter(town, "xinyu_shegong").get(page).status_code == 404

    # The kit stands, and is not accepted until somebody signs.
    said = {
        "place": place,
        "title": "装健身器材",
        "due_on": (now() + 30 * DAY).date().isoformat(),
        "strands": "services",
    }
    project = sent(desk, "/desk/projects/new", **said)
    sent(lead, f"{project}/agree")
    sent(desk, f"{project}/start")
    sent(
        desk, f"{project}/install", what="健身器材", spot="中心广场", day=today, warranty_until=said["due_on"], once="k"
    )
    accept = f"/desk/projects/assets/{Asset.objects.get().pk}/accept"
    assert "未验收" in main(desk.get(project)) and f"保修到 {said['due_on']}" in main(desk.get(project))
    early = desk.post(f"{project}/finish", {"day": today})
    assert early.status_code == 422 and "还有设施没有签字验收" in text(early)
    assert desk.post(accept, {"day": today, "signed_by": ""}).status_code == 422
    assert "未验收" in main(desk.get(project)) and Project.objects.get().state == "running"
    sent(desk, accept, day=today, signed_by="居民代表")
    assert "已验收" in main(desk.get(project))
    sent(desk, f"{project}/finish", day=today)


def test_a_weekly_slot_makes_room_for_one_day_and_ends(town: Town) -> None:
    desk, space, first = enter(town, "dongzheng_shegong"), square(town), monday()
    page = f"{HOME}spaces/{space.pk}"
    sent(desk, f"{page}/slot", **DANCE, day=first.isoformat(), once="a")
    slot = f"{HOME}spaces/slots/{SpaceSlot.objects.get().pk}"
    feast = {"user": "社区", "what": "邻里节", "repeat": "once", "day": (first + 7 * DAY).isoformat(), "once": "b"}
    feast |= {"first": "18:00", "last": "21:00"}
    assert desk.post(f"{page}/slot", feast).status_code == 422
    wrong = desk.post(f"{slot}/skip", {"day": (first + 8 * DAY).isoformat()})
    assert wrong.status_code == 422 and "那天本来就不用" in main(wrong)
    sent(desk, f"{slot}/skip", day=feast["day"])
    sent(desk, f"{page}/slot", **feast)

    def users(weeks: int) -> list[str]:
        shown = main(desk.get(f"{page}?day={(first + 7 * weeks * DAY).isoformat()}"))
        return [who for who in ("晨曦舞蹈队", "邻里节") if f"<strong>{who}" in shown or f"<br>{who}" in shown]

    assert [users(weeks) for weeks in range(3)] == [["晨曦舞蹈队"], ["邻里节"], ["晨曦舞蹈队"]]
    # Until a Friday is until the Monday before it.
    rest = SpaceSlot.objects.get(since=first + 14 * DAY)
    sent(desk, f"{HOME}spaces/slots/{rest.pk}/end", day=(first + 25 * DAY).isoformat())
    rest.refresh_from_db()
    assert rest.until == first + 21 * DAY and (users(3), users(4)) == (["晨曦舞蹈队"], [])
    single = f"{HOME}spaces/slots/{SpaceSlot.objects.get(user='社区').pk}"
    assert desk.get(f"{single}/skip").status_code == 404
    sent(desk, f"{single}/give_up")
    assert users(1) == [] and desk.get(f"{single}/give_up").status_code == 404
    sent(desk, f"{page}/slot", **DANCE | {"repeat": "once"}, day=feast["day"], once="c")


def test_what_cannot_be_a_slot_is_refused_and_kept_on_the_form(town: Town) -> None:
    desk, space, first = enter(town, "dongzheng_shegong"), square(town), monday()
    page = f"{HOME}spaces/{space.pk}"
    for wrong, words in (
        ({"first": "21:00"}, "结束的时间要在开始以后"),
        ({"until": (first - DAY).isoformat()}, "一次也没有"),
        ({"day": "2019-01-07"}, "日期要在今天以后"),
        ({"user": ""}, "必填"),
    ):
        answer = desk.post(f"{page}/slot", {**DANCE, "day": first.isoformat(), "once": "a"} | wrong)
        assert answer.status_code == 422 and words in main(answer) and "广场舞" in main(answer), words
    sent(
        desk,
        f"{page}/slot",
        **DANCE | {"repeat": "workdays", "last": "00:00"},
        day=(first + 2 * DAY).isoformat(),
        once="a",
    )
    assert sorted(SpaceSlot.objects.values_list("weekday", flat=True)) == [0, 1, 2, 3, 4]
    assert min(SpaceSlot.objects.values_list("since", flat=True)) == first + 2 * DAY
    assert desk.get(f"{page}?day=nonsense").status_code == 200 and desk.get(f"{page}?day=9999-12-31").status_code == 200
