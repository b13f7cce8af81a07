"""Who speaks for whom in the demonstration: a desk for its place, a liaison for a unit, and when they do it."""

from datetime import datetime, timedelta

from gongzhi.console.demo import names
from gongzhi.console.demo.cast import FOUNDER, SINCE
from gongzhi.console.founding import DESK_RIGHTS
from gongzhi.neighbourhood import actions, queries
from gongzhi.neighbourhood.rows import MemberUnit, Person, Place, Role
from gongzhi.neighbourhood.rules import Actor, Office, PlaceKind, Standing

# The names before these are the heads' and the desks'.
_TAKEN = 200


class Voices:
    """Finds the people who act; a unit that has nobody yet is given a liaison."""

    def __init__(self, roles: dict[str, Role], now: datetime) -> None:
        self.roles, self.now = roles, now
        self._names = iter(names.person_names(400)[_TAKEN:])
        self._phones = (f"1990002{number:04d}" for number in range(10_000))
        self._known: dict[tuple[str, int], Actor] = {}

    def desk(self, place: Place) -> Actor:
        """Somebody at the desk of exactly this place."""
        return self._at(place, Standing.DESK)

    def lead(self, place: Place) -> Actor:
        """Whoever leads exactly this place."""
        return self._at(place, Standing.LEAD)

    def _at(self, place: Place, standing: Standing) -> Actor:
        key = (standing.value, place.pk)
        if key not in self._known:
            person = queries.staff_at([place.pk], standing, today=self.now.date())[0]
            kind = PlaceKind(place.kind)
            role = self.roles[f"{kind.value}_{standing.value}"]
            office = Office(standing, role.name, DESK_RIGHTS, place_id=place.pk, place_kind=kind, where=place.name)
            self._known[key] = _actor(person, office)
        return self._known[key]

    def unit(self, unit: MemberUnit) -> Actor:
        """A liaison of this unit."""
        key = ("unit", unit.pk)
        if key not in self._known:
            office = Office(Standing.UNIT, self.roles["liaison"].name, unit_id=unit.pk, where=unit.name)
            self._known[key] = _actor(self._liaison(unit), office)
        return self._known[key]

    def _liaison(self, unit: MemberUnit) -> Person:
        known = queries.people_of_unit(unit, self.now.date())
        if known:
            return queries.persons(known)[0]
        person = actions.register_person(
            FOUNDER, name=next(self._names), phone=next(self._phones), fictional=True, now=self.now
        )
        actions.appoint(FOUNDER, person=person, role=self.roles["liaison"], unit=unit, since=SINCE, now=self.now)
        return person

    def named(self, name: str) -> tuple[MemberUnit, Actor]:
        """A unit of the stories and its liaison."""
        unit = queries.unit_named(name)
        return unit, self.unit(unit)

    def ago(self, days: float) -> datetime:
        """The moment so many days before now."""
        return self.now - timedelta(days=days)


def _actor(person: Person, office: Office) -> Actor:
    return Actor(f"{person.name}（{office.role}）", (office,), person.pk)
