"""What a meeting hands on: a project opened with its signature, topics that nobody decided on, a word the day before."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gongzhi.conferences import actions, clock
from gongzhi.conferences.models import Conference, Decision, Topic
from gongzhi.exchange.models import Pledge
from gongzhi.projects.models import Project, ProjectNeed
from gongzhi.web.who import now
from tests.conferences.making import BUREAU, LIAISONS
from tests.exchange.making import verified
from tests.stories.test_june_meeting import DAY, HOME, at, main, open_it, plan, post
from tests.town import Town
from tests.web.units.test_whistles import enter, text


def sign(secretary: Client, page: str) -> str:
    """Closed and signed as far as it goes; the page that stands then."""
    post(secretary, f"{page}/close", {})
    post(secretary, f"{page}/sign", {})
    return main(secretary.get(page))


def following(secretary: Client, row: Conference, title: str = "七月联席会议") -> Conference:
    """The next conference of the same network, planned."""
    when = at(now() + 30 * DAY)
    post(secretary, f"{HOME}new", {"network": row.network_id, "title": title, "starts_at": when})
    return Conference.objects.get(title=title)


def test_a_decision_opens_its_project_with_the_signature(town: Town) -> None:
    secretary, unit = enter(town, "yuejin_shuji"), enter(town, "chengguan_lianluo")
    need = verified(town)
    row = plan(town, secretary)
    page = f"{HOME}{row.pk}"
    lead = town.actor("yuejin_shuji", today=now().date())
    actions.table_topic(lead, conference_id=row.pk, title=need.title, need_id=need.pk, now=now(), once="t")
    open_it(town, secretary, row)
    due = (now() + 20 * DAY).date().isoformat()
    said = {
        "kind": "project", "what": "翻修小广场", "owner": f"u{town.units[BUREAU].pk}", "due_on": due,
        "topic": Topic.objects.get(conference=row).pk,
    }  # fmt: skip
    post(secretary, f"{page}/room", said)
    post(secretary, f"{page}/room", {
        "kind": "pledge", "what": "清淤", "thing": "service", "amount": "3", "measure": "次", "owner": said["owner"],
        "due_on": due,
    })  # fmt: skip
    assert "没有选“五共”" in main(secretary.get(f"{page}/room"))

    # What is missing is said, and nothing of the minutes has happened.
    refused = sign(secretary, page)
    assert "“翻修小广场”是项目，还没有选属于“五共”里的哪些" in refused and "纪要待签发" in refused
    assert not Project.objects.exists() and not Pledge.objects.exists()

    draft = Decision.objects.get(what="翻修小广场")
    # A day that has passed since is refused in the reader's own language.
    Decision.objects.filter(pk=draft.pk).update(strands=["services"], due_on=now().date() - DAY)
    secretary.post("/switch/language", {"language": "en"})
    post(secretary, f"{page}/sign", {})
    assert "“翻修小广场”: The day must be today" in main(secretary.get(page)) and not Project.objects.exists()
    secretary.post("/switch/language", {"language": "zh-hans"})
    change = f"{HOME}decisions/{draft.pk}/change"
    post(secretary, change, {**said, "strands": ["governance", "services"]})
    assert len(re.findall(r'name="strands"[^>]*checked', main(secretary.get(change)))) == 2
    post(secretary, f"{page}/sign", {})
    signed = main(secretary.get(page))
    project = Project.objects.get()
    assert (project.title, project.state, project.strands) == ("翻修小广场", "agreed", ["services", "governance"])
    assert project.owner == town.units[BUREAU] and project.due_on.isoformat() == due
    assert ProjectNeed.objects.get(project=project).need_id == need.pk

    # Each leads to the other: the minutes, the project, what the next meeting hears.
    link = f"/desk/projects/{project.pk}"
    assert f'href="{link}"' in signed and "纪要已签发" in signed
    shown = main(secretary.get(link))
    assert f'href="{page}#decided"' in shown and "六月联席会议定的" in shown and "治理共促" in shown
    following_page = f"{HOME}{following(secretary, row).pk}"
    assert f'href="{link}"' in main(secretary.get(following_page))

    # It is done by being done, and not by a word at the meeting.
    assert "已办好" not in signed and unit.get(f"/units/conferences/decisions/{draft.pk}/finish").status_code == 404
    assert "翻修小广场" in main(unit.get("/units/conferences/"))
    for step in ({"verb": "start"}, {"verb": "finish", "day": now().date().isoformat()}):
        post(secretary, f"{link}/{step.pop('verb')}", step)
    assert "已办好" in main(secretary.get(following_page))


def test_a_topic_without_a_decision_is_offered_to_the_next_meeting(town: Town) -> None:
    secretary, unit = enter(town, "yuejin_shuji"), enter(town, "chengguan_lianluo")
    row = plan(town, secretary)
    page = f"{HOME}{row.pk}"
    for title in ("楼道堆物", "加装电梯", "路灯不亮"):
        post(secretary, f"{page}/table", {"title": title})
    post(unit, f"/units/conferences/{row.pk}/table", {"title": "缺清淤的车"})
    topics = {one.title: one for one in Topic.objects.all()}
    post(secretary, f"{page}/topics/{topics['加装电梯'].pk}/aside", {"words": "资料没有到"})
    open_it(town, secretary, row)
    due = (now() + 20 * DAY).date().isoformat()
    post(secretary, f"{page}/room", {
        "kind": "other", "what": "清理楼道", "owner": f"u{town.units[BUREAU].pk}", "due_on": due,
        "topic": topics["楼道堆物"].pk,
    })  # fmt: skip
    next_one = following(secretary, row)
    home = f"{HOME}{next_one.pk}"
    assert "以前的会没有议出结果的" not in main(secretary.get(home)), "the minutes may still decide on it"
    assert "纪要已签发" in sign(secretary, page)

    offered = main(secretary.get(home)).split("以前的会没有议出结果的")[1].split("</ul>")[0]
    assert all(title in offered for title in ("加装电梯", "路灯不亮", "缺清淤的车")) and "楼道堆物" not in offered
    assert "资料没有到" in offered and "六月联席会议留下的" in offered and f'href="{page}"' in offered

    # Taken up once; a second press, and another conference, find it gone.
    post(secretary, f"{home}/topics/{topics['缺清淤的车'].pk}/agree", {})
    post(secretary, f"{home}/topics/{topics['缺清淤的车'].pk}/agree", {})
    post(secretary, f"{home}/topics/{topics['加装电梯'].pk}/drop", {"words": "已经另外办了"})
    assert secretary.post(f"{home}/topics/{topics['路灯不亮'].pk}/drop", {"words": ""}).status_code == 422
    carried = Topic.objects.get(conference=next_one, title="缺清淤的车")
    assert carried.carried_from == topics["缺清淤的车"] and carried.unit == town.units[BUREAU]
    assert "六月联席会议留下的" in main(unit.get(f"/units/conferences/{next_one.pk}"))
    agenda, left = main(secretary.get(home)).split("以前的会没有议出结果的")
    assert "缺清淤的车" in agenda and "不再议" in agenda and "已经另外办了" in agenda
    assert "路灯不亮" in left.split("</ul>")[0] and "加装电梯" not in left.split("</ul>")[0]
    other = following(secretary, row, "八月联席会议")
    assert "缺清淤的车" not in main(secretary.get(f"{HOME}{other.pk}"))

    # Nothing is lost with a meeting that does not take place.
    post(secretary, f"{home}/cancel", {"words": "改期"})
    last = main(secretary.get(f"{HOME}{other.pk}")).split("以前的会没有议出结果的")[1].split("</ul>")[0]
    assert "缺清淤的车" in last and "七月联席会议留下的" in last and "路灯不亮" in last and "加装电梯" not in last


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets the day on the wall."""

    def move(moment: datetime) -> datetime:
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return moment

    return move


