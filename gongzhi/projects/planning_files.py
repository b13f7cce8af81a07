"""A project to be planned and its plan as JSON; docs/planning.md tells every field. Pure."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from gongzhi.projects.planning import After, Crew, Plan, PlanningProblem, Task
from gongzhi.projects.planning_facts import BadPlan
from gongzhi.shared.moves import _

_TABLES = {"tasks", "crews"}
_WRONG = _("%(table)s “%(id)s”的 %(field)s：不能是“%(value)s”")


def read_project(text: str) -> PlanningProblem:
    """The tasks and crews in a JSON text. Raises BadPlan, which names the list, the row by its id, and the field."""
    try:
        given = json.loads(text, parse_constant=str)
    except json.JSONDecodeError as error:
        raise BadPlan(
            _("不是 JSON：第 %(row)d 行第 %(column)d 个字符"), row=error.lineno, column=error.colno
        ) from error
    except RecursionError as error:
        raise BadPlan(_("不是 JSON：括号套得太深")) from error
    if not isinstance(given, dict):
        raise BadPlan(_("应是一个对象，含 %(tables)s"), tables="day, fixed, tasks, crews")
    _only(given, {"day", "fixed", *_TABLES}, "", "")
    day, fixed = (_value("", "", name, given.get(name), _day) for name in ("day", "fixed"))
    crews = [_crew(row) for row in _rows(given, "crews")]
    return PlanningProblem(day, fixed, [_task(row) for row in _rows(given, "tasks")], crews)


def _rows(given: Mapping[str, Any], table: str) -> list[dict[str, Any]]:
    rows = given.get(table, [])
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise BadPlan(_WRONG, table=table, id="", field=table, value=str(rows)[:40])
    return rows


def _crew(row: dict[str, Any]) -> Crew:
    made: dict[str, Callable[[Any], Any]] = {
        "id": _text,
        "capacity": _whole,
        "every_day": _flag,
        "off": lambda value: frozenset(_day(one) for one in _list(value)),
    }
    return Crew(**_fields("crews", row, made))


def _task(row: dict[str, Any]) -> Task:
    made: dict[str, Callable[[Any], Any]] = {
        "id": _text,
        "days": _whole,
        "crews": lambda value: {_text(name): _whole(hands) for name, hands in dict(value).items()},
        "after": lambda value: [_after(one) for one in _list(value)],
        **dict.fromkeys(("earliest", "latest", "start", "planned", "done_on"), _day),
        "begun": _flag,
        "left": _whole,
    }
    return Task(**_fields("tasks", row, made, needed=("id", "days")))


def _after(value: Any) -> After:
    """An id, or an id and a number of days."""
    if isinstance(value, str):
        return After(value)
    name, lag = _list(value)
    return After(_text(name), _whole(lag))


def _fields(
    table: str, row: dict[str, Any], made: Mapping[str, Callable[[Any], Any]], *, needed: tuple[str, ...] = ("id",)
) -> dict[str, Any]:
    name = str(row.get("id", ""))[:40]
    _only(row, set(made), table, name)
    for field in needed:
        if field not in row:
            raise BadPlan(_("%(table)s “%(id)s”缺少字段：%(field)s"), table=table, id=name, field=field)
    return {field: _value(table, name, field, value, made[field]) for field, value in row.items() if value is not None}


def _only(row: Mapping[str, Any], known: set[str], table: str, name: str) -> None:
    if strange := sorted(set(row) - known):
        raise BadPlan(_("%(table)s “%(id)s”：不认识的字段 %(field)s"), table=table, id=name, field=strange[0][:40])


def _value(table: str, name: str, field: str, value: Any, make: Callable[[Any], Any]) -> Any:
    try:
        return make(value)
    except (ValueError, TypeError) as error:
        raise BadPlan(_WRONG, table=table, id=name, field=field, value=str(value)[:40]) from error


def _day(value: Any) -> date:
    return date.fromisoformat(_text(value))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def to_json(problem: PlanningProblem) -> dict[str, Any]:
    """A project as JSON's own types; what stands at its default is left out."""
    crews = [
        _kept(
            {"id": one.id, "capacity": one.capacity},
            every_day=one.every_day and None,
            off=[str(day) for day in sorted(one.off)],
        )
        for one in problem.crews
    ]
    tasks = [
        _kept(
            {"id": one.id, "days": one.days},
            crews=dict(one.crews),
            after=[[before.id, before.lag] if before.lag else before.id for before in one.after],
            **{
                name: str(day) if (day := getattr(one, name)) else None
                for name in ("earliest", "latest", "start", "planned", "done_on")
            },
            begun=one.begun or None,
            left=one.left,
        )
        for one in problem.tasks
    ]
    return {"day": str(problem.day), "fixed": str(problem.fixed), "tasks": tasks, "crews": crews}


def _kept(row: dict[str, Any], **more: Any) -> dict[str, Any]:
    return row | {name: value for name, value in more.items() if value is not None and value not in ([], {})}


def plan_to_json(found: Plan) -> dict[str, Any]:
    """A plan as JSON's own types."""
    return {
        "fixed": str(found.fixed),
        "kept": found.kept,
        "margin": found.margin,
        "finish": _shown(found.finish),
        "best": _shown(found.best),
        "out_of_reach": found.out_of_reach,
        "tasks": [{name: _shown(value) for name, value in vars(one).items()} for one in found.lines],
        "overloads": [{name: _shown(value) for name, value in vars(one).items()} for one in found.overloads],
        "changes": [
            {"id": one.id, "planned": str(one.planned), "start": str(one.start), "days": one.days}
            for one in found.changes
        ],
        "schedules": found.schedules,
        "seconds": round(found.seconds, 3),
    }


def _shown(value: Any) -> Any:
    return str(value) if isinstance(value, date) else value
