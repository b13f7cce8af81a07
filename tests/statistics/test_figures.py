"""Figures of a small town, counted by hand beside what the board says."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongzhi.demands import actions
from gongzhi.demands.models import ImportFile
from gongzhi.demands.rules import Channel
from gongzhi.statistics import facts, periods, queries, rules
from gongzhi.statistics.queries import NONE, Board, Scope, board_of, rows_behind
from tests.town import NOW, Town

ZONE = ZoneInfo("Asia/Shanghai")
LATER = NOW + timedelta(days=20)
JUNE = periods.current(periods.Span.MONTH, date(2026, 6, 28), ZONE)


def scope_of(town: Town, who: str = "qu_kanban", **more: object) -> Scope:
    actor = town.actor(who)
    place = queries.board_place(actor, more.pop("place", None))  # type: ignore[arg-type]
    return Scope(actor, place, **{"period": JUNE, "now": LATER, **more})  # type: ignore[arg-type]


def board(town: Town, who: str = "qu_kanban", **more: object) -> Board:
    return board_of(scope_of(town, who, **more))


def rate(town: Town, received: actions.Received, *, solved: bool, satisfied: bool) -> None:
    when = NOW + timedelta(days=3)
    actions.rate_demand(
        town.reporter(received), demand_id=received.demand.pk, solved=solved, satisfied=satisfied, now=when
    )


@pytest.fixture
def worked(town: Town) -> Town:
    """Eight demands: five in Dongzheng, two in Xingsheng's compound, one in Xinyu outside any compound."""
    desk, lead = town.actor("dongzheng_shegong"), town.actor("dongzheng_shuji")
    answered = [town.report(phone="13800138000" if turn < 2 else "") for turn in range(3)]
    for turn, received in enumerate(answered):
        pk = received.demand.pk
        actions.classify_demand(desk, demand_id=pk, category=town.category("0101"), now=NOW)
        if turn < 2:
            actions.contact_reporter(desk, demand_id=pk, words="打过电话", now=NOW + timedelta(hours=1))
        actions.answer_demand(desk, demand_id=pk, answer="修好了。", now=NOW + timedelta(days=2))
    rate(town, answered[0], solved=True, satisfied=True)
    rate(town, answered[1], solved=True, satisfied=False)
    parked = town.report().demand.pk
    actions.park_demand(lead, demand_id=parked, reason="等资金", review_on=date(2026, 12, 1), now=NOW)
    withdrawn = town.report()
    actions.withdraw_demand(town.reporter(withdrawn), demand_id=withdrawn.demand.pk, now=NOW)
    town.report(place="garage")
    handed = town.report(place="garage", body="垃圾没有人收", channel=Channel.TELEPHONE).demand.pk
    unit = town.units["大渡口区城市管理局（演示）"]
    actions.dispatch_demand(town.actor("xingsheng_shegong"), demand_id=handed, handler=unit, now=NOW)
    actions.return_demand(
        town.actor("chengguan_lianluo"), demand_id=handed, reason="物业职责", duty_basis="条例", now=NOW
    )
    town.report(place="xinyu")
    return town


def test_the_counts_are_those_of_the_hand(worked: Town) -> None:
    total = board(worked).total
    # Contact: two kept; the third was first reached by its answer, two days later; three were never reached.
    expected = {
        "received": 8,
        "answered": 3,
        "direct": 3,
        "dispatched": 1,
        "returned": 1,
        "repeated": 1,
        "parked": 1,
        "withdrawn": 1,
        "sent_back": 1,
        "contact_due": 6,
        "contact_kept": 2,
        "answer_due": 6,
        "answer_kept": 3,
        "answer_late": 3,
        "not_due": 2,
        "rated": 2,
        "solved": 2,
        "satisfied": 1,
        "link_rated": 2,
        "asked": 0,
        "contact_due_adjusted": 5,
    }
    assert {name: total[name] for name in expected} == expected


def test_every_number_leads_to_exactly_the_rows_that_it_counted(worked: Town) -> None:
    scope = scope_of(worked)
    total = board_of(scope).total
    for name in facts.CONDITIONS:
        rows = rows_behind(scope, name).demands
        assert len(rows) == total[name], name


def test_paging_through_the_rows_meets_each_once(worked: Town) -> None:
    scope, met, after = scope_of(worked), [], ""
    while True:
        page = rows_behind(scope, "received", after=after, size=3)
        met += [row.pk for row in page.demands]
        after = page.after
        if not after:
            break
    assert len(met) == len(set(met)) == 8
    assert len(rows_behind(scope, "received", after="nonsense").demands) == 8


