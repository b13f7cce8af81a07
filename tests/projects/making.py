"""Projects for tests: rings on a site, a project of Dongzheng's, tasks."""

import json
from datetime import date, timedelta
from typing import Any

from gongzhi.neighbourhood.rules import Actor
from gongzhi.projects import actions
from gongzhi.projects.actions import Details, TaskDetails
from gongzhi.projects.models import Project, Task
from tests.town import NOW, Town

TODAY = date(2026, 6, 8)
DAY = timedelta(days=1)
WEST, SOUTH = 106.42, 29.41


def ring(x: float, y: float, wide: float, high: float) -> list[list[float]]:
    """A rectangle in hundredths of a thousandth of a degree, about metres, from the corner of the site."""
    step = 1e-5
    corners = ((x, y), (x + wide, y), (x + wide, y + high), (x, y + high))
    return [[WEST + step * one, SOUTH + step * other] for one, other in corners]


def geojson(site: list[list[float]], **zones: list[list[float]]) -> str:
    """A site and its zones, as a file has them."""

    def feature(about: dict[str, Any], corners: list[list[float]]) -> dict[str, Any]:
        shape = {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}
        return {"type": "Feature", "properties": about, "geometry": shape}

    parts = [feature({"name": name, "keeper": f"{name}班"}, corners) for name, corners in zones.items()]
    return json.dumps({"type": "FeatureCollection", "features": [feature({"site": True}, site), *parts]})


def open_project(town: Town, who: str = "dongzheng_shegong", **more: Any) -> Project:
    """A project of Dongzheng's, due in thirteen days."""
    said = {"title": "修围墙", "due_on": TODAY + 13 * DAY, "strands": ["governance"]} | more
    place = town.places["dongzheng"]
    return actions.open_project(town.actor(who), place=place, details=Details(**said), now=NOW, once=str(said["title"]))


def add_task(actor: Actor, project: Project, title: str, days: int, **more: Any) -> Task:
    """One task of it."""
    said = {"stream": "施工", "proof_kind": "signature"} | more
    details = TaskDetails(title=title, days=days, **said)
    return actions.add_task(actor, project_id=project.pk, details=details, now=NOW, once=title)
