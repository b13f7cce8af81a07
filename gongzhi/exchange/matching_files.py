"""A matching problem and its plan as JSON; docs/matching.md tells every field. Pure."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields
from datetime import date
from typing import Any

from gongzhi.exchange.matching import Plan, Stage
from gongzhi.exchange.matching_facts import (
    BadProblem,
    Declined,
    Giver,
    MatchingProblem,
    Need,
    NotBefore,
    NotForAsker,
    NotThisKind,
    Offer,
    Position,
    Refusal,
    Standing,
    Window,
    checked,
)
from gongzhi.exchange.saying import sentence, why_unmet
from gongzhi.shared.moves import _

_ROWS: Mapping[str, type[Need] | type[Offer] | type[Giver]] = {"needs": Need, "offers": Offer, "givers": Giver}
_REFUSALS: Mapping[str, type[Any]] = {
    "declined": Declined,
    "not_this_kind": NotThisKind,
    "not_before": NotBefore,
    "not_for_asker": NotForAsker,
}


def read_problem(text: str) -> MatchingProblem:
    """The problem in a JSON text, checked. Raises BadProblem, which names the list, the row from 1 and the field."""
    given = _object(text, "day, needs, offers, givers, refusals")
    known = {"day", *_ROWS, "refusals"}
    if strange := sorted(set(given) - known):
        raise BadProblem(_("不认识的字段：%(field)s"), field=", ".join(strange)[:80])
    if "day" not in given:
        raise BadProblem(_("缺少字段：%(field)s"), field="day")
    day = _value("", 1, "day", _day, given["day"])
    rows: dict[str, list[Any]] = {table: list(_rows(given, table)) for table in _ROWS}
    return checked(MatchingProblem(day, **rows, refusals=tuple(_refusals(given))))


def read_standing(text: str) -> list[Standing]:
    """What an earlier plan, written by `plan_to_json`, gives; its other fields are not looked at. Raises BadProblem."""
    found = []
    for number, row in enumerate(_tables(_object(text, "suggestions"), "suggestions"), 1):
        names = set(Standing._fields)
        _check_names("suggestions", number, names & set(row), names, names)
        read = {name: _value("suggestions", number, name, _READ.get(name, _word), row[name]) for name in names}
        found.append(Standing(**read))
    return found


def to_json(problem: MatchingProblem) -> dict[str, Any]:
    """A problem as JSON's own types; what stands at its default is left out."""
    names = {row: name for name, row in _REFUSALS.items()}
    written: dict[str, Any] = {"day": problem.day.isoformat()}
    for table in _ROWS:
        written[table] = [_written(one) for one in getattr(problem, table)]
    written["refusals"] = [
        {"why": names[type(one)]} | {name: _plain(value) for name, value in one._asdict().items()}
        for one in problem.refusals
    ]
    return written


def plan_to_json(plan: Plan, translate: Callable[[str], str] = str) -> dict[str, Any]:
    """A plan as JSON's own types, its sentences through `translate` (gettext, or nothing for Chinese)."""
    suggestions = [
        {name: _plain(value) for name, value in one._asdict().items()} | {"sentence": sentence(one, translate)}
        for one in plan.suggestions
    ]
    unmet = [one._asdict() | {"words": translate(why_unmet(one.why))} for one in plan.unmet]
    goals = {name: _stage(getattr(plan, name)) for name in ("met", "sought")}
    return {
        "suggestions": suggestions,
        "unmet": unmet,
        "overdue": list(plan.overdue),
        "weight": round(plan.weight, 6),
        "goals": goals,
        "metres": round(plan.metres, 1),
        "asks": plan.asks,
        "most_asks": plan.most_asks,
        "seconds": round(plan.seconds, 3),
    }


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "value": round(float(stage.value), 6),
        "bound": round(float(stage.bound), 6),
        "gap": round(float(stage.gap), 6),
        "stopped": stage.stopped,
    }


def _object(text: str, tables: str) -> dict[str, Any]:
    try:
        # NaN and Infinity are no JSON, though Python reads them.
        given = json.loads(text, parse_constant=lambda word: word)
    except json.JSONDecodeError as error:
        raise BadProblem(
            _("不是 JSON：第 %(row)d 行第 %(column)d 个字符"), row=error.lineno, column=error.colno
        ) from error
    except RecursionError as error:
        raise BadProblem(_("不是 JSON：括号套得太深")) from error
    if not isinstance(given, dict):
        raise BadProblem(_("应是一个对象，含 %(tables)s"), tables=tables)
    return given