@pytest.mark.mechanism("M1")
def test_needs_by_compound_type_add_up_to_the_total(worked: Town) -> None:
    shown = board(worked)
    received = {line.key: line.counts["received"] for line in shown.by_compound_type}
    assert received == {"legacy_enterprise": 5, "resettlement": 0, "public_rental": 0, "commodity": 2, NONE: 1}
    for lines in (shown.by_compound_type, shown.by_category, shown.by_channel, shown.by_place):
        assert sum(line.counts["received"] for line in lines) == shown.total["received"] == 8
    assert sum(counts["received"] for _day, counts in shown.trend) == 8
    for line in shown.by_compound_type:
        scope = scope_of(worked, compound_type=line.key)
        assert len(rows_behind(scope, "received").demands) == line.counts["received"]


@pytest.mark.mechanism("M25")
def test_satisfaction_says_how_many_were_asked_reached_and_satisfied(town: Town) -> None:
    desk = town.actor("dongzheng_shegong")
    for turn in range(9):
        received = town.report()
        pk, later = received.demand.pk, NOW + timedelta(days=2)
        actions.answer_demand(desk, demand_id=pk, answer="修好了。", now=NOW)
        if turn < 7:
            reached = turn != 0
            said = {"solved": True, "satisfied": turn != 1} if reached else {}
            actions.call_back(desk, demand_id=pk, reached=reached, now=later, **said)  # type: ignore[arg-type]
        elif turn == 7:
            actions.lapse_demand(demand_id=pk, now=later)
        else:
            actions.rate_demand(town.reporter(received), demand_id=pk, solved=False, satisfied=True, now=later)
    total = board(town).total
    assert (total["asked"], total["reached"], total["reached_satisfied"]) == (7, 6, 5)
    assert (total["link_rated"], total["link_satisfied"], total["lapsed"]) == (1, 1, 1)
    satisfaction = rules.rate("satisfaction", total)
    assert (satisfaction.numerator, satisfaction.n, satisfaction.shown) == (6, 7, "85.7")
    assert rules.rate("callback", total).shown == "83.3"
    assert rules.rate("by_link", total).few


@pytest.mark.mechanism("M33")
def test_a_subdistrict_sees_its_subtree_and_the_district_everything(worked: Town) -> None:
    assert board(worked, "yuejin_shuji").total["received"] == 5
    assert board(worked, "xingsheng_shegong").total["received"] == 2
    assert board(worked, "qu_kanban").total["received"] == 8
    for stranger in ("yuejin_shuji", "dongzheng_shegong"):
        with pytest.raises(queries.ABSENT):
            queries.board_place(worked.actor(stranger), worked.places["xingsheng"].pk)
    with pytest.raises(queries.ABSENT):
        queries.board_place(worked.actor("chengguan_lianluo"), None)


def test_open_and_late_now_are_counted_whenever_they_came_in(worked: Town) -> None:
    july = periods.current(periods.Span.MONTH, date(2026, 7, 20), ZONE)
    shown = board(worked, period=july, now=NOW + timedelta(days=42))
    assert shown.total["received"] == 0 and shown.change.difference == -8
    # Parked is open but not late; the answered but unrated one is open too.
    assert shown.now == {"open": 5, "late": 3}
    scope = scope_of(worked, period=july, now=NOW + timedelta(days=42))
    assert len(rows_behind(scope, "open").demands) == 5
    assert len(rows_behind(scope, "late").demands) == 3


def test_imported_history_is_stated_and_never_counted(worked: Town) -> None:
    file = ImportFile.objects.create(name="a.csv", digest="a", stored_as="a", handed_in_at=NOW, historic=True)
    for turn in range(4):
        when = NOW - timedelta(days=turn)
        stated = None if turn == 3 else turn < 2
        worked.report(historic=True, stated_in_time=stated, reported_at=when, import_file=file)
    shown = board(worked)
    assert shown.stated == rules.Stated(orders=4, in_time=2, late=1)
    assert shown.stated.figure().how is rules.Basis.STATED
    assert (shown.total["received"], shown.total["answer_due"]) == (8, 6)
    # A month later they are no part of what this month is compared with either.
    july = periods.current(periods.Span.MONTH, date(2026, 7, 31), ZONE)
    assert board(worked, period=july, now=NOW + timedelta(days=60)).change.before == 8


def test_a_board_costs_the_same_number_of_queries_whatever_it_holds(worked: Town) -> None:
    def queries_of() -> int:
        scope = scope_of(worked)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            board_of(scope)
        return len(seen)

    before = queries_of()
    for _turn in range(5):
        worked.report(place="garage")
    assert queries_of() == before <= 8


def test_what_took_long_to_count_is_kept_a_while_and_says_so(worked: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "DEAR", -1)
    first = board(worked)
    worked.report(place="garage")
    again = board(worked, now=LATER + timedelta(minutes=2))
    assert again.total["received"] == first.total["received"] == 8
    assert again.scope.now == LATER
    assert again.scope.actor == worked.actor("qu_kanban")
    assert board(worked, "xingsheng_shegong").total["received"] == 3
    cache.clear()