def test_everybody_called_is_reminded_the_day_before_and_once(town: Town, moved: Any) -> None:
    start = moved(timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0))
    secretary = enter(town, "yuejin_shuji")
    row = plan(town, secretary)
    post(secretary, f"{HOME}{row.pk}/move", {"starts_at": at(start + 5 * DAY), "venue": "社区二楼"})

    def reminded() -> list[int]:
        clients = [enter(town, who) for who in LIAISONS]
        return [text(one.get("/units/inbox")).count("会议快到了") for one in clients]

    def sweep(moment: datetime) -> int:
        return clock.take_steps(now=moved(moment))["reminded"]

    assert sweep(start + 3 * DAY) == 0 and reminded() == [0] * 6
    eve = start + 4 * DAY
    assert sweep(eve - timedelta(hours=9)) == 1 and sweep(eve) == 0 and reminded() == [1] * 6
    assert "社区二楼" in text(enter(town, LIAISONS[3]).get("/units/inbox"))
    # Put off: of the new day all are reminded again, and only then.
    post(secretary, f"{HOME}{row.pk}/move", {"starts_at": at(start + 9 * DAY), "venue": "社区二楼"})
    assert sweep(start + 5 * DAY) == 0 and sweep(start + 8 * DAY) == 1 and reminded() == [2] * 6
    # A server that was down for that day reminds in the morning, and nobody once it has begun or is off.
    Conference.objects.filter(pk=row.pk).update(reminded_of=None)
    assert sweep(start + 9 * DAY) == 0 and sweep(start + 9 * DAY - timedelta(hours=1)) == 1
    Conference.objects.filter(pk=row.pk).update(reminded_of=None)
    post(secretary, f"{HOME}{row.pk}/cancel", {"words": "不开了"})
    assert sweep(start + 9 * DAY - timedelta(hours=1)) == 0 and reminded() == [3] * 6


def test_a_notice_of_the_day_before_is_no_reason_for_a_second_one(town: Town, moved: Any) -> None:
    start = moved(timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0))
    secretary = enter(town, "yuejin_shuji")
    row = plan(town, secretary)
    post(secretary, f"{HOME}{row.pk}/move", {"starts_at": at(start + DAY), "venue": "社区二楼"})
    assert clock.take_steps(now=start + DAY / 24)["reminded"] == 0
