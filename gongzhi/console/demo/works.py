"""What has to be done by a day: the school that opens, the old square under repair, what is only drafted. All made up."""

import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from PIL import Image, ImageDraw

from gongzhi.console.demo.meetings import YARD, workday
from gongzhi.console.demo.names import BUREAU, CLINIC, DONGZHENG, FACTORY, PROPERTY, SCHOOL
from gongzhi.console.demo.voices import Voices
from gongzhi.demands.photos import Photo, read_photo
from gongzhi.exchange import queries as exchange
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import MemberUnit, Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.projects import actions
from gongzhi.projects import queries as projects
from gongzhi.projects.actions import Details, Given, TaskDetails
from gongzhi.projects.rows import Appeal, Project
from gongzhi.projects.rules import Goal, ProjectState, ProofKind, Strand
from gongzhi.projects.zoning import Part

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PHOTO, SIGNATURE, HOUSEHOLD = ProofKind.PHOTO, ProofKind.SIGNATURE, ProofKind.HOUSEHOLD
# Of a site, about metres: left, bottom, width, height. Of its zones also name, keeper, what is to be minded.
Box = tuple[int, int, int, int]
SITE: Box = (0, 0, 200, 100)
WAITING = ("家长等候区", "物业保安", "电动车停线外", (80, 0, 120, 60))
INSIDE = ("校园内", "学校", "家长不进", (80, 60, 120, 40))
FIRST = (("校门口", "学校值周老师", "七点半到八点只走人", (0, 0, 80, 100)), WAITING, INSIDE)
SECOND = (
    ("一二年级入口", "值周老师", "家长送到线前", (0, 0, 80, 50)),
    ("三到六年级入口", "值周老师", "自己走进去", (0, 50, 80, 50)),
    WAITING,
    INSIDE,
)


def load(communities: dict[str, Place], voices: Voices) -> None:
    """The school of two months ago, the square of today, and what comes after."""
    place = communities[DONGZHENG]
    _School(place, voices).tell()
    _Square(place, voices).tell()
    _to_come(place, voices)


class _Works:
    """One project, told as of so many days after it was opened."""

    def __init__(self, place: Place, voices: Voices, start: datetime) -> None:
        self.place, self.voices, self.start = place, voices, start
        self.desk, self.lead = voices.desk(place), voices.lead(place)
        self.project = 0
        self.keys = (f"demo-work-{start:%j}-{number}" for number in count())

    def on(self, day: int, hour: int = 0) -> dict[str, Any]:
        """The moment of a move."""
        return {"now": self.start + day * DAY + hour * HOUR}

    def day(self, number: int) -> date:
        """So many days after the start."""
        return (self.start + number * DAY).date()

    def open(self, details: Details, **more: Any) -> None:
        """Opened, agreed on and begun on its first day."""
        row: Project = actions.open_project(
            self.desk, place=self.place, details=details, once=next(self.keys), **more, **self.on(0, 2)
        )
        self.project = row.pk

    def begin(self) -> None:
        """Agreed on by the secretary, planned and begun."""
        if projects.get_project(self.desk, self.project).state == ProjectState.DRAFTED:
            actions.move_project(self.lead, project_id=self.project, verb="agree", **self.on(0, 5))
        actions.move_project(self.desk, project_id=self.project, verb="start", **self.on(0, 5))
        actions.put_plan(self.desk, project_id=self.project, **self.on(0, 6))

    def task(self, title: str, stream: str, days: int, proof: ProofKind, owner: str = "", **more: Any) -> int:
        """One task more."""
        unit = neighbourhood.unit_named(owner) if owner else None
        details = TaskDetails(title, stream, days, proof, owner=unit, **more)
        return actions.add_task(
            self.desk, project_id=self.project, details=details, once=next(self.keys), **self.on(0, 4)
        ).pk

    def crew(self, title: str, hands: int, *, every_day: bool) -> int:
        """Who works for it."""
        return actions.add_crew(
            self.desk, project_id=self.project, title=title, hands=hands, every_day=every_day, **self.on(0, 3)
        ).pk

    def partner(self, name: str, words: str) -> None:
        """Who else takes part."""
        unit: MemberUnit = neighbourhood.unit_named(name)
        actions.add_partner(self.desk, project_id=self.project, unit=unit, words=words, **self.on(0, 3))

    def begun(self, task: int, day: int, who: Actor) -> None:
        """Begun on a day. Moves are told in their order: a plan knows nothing of what lies ahead of it."""
        actions.begin_task(who, task_id=task, day=self.day(day), **self.on(day, 7))

    def closed(self, task: int, day: int, who: Actor, given: Given) -> None:
        """Closed with its proof on a day."""
        actions.close_task(who, task_id=task, day=self.day(day), given=given, **self.on(day, 8))


