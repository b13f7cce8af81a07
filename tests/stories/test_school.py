"""The school that must open in thirteen days, and the kit in the square: told through the pages of unit and desk."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from gongzhi.projects import clock
from gongzhi.projects.models import Appeal, Asset, Crew, Project, Task, Zoning
from tests.exchange.rounds import NAMES, found_network
from tests.projects.making import geojson, ring
from tests.stories.test_giving import main, sent
from tests.town import Town
from tests.web.public.test_new import picture
from tests.web.units.test_whistles import enter, text

SCHOOL, PROPERTY = NAMES[0], NAMES[2]
SITE = ring(0, 0, 200, 100)


class Story:
    """The day on the wall, which the test moves on, and who takes part."""

    def __init__(self, town: Town) -> None:
        self.at = timezone.localtime().replace(hour=10, minute=0)
        self.start = self.at.date()
        self.town = town

    def pass_days(self, number: int) -> None:
        """Go on to a later day."""
        self.at += timedelta(days=number)

    def day(self, number: int = 0) -> str:
        """A day so far from the start, as forms have it."""
        return (self.start + timedelta(days=number)).isoformat()

    def enter(self, who: str) -> Client:
        """Somebody's browser, logged in today."""
        return enter(self.town, who)


@pytest.fixture
def story(town: Town, monkeypatch: pytest.MonkeyPatch) -> Story:
    found_network(town)
    told = Story(town)
    monkeypatch.setattr(timezone, "now", lambda: told.at)
    return told


def appeal(story: Story) -> Appeal:
    """The school asks the town for help."""
    unit = story.enter("lianluo0")
    said = {"title": "十三天后开学，门口的路和围墙要弄好", "words": "我们自己办不了", "due_on": story.day(13)}
    where = {"place": story.town.places["jiansheng"].pk, "unit": story.town.units[SCHOOL].pk, "once": "a"}
    sent(unit, "/units/projects/appeals/new", **said, **where)
    sent(unit, "/units/projects/appeals/new", **said, **where)
    return Appeal.objects.get()


def take(story: Story, **more: Any) -> Project:
    """The town's desk takes it on as a project."""
    row = appeal(story)
    said = {"title": "学校开学", "due_on": story.day(13), "strands": ["governance", "services"], "goals": ["people"]}
    sent(story.enter("jiansheng_jiedao"), f"/desk/projects/new?appeal={row.pk}", **said | more, once="p")
    return Project.objects.get()


def add(desk: Client, project: Project, title: str, stream: str, days: int, proof: str, **more: Any) -> Task:
    """One task by its form."""
    said = {"title": title, "stream": stream, "days": days, "proof_kind": proof, "once": title, "lag": 0}
    sent(desk, f"/desk/projects/{project.pk}/add_task", **said | more)
    return Task.objects.get(title=title)


def three_streams(story: Story, desk: Client, project: Project) -> dict[str, Task]:
    """What the town set out to do: explain to people, repair the wall, build a safe passage."""
    page = f"/desk/projects/{project.pk}"
    sent(desk, f"{page}/add_crew", title="维修队", hands="2", every_day="every")
    crew = f"crew_{Crew.objects.get().pk}"
    talk = add(desk, project, "逐户讲清楚", "说服群众", 3, "household", owner=PROPERTY)
    wall = add(desk, project, "修围墙", "修围墙", 4, "photo", after=talk.pk, **{crew: 2})
    path = add(desk, project, "铺安全通道", "安全通道", 2, "signature", after=wall.pk, owner=SCHOOL, **{crew: 1})
    sent(desk, f"{page}/plan", seen=str(Project.objects.get().version))
    return {"talk": talk, "wall": wall, "path": path}


