"""What filters and forms offer to choose from, as few queries as they need."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language

from gongzhi.demands import queries
from gongzhi.demands.rows import Category
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import Person, Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind, Standing
from gongzhi.shared.lately import Lately
from gongzhi.web.who import now, places_of, units_of
from gongzhi.web.words import named

# Which rungs a filter offers below an office: two, so that a district's list stays short.
RUNGS = {
    PlaceKind.DISTRICT: (PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY),
    PlaceKind.SUBDISTRICT: (PlaceKind.COMMUNITY, PlaceKind.COMPOUND),
    PlaceKind.COMMUNITY: (PlaceKind.GRID, PlaceKind.COMPOUND),
}
# A suggestion less sure than this is noise, and one more thing to read.
LEAST_SURE = 0.05
DEPTH = {kind: step for step, kind in enumerate(PlaceKind)}


@dataclass(frozen=True)
class Scope:
    """Where someone works: their own places, and those below that a filter offers, as a tree read from the top."""

    own: list[Place] = field(default_factory=list)
    below: list[Place] = field(default_factory=list)

    @property
    def prefix(self) -> str:
        """What every place name here begins with, and need not be read again in each row."""
        return self.own[0].full_name if len(self.own) == 1 and self.own[0].kind != PlaceKind.DISTRICT else ""

    def find(self, place_id: int) -> Place | None:
        """The place of this id, where it is one of those offered."""
        return next((place for place in (*self.own, *self.below) if place.pk == place_id), None)

    @cached_property
    def tree(self) -> tuple[tuple[int, str], ...]:
        """The places below as (id, name), those deeper set in."""
        top = min((DEPTH[PlaceKind(place.kind)] for place in self.below), default=0)
        return tuple(
            (place.pk, "\u3000" * min(2, DEPTH[PlaceKind(place.kind)] - top) + place.name)
            for place in sorted(self.below, key=lambda place: place.full_name)
        )


_scopes: Lately[tuple[int, ...], Scope] = Lately(10, most=1000)


def scope_of(actor: Actor) -> Scope:
    """Where this person works, as of at most a few seconds ago; nothing for who works at no place."""
    own = tuple(places_of(actor))
    return _scopes.get(own, lambda: _read_scope(actor, own)) if own else Scope()


def _read_scope(actor: Actor, own: tuple[int, ...]) -> Scope:
    wanted = Q(pk__in=own)
    for office in actor.offices:
        if office.place_id in own and office.place_kind in RUNGS:
            kinds = [kind.value for kind in RUNGS[office.place_kind]]
            inside = Q() if office.place_kind is PlaceKind.DISTRICT else Q(**{office.place_kind.value: office.place_id})
            wanted |= inside & Q(kind__in=kinds)
    found = list(neighbourhood.current_places().filter(wanted).only("kind", "name", "full_name"))
    return Scope([place for place in found if place.pk in own], [place for place in found if place.pk not in own])


Tree = tuple[tuple[str, tuple[tuple[int, str], ...]], ...]


def category_tree(rows: list[Category]) -> Tree:
    """Categories as groups for a select: (first level, ((id, name), …)); hashable, so that what is drawn is kept."""
    language = get_language()
    kept = _lately()
    if rows is not kept.rows:
        return _grown(rows)
    if language not in kept.trees:
        kept.trees[language] = _grown(rows)
    return kept.trees[language]


def _grown(rows: list[Category]) -> Tree:
    groups: dict[str, list[tuple[int, str]]] = {}
    parents = {row.parent_id for row in rows}
    for row in rows:
        top, middle = _levels(row)
        if row.pk in parents and not top:
            groups.setdefault(named(row), []).insert(0, (row.pk, named(row)))
            continue
        groups.setdefault(top or "", []).append((row.pk, f"{middle} · {named(row)}" if middle else named(row)))
    return tuple((name, tuple(options)) for name, options in groups.items())


def _levels(row: Category) -> tuple[str, str]:
    parent = row.parent
    if parent is None:
        return "", ""
    return (named(parent.parent), named(parent)) if parent.parent else (named(parent), "")


def suggested(
    suggestions: list[dict[str, Any]] | None, known: Mapping[str, Category]
) -> list[tuple[Category, float, list[str]]]:
    """What was suggested, as (category, confidence from 0 to 1, words that weighed most), best first.

    `known` are the categories in force by their codes.
    """
    found = []
    for one in suggestions or []:
        row, confidence = known.get(str(one.get("code"))), float(one.get("confidence") or 0)
        if row and confidence >= LEAST_SURE:
            found.append((row, confidence, [str(word) for word in one.get("because") or []]))
    return found


def colleagues(actor: Actor) -> list[Person]:
    """To whom someone may hand a demand: those at the same desk, or in the same unit."""
    today = now().date()
    people = list(neighbourhood.staff_at(places_of(actor), Standing.DESK, Standing.LEAD, today=today))
    ids = {pk for unit in neighbourhood.current_units().filter(pk__in=units_of(actor)) for pk in _of(unit)}
    return people + [person for person in neighbourhood.persons(ids) if person not in people]


def _of(unit: object) -> list[int]:
    return neighbourhood.people_of_unit(unit, now().date())  # type: ignore[arg-type]


@dataclass
class _Kept:
    """The categories as a process read them, and their tree in each language asked for."""

    rows: list[Category]
    trees: dict[str | None, Tree] = field(default_factory=dict)


# By the stamp, which changes when a category is added or ended.
_kept: Lately[tuple[int, int], _Kept] = Lately(60, most=1)


def _lately() -> _Kept:
    return _kept.get(queries.categories_stamp(), lambda: _Kept(list(queries.current_categories())))


def categories() -> list[Category]:
    """The categories in force, with the two levels above each. One small query while none is added or ended."""
    return _lately().rows