class _School(_Works):
    """Thirteen days before it opens the school asks; nine days later everything stands."""

    def __init__(self, place: Place, voices: Voices) -> None:
        super().__init__(place, voices, workday(voices, 62, 10))

    def tell(self) -> None:
        """From the appeal to the last signature."""
        unit, teacher = self.voices.named(SCHOOL)
        title, words = "十三天后开学，门口的路和围墙要弄好", "学校只有三个后勤，自己办不了。"
        appeal: Appeal = actions.raise_appeal(
            teacher, unit=unit, place=self.place, title=title, words=words, due_on=self.day(13), once="demo-school",
            **self.on(0, -1),
        )  # fmt: skip
        said: dict[str, Any] = {"strands": [Strand.SERVICES, Strand.GOVERNANCE], "goals": [Goal.PEOPLE]}
        self.open(Details("学校开学准备", self.day(13), owner=unit, **said), appeal_id=appeal.pk)
        self.partner(PROPERTY, "出人逐户解释，管校门口停车")
        self.partner(BUREAU, "开学头一周早晚巡查")
        crew = self.crew("厂里维修队", 3, every_day=True)
        talk = self.task("逐户讲清楚封闭施工和新的走法", "向群众解释", 3, HOUSEHOLD, PROPERTY)
        old = self.task("拆掉松动的一段围墙", "修围墙", 1, PHOTO, FACTORY, crews={crew: 2})
        wall = self.task("砌好东侧围墙", "修围墙", 4, PHOTO, FACTORY, crews={crew: 2}, after={old: 0})
        path = self.task("搭安全通道", "搭安全通道", 2, SIGNATURE, FACTORY, crews={crew: 2}, after={wall: 0})
        signs = self.task("挂指示牌，走一遍", "搭安全通道", 1, SIGNATURE, SCHOOL, after={path: 0, talk: 0})
        self.begin()
        _property, manager = self.voices.named(PROPERTY)
        _factory, officer = self.voices.named(FACTORY)
        self._zones(0, FIRST, "开学头几天")
        self.begun(talk, 0, manager)
        before = Given(PHOTO, photos=[_wall(whole=False)], words="松动的一段有四米。")
        actions.prove_task(officer, task_id=old, given=before, **self.on(0, 9))
        taken = Given(PHOTO, photos=[_wall(whole=False, cleared=True)], words="拆完，清走两车碎砖。")
        self.closed(old, 1, officer, taken)
        self.begun(wall, 2, officer)
        words = "五栋楼都走到了，有一家要留门，改成早晚各开一次。"
        self.closed(talk, 3, manager, Given(HOUSEHOLD, door="2号楼1单元302", words=words))
        self._zones(4, SECOND, "家长提议高低年级分开走")
        self.closed(wall, 6, officer, Given(PHOTO, photos=[_wall(whole=True)], words="砌好，抹了灰。"))
        self.begun(path, 7, officer)
        self.closed(path, 8, officer, Given(SIGNATURE, signed_by="学校总务处", words="雨棚和栏杆都试过。"))
        self.closed(signs, 9, teacher, Given(SIGNATURE, signed_by="值周老师", words="带一个班走了一遍。"))
        actions.finish_project(self.desk, project_id=self.project, day=self.day(9), **self.on(9, 9))

    def _zones(self, day: int, parts: tuple[tuple[str, str, str, Box], ...], words: str) -> None:
        """A version of the zones, approved on its day."""
        lon, lat = _spot(self.place)

        def ring(x: int, y: int, wide: int, high: int) -> list[list[float]]:
            corners = ((x, y), (x + wide, y), (x + wide, y + high), (x, y + high))
            return [[lon + one * 1e-5, lat + other * 1e-5] for one, other in corners]

        row = actions.draw_zones(
            self.desk, project_id=self.project, site=ring(*SITE), words=words, once=next(self.keys), **self.on(day, 7),
            parts=[Part(name, ring(*box), keeper, said) for name, keeper, said, box in parts],
        )  # fmt: skip
        actions.approve_zones(self.lead, zoning_id=row.pk, **self.on(day, 8))