@pytest.mark.mechanism("M34")
def test_an_appeal_with_thirteen_days_counts_down(story: Story) -> None:
    """A request at T+13 shows 13 days, then counts down; the desk is told at once."""
    row = appeal(story)
    desk, unit = story.enter("jiansheng_shuji"), story.enter("lianluo0")
    assert "还剩 13 天" in main(desk.get(f"/desk/projects/appeals/{row.pk}"))
    assert f"/desk/projects/appeals/{row.pk}" in main(desk.get("/desk/inbox"))
    assert "还剩 13 天" in main(unit.get("/units/projects/"))
    story.pass_days(4)
    desk, unit = story.enter("jiansheng_shuji"), story.enter("lianluo0")
    assert "还剩 9 天" in main(desk.get("/desk/projects/")) and "还剩 9 天" in main(unit.get("/units/projects/"))
    story.pass_days(10)
    assert "过了 1 天" in main(story.enter("jiansheng_shuji").get("/desk/projects/"))
    assert enter(story.town, "lianluo1").get(f"/units/projects/appeals/{row.pk}").status_code == 404


@pytest.mark.mechanism("M36")
def test_the_zones_cover_the_site_and_do_not_overlap(story: Story) -> None:
    """Versions are drawn, checked and approved; a gap or an overlap is refused with its square metres."""
    project, desk = take(story), story.enter("jiansheng_jiedao")
    page = f"/desk/projects/{project.pk}/zone"

    def draw(once: str, **zones: list[list[float]]) -> Any:
        file = SimpleUploadedFile("zones.geojson", geojson(SITE, **zones).encode())
        return desk.post(page, {"zones": file, "once": once, "words": "上下学时段"})

    gate, street, yard = ring(0, 0, 80, 100), ring(80, 0, 120, 60), ring(80, 60, 120, 40)
    gap = draw("a", 校门=gate, 道路=street)
    assert gap.status_code == 422 and "不属于任何分区" in text(gap) and "上下学时段" in text(gap)
    overlap = draw("b", 校门=gate, 道路=ring(70, 0, 130, 60), 校园=yard)
    assert overlap.status_code == 422 and "重叠了" in text(overlap)
    beyond = draw("c", 校门=gate, 道路=street, 校园=ring(80, 60, 150, 40))
    assert beyond.status_code == 422 and "边界外面" in text(beyond)
    nonsense = desk.post(page, {"zones": SimpleUploadedFile("a.geojson", b"\xff\xfe"), "once": "n"})
    assert nonsense.status_code == 422 and "UTF-8" in text(nonsense)
    assert not Zoning.objects.exists()

    assert draw("d", 校门=gate, 道路=street, 校园=yard).status_code == 302
    assert draw("d", 校门=gate, 道路=street, 校园=yard).status_code == 302
    first = Zoning.objects.get()
    shown = main(desk.get(f"/desk/projects/zonings/{first.pk}"))
    assert "等书记审定" in shown and "3 个分区" in shown and "校门班 看管" in shown and "<polygon" in shown
    assert "审定" not in [label for _verb, label in desk.get(f"/desk/projects/zonings/{first.pk}").context["moves"]]
    lead = story.enter("jiansheng_shuji")
    sent(lead, f"/desk/projects/zonings/{first.pk}/approve")
    assert draw("e", 校门=ring(0, 0, 200, 50), 校园=ring(0, 50, 200, 50)).status_code == 302
    second = Zoning.objects.get(number=2)
    sent(lead, f"/desk/projects/zonings/{second.pk}/approve")
    page_now = main(lead.get(f"/desk/projects/{project.pk}"))
    assert "第 1 版" in page_now and "已有新版" in page_now and "第 2 版" in page_now and "已审定" in page_now


@pytest.mark.mechanism("M37")
def test_three_streams_with_owners_and_proof(story: Story) -> None:
    """Each stream has its column, its owner and its proof; who owns a task closes it, others never see it."""
    project, desk = take(story), story.enter("jiansheng_jiedao")
    three_streams(story, desk, project)
    shown = desk.get(f"/desk/projects/{project.pk}")
    assert [name for name, _tasks in shown.context["streams"]] == ["说服群众", "修围墙", "安全通道"]
    owners = [(one["owner"], one["proof_label"]) for _name, tasks in shown.context["streams"] for one in tasks]
    assert owners == [(PROPERTY, "住户确认"), ("", "照片"), (SCHOOL, "签字")]
    assert "能按时做完，余量 5 天" in main(shown) and "一天也不能拖" not in main(shown)
    mine = main(story.enter("lianluo2").get("/units/projects/"))
    assert "逐户讲清楚" in mine and "铺安全通道" not in mine and "修围墙" not in mine
    assert "铺安全通道" not in main(story.enter("lianluo1").get("/units/projects/"))
    feed = Calendar.from_ical(desk.get(f"/desk/projects/{project.pk}/tasks.ics").content)
    assert next(str(one["summary"]) for one in feed.walk("VEVENT")) == "逐户讲清楚 · 学校开学"
    assert feed.walk("VEVENT")[1]["dtend"].dt == story.start + timedelta(days=7)


