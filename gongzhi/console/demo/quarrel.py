"""A quarrel of owners and property firm in Xinyu, heard from three seats and settled at the table. All made up."""

from datetime import datetime, timedelta

from gongzhi.neighbourhood import queries
from gongzhi.neighbourhood.rows import Account, Place
from gongzhi.neighbourhood.rules import PlaceKind
from gongzhi.problems import actions
from gongzhi.problems.rules import Kind, Origin, Outcome, SeatKind

# Seat, who sits there, how they see it, what they offer.
SEATS = (
    (
        SeatKind.OWNERS_COMMITTEE,
        "业委会副主任",
        "停车费从八十涨到一百二，没有公示，也没有开过会；交了费照样没有位置停。",
        "愿意按车位数签约，先停收涨的部分。",
    ),
    (
        SeatKind.PROPERTY_FIRM,
        "项目经理",
        "道闸和监控换新花了钱，外来车多，晚上管不过来。",
        "公示账目；外来车晚上九点以后不进。",
    ),
    (
        SeatKind.RESIDENTS_COMMITTEE,
        "居委会副主任",
        "两边都有道理，差在没有坐下来算过账。",
        "社区出会议室，请两边带账本来，社区帮着找夜间车位。",
    ),
)
AGREED = "涨的部分停收，已收的抵下个季度；账目在公告栏贴满一个月；外来车晚上九点以后不进；三个月后再坐下来看一次。"


def load(communities: dict[str, Place], accounts: dict[str, Account], *, now: datetime) -> None:
    """The quarrel is written down, the three are heard in turn, and a week later they agree."""
    desk = queries.actor_for(accounts["xinyu_shegong"], today=now.date())
    inside = queries.current_places(PlaceKind.COMPOUND, under=communities["500104102002"])
    place = next(row for row in inside if row.has_owners_committee)
    then = now - timedelta(days=15)
    problem = actions.raise_problem(
        desk, place=place, title="停车费怎么收，业主和物业说不拢", kind=Kind.DISPUTE, origin=Origin.VISIT, now=then
    )
    for step, (kind, holder, view, offer) in enumerate(SEATS, start=1):
        actions.take_seat(
            desk, problem_id=problem.pk, kind=kind, holder=holder, view=view, offer=offer,
            now=then + timedelta(days=step),
        )  # fmt: skip
    seats = [kind.value for kind, *_said in SEATS]
    actions.mediate_problem(
        desk, problem_id=problem.pk, outcome=Outcome.AGREED, words=AGREED, seats=seats, now=then + timedelta(days=8)
    )