class _Square(_Works):
    """The old square: one task late after days of rain, the day can still be kept."""

    def __init__(self, place: Place, voices: Voices) -> None:
        super().__init__(place, voices, workday(voices, 19, 10))
        self.today = (voices.now.date() - self.start.date()).days

    def tell(self) -> None:
        """From the meeting's decision to today."""
        project = projects.visible_projects(self.desk).get(title=YARD)
        self.project = project.pk
        words = "会上定的：清垃圾、修落水管、把院坝找平，再补绿、装器材。"
        details = Details(
            YARD,
            project.due_on,
            project.strands,
            goals=[Goal.PEOPLE, Goal.SOCIETY],
            words=words,
            budget=Decimal(48_000),
        )
        actions.change_project(self.desk, project_id=project.pk, details=details, **self.on(0, 2))
        self.partner(BUREAU, "出苗木，派师傅指导")
        self.partner(FACTORY, "出电工和维修工")
        self._tasks()
        self._money()
        self._kit()

    def _tasks(self) -> None:
        crew = self.crew("施工队", 4, every_day=False)
        rubbish = self.task("清走暴露垃圾", "清理", 3, PHOTO, PROPERTY)
        pipes = self.task("检修屋顶落水管", "房屋", 5, SIGNATURE, FACTORY)
        level = self.task("院坝找平，做排水沟", "地面", 6, PHOTO, crews={crew: 4}, after={rubbish: 0})
        bricks = self.task("铺透水砖", "地面", 5, PHOTO, crews={crew: 4}, after={level: 1})
        green = self.task("补种花草", "绿化", 3, PHOTO, BUREAU, after={level: 0})
        kit = self.task("装健身器材", "设施", 2, SIGNATURE, after={level: 0}, crews={crew: 2})
        look = self.task("请楼长一起验收", "设施", 1, SIGNATURE, after={bricks: 0, green: 0, kit: 0, pipes: 0})
        self.begin()
        _property, manager = self.voices.named(PROPERTY)
        _factory, officer = self.voices.named(FACTORY)
        self.begun(rubbish, 2, manager)
        self.closed(rubbish, 4, manager, Given(PHOTO, photos=[_yard()], words="清了八车。"))
        self.begun(pipes, 5, officer)
        self.begun(level, 6, self.desk)
        self.closed(pipes, 9, officer, Given(SIGNATURE, signed_by="3号楼楼长", words="五栋都通了水试过。"))
        words = "连下了几天雨，地没有干，还要四个工作日。"
        actions.report_task(self.desk, task_id=level, left=4, words=words, **self.on(self.today - 1, 1))
        actions.want_post(
            self.desk,
            task_id=green,
            title="浇水、扶苗",
            people=6,
            on=self.day(self.today + 9),
            **self.on(self.today - 1, 2),
        )
        actions.want_post(
            self.desk, task_id=look, title="陪老人试器材", people=2, on=None, **self.on(self.today - 1, 2)
        )

    def _money(self) -> None:
        """Out of the gift for green and roofs, and out of the community's own means."""
        gift = exchange.giving.visible_contributions(self.desk).filter(programme="百日绿化").first()
        for day, amount, what, voucher, source in (
            (9, 9_600, "落水管和弯头", "演示-101", gift.pk if gift else None),
            (12, 6_800, "排水沟盖板", "演示-102", None),
        ):
            actions.spend(
                self.desk, project_id=self.project, amount=Decimal(amount), day=self.day(day), what=what,
                voucher=voucher, contribution_id=source, once=next(self.keys), **self.on(day, 6),
            )  # fmt: skip

    def _kit(self) -> None:
        """One set was signed for; the other is not, until its bolt is tight."""
        last = self.day(10 + 730)
        sets = (("漫步机和扭腰器一组", "小花园东角"), ("单双杠一组", "小花园西角"))
        walker, bars = (
            actions.install_asset(
                self.desk, project_id=self.project, what=what, spot=spot, maker="山溪体育器材厂（演示）", day=self.day(10),
                warranty_until=last, once=next(self.keys), **self.on(10, 6),
            ).pk
            for what, spot in sets
        )  # fmt: skip
        actions.accept_asset(self.desk, asset_id=walker, signed_by="2号楼楼长", day=self.day(13), **self.on(13, 6))
        actions.object_to_asset(self.desk, asset_id=bars, words="双杠有一颗地脚螺栓没有拧紧。", **self.on(13, 6))


