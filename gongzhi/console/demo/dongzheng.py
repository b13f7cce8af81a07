"""Dongzheng's seven units: what they offer and lack, who helped whom in a year, its 爱心账, its workshop. All made up."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

from gongzhi.console.demo import bargains
from gongzhi.console.demo.names import BANK, BUREAU, CLINIC, DONGZHENG, FACTORY, INSURER, PROPERTY, SCHOOL
from gongzhi.console.demo.voices import Voices
from gongzhi.exchange import actions
from gongzhi.exchange.actions import NeedDetails, OfferDetails, giving, packages
from gongzhi.exchange.actions.giving import From, Gift
from gongzhi.exchange.queries import packages as package_queries
from gongzhi.exchange.talk_rules import Topic
from gongzhi.neighbourhood import queries
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import queries as problems

HERE = "东正社区"
NIGHTS = [(day, 19 * 60, 24 * 60) for day in range(7)]
SATURDAY, SUNDAY = [(5, 9 * 60, 11 * 60 + 30)], [(6, 14 * 60, 17 * 60)]
WORKDAYS = [(day, 16 * 60, 18 * 60) for day in range(5)]


class Thing(NamedTuple):
    """One thing that is offered or needed: whose, of what kind, called what, how much of it."""

    whose: str
    kind: str
    title: str
    quantity: int
    measure: str
    more: dict[str, Any]


def _thing(whose: str, kind: str, title: str, quantity: int, measure: str, **more: Any) -> Thing:
    return Thing(whose, kind, title, quantity, measure, more)


OFFERS = (
    _thing(INSURER, "parking", "公司地下车库夜间车位", 30, "个", windows=NIGHTS, most_per_need=15, reach_metres=1500,
           how_often="每晚", tags=["夜间车位"], conditions="早上七点半以前开走，登记车牌", visibility="public"),
    _thing(BANK, "information", "防诈骗和理财讲座", 12, "次", windows=SATURDAY, tags=["讲座"], how_often="每月一次"),
    _thing(BANK, "service", "上门办理社保卡", 40, "人次", audience="腿脚不便的老人", tags=["社保卡"]),
    _thing(BANK, "channel", "网点大厅展示柜", 2, "处", tags=["产品展销"]),
    _thing(BUREAU, "service", "占道和乱停车巡查", 60, "次", windows=WORKDAYS, tags=["巡查"], most_per_need=20),
    _thing(BUREAU, "goods", "绿化苗木", 300, "株", tags=["苗木"], smallest=10),
    _thing(BUREAU, "service", "窨井和雨水箅子维修", 10, "处", tags=["市政设施"]),
    _thing(SCHOOL, "place", "小学礼堂", 8, "场次", windows=SUNDAY, tags=["活动场地"], conditions="上课日不借，自己打扫"),
    _thing(SCHOOL, "skill", "书法老师上课", 12, "课次", windows=SATURDAY, tags=["书画教学"], audience="老年人、儿童"),
    _thing(CLINIC, "service", "量血压、测血糖", 300, "人次", tags=["义诊"], visibility="public"),
    _thing(FACTORY, "skill", "电工上门检修", 40, "人次", tags=["电工"], how_often="每周三下午"),
    _thing(FACTORY, "funds", "资助工疗站设备", 6000, "元", tags=["工疗站"], visibility="network"),
    _thing(PROPERTY, "service", "清运装修垃圾", 20, "车", tags=["清运"], smallest=1),
    _thing(HERE, "place", "社区会议室", 20, "场次", tags=["会议室"]),
)  # fmt: skip

NEEDS = (
    _thing(HERE, "parking", "老院坝晚上缺停车位", 25, "个", windows=NIGHTS, urgency=3, tags=["夜间车位"]),
    _thing(HERE, "skill", "一到五号楼楼道灯检修", 12, "人次", urgency=2, tags=["电工"]),
    _thing(HERE, "service", "给高龄老人量血压", 60, "人次", tags=["义诊"]),
    _thing(HERE, "information", "防诈骗讲座", 4, "次", tags=["讲座"]),
    _thing(HERE, "goods", "百日绿化补种苗木", 150, "株", tags=["苗木"], urgency=2),
    _thing(HERE, "service", "院坝装修垃圾清运", 6, "车", urgency=2, tags=["清运"]),
    _thing(HERE, "place", "社区演出要一个礼堂", 1, "场次", tags=["活动场地"]),
    _thing(HERE, "skill", "老年书法班要老师", 8, "课次", urgency=1, tags=["书画教学"]),
    _thing(BANK, "place", "员工学习要一间会议室", 2, "场次", tags=["会议室"]),
    _thing(SCHOOL, "service", "放学时段校门口巡查", 20, "次", windows=WORKDAYS, urgency=2, tags=["巡查"]),
    _thing(INSURER, "service", "员工量血压、测血糖", 40, "人次", tags=["义诊"]),
    _thing(PROPERTY, "place", "业主大会要一个礼堂", 1, "场次", tags=["活动场地"]),
)  # fmt: skip

# Need, offer, how much, days ago when both agreed, and what came: (days ago, how much).
BARGAINS: tuple[tuple[str, str, int, int, tuple[tuple[int, int], ...]], ...] = (
    ("放学时段校门口巡查", "占道和乱停车巡查", 20, 280, ((260, 10), (230, 10))),
    ("员工学习要一间会议室", "社区会议室", 2, 250, ((240, 1), (210, 1))),
    ("给高龄老人量血压", "量血压、测血糖", 60, 220, ((205, 35), (190, 25))),
    ("百日绿化补种苗木", "绿化苗木", 150, 200, ((190, 90), (176, 60))),
    ("员工量血压、测血糖", "量血压、测血糖", 40, 150, ((140, 40),)),
    ("防诈骗讲座", "防诈骗和理财讲座", 3, 120, ((110, 1),)),
    ("老院坝晚上缺停车位", "公司地下车库夜间车位", 12, 60, ((55, 12),)),
    ("院坝装修垃圾清运", "清运装修垃圾", 6, 100, ((36, 2),)),
    ("一到五号楼楼道灯检修", "电工上门检修", 12, 75, ((22, 5), (15, 3))),
)
OPENED = 300


def load(communities: dict[str, Place], voices: Voices, *, now: datetime) -> None:
    """A year of giving and getting in Dongzheng."""
    story = _Story(communities[DONGZHENG], voices)
    story.put_on_the_list()
    story.money()
    for bargain in BARGAINS:
        story.strike(*bargain)
    story.lend(communities)
    story.across_the_border(communities)
    story.workshop(now)
    story.what_is_under_way(now)


class _Story:
    def __init__(self, place: Place, voices: Voices) -> None:
        self.place, self.voices = place, voices
        self.desk, self.lead = voices.desk(place), voices.lead(place)
        self.offers: dict[str, int] = {}
        self.needs: dict[str, int] = {}
        self.whose: dict[str, Actor] = {}
        self.keys = (f"demo-dongzheng-{number}" for number in count())

    def put_on_the_list(self) -> None:
        """Everybody says what they have and what they lack; the desk verifies it, all but the last."""
        at, last = self.voices.ago(OPENED), (self.voices.now + timedelta(days=200)).date()
        for one in OFFERS:
            more = self._side(one)
            said: dict[str, Any] = {"place": self.place, "valid_until": last} | one.more
            details = OfferDetails(one.kind, one.title, one.quantity, one.measure, **said)
            actor = self.whose[one.title]
            row = actions.state_offer(actor, details=details, now=at, once=next(self.keys), **more)
            self.offers[one.title] = row.offer.pk
        for one in NEEDS:
            more = self._side(one)
            asked: dict[str, Any] = {
                "place": self.place,
                "deadline": (self.voices.now + timedelta(days=40)).date(),
            } | one.more
            wanted = NeedDetails(one.kind, one.title, one.quantity, one.measure, **asked)
            actor = self.whose[one.title]
            need = actions.state_need(actor, details=wanted, now=at, once=next(self.keys), **more).need
            self.needs[one.title] = need.pk
            if one is not NEEDS[-1]:
                actions.verify_need(self.desk, need_id=need.pk, now=at)

    def _side(self, one: Thing) -> dict[str, Any]:
        """Whose it is, for the action; who speaks for them is kept by its title."""
        if one.whose == HERE:
            self.whose[one.title] = self.desk
            return {"place": self.place}
        unit, self.whose[one.title] = self.voices.named(one.whose)
        return {"unit": unit}

    def strike(self, need: str, offer: str, quantity: int, days: int, parts: tuple[tuple[int, int], ...]) -> int:
        """Both say yes, and so much of it came on those days; the pledge."""
        giver, receiver, at = self.whose[offer], self.whose[need], self.voices.ago(days)
        due = at + timedelta(days=90)
        pledge = bargains.agreed(
            self.desk, giver, receiver, self.needs[need], self.offers[offer], quantity, due=due, at=at
        )
        for ago, part in parts:
            bargains.handed_over(giver, receiver, pledge, part, at=self.voices.ago(ago))
        if need == "防诈骗讲座":
            self._came_to_words(giver, pledge)
        if need == "一到五号楼楼道灯检修":
            later = (self.voices.now + timedelta(days=30)).date()
            actions.put_off(
                giver, pledge_id=pledge, later_on=later, words="厂里检修停机，下周才排得出人。", now=self.voices.ago(1)
            )
        return pledge

    def _came_to_words(self, giver: Actor, pledge: int) -> None:
        """Two lectures were noted where one was held: the receiver says so, the giver corrects it."""
        ago = self.voices.ago
        noted = actions.deliver(giver, pledge_id=pledge, quantity=2, day=ago(40).date(), now=ago(40))
        actions.dispute_delivery(self.desk, delivery_id=noted.pk, words="这个月只讲了一次，另一次改期了。", now=ago(39))
        right = actions.correct_delivery(
            giver, delivery_id=noted.pk, quantity=1, day=ago(40).date(), words="记多了一次。", now=ago(38)
        )
        actions.confirm_delivery(self.desk, delivery_id=right.pk, now=ago(37))
        bargains.handed_over(giver, self.desk, pledge, 1, at=ago(12))

    def what_is_under_way(self, now: datetime) -> None:
        """The school cannot on that day; the drain waits for an answer; words go to and fro."""
        ago, soon = self.voices.ago, now + timedelta(days=20)
        hall = self.needs["社区演出要一个礼堂"], self.offers["小学礼堂"]
        match = bargains.asked(self.desk, *hall, 1, due=soon, at=ago(9))
        actions.decline_match(
            self.whose["小学礼堂"], match_id=match, reason="pair", words="那天礼堂排了考场，换一天可以。", now=ago(8),
        )  # fmt: skip
        drain = next(iter(problems.visible_problems(self.desk).filter(title="院坝入口下水箅子松动")), None)
        if drain:
            details = NeedDetails(
                "service", "院坝入口换一块雨水箅子", 1, "处", urgency=3, tags=["市政设施"], place=self.place
            )
            at = max(ago(1), drain.raised_at)
            need = actions.state_need(self.desk, details=details, problem_id=drain.pk, now=at, once="demo-drain").need
            actions.verify_need(self.desk, need_id=need.pk, now=at)
            bargains.asked(self.desk, need.pk, self.offers["窨井和雨水箅子维修"], 1, due=soon, at=at)
        garage = self.offers["公司地下车库夜间车位"]
        insurer = self.whose["公司地下车库夜间车位"]
        for actor, words, days in (
            (self.desk, "老院坝还差十三个车位，地下一层能不能再开一排？", 6.0),
            (insurer, "可以，要先把一层的道闸接到门卫室，下周装。", 5.0),
            (self.desk, "门卫晚上几点换班？想约一次现场看看。", 0.5),
        ):
            actions.write_message(
                actor,
                topic=Topic.OFFER,
                about_id=garage,
                words=words,
                asks=days != 5.0,
                now=ago(days),
                once=next(self.keys),
            )

    def money(self) -> None:
        """爱心账: nearly 200,000 for green and roofs and what it was used for; smaller sums, one from a person."""
        ago, desk = self.voices.ago, self.desk
        unit, insurer = self.voices.named(INSURER)

        def came(giver: From, amount: str, what_for: str, days: int, programme: str = "") -> int:
            gift = Gift("funds", amount, "元", ago(days).date(), what_for, programme=programme)
            row = giving.note_contribution(
                desk, place=self.place, giver=giver, gift=gift, now=ago(days), once=next(self.keys)
            )
            return row.pk

        def used(row: int, quantity: int, what: str, voucher: str, days: int) -> None:
            giving.use_contribution(
                desk, contribution_id=row, quantity=quantity, day=ago(days).date(), what=what, voucher=voucher,
                now=ago(days),
            )  # fmt: skip

        green = came(From(unit=unit), "近20万元", "院坝绿化和屋顶翻修", 290, "百日绿化")
        used(green, 86_000, "翻修1号楼、3号楼屋顶", "演示-001", 240)
        used(green, 52_000, "院坝铺草皮、砌花台", "演示-002", 200)
        yes = {"contribution_id": green, "openness": "named"}
        giving.agree_public(insurer, **yes, now=ago(180))  # type: ignore[arg-type]
        bench = came(From(name="山溪商贸行（演示）"), "12000", "院坝装长椅", 130)
        used(bench, 9600, "长椅六张，含安装", "演示-003", 95)
        letter = {"contribution_id": bench, "openness": "unnamed", "words": "来函同意", "day": ago(90).date()}
        giving.agree_public(desk, **letter, now=ago(90))  # type: ignore[arg-type]
        came(From(), "3000", "给独居老人装扶手", 25)

    def workshop(self, now: datetime) -> None:
        """帮扶: the workshop needs equipment, training and somewhere to sell; the first has come, the second is asked."""
        ago, soon = self.voices.ago, now + timedelta(days=45)
        parts = (
            NeedDetails("funds", "添置两台缝纫机", 6000, "元", urgency=2, deadline=soon.date()),
            NeedDetails("skill", "缝纫技术培训", 4, "次", urgency=2, deadline=soon.date()),
            NeedDetails("channel", "手工品寄售点", 1, "处", deadline=soon.date()),
        )
        package = packages.make_package(
            self.desk, surveyor="区残联（演示）", surveyed_on=ago(75).date(), place=self.place, programme="工疗站",
            words="缺设备，缺技术，做出来的东西没有地方卖。", parts=parts, now=ago(75), once="demo-workshop",
        )  # fmt: skip
        parts_of = package_queries.parts_of(self.desk, [package.pk])[package.pk]
        money, training = (part.need.pk for part in parts_of[:2])
        factory, officer = self.voices.named(FACTORY)
        offer = self.offers["资助工疗站设备"]
        pledge = bargains.agreed(self.desk, officer, self.desk, money, offer, 6000, due=soon, at=ago(60))
        bargains.handed_over(officer, self.desk, pledge, 6000, at=ago(50), words="转账到社区账户。")
        giving.enter_pledge(self.desk, pledge_id=pledge, now=ago(49))
        details = OfferDetails("skill", "缝纫师傅带徒", 6, "次", tags=["缝纫"], place=self.place)
        told = actions.state_offer(officer, details=details, unit=factory, now=ago(10), once="demo-sewing")
        bargains.asked(self.desk, training, told.offer.pk, 4, due=soon, at=ago(1))

    def lend(self, communities: dict[str, Place]) -> None:
        """Promised in meetings: things go from Dongzheng to its neighbours, and back."""
        ago, xinyu, xingsheng = self.voices.ago, communities["500104102002"], communities["500104004025"]
        factory, officer = self.voices.named(FACTORY)
        lent: tuple[tuple[dict[str, Any], Actor, Place, str, int, int], ...] = (
            ({"giver_unit": factory}, officer, xinyu, "车间换下的工具柜", 8, 170),
            ({"giver_place": self.place}, self.desk, xingsheng, "折叠桌椅", 30, 130),
            ({"giver_place": xingsheng}, self.voices.desk(xingsheng), self.place, "闲置图书架", 6, 90),
        )
        for giver, who, receiver, what, quantity, days in lent:
            there, at = self.voices.desk(receiver), ago(days)
            pledge = actions.note_pledge(
                there, kind="goods", what=what, quantity=quantity, measure="件", due_on=ago(days - 30).date(),
                receiver_place=receiver, now=at, once=next(self.keys), **giver,
            )  # fmt: skip
            bargains.handed_over(who, there, pledge.pk, quantity, at=ago(days - 12))

    def across_the_border(self, communities: dict[str, Place]) -> None:
        """Xinyu asks to be introduced to the insurer and is; Xingsheng waits for an answer about the school."""
        ago = self.voices.ago
        xinyu, xingsheng = communities["500104102002"], communities["500104004025"]
        words = "花园小区晚上缺车位，想问问贵社区的单位能不能也帮我们想想办法。"
        row = actions.ask_introduction(
            self.voices.desk(xinyu), unit=queries.unit_named(INSURER), to_community=xinyu, words=words, now=ago(50)
        )
        actions.agree_introduction(self.lead, introduction_id=row.pk, now=ago(48))
        actions.note_talk(
            self.voices.desk(xinyu), introduction_id=row.pk, day=ago(40).date(),
            words="三方见过面，路远，居民走过去要四十分钟，先不做，另找附近的。", now=ago(40),
        )  # fmt: skip
        actions.ask_introduction(
            self.voices.desk(xingsheng), unit=queries.unit_named(SCHOOL), to_community=xingsheng,
            words="想请书法老师来给老年班上几次课。", now=ago(3),
        )  # fmt: skip