@pytest.mark.mechanism("M22")
def test_a_task_closes_with_proof_or_a_reason_only(story: Story) -> None:
    """No proof, or another kind of proof, closes nothing; a leader's reason does."""
    project, desk = take(story), story.enter("jiansheng_jiedao")
    tasks = three_streams(story, desk, project)
    sent(story.enter("jiansheng_shuji"), f"/desk/projects/{project.pk}/agree", seen=str(Project.objects.get().version))
    sent(desk, f"/desk/projects/{project.pk}/start", seen=str(Project.objects.get().version))
    wall = tasks["wall"].pk
    early = desk.post(f"/desk/projects/tasks/{wall}/close", {"day": story.day(), "photos": picture()})
    assert early.status_code == 422 and "要先办结“逐户讲清楚”" in text(early)
    unit = story.enter("lianluo2")
    close = f"/units/projects/tasks/{tasks['talk'].pk}/close"
    bare = unit.post(close, {"day": story.day(), "words": "都说通了"})
    assert (
        bare.status_code == 422 and "都说通了" in text(bare) and Task.objects.get(pk=tasks["talk"].pk).state == "to_do"
    )
    sent(unit, close, day=story.day(), door="3号楼2-1", words="都说通了")
    assert "3号楼2-1" in main(desk.get(f"/desk/projects/{project.pk}"))

    before = desk.post(f"/desk/projects/tasks/{wall}/prove", {"before": "before", "photos": picture("之前.jpg")})
    assert before.status_code == 302 and Task.objects.get(pk=wall).state == "to_do"
    none = desk.post(f"/desk/projects/tasks/{wall}/close", {"day": story.day()})
    assert none.status_code == 422 and "请先选一张照片" in text(none)
    assert desk.post(f"/desk/projects/tasks/{wall}/close", {"day": story.day(), "photos": picture()}).status_code == 302
    page = desk.get(f"/desk/projects/{project.pk}")
    shown = main(page)
    assert "之前" in shown and "之后" in shown
    photo = next(p["url"] for _s, ts in page.context["streams"] for t in ts for p in t["proofs"] if p["url"])
    assert desk.get(photo)["Content-Type"] == "image/jpeg" and desk.get(f"{photo}?small").status_code == 200
    assert story.enter("xinyu_shegong").get(photo).status_code == 404

    waive = f"/desk/projects/tasks/{tasks['path'].pk}/waive"
    assert "waive" not in text(desk.get(f"/desk/projects/{project.pk}"))
    lead = story.enter("jiansheng_shuji")
    assert lead.post(waive, {"words": " "}).status_code == 422
    sent(lead, waive, words="旧通道已够宽", seen=str(Task.objects.get(pk=tasks["path"].pk).version))
    assert "旧通道已够宽" in main(desk.get(f"/desk/projects/{project.pk}"))