def _to_come(place: Place, voices: Voices) -> None:
    """A ramp that is only drafted; an appeal that nobody has answered yet."""
    desk, now = voices.desk(place), voices.now
    ramp = _Works(place, voices, voices.ago(6))
    ramp.open(Details("三号楼门口装坡道", (now + 50 * DAY).date(), strands=[Strand.SERVICES], goals=[Goal.PEOPLE]))
    measured = ramp.task("量尺寸，问底楼住户", "准备", 2, HOUSEHOLD)
    ramp.task("浇坡道，装扶手", "施工", 4, PHOTO, FACTORY, after={measured: 2})
    actions.put_plan(desk, project_id=ramp.project, **ramp.on(0, 6))
    unit, officer = voices.named(CLINIC)
    actions.raise_appeal(
        officer, unit=unit, place=place, title="老人集中接种疫苗，要一间屋和四个引导员", words="站里候诊的地方只坐得下六个人。",
        due_on=(now + 9 * DAY).date(), now=voices.ago(1), once="demo-clinic",
    )  # fmt: skip


def _spot(place: Place) -> tuple[float, float]:
    """The south-western corner of the school's site, beside the old compound."""
    inside = neighbourhood.current_places(PlaceKind.COMPOUND, under=place)
    near = next(row for row in inside if row.name == "东正大院")
    return (near.lon or 0) + 0.002, (near.lat or 0) - 0.001


# Photographs of what does not exist are drawn.
_SKY, _GROUND, _BRICK, _JOINT, _GREEN = "#cfdde6", "#b9b0a2", "#a8583f", "#d8c8ba", "#7c9a68"


def _wall(*, whole: bool, cleared: bool = False) -> Photo:
    """A wall of bricks, with a gap and what fell out of it, or none."""
    picture, pen = _ground()
    for row in range(9):
        for column in range(-1, 13):
            x, y = column * 64 + row % 2 * 32, 180 + row * 24
            if whole or not 250 - row * 9 < x + 32 < 470 + row * 5:
                pen.rectangle((x, y, x + 60, y + 20), fill=_BRICK, outline=_JOINT)
    if not whole and not cleared:
        for x, y in ((300, 400), (350, 418), (390, 396), (430, 424), (330, 440)):
            pen.polygon(((x, y), (x + 50, y + 8), (x + 42, y + 28), (x - 6, y + 18)), fill=_BRICK, outline=_JOINT)
    return _taken(picture)


def _yard() -> Photo:
    """A swept yard between two blocks."""
    picture, pen = _ground()
    for left in (30, 500):
        pen.rectangle((left, 90, left + 190, 396), fill="#e2d9cb", outline="#a99c88")
        for floor in range(4):
            for window in range(3):
                x, y = left + 22 + window * 56, 116 + floor * 70
                pen.rectangle((x, y, x + 34, y + 42), fill="#8fa6b2", outline="#6f8390")
    pen.ellipse((300, 300, 420, 400), fill=_GREEN)
    pen.rectangle((352, 380, 368, 420), fill="#7a5a40")
    return _taken(picture)


def _ground() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (720, 480), _SKY)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 380, 720, 480), fill=_GROUND)
    return picture, pen


def _taken(picture: Image.Image) -> Photo:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return read_photo(out.getvalue())
