"""Dongzheng's network meets: what the last meetings decided and what became of it, the next one, one called at once, units
called to act, neighbours in the pavilion. All made up.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any, NamedTuple

from django.utils import timezone

from gongzhi.conferences import actions, queries
from gongzhi.conferences.actions import Decided, Urgent, spaces
from gongzhi.conferences.rows import Conference, Decision
from gongzhi.conferences.rules import Presence, Rhythm
from gongzhi.console.demo import bargains, names
from gongzhi.console.demo.names import BANK, BUREAU, CLINIC, DONGZHENG, FACTORY, INSURER, PROPERTY, SCHOOL
from gongzhi.console.demo.voices import Voices
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import Network, Person, Place
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import queries as problems
from gongzhi.projects.rules import Strand

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HERE = "东正社区"
ROOM = "社区二楼会议室"


class Said(NamedTuple):
    """One decision: kind, what, whose, due so many days after the meeting; of a pledge or need which sort, how much, and
    what came, as (days after the meeting, how much)."""

    kind: str
    what: str
    whose: str
    days: int
    thing: str = ""
    amount: str = ""
    measure: str = ""
    came: tuple[tuple[int, int], ...] = ()
    topic: str = ""


# What works.py goes on with.
YARD = "老院坝整治"
MUD, NO_FIRM = "雨天满地泥", "没有物业，门卫、保洁没人管"
BEFORE = (
    Said("pledge", "防诈骗课讲到院坝里", BANK, 20, "service", "1", "次", ((12, 1),)),
    Said("other", "今后每月开一次联席会议，议题提前一周收", HERE, 10),
    Said("other", "在院坝东侧先画二十个临时车位", PROPERTY, 14),
)
JUNE = (
    Said("pledge", "清运院坝里的暴露垃圾", PROPERTY, 10, "service", "8", "车", ((2, 3), (4, 5)), NO_FIRM),
    Said("pledge", "检修一到五号楼的屋顶落水管", FACTORY, 12, "service", "5", "栋", ((6, 2), (9, 3))),
    Said("pledge", "补种院坝花草", BUREAU, 35, "goods", "120", "株", ((11, 70),)),
    Said("pledge", "上门看望高龄老人", CLINIC, 14, "service", "30", "户", ((8, 12),)),
    Said("problem", "请人测一次院坝的坡度，写出硬化要花多少钱", HERE, 40, topic=MUD),
    Said("need", "借一台高压清洗车", HERE, 30, "goods", "1", "台"),
    Said("project", YARD, HERE, 47, topic=MUD),
    Said("other", "带学生把楼道里的小广告清一遍", SCHOOL, 15),
)
AT_ONCE = (
    Said("other", "开学前的三件事：向群众解释、修围墙、搭安全通道", HERE, 13),
    Said("other", "当天写出家校分区管理方案", SCHOOL, 1),
)


def workday(voices: Voices, days: int, hour: int, minute: int = 30) -> datetime:
    """A moment of a working week's day about so many days ago; negative for a day to come."""
    day: date = voices.now.date() - timedelta(days=days)
    while day.weekday() > 4:
        day -= DAY
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def load(communities: dict[str, Place], street: Place, voices: Voices) -> None:
    """Half a year of meetings, or as much of it as pages show."""
    told = _Meetings(communities[DONGZHENG], street, voices)
    told.first()
    june = told.june()
    told.coming()
    told.at_once()
    told.eighty_two(june)
    told.called_again()
    told.pavilion()
    told.spaces()