@pytest.mark.mechanism("M38")
def test_done_in_nine_days_of_thirteen(story: Story) -> None:
    """Planned against actual: 9 of 13 days, margin 4, no late task; on the way the margin follows what is reported."""
    project, desk = take(story), story.enter("jiansheng_jiedao")
    tasks, page = three_streams(story, desk, project), f"/desk/projects/{project.pk}"

    def seen(row: Any) -> str:
        return str(type(row).objects.get(pk=row.pk).version)

    sent(story.enter("jiansheng_shuji"), f"{page}/agree", seen=seen(project))
    sent(desk, f"{page}/start", seen=seen(project))
    sent(
        story.enter("lianluo2"),
        f"/units/projects/tasks/{tasks['talk'].pk}/begin",
        day=story.day(),
        seen=seen(tasks["talk"]),
    )
    story.pass_days(2)
    desk = story.enter("jiansheng_jiedao")
    # One day more than planned, and the margin says so at once.
    sent(
        story.enter("lianluo2"), f"/units/projects/tasks/{tasks['talk'].pk}/report", left="2", seen=seen(tasks["talk"])
    )
    shown = main(desk.get(page))
    assert "余量 4 天" in shown and "建议挪一挪" in shown and "晚 1 天" in shown
    assert "余量 4 天" in main(desk.get("/desk/projects/"))
    sent(desk, f"{page}/plan", seen=seen(project))
    assert "建议挪一挪" not in main(desk.get(page))
    story.pass_days(1)
    sent(story.enter("lianluo2"), f"/units/projects/tasks/{tasks['talk'].pk}/close", day=story.day(3), door="3号楼2-1")
    story.pass_days(4)
    desk = story.enter("jiansheng_jiedao")
    wall = desk.post(f"/desk/projects/tasks/{tasks['wall'].pk}/close", {"day": story.day(7), "photos": picture()})
    assert wall.status_code == 302
    unfinished = desk.post(f"{page}/finish", {"day": story.day(7)})
    assert unfinished.status_code == 422 and "还有1项任务没有办结" in text(unfinished)
    story.pass_days(2)
    sent(
        story.enter("lianluo0"), f"/units/projects/tasks/{tasks['path'].pk}/close", day=story.day(9), signed_by="某校长"
    )
    desk = story.enter("jiansheng_jiedao")
    sent(desk, f"{page}/finish", day=story.day(9), seen=seen(project))
    shown = desk.get(page)
    assert shown.context["actual"] == {"used": 9, "given": 13, "margin": 4, "over": -4, "late": 0}
    assert "给了 13 天" in main(shown)
    mine = main(story.enter("lianluo0").get("/units/projects/"))
    assert "余量 4 天" in mine and "已完成" in mine and "还剩" not in mine


@pytest.mark.mechanism("M31")
@pytest.mark.mechanism("M32")
def test_the_year_by_strand_and_by_goal(story: Story) -> None:
    """Five totals and three; without a strand there is no project, so that none is untagged."""
    row, desk = appeal(story), story.enter("jiansheng_jiedao")
    bare = desk.post(f"/desk/projects/new?appeal={row.pk}", {"title": "学校开学", "due_on": story.day(13), "once": "p"})
    assert bare.status_code == 422 and "请至少选一个“五共”" in text(bare) and not Project.objects.exists()
    said = {"place": story.town.places["jiansheng"].pk, "due_on": story.day(13)}
    for title, strands, goals in (
        ("学校开学", ["services", "governance"], ["people"]),
        ("党建阵地", ["organisation"], ["party", "society"]),
        ("只是想想", ["activities"], []),
    ):
        sent(desk, "/desk/projects/new", title=title, strands=strands, goals=goals, once=title, **said)
    for project in Project.objects.exclude(title="只是想想"):
        sent(story.enter("jiansheng_shuji"), f"/desk/projects/{project.pk}/agree", seen="1")
    shown = desk.get(f"/desk/projects/totals?year={story.start.year}")
    assert [number for _key, _label, number in shown.context["strands"]] == [1, 0, 0, 1, 1]
    assert [number for _key, _label, number in shown.context["goals"]] == [1, 1, 1]
    totals = shown.context["totals"]
    assert (totals.all, totals.no_strand, totals.no_goal) == (2, 0, 0) and "治理共促" in main(shown)


