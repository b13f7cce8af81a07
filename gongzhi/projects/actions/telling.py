"""Who is told of what in this room: the desk of a place, its leaders, the liaisons of a unit."""

from collections.abc import Iterable
from datetime import date, datetime

from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import MemberUnit
from gongzhi.neighbourhood.rules import Standing
from gongzhi.projects.models import Appeal, Project, Task
from gongzhi.shared import notices


def tell_desk(row: Appeal | Project, subject: str, now: datetime, *, but: int | None = None) -> None:
    """Tell the desk and the leaders of exactly its place."""
    day = now.date()
    people = [*neighbourhood.desk_of(row.place_id, day), *leaders(row.place_id, day)]
    noun = "appeal" if isinstance(row, Appeal) else "project"
    notices.tell_people(noun, row.pk, [one for one in people if one != but], subject, row.title, now=now)


def leaders(place_id: int, day: date) -> list[int]:
    """The leaders of exactly this place."""
    return list(neighbourhood.staff_at([place_id], Standing.LEAD, today=day).values_list("pk", flat=True))


def tell_units(
    row: Appeal | Task, units: Iterable[MemberUnit | None], subject: str, now: datetime, *, but: int | None = None
) -> None:
    """Tell the liaisons of these units; none is nobody."""
    day = now.date()
    people = [one for unit in units if unit for one in neighbourhood.people_of_unit(unit, day)]
    noun = "appeal" if isinstance(row, Appeal) else "task"
    notices.tell_people(noun, row.pk, [one for one in people if one != but], subject, row.title, now=now)
