"""What residents of the demonstration district said lately, and how far each matter has come. All made up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle

from gongzhi.demands import actions
from gongzhi.demands.actions import Intake
from gongzhi.demands.queries import current_categories
from gongzhi.demands.rules import Channel, Kind, Urgency
from gongzhi.neighbourhood import queries
from gongzhi.neighbourhood.rows import Account, MemberUnit, Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind


@dataclass(frozen=True)
class Word:
    """One thing that somebody said, of which kind, and what it turns out to be about (a category's name)."""

    body: str
    about: str
    kind: Kind = Kind.HELP
    urgency: Urgency = Urgency.ORDINARY


WORDS = (
    Word("顶楼的屋顶一下雨就漏，卧室墙皮都泡掉了，请来看看。", "屋顶漏水"),
    Word("单元门口的路灯不亮有一个星期了，老人晚上下楼看不见。", "路灯"),
    Word("楼下垃圾桶满了没人收，天一热味道很大。", "暴露垃圾"),
    Word("小区门口乱停车，消防通道都堵住了，昨晚救护车进不来。", "机动车乱停放", Kind.COMPLAINT, Urgency.DANGER),
    Word("二楼住户半夜打麻将，声音很大，劝了几次没有用。", "噪音扰民", Kind.COMPLAINT),
    Word("电梯这个月坏了三次，昨天又把人关在里面。", "电梯", Kind.COMPLAINT, Urgency.DANGER),
    Word("想问一下老房子加装电梯要多少户同意，材料交到哪里。", "加装电梯", Kind.CONSULT),
    Word("院坝的下水道堵了，污水漫到路上。", "污水井盖"),
    Word("早上停水到现在没有通知，不知道什么时候来。", "水电气管网", Kind.HELP, Urgency.UTILITY),
    Word("花园里的健身器材螺丝松了，小孩在上面玩很危险。", "健身设施"),
    Word("有人在绿化带种菜浇粪，夏天臭得开不了窗。", "绿地脏乱", Kind.REPORT),
    Word("小区路面坑坑洼洼，下雨就积水，推婴儿车过不去。", "道路破损"),
    Word("物业收了停车费却没有固定车位，每天回来都要抢。", "停车", Kind.COMPLAINT),
    Word("楼道里堆满了纸箱和旧家具，怕着火。", "乱堆物堆料", Kind.REPORT),
    Word("建议在院子里装一张长椅，老人买菜回来可以歇一歇。", "其他事件", Kind.SUGGESTION),
    Word("墙上贴满了开锁小广告，刚撕掉又有。", "非法小广告", Kind.REPORT),
)

ANSWERS = (
    "已请物业上门查看，破损处今天补好了，若再出现请直接联系社区。",
    "与承办单位一起到现场处理完毕，请您看看是否满意。",
    "您问的事项需要三分之二以上业主参与表决，材料清单已放在社区窗口，也可以请我们上门讲解。",
)


def load(communities: dict[str, Place], accounts: dict[str, Account], *, now: datetime) -> None:
    """Let four weeks pass: demands from everywhere, some answered and rated, some late, some just in."""
    desk = {code: _desk(accounts, code, now) for code in ("500104002017", "500104102002", "500104004025")}
    lead = queries.actor_for(accounts["qu_fuze"], today=now.date())
    places = list(communities.items())
    categories = {row.name: row for row in current_categories()}
    handler = queries.unit_named("大渡口区城市管理局（演示）")
    liaison = queries.actor_for(accounts["chengguan_lianluo"], today=now.date())
    order = cycle(range(len(places)))
    for number in range(96):
        word = WORDS[number % len(WORDS)]
        # Every third one lies in a community of the cast, so that their desks have something to do.
        code, place = places[next(order)] if number % 3 else _of_cast(communities, number)
        at = now - timedelta(hours=(96 - number) * 7 - 3)
        received = actions.receive_demand(
            Actor(label="居民"),
            intake=Intake(
                place=_somewhere(place, number),
                body=word.body,
                kind=word.kind,
                urgency=word.urgency,
                channel=(Channel.PAGE, Channel.TELEPHONE, Channel.POSTER, Channel.DESK)[number % 4],
                once=f"demo-{number}",
                name="演示居民" if number % 2 else "",
                phone=f"1990000{number:04d}" if number % 2 else "",
            ),
            now=at,
        )
        reporter = Actor(label="居民", link=received.demand.pk)
        worker = desk.get(code, lead)
        _go_on(number, received.demand.pk, worker, reporter, liaison, handler, categories.get(word.about), at, now)


def _go_on(
    number: int, pk: int, worker: Actor, reporter: Actor, liaison: Actor, handler: MemberUnit,
    category: object, at: datetime, now: datetime,
) -> None:  # fmt: skip
    """How far this one has come: the older, the further; every fifth stays where it is."""

    def after(hours: float) -> datetime:
        return min(at + timedelta(hours=hours), now)

    if number % 5 == 4 or number > 88:
        return
    if category:
        actions.classify_demand(worker, demand_id=pk, category=category, now=after(1))  # type: ignore[arg-type]
    if number % 7 == 3:
        actions.dispatch_demand(worker, demand_id=pk, handler=handler, now=after(2))
        if number % 2 or number < 40:
            actions.sign_demand(liaison, demand_id=pk, now=after(2.5))
        if number < 40:
            actions.answer_demand(liaison, demand_id=pk, answer=ANSWERS[number % 2], now=after(30))
        return
    actions.contact_reporter(worker, demand_id=pk, words="电话联系，约好上门。", now=after(3 + number % 30))
    if number > 70:
        return
    if number % 11 == 5:
        actions.ask_reporter(worker, demand_id=pk, question="请问具体在几单元几楼？最好有一张照片。", now=after(20))
        return
    answer = ANSWERS[2] if number % len(WORDS) == 6 else ANSWERS[number % 2]
    actions.answer_demand(worker, demand_id=pk, answer=answer, now=after(30 + number % 40 * 6))
    if number % 3 == 0:
        return
    happy = number % 8 != 1
    actions.rate_demand(
        reporter,
        demand_id=pk,
        solved=happy,
        satisfied=happy,
        reasons=() if happy else ("not_done",),
        now=after(60 + number % 40 * 6),
    )


_CAST_CODES = ("500104002017", "500104102002", "500104004025")


def _of_cast(communities: dict[str, Place], number: int) -> tuple[str, Place]:
    code = _CAST_CODES[number // 3 % len(_CAST_CODES)]
    return code, communities[code]


def _somewhere(community: Place, number: int) -> Place:
    """A building of the community, or a compound, in turn."""
    kind = PlaceKind.BUILDING if number % 2 else PlaceKind.COMPOUND
    found = list(queries.current_places(kind, under=community))
    return found[number % len(found)] if found else community


def _desk(accounts: dict[str, Account], code: str, now: datetime) -> Actor:
    key = {
        "500104002017": "dongzheng_shegong",
        "500104102002": "xinyu_shegong",
        "500104004025": "xingsheng_shegong",
    }[code]
    return queries.actor_for(accounts[key], today=now.date())