def test_the_kit_is_not_accepted_until_signed(story: Story) -> None:
    """Installed is not accepted: the project cannot end before somebody signs; what is wrong with it is written down."""
    project, desk = take(story), story.enter("jiansheng_jiedao")
    page = f"/desk/projects/{project.pk}"
    sent(story.enter("jiansheng_shuji"), f"{page}/agree", seen="1")
    sent(desk, f"{page}/start", seen=str(Project.objects.get().version))
    kit = {
        "what": "健身器材",
        "spot": "小广场",
        "maker": "某器材厂",
        "day": story.day(),
        "warranty_until": story.day(730),
    }
    sent(desk, f"{page}/install", **kit, once="k")
    sent(desk, f"{page}/install", **kit, once="k")
    asset = Asset.objects.get()
    assert "未验收" in main(desk.get(page)) and story.day(730) in main(desk.get(page))
    sent(desk, f"/desk/projects/assets/{asset.pk}/object", words="少一个螺丝")
    refused = desk.post(f"{page}/finish", {"day": story.day()})
    assert refused.status_code == 422 and "签字验收" in text(refused) and "少一个螺丝" in main(desk.get(page))
    assert (
        desk.post(f"/desk/projects/assets/{asset.pk}/accept", {"day": story.day(), "signed_by": ""}).status_code == 422
    )
    assert "未验收" in main(desk.get(page))
    sent(desk, f"/desk/projects/assets/{asset.pk}/accept", day=story.day(), signed_by="某居民代表")
    assert "已验收" in main(desk.get(page)) and "少一个螺丝" not in main(desk.get(page))
    sent(desk, f"{page}/finish", day=story.day(), seen=str(Project.objects.get().version))


def test_the_leaders_are_told_once_that_the_day_may_be_missed(story: Story) -> None:
    project, desk = take(story), story.enter("jiansheng_jiedao")
    three_streams(story, desk, project)
    sent(story.enter("jiansheng_shuji"), f"/desk/projects/{project.pk}/agree", seen=str(Project.objects.get().version))
    clock.keep_margins(0)
    told = "照现在的进度，项目可能误期"
    assert told not in main(story.enter("jiansheng_shuji").get("/desk/inbox"))
    story.pass_days(6)
    clock.keep_margins(0)
    clock.keep_margins(0)
    assert main(story.enter("jiansheng_shuji").get("/desk/inbox")).count(told) == 1
    assert "差 1 天" in main(story.enter("jiansheng_jiedao").get(f"/desk/projects/{project.pk}"))


def test_a_task_takes_several_crews_at_once(story: Story) -> None:
    project, desk = take(story), story.enter("jiansheng_jiedao")
    page = f"/desk/projects/{project.pk}"
    for name, hands in (("维修队", 2), ("志愿队", 5)):
        sent(desk, f"{page}/add_crew", title=name, hands=str(hands), every_day="every")
    repair, helpers = (f"crew_{one.pk}" for one in Crew.objects.order_by("pk"))
    too_many = desk.post(f"{page}/add_task", {"title": "修围墙", "stream": "修围墙", "days": 2, repair: 3})
    assert too_many.status_code == 422 and 'name="title" value="修围墙"' in main(too_many)
    wall = add(desk, project, "修围墙", "修围墙", 2, "photo", **{repair: 2, helpers: 3})
    assert "维修队" in main(desk.get(page)) and "志愿队" in main(desk.get(page))
    form = main(desk.get(f"/desk/projects/tasks/{wall.pk}/change"))
    assert f'name="{repair}" value="2"' in form and f'name="{helpers}" value="3"' in form
    # Either crew being taken up keeps another task waiting.
    add(desk, project, "刷墙", "修围墙", 1, "photo", **{repair: 1})
    add(desk, project, "发通知", "说服群众", 1, "photo", **{helpers: 3})
    add(desk, project, "扫地", "修围墙", 1, "photo", **{helpers: 2})
    sent(desk, f"{page}/plan", seen=str(Project.objects.get().version))
    starts = {one.title: (one.starts_on - story.start).days for one in Task.objects.all() if one.starts_on}
    assert starts["修围墙"] == 0 and starts["扫地"] in {0, 1} and starts["刷墙"] == 2 == starts["发通知"]
    # Another order of crews is put right by the same form.
    sent(
        desk,
        f"/desk/projects/tasks/{wall.pk}/change",
        title="修围墙",
        stream="修围墙",
        days=2,
        proof_kind="photo",
        **{helpers: 1},
    )
    form = main(desk.get(f"/desk/projects/tasks/{wall.pk}/change"))
    assert f'name="{helpers}" value="1"' in form and f'name="{repair}" value' not in form
