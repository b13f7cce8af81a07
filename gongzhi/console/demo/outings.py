"""A week and a half of visits in Dongzheng, and how its old factory compound was found. Nobody here exists."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gongzhi.neighbourhood import queries
from gongzhi.neighbourhood.rows import Account, Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.problems.actions import field, stories
from gongzhi.problems.actions.field import Finding
from gongzhi.problems.rules import VisitKind


@dataclass(frozen=True)
class Outing:
    """One visit: on which day counted from last week's Monday, when, where, what was said, when to come again."""

    day: int
    hour: int
    where: str
    words: str
    household: str = ""
    kind: VisitKind = VisitKind.HOUSEHOLD
    measure: str = ""
    again_after: int | None = None
    outcome: str = ""
    becomes: str = ""
    by: str = "dongzheng_shegong"


_PATROL, _CALL, _OFFICE = VisitKind.PATROL, VisitKind.TELEPHONE, VisitKind.RECEPTION
OUTINGS = (
    Outing(
        0,
        9,
        "1号楼",
        "老两口说楼道灯忽明忽暗，晚上下楼要打手电。",
        "1单元302",
        again_after=2,
        outcome="灯泡和开关都换了，晚上去看过，亮的。",
    ),
    Outing(
        0,
        15,
        "东正大院",
        "院坝入口的下水箅子松了一块，车压过去会翘。",
        kind=_PATROL,
        measure="先放了一个路锥。",
        becomes="problem",
    ),
    Outing(1, 10, "2号楼", "独居老人，腿脚不便，买药不方便，想请人每周带一次。", "2单元501", again_after=4),
    Outing(
        2,
        14,
        "3号楼",
        "顶楼卧室漏雨，墙皮掉了一片，去年补过一次。",
        "1单元701",
        measure="拍了照，请她先把床挪开。",
        becomes="demand",
    ),
    Outing(3, 9, "社区", "来问残疾人补贴今年要带什么材料。", kind=_OFFICE, measure="材料单打印给他了。"),
    Outing(
        3,
        16,
        "4号楼",
        "三楼住户晚上练琴，楼下有小孩要早睡，两家都愿意谈。",
        "2单元201",
        by="dongzheng_shuji",
        again_after=3,
        outcome="两家说好九点以后不练。",
    ),
    Outing(4, 10, "5号楼", "租住的年轻人说快递柜坏了半个月。", "1单元102"),
    Outing(
        5, 11, "东正大院", "周六停车最满，救护通道被占了两个车位。", kind=_PATROL, by="dongzheng_shuji", again_after=9
    ),
    Outing(6, 15, "5号楼", "打电话问候高龄老人，身体还好，说最近菜价涨了。", "1单元401", kind=_CALL),
    Outing(7, 9, "1号楼", "回看上周的楼道灯，顺便问了四楼，都说亮了。", "1单元402"),
    Outing(8, 10, "2号楼", "想在楼下装一个扶手，老人上台阶费力。", "1单元202", again_after=7),
    Outing(8, 16, "社区", "花园小区的业主来问业委会换届的日子。", kind=_OFFICE, by="dongzheng_shuji"),
    Outing(9, 8, "3号楼", "屋顶漏雨那家说昨晚又滴水，盆接着。", "1单元701"),
)

FINDINGS = (
    Finding("没有物业，门卫、保洁没人管", "原来的厂改制以后就没有人管，垃圾三四天清一次。"),
    Finding("雨天满地泥", "院坝没有硬化，下雨以后老人不敢出门。"),
    Finding("路窄，会车困难", "大门到3号楼一段最窄处两米四，消防车进不来。"),
    Finding("停车没有规划，剐蹭多", "一个月里问到六家被剐过，多数没找到是谁。"),
)
STORY = (
    "我在厂里上班的时候就住这里，二十多年了。一下雨出门就是泥，买菜回来鞋都没法看"
    "；路又窄，车子你擦我、我擦你，邻居为这个吵过好几回。就盼着有个人来管一管。"
)
UNTOLD = "我们这栋原来都是一个车间的，现在一半搬走了。楼上楼下不认得，有点事不晓得找哪个。"


def load(communities: dict[str, Place], accounts: dict[str, Account], *, now: datetime) -> None:
    """Note the visits up to now, follow some up, survey the old compound and keep two stories of it."""
    people = {
        key: queries.actor_for(accounts[key], today=now.date()) for key in ("dongzheng_shegong", "dongzheng_shuji")
    }
    community = communities["500104002017"]
    places = {"社区": community}
    compound = next(
        row for row in queries.current_places(PlaceKind.COMPOUND, under=community) if row.name == "东正大院"
    )
    inside = queries.current_places(PlaceKind.BUILDING, under=compound)
    places |= {"东正大院": compound, **{row.name: row for row in inside}}
    monday = now.date() - timedelta(days=now.weekday() + 7)
    for number, outing in enumerate(OUTINGS):
        at = _at(monday + timedelta(days=outing.day), outing.hour, now)
        if at <= now:
            _go(people[outing.by], number, outing, places[outing.where], at, now)
    _survey(people, compound, now - timedelta(days=26))


def _at(day: date, hour: int, now: datetime) -> datetime:
    return datetime.combine(day, time(hour, 20), now.tzinfo)


def _go(actor: Actor, number: int, outing: Outing, place: Place, at: datetime, now: datetime) -> None:
    again = at.date() + timedelta(days=outing.again_after) if outing.again_after else None
    visit = field.note_visit(
        actor,
        place=place,
        kind=outing.kind,
        words=outing.words,
        household=outing.household,
        measure=outing.measure,
        follow_up_on=again,
        visited_at=at,
        once=f"demo-{number}",
        now=at + timedelta(minutes=5),
    ).visit
    later = min(at + timedelta(hours=4), now)
    if outing.becomes == "demand":
        field.demand_from_visit(actor, visit_id=visit.pk, place_words=outing.household, now=later)
    elif outing.becomes == "problem":
        field.problem_from_visit(actor, visit_id=visit.pk, title="院坝入口下水箅子松动", now=later)
    elif outing.outcome and again:
        field.follow_up(actor, visit_id=visit.pk, words=outing.outcome, now=min(_at(again, 17, now), now))


def _survey(people: dict[str, Actor], compound: Place, then: datetime) -> None:
    desk, lead = people["dongzheng_shegong"], people["dongzheng_shuji"]
    baseline = field.survey_compound(
        lead,
        place=compound,
        surveyed_on=then.date(),
        findings=FINDINGS,
        households=318,
        has_property_firm=False,
        has_owners_committee=False,
        words="八十年代的厂区家属院，五栋楼，原来归厂里后勤管，改制以后没有物业，也没有成立业委会。",
        once="demo",
        now=then,
    )
    told = {"baseline_id": baseline.pk, "told_on": then.date(), "now": then}
    stories.tell_story(
        desk,
        words=STORY,
        age_band="70-79",
        years_there=22,
        consent_words="念给本人听过，当面签字",
        **told,  # type: ignore[arg-type]
    )
    stories.tell_story(desk, words=UNTOLD, age_band="60-69", years_there=31, **told)  # type: ignore[arg-type]
