"""Problems as points of a map: a round mark where the symptom is, a square one with 因 where the cause is."""

from typing import Any

from django.utils.translation import gettext

from gongzhi.problems import rules
from gongzhi.problems.lists import Point
from gongzhi.problems.rules import State


def symptom_point(point: Point, *, here: bool = False) -> dict[str, Any]:
    """Where people feel it; sized by how many reported."""
    label = f"{rules.number(point.pk)} {point.title} · {gettext(rules.STATE_LABELS[State(point.state)])}"
    return _feature(
        point.lon,
        point.lat,
        label=label,
        url=f"/desk/problems/{point.pk}",
        tone="rest" if point.state in rules.ENDED else "accent",
        count=max(point.reports, 1),
        shape="symptom",
        here=here,
    )


def cause_point(point: Point) -> dict[str, Any] | None:
    """Where it comes from; None where that is unknown or the same spot."""
    if point.cause_lon is None or point.cause_lat is None:
        return None
    label = gettext("原因：%(title)s") % {"title": point.title}
    url = f"/desk/problems/{point.pk}#cause"
    return _feature(
        point.cause_lon, point.cause_lat, label=label, url=url, tone="late", mark=gettext("因"), shape="cause"
    )


def link(point: Point) -> dict[str, Any] | None:
    """The line from cause to symptom."""
    if point.cause_lon is None or point.cause_lat is None:
        return None
    ends = [[point.cause_lon, point.cause_lat], [point.lon, point.lat]]
    return {"type": "Feature", "geometry": {"type": "LineString", "coordinates": ends}, "properties": {}}


def _feature(lon: float, lat: float, **properties: Any) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": point, "properties": properties}