class _Meetings:
    def __init__(self, place: Place, street: Place, voices: Voices) -> None:
        self.place, self.street, self.voices = place, street, voices
        self.desk, self.lead = voices.desk(place), voices.lead(place)
        self.network = _network(place)
        self.keys = (f"demo-meeting-{number}" for number in count())
        actions.set_rhythm(
            self.lead, network=self.network, every=Rhythm.MONTHLY, first_on=workday(voices, 52, 9).date(), venue=ROOM,
            now=voices.ago(60),
        )  # fmt: skip

    def first(self) -> None:
        """The meeting before: one thing came as promised, one was done, one was given up."""
        at = workday(self.voices, 52, 9)
        row = self._roll(self.desk, self._planned(at), at, {INSURER: "年度审计，走不开"}, {})
        _lecture, monthly, bays = self._signed(row, BEFORE, at)
        actions.finish_decision(
            self.lead, decision_id=monthly.pk, day=(at + 6 * DAY).date(), words="写进了议事规则", now=at + 6 * DAY
        )
        words = "院坝要整治，临时车位画了又得铲，等整治完再画。"
        actions.give_up_decision(self.lead, decision_id=bays.pk, words=words, now=at + 16 * DAY)

    def june(self) -> Conference:
        """Demands and difficulties tabled; six of seven units there, one of them by proxy; each decision has its owner."""
        at = workday(self.voices, 22, 9)
        row = self._planned(at)
        own = problems.visible_problems(self.desk)
        for title in (NO_FIRM, MUD):
            problem = own.filter(title=title).first()
            actions.table_topic(
                self.desk, conference_id=row.pk, title=title, problem_id=problem.pk if problem else None,
                now=at - DAY, once=next(self.keys),
            )  # fmt: skip
        _bureau, officer = self.voices.named(BUREAU)
        topic = actions.table_topic(
            officer, conference_id=row.pk, title="清运车白天进不了院坝", words="路窄，停满了车，要有人引导，最好安排在晚上。",
            now=at - 2 * DAY, once=next(self.keys),
        )  # fmt: skip
        actions.agree_topic(self.desk, conference_id=row.pk, topic_id=topic.pk, now=at - DAY)
        self._roll(self.desk, row, at, {INSURER: "总公司来检查，走不开"}, {SCHOOL: CLINIC})
        *_rest, posters = self._signed(row, JUNE, at)
        _school, teacher = self.voices.named(SCHOOL)
        actions.finish_decision(
            teacher, decision_id=posters.pk, span="数天", words="三个班轮着来，五栋楼都清了。", now=at + 9 * DAY
        )
        return row

    def coming(self) -> None:
        """The next one: its notice is out, a member's topic waits, another is put off."""
        voices, now = self.voices, self.voices.now
        at = max(workday(voices, -9, 9), workday(voices, -7, 9))
        row = actions.plan_conference(
            self.desk, place=self.place, network=self.network, title=_title(at), starts_at=at, venue=ROOM,
            bring="各自承诺的事办到哪一步；这个月能出的人手。", now=voices.ago(5), once=next(self.keys),
        )  # fmt: skip
        actions.notify_conference(
            self.desk, conference_id=row.pk, starts_at=at, venue=ROOM, bring=row.bring, now=voices.ago(4)
        )
        calls = {one.unit.name: one.pk for one in queries.calls_of(row) if one.unit}
        actions.ask_to_bring(
            self.desk,
            conference_id=row.pk,
            call_id=calls[CLINIC],
            words="还没走到的十八户老人名单和打算",
            now=voices.ago(4),
        )
        told: dict[str, Any] = {"conference_id": row.pk}
        actions.table_topic(
            self.desk, title="高龄老人在家洗澡怕滑，能不能借单位浴室", now=voices.ago(3), once=next(self.keys), **told
        )
        for name, title, words in (
            (SCHOOL, "放学时校门口电动车太快", "上周又擦倒一个孩子，想请大家商量怎么管。"),
            (BANK, "想在院坝办一次集市", ""),
        ):
            _unit, officer = self.voices.named(name)
            topic = actions.table_topic(
                officer, title=title, words=words, now=voices.ago(2), once=next(self.keys), **told
            )
        words = "等院坝整治完再议。"
        actions.set_aside_topic(self.desk, topic_id=topic.pk, words=words, now=now - HOUR, **told)

    def at_once(self) -> None:
        """The school asks in the morning, the street's network meets in the afternoon, nobody is missing."""
        at = workday(self.voices, 62, 15)
        lead, (school, teacher) = self.voices.lead(self.street), self.voices.named(SCHOOL)
        about = "东正小学十三天后开学，校门口和围墙还没有弄好，学校自己办不了"
        row = actions.call_urgently(
            lead, place=self.street, urgent=Urgent(SCHOOL, about, at - 5 * HOUR), starts_at=at, network=_network(self.street),
            units=[school], venue="街道三楼会议室", now=at - 3 * HOUR, once=next(self.keys),
        )  # fmt: skip
        self._roll(lead, row, at, {}, {})
        three, plan = self._signed(row, AT_ONCE, at, desk=lead, lead=lead)
        actions.finish_decision(
            teacher, decision_id=plan.pk, day=at.date(), words="当晚发到各班。", now=at + 6 * HOUR + DAY
        )
        actions.finish_decision(lead, decision_id=three.pk, day=(at + 9 * DAY).date(), now=at + 9 * DAY)

    def eighty_two(self, june: Conference) -> None:
        """Six units send 82 people, two of whom stand on two rosters, and all of them come."""
        at = workday(self.voices, 18, 8)
        units = (BUREAU, SCHOOL, CLINIC, BANK, FACTORY, PROPERTY)
        row = self._mobilised("入户走访，清运垃圾", at, units, june.pk)
        people = _people(82)
        spans = ((0, 16), (16, 30), (30, 42), (42, 56), (56, 70), (70, 82))
        for name, (first, last) in zip(units, spans, strict=True):
            lines = people[first:last] + (people[:2] if name == PROPERTY else [])
            unit, officer = self.voices.named(name)
            actions.answer_mobilisation(
                officer, mobilisation_id=row, unit_id=unit.pk, roster="\n".join(lines), now=at - 2 * DAY
            )
            (roster,) = queries.rosters_of(officer, queries.get_mobilisation(officer, row))
            came = [one.pk for one in roster.people]
            actions.mark_turnout(officer, mobilisation_id=row, unit_id=unit.pk, came=came, now=at + 8 * HOUR)
        actions.end_mobilisation(self.desk, mobilisation_id=row, now=at + 2 * DAY)

    def called_again(self) -> None:
        """To come: two of four units have answered."""
        units = (BUREAU, CLINIC, FACTORY, PROPERTY)
        row = self._mobilised("帮高龄老人查插座、换灯泡", workday(self.voices, -5, 9), units, None, days=3)
        people = _people(104)[82:]
        for name, lines in ((CLINIC, people[:5]), (FACTORY, people[5:14])):
            unit, officer = self.voices.named(name)
            actions.answer_mobilisation(
                officer, mobilisation_id=row, unit_id=unit.pk, roster="\n".join(lines), now=self.voices.ago(1)
            )

    def _mobilised(
        self, title: str, at: datetime, units: tuple[str, ...], conference_id: int | None, *, days: int = 0
    ) -> int:
        """A call to act with its number; three days ahead, or so many days ago."""
        row = actions.mobilise(
            self.desk, place=self.place, title=title, starts_at=at, venue="东正大院门口集合",
            words="带手套，穿方便的鞋。", units=[neighbourhood.unit_named(name) for name in units],
            conference_id=conference_id, now=self.voices.ago(days) if days else at - 3 * DAY, once=next(self.keys),
        )  # fmt: skip
        return row.pk

    def pavilion(self) -> None:
        """One matter through all its stages, two on their way."""
        ago, place = self.voices.ago, self.place
        dance = self._raised(
            "晚上跳舞的音乐多大声、跳到几点", "二号楼上夜班的住户睡不好，跳舞的老人又只有这一块平地。", 48
        )
        talked: dict[str, Any] = {"deliberation_id": dance, "day": ago(44).date(), "now": ago(44)}
        actions.discuss_deliberation(self.desk, words="两边都来了。跳舞的愿意早收，住户愿意让到八点半。", **talked)
        actions.settle_deliberation(
            self.desk, deliberation_id=dance, what="晚上跳到八点半，音箱对着院墙，下雨改在活动室。", owner="舞蹈队和二号楼楼长",
            due_on=ago(30).date(), now=ago(44),
        )  # fmt: skip
        actions.carry_out_deliberation(
            self.desk, deliberation_id=dance, day=ago(34).date(), words="贴了告示，音箱换了位置。", now=ago(34)
        )
        actions.check_deliberation(
            self.desk, deliberation_id=dance, day=ago(27).date(), words="去听了三个晚上，八点半都停了。", now=ago(27)
        )
        bed = self._raised("院坝花台归谁浇水", "补种的花草没人浇，旱死了一片。", 16)
        words = "愿意认养的有七户，水从活动室接。"
        actions.discuss_deliberation(self.desk, deliberation_id=bed, day=ago(12).date(), words=words, now=ago(12))
        actions.settle_deliberation(
            self.desk, deliberation_id=bed, what="七户分七天浇，社区装一个水龙头。", owner=place.name,
            due_on=(self.voices.now + 6 * DAY).date(), now=ago(12),
        )  # fmt: skip
        self._raised("四号楼前要不要留晾衣的地方", "", 2)

    def spaces(self) -> None:
        """What came of the talk over the music: who has the yard and the pavilion when."""
        at = self.voices.ago(26)
        for name, words, users in (
            (
                "老院坝",
                "晚上八点半以后不放音箱",
                (("太极队", "打太极", "daily", 7, 8), ("舞蹈队", "跳舞", "daily", 19, 20)),
            ),
            ("议事亭", "", (("楼长们", "议事", "weekly", 15, 17), ("棋友", "下棋", "workdays", 9, 11))),
        ):
            space = spaces.register_space(self.desk, place=self.place, name=name, words=words, now=at)
            for user, what, repeat, first, last in users:
                spaces.hold_slots(
                    self.desk, space_id=space.pk, user=user, what=what, day=at.date(), repeat=repeat, first=first * 60,
                    last=last * 60 + 30, now=at, once=next(self.keys),
                )  # fmt: skip

    def _raised(self, subject: str, words: str, days: int) -> int:
        at = self.voices.ago(days)
        row = actions.raise_deliberation(
            self.desk, place=self.place, subject=subject, words=words, raised_on=at.date(), now=at, once=next(self.keys)
        )
        return row.pk

    def _planned(self, at: datetime) -> Conference:
        row = actions.plan_conference(
            self.desk, place=self.place, network=self.network, title=_title(at), starts_at=at, venue=ROOM,
            now=at - 8 * DAY, once=next(self.keys),
        )  # fmt: skip
        return actions.notify_conference(
            self.desk, conference_id=row.pk, starts_at=at, venue=ROOM, bring="三张清单，和手上承诺的事办到哪一步。",
            now=at - 7 * DAY,
        )  # fmt: skip

    def _roll(
        self, desk: Actor, row: Conference, at: datetime, absent: Mapping[str, str], proxies: Mapping[str, str]
    ) -> Conference:
        """Opened, and everybody called: who stands for another after those who are there."""
        chair = _person(self.voices.lead(row.place))
        row = actions.open_conference(desk, conference_id=row.pk, chair=chair, now=at)
        calls = {str(one.unit or one.person): one.pk for one in queries.calls_of(row)}
        for name, call in sorted(calls.items(), key=lambda one: one[0] in proxies):
            said: dict[str, Any] = {"presence": Presence.PRESENT}
            if name in absent:
                said = {"presence": Presence.ABSENT, "words": absent[name]}
            elif name in proxies:
                said = {"presence": Presence.PROXY, "proxy_id": calls[proxies[name]]}
            actions.call_roll(desk, conference_id=row.pk, call_id=call, now=at + HOUR / 6, **said)
        return row

    def _signed(
        self,
        row: Conference,
        said: tuple[Said, ...],
        at: datetime,
        *,
        desk: Actor | None = None,
        lead: Actor | None = None,
    ) -> list[Decision]:
        """Decided, signed on the next day; what was promised comes on its days. The decisions."""
        desk, lead = desk or self.desk, lead or self.lead
        topics = {one.title: one.pk for one in queries.topics_of(desk, row)}
        made = []
        for number, one in enumerate(said):
            unit = None if one.whose == HERE else neighbourhood.unit_named(one.whose)
            decided = Decided(
                one.kind, one.what, unit, None if unit else self.place, (at + one.days * DAY).date(), one.thing,
                one.amount, one.measure, topic_id=topics.get(one.topic),
                strands=(Strand.GOVERNANCE, Strand.SERVICES) if one.kind == "project" else (),
            )  # fmt: skip
            when = at + HOUR + number * HOUR / 12
            made.append(actions.decide(desk, conference_id=row.pk, decided=decided, now=when, once=next(self.keys)))
        actions.close_conference(desk, conference_id=row.pk, now=at + 2 * HOUR)
        actions.sign_minutes(lead, conference_id=row.pk, now=at + DAY)
        found = [queries.get_decision(desk, one.pk) for one in made]
        for one, decision in zip(said, found, strict=True):
            for days, amount in one.came:
                if decision.pledge_id:
                    _unit, officer = self.voices.named(one.whose)
                    bargains.handed_over(officer, desk, decision.pledge_id, amount, at=at + days * DAY)
        return found


def _network(place: Place) -> Network:
    return neighbourhood.networks().get(place=place)


def _person(actor: Actor) -> Person:
    return neighbourhood.persons([actor.person_id or 0])[0]


_MONTHS = "一 二 三 四 五 六 七 八 九 十 十一 十二".split()


def _title(at: datetime) -> str:
    """As offices call it: by the month."""
    return f"{_MONTHS[at.month - 1]}月联席会议"


def _people(number: int) -> list[str]:
    """Lines of rosters: people who do not exist, with numbers of a range that nobody has."""
    made = names.person_names(700)[500:]
    return [f"{name} 1990003{place:04d}" for place, name in enumerate(made[:number])]
