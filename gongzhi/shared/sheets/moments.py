"""Dates and times as people and programs write them in spreadsheets."""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from gongzhi.shared.moves import _
from gongzhi.shared.sheets.faults import SheetError

_HALF = "上午|下午|凌晨|清晨|早上|早晨|中午|傍晚|晚上|夜里|am|pm"
_WRITTEN = re.compile(
    rf"""
    (?P<year>\d{{4}}) \s*[-/.年]\s* (?P<month>\d{{1,2}}) \s*[-/.月]\s* (?P<day>\d{{1,2}}) \s*[日号]?
    (?: \s*[(]? (?:星期|周|礼拜)[一二三四五六日天] [)]? )?
    (?: [t\s]* (?P<half>{_HALF})? \s*
        (?P<hour>\d{{1,2}}) \s*(?: [:时點点]\s* (?P<minute>\d{{1,2}}|半|整)? \s*分? ) \s*:?\s*
        (?: (?P<second>\d{{1,2}}) (?:\.\d+)? \s*秒? )?
        \s*(?P<after>am|pm)?
        \s*(?P<zone>z|[+-]\d{{2}}:?\d{{2}})?
    )?""",
    re.VERBOSE,
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[t\s]?(\d\d):?(\d\d)(?::?(\d\d))?)?")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
# Excel counts days from here (its first of January 1900 is day 1, and it believes in 29 February 1900).
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 the wall clock of the sheet
_NOON = 12


def parse_moment(value: object, zone: tzinfo) -> datetime:
    """Read a date, with or without time, as an aware moment; wall clock in `zone` where it names no zone.

    Takes what a cell holds: a date, an Excel serial number (as number or text), or a text such as
    "2020/1/6 12:09:38", "2020-01-06", "2020年1月6日 下午3点", "20200106", "20200106120938". Years 1900 to
    2100. Raises `SheetError` where it cannot tell; "1/6/2020" is such a case, for nobody knows which is the
    month.
    """
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    if isinstance(value, date):
        return datetime.combine(value, time(), zone)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = value if isinstance(value, str) else "" if value is None or isinstance(value, bool) else str(value)
    try:
        found = _quick(text, zone) or _slow(unicodedata.normalize("NFKC", text).strip().lower(), zone)
    except (ValueError, OverflowError):
        found = None
    if found is None or not 1900 <= found.year <= 2100:
        raise SheetError(_("“%(value)s”不是能认出的日期时间，请写成 2020-01-06 12:09 这样。"), value=str(value)[:40])
    return found


def _quick(text: str, zone: tzinfo) -> datetime | None:
    """The form nearly every export uses, without the general pattern."""
    if len(text) in {10, 19} and text[4] == text[7] == "-" and text[:4].isdecimal() and text.isascii():
        try:
            return datetime.fromisoformat(text).replace(tzinfo=zone)
        except ValueError:
            return None
    return None


def _slow(text: str, zone: tzinfo) -> datetime | None:
    if _SERIAL.fullmatch(text):
        moment = _EPOCH + timedelta(days=float(text), milliseconds=500)
        return moment.replace(microsecond=0, tzinfo=zone)
    if found := _COMPACT.fullmatch(text):
        return _at(zone, *(int(part or 0) for part in found.groups()))
    if found := _WRITTEN.fullmatch(text):
        half = found["half"] or found["after"] or ""
        minute = {"半": 30, "整": 0, None: 0}.get(found["minute"])
        moment = _at(
            _offset(found["zone"], zone),
            int(found["year"]),
            int(found["month"]),
            int(found["day"]),
            _hour(int(found["hour"] or 0), half),
            int(found["minute"]) if minute is None else minute,
            int(found["second"] or 0),
        )
        return moment.astimezone(zone) if found["zone"] else moment
    return None


def _hour(hour: int, half: str) -> int:
    """The hour of the day, 0 to 24; twelve at night ends the day, twelve in the small hours begins it."""
    if half in {"am", "凌晨", "上午"}:
        return 0 if hour == _NOON and half != "上午" else hour
    if half == "中午":
        return hour + _NOON if hour < 3 else hour
    if half in {"晚上", "夜里"}:
        return hour + _NOON if 5 <= hour <= _NOON else hour
    if half in {"pm", "下午", "傍晚"} and hour < _NOON:
        return hour + _NOON
    return hour


def _at(zone: tzinfo, *parts: int) -> datetime:
    """24:00 is the next day's midnight; any other impossible clock time raises `ValueError`."""
    year, month, day, hour, minute, second = parts
    if hour == 24 and not second and minute < 60:
        return datetime(year, month, day, 0, minute, tzinfo=zone) + timedelta(days=1)
    return datetime(year, month, day, hour, minute, second, tzinfo=zone)


def _offset(words: str | None, zone: tzinfo) -> tzinfo:
    if not words:
        return zone
    if words == "z":
        return UTC
    parsed = datetime.strptime(words.replace(":", ""), "%z").tzinfo
    return parsed or zone