def _written(row: Need | Offer | Giver) -> dict[str, Any]:
    return {
        one.name: _plain(getattr(row, one.name))
        for one in fields(row)
        if one.default is MISSING or getattr(row, one.name) != one.default
    }


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value


def _tables(given: Mapping[str, Any], table: str) -> list[Any]:
    listed = given.get(table, [])
    if not isinstance(listed, list):
        raise BadProblem(_("%(table)s 应是一个列表"), table=table)
    for number, row in enumerate(listed, 1):
        if not isinstance(row, dict):
            raise BadProblem(_("%(table)s 第 %(row)d 行应是一个对象"), table=table, row=number)
    return listed


def _rows(given: Mapping[str, Any], table: str) -> Iterator[Any]:
    kind = _ROWS[table]
    known = {one.name: one.default is MISSING for one in fields(kind)}
    for number, row in enumerate(_tables(given, table), 1):
        _check_names(table, number, set(row), set(known), {name for name, needed in known.items() if needed})
        yield kind(**{name: _value(table, number, name, _READ[name], value) for name, value in row.items()})


def _refusals(given: Mapping[str, Any]) -> Iterator[Refusal]:
    for number, row in enumerate(_tables(given, "refusals"), 1):
        why = row.get("why")
        kind = _REFUSALS.get(why) if isinstance(why, str) else None
        if kind is None:
            raise _bad("refusals", number, "why", why)
        names = set(kind._fields)
        _check_names("refusals", number, set(row) - {"why"}, names, names)
        read = {name: _value("refusals", number, name, _READ.get(name, _word), row[name]) for name in kind._fields}
        yield kind(**read)


def _check_names(table: str, number: int, given: set[str], known: set[str], needed: set[str]) -> None:
    if strange := sorted(given - known):
        raise BadProblem(
            _("%(table)s 第 %(row)d 行：不认识的字段 %(field)s"), table=table, row=number, field=strange[0][:40]
        )
    if missing := sorted(needed - given):
        raise BadProblem(_("%(table)s 第 %(row)d 行：缺少 %(field)s"), table=table, row=number, field=missing[0])


def _value(table: str, number: int, name: str, read: Callable[[Any], Any], value: Any) -> Any:
    try:
        return read(value)
    except (ValueError, TypeError, OverflowError) as error:
        if not table:
            raise BadProblem(_("%(field)s：不能是“%(value)s”"), field=name, value=str(value)[:40]) from error
        raise _bad(table, number, name, value) from error


def _bad(table: str, number: int, name: str, value: Any) -> BadProblem:
    return BadProblem(
        _("%(table)s 第 %(row)d 行 %(field)s：不能是“%(value)s”"),
        table=table,
        row=number,
        field=name,
        value=str(value)[:40],
    )


def _word(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(_word(one) for one in value)


def _number(value: Any) -> float:
    # Words such as "NaN" and truth values are no quantities.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return float(value)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _day(value: Any) -> date:
    return date.fromisoformat(_word(value))


def _position(value: Any) -> Position:
    if not isinstance(value, list):
        raise TypeError
    lon, lat = value
    return Position(_number(lon), _number(lat))


def _windows(value: Any) -> tuple[Window, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(Window(*(_count(part) for part in one)) for one in value)


def _or_none(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _set(value: Any) -> frozenset[str]:
    return frozenset(_words(value))


_READ: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("id", "kind", "measure", "asker", "place", "giver", "title", "name"), _word),
    **dict.fromkeys(("quantity", "smallest"), _number),
    **dict.fromkeys(("most", "reach_m"), _or_none(_number)),
    **dict.fromkeys(("urgency", "asked_lately", "in_time", "late", "failed", "given", "received"), _count),
    "most_offers": _or_none(_count),
    **dict.fromkeys(("deadline", "valid_from", "valid_until"), _or_none(_day)),
    **dict.fromkeys(("tags", "audience"), _set),
    **dict.fromkeys(("whole_only", "divisible", "agreement"), _truth),
    "day": _day,
    "reach_places": _or_none(_set),
    "position": _or_none(_position),
    "windows": _windows,
    "frees": _words,
}
