"""Due times and the sentence that explains them."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.console.catalogues import LOCALE, messages
from gongzhi.demands.deadlines import UNITS, Limit, NoLimit, choose_limit, due, explain, late, overdue_by, say
from gongzhi.demands.presets import DEFAULT_PRESETS, PRESET_LABELS, PRESETS
from gongzhi.shared.workdays import ZONE, official_calendar

CALENDAR = official_calendar()
SEVEN = Limit("answer", 7, "working_days", urgency="ordinary")
TWO_HOURS = Limit("answer", 2, "hours", urgency="danger")


def at(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


def sentence(result) -> str:
    return say(explain(json.loads(json.dumps(result.why))))  # as it comes back from the database


times = st.datetimes(datetime(2024, 1, 1), datetime(2027, 6, 1), timezones=st.just(ZONE))
lengths = st.timedeltas(timedelta(0), timedelta(days=20))
limits = st.builds(
    Limit,
    clock=st.just("answer"),
    amount=st.integers(1, 40),
    unit=st.sampled_from(UNITS),
    ends=st.sampled_from(["close", "same_time"]),
    working_hours_only=st.booleans(),
)
pause_lists = st.lists(st.tuples(times, lengths).map(lambda p: (p[0], p[0] + p[1])), max_size=4)


# What people read


def test_an_ordinary_demand_received_on_a_sunday():
    result = due(SEVEN, at(11, 22, 10), CALENDAR)
    assert result.at == at(12, 1, 18)
    assert sentence(result) == (
        "普通事项7个工作日内答复：11月22日（周日）受理，从11月23日起算，其间2天为休息日，故12月1日18:00前答复"
    )


def test_waiting_and_extension_are_told():
    waited = [(at(11, 24, 9), at(11, 24, 15))]  # 3 hours before and 1 after lunch
    result = due(SEVEN, at(11, 22, 10), CALENDAR, waited, [3])
    assert result.at == at(12, 7, 15)  # 4 December 18:00 and four hours of office time
    assert sentence(result) == (
        "普通事项7个工作日内答复：11月22日（周日）受理，从11月23日起算，其间4天为休息日，"
        "等待居民补充1次共4个工作小时不计，经批准延期3个工作日，故12月7日15:00前答复"
    )


def test_holidays_and_made_up_days_are_named():
    result = due(SEVEN, at(9, 30, 10), CALENDAR)
    assert result.at == at(10, 15, 18)
    assert "其间8天为休息日（含国庆节），1天周末调休上班，故10月15日18:00前答复" in sentence(result)


def test_an_urgent_demand_runs_by_the_clock():
    result = due(TWO_HOURS, at(11, 22, 23, 30), CALENDAR)
    assert result.at == at(11, 23, 1, 30)
    assert sentence(result) == (
        "危及人身或财产的事项2小时内答复：11月22日（周日）23:30受理，即时起算，故11月23日01:30前答复"
    )


def test_office_hours_may_be_asked_for():
    limit = Limit("sign_in", 1, "hours", "dispatched", working_hours_only=True)
    result = due(limit, at(11, 20, 17, 30), CALENDAR)
    assert result.at == at(11, 23, 9, 30)
    assert sentence(result) == (
        "所有事项1小时内（按上班时间）签收：11月20日（周五）17:30派单，即时起算，其间2天为休息日，故11月23日09:30前签收"
    )


def test_beyond_the_official_calendar_a_due_time_is_provisional_and_bears_its_year():
    result = due(SEVEN, at(12, 28), CALENDAR)
    assert result.why["provisional"] is (CALENDAR.known_until < date(2027, 1, 1))
    assert "故暂定2027年1月6日18:00前答复（届时的放假安排尚未公布）" in sentence(result)


def test_an_open_question_is_told_and_counts_up_to_now():
    asked = [(at(11, 24, 9), None)]
    assert "正在等待居民补充，时限暂停" in sentence(due(SEVEN, at(11, 22), CALENDAR, asked))
    result = due(SEVEN, at(11, 22), CALENDAR, asked, now=at(11, 24, 12))
    assert result.at == at(12, 2, 12)
    assert "等待居民补充1次至今共3个工作小时不计，仍在等待" in sentence(result)
    # the clock set back to before the question was asked changes nothing
    assert due(SEVEN, at(11, 22), CALENDAR, asked, now=at(11, 1)).at == at(12, 1, 18)


def test_every_piece_is_translated_by_itself():
    seen = []
    say(explain(due(SEVEN, at(9, 30), CALENDAR).why), lambda text: seen.append(text) or text)
    assert {"普通事项", "%(n)d个工作日内", "故%(due)s前答复", "周三", "国庆节"} <= set(seen)


# Waiting


def test_waiting_over_a_weekend_adds_nothing_to_working_days():
    assert due(SEVEN, at(11, 20), CALENDAR, [(at(11, 20, 18), at(11, 23, 9))]).at == due(SEVEN, at(11, 20), CALENDAR).at


def test_a_whole_working_day_of_waiting_gives_a_whole_working_day():
    assert due(SEVEN, at(11, 22), CALENDAR, [(at(11, 24, 9), at(11, 25, 9))]).at == at(12, 2, 18)


def test_waits_that_overlap_count_once_and_are_rounded_once():
    waits = [(at(11, 22, 9, 0), at(11, 22, 9, 50)), (at(11, 22, 9, 30), at(11, 22, 10, 5))]
    assert due(TWO_HOURS, at(11, 22, 8, 30), CALENDAR, waits).at == at(11, 22, 12, 30)


def test_waiting_that_begins_when_time_is_up_changes_nothing():
    assert due(TWO_HOURS, at(11, 22, 8), CALENDAR, [(at(11, 22, 10), at(11, 25))]).at == at(11, 22, 10)


@pytest.mark.parametrize("pauses", [[(at(11, 1), at(11, 2))], [(at(11, 25), at(11, 24))]])
def test_waiting_before_the_start_or_backwards_changes_nothing(pauses):
    assert due(SEVEN, at(11, 22), CALENDAR, pauses).at == at(12, 1, 18)


@given(limits, times, pause_lists, st.lists(st.integers(0, 10), max_size=3))
def test_never_due_before_the_start_and_always_explained(limit, start, pauses, extensions):
    result = due(limit, start, CALENDAR, pauses, extensions)
    assert result.at >= start
    words = sentence(result)
    assert words.count("：") >= 1
    assert words.endswith(("前答复", "尚未公布）"))
    assert "%" not in words


@given(limits, times, st.integers(1, 20), pause_lists)
def test_a_longer_limit_is_never_due_earlier(limit, start, more, pauses):
    longer = replace(limit, amount=limit.amount + more)
    assert due(longer, start, CALENDAR, pauses).at >= due(limit, start, CALENDAR, pauses).at


@given(limits, times, pause_lists, times, lengths)
def test_one_more_wait_is_never_due_earlier(limit, start, pauses, begun, length):
    before = due(limit, start, CALENDAR, pauses).at
    assert due(limit, start, CALENDAR, [*pauses, (begun, begun + length)]).at >= before


@given(limits, times, pause_lists, st.integers(0, 30))
def test_an_extension_is_never_due_earlier(limit, start, pauses, days):
    assert due(limit, start, CALENDAR, pauses, [days]).at >= due(limit, start, CALENDAR, pauses).at


# Lateness


def test_late_is_asked_of_what_was_met_or_of_now():
    ten, eleven = at(11, 22, 10), at(11, 22, 11)
    assert late(ten, None, eleven)
    assert not late(ten, None, ten)
    assert not late(ten, ten, eleven)
    assert late(ten, eleven, at(11, 30))
    assert not late(None, None, eleven)
    assert not late(ten, None, at(1, 1))  # the clock set back
    assert overdue_by(ten, None, eleven) == timedelta(hours=1)
    assert overdue_by(ten, None, at(1, 1)) == timedelta(0)


# Choosing


def choose(rows, codes=("1.2", "1"), urgency="ordinary", day=date(2026, 11, 22)):
    return choose_limit(rows, clock="answer", category_codes=codes, urgency=urgency, day=day)


def test_the_most_specific_row_wins():
    general = Limit("answer", 15, "days")
    urgent = Limit("answer", 7, "days", urgency="ordinary")
    parent = Limit("answer", 5, "days", category="1")
    own = Limit("answer", 4, "days", category="1.2")
    both = Limit("answer", 3, "days", category="1", urgency="ordinary")
    rows = [general, urgent, parent, own, both]
    for best in reversed([general, urgent, parent, own, both]):
        assert choose(rows) == best
        rows.remove(best)
    with pytest.raises(NoLimit):
        choose(rows)


def test_rows_of_another_clock_category_urgency_or_time_are_left_out():
    general = Limit("answer", 15, "days")
    others = [
        Limit("contact", 1, "days"),
        Limit("answer", 1, "days", category="2"),
        Limit("answer", 2, "days", urgency="complex"),
        Limit("answer", 3, "days", valid_from=date(2026, 11, 23)),
        Limit("answer", 4, "days", valid_to=date(2026, 11, 22)),
    ]
    assert choose([*others, general]) == general


def test_the_later_of_two_rows_in_force_wins():
    old = Limit("answer", 7, "days", valid_from=date(2025, 1, 1))
    new = Limit("answer", 5, "days", valid_from=date(2026, 1, 1))
    assert choose([new, old]) == choose([old, new]) == new
    assert choose([old, new], day=date(2025, 6, 1)) == old


@pytest.mark.parametrize("amount", [0, -1, 10**9])
def test_a_limit_without_sense_is_refused(amount):
    with pytest.raises(ValueError, match="amount"):
        Limit("answer", amount, "days")


# Presets


def test_presets_are_rows_with_their_source_words():
    assert set(PRESETS) == set(PRESET_LABELS)
    for name, rows in PRESETS.items():
        assert all(row.preset == name and row.source for row in rows)
        assert len({(row.clock, row.urgency) for row in rows}) == len(rows)


@pytest.mark.parametrize("urgency", ["danger", "utility", "ordinary", "complex"])
@pytest.mark.parametrize("clock", ["sign_in", "contact", "answer"])
def test_the_default_presets_leave_no_demand_without_a_limit(clock, urgency):
    rows = [row for name in DEFAULT_PRESETS for row in PRESETS[name]]
    limit = choose_limit(rows, clock=clock, category_codes=(), urgency=urgency, day=date(2026, 11, 22))
    assert due(limit, at(11, 22), CALENDAR).at > at(11, 22)


def test_the_sentence_reads_well_in_english():
    catalogue = messages((LOCALE / "en" / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8"))
    why = due(SEVEN, at(9, 30), CALENDAR).why
    assert say(explain(why), lambda text: catalogue[text]) == (
        "Ordinary matters are to be answered within 7 working days: received on Wed 30 September, counted from "
        "1 October, rest days in between: 8 (including National Day), weekend make-up workdays: 1; "
        "so it is to be answered by 18:00 on 15 October"
    )
