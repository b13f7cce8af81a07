"""Loads the demonstration district through the product's own actions, the same at every load."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from itertools import cycle
from typing import Any

from django.utils import timezone

from gongzhi.agreements import actions as agreements
from gongzhi.console.demo import (
    bonds,
    cast,
    dongzheng,
    garage,
    meetings,
    names,
    outings,
    quarrel,
    stories,
    threeforms,
    venture,
    wide,
    works,
)
from gongzhi.console.demo.cast import FOUNDER, SINCE
from gongzhi.console.demo.voices import Voices
from gongzhi.demands import actions as demands
from gongzhi.neighbourhood import actions
from gongzhi.neighbourhood.rows import MemberUnit, Network, Place, Role
from gongzhi.neighbourhood.rules import CompoundType, PlaceKind, UnitKind
from gongzhi.problems import actions as problems
from gongzhi.shared.days import load_official_days

FILES = resources.files("gongzhi.console.demo")
CODE = "500104"
OLD_BUILDINGS = 316
HEADS = 63
# 机关事业单位、国有企业、非公企业: the article gives the sum and the three kinds, the split is ours.
UNITS = (
    (UnitKind.AGENCY, 120),
    (UnitKind.INSTITUTION, 90),
    (UnitKind.STATE_FIRM, 110),
    (UnitKind.NON_PUBLIC_FIRM, 210),
)


@dataclass
class District:
    """What the steps hand on."""

    place: Place
    subdistricts: dict[str, Place]
    communities: dict[str, Place]
    compounds: list[Place]
    units: list[MemberUnit]


def load_district(*, now: datetime | None = None) -> None:
    """Load everything into an empty database. Wants one transaction around it; takes well under a minute."""
    now = now or timezone.localtime()
    load_official_days()
    demands.load_categories(FOUNDER, now=now)
    demands.load_limits(FOUNDER, now=now)
    problems.load_defaults(FOUNDER, now=now)
    agreements.load_defaults(FOUNDER, now=now)
    district = _places(now)
    _compounds(district, now)
    _units(district, now)
    roles = cast.load_roles(now=now)
    accounts = {part.key: cast.load_part(part, roles=roles, now=now) for part in (*cast.CAST, *cast.MORE)}
    _networks(district, now)
    _desks(district, roles, now)
    stories.load(district.communities, accounts, now=now)
    outings.load(district.communities, accounts, now=now)
    garage.load(district.communities, accounts, now=now)
    quarrel.load(district.communities, accounts, now=now)
    voices = Voices(roles, now)
    wide.load(list(district.communities.values()), district.units, voices, now=now)
    dongzheng.load(district.communities, voices, now=now)
    threeforms.load(district.subdistricts["500104102"], voices, now=now)
    venture.load(district.subdistricts["500104002"], voices, now=now)
    meetings.load(district.communities, district.subdistricts["500104002"], voices)
    works.load(district.communities, voices)
    bonds.load(district.communities, district.place, district.units, voices)
    wide.settle(district.communities, voices, now=now)


def _places(now: datetime) -> District:
    with (FILES / "outline.json").open(encoding="utf-8") as file:
        outline: dict[str, Any] = json.load(file)
    top = actions.register_place(
        FOUNDER, kind=PlaceKind.DISTRICT, name="大渡口区", parent=None, code=CODE, boundary=outline, now=now,
        lon=106.4605, lat=29.4225,
    )  # fmt: skip
    found = District(top, {}, {}, [], [])
    with (FILES / "places.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            code = row["code"]
            subdistrict = code.endswith("000")
            place = actions.register_place(
                FOUNDER,
                kind=PlaceKind.SUBDISTRICT if subdistrict else PlaceKind.COMMUNITY,
                name=row["name"],
                parent=top if subdistrict else found.subdistricts[code[:9]],
                code=code,
                lon=float(row["lon"]),
                lat=float(row["lat"]),
                now=now,
            )
            if subdistrict:
                found.subdistricts[code[:9]] = place
            else:
                found.communities[code] = place
    return found


# Two or three compounds a community, the four types interleaved; the two of the story by name.
_TYPES = (
    (CompoundType.LEGACY_ENTERPRISE, "{0}厂区大院"),
    (CompoundType.COMMODITY, "{0}花园"),
    (CompoundType.RESETTLEMENT, "{0}安置房"),
    (CompoundType.PUBLIC_RENTAL, "{0}公租房"),
)
_OWN_NAMES = {("500104002017", 0): "东正大院", ("500104004025", 1): "钓鱼台小区"}


def _compounds(found: District, now: datetime) -> None:
    old_left = OLD_BUILDINGS
    for index, (code, community) in enumerate(found.communities.items()):
        # Each community has a compound of the two commonest types, every second one of the other two as well.
        kinds = [0, 1] + ([2 + index // 2 % 2] if index % 2 else [])
        for step, which in enumerate(kinds):
            kind, pattern = _TYPES[which]
            lon, lat = _beside(community, step)
            compound = actions.register_place(
                FOUNDER,
                kind=PlaceKind.COMPOUND,
                name=_OWN_NAMES.get((code, step), pattern.format(community.name.removesuffix("社区"))),
                parent=community,
                compound_type=kind,
                has_property_firm=kind is not CompoundType.LEGACY_ENTERPRISE,
                has_owners_committee=kind is CompoundType.COMMODITY,
                lon=lon,
                lat=lat,
                now=now,
            )
            found.compounds.append(compound)
            # The old ones stand in the old factory compounds: five each, and one more until 316 are placed.
            number = (5 + (index == 0)) if which == 0 else 2
            for house in range(1, number + 1):
                old = which == 0 and old_left > 0
                old_left -= old
                _building(
                    compound, f"{house}号楼", house, old=old, year=1978 + (index + house) % 17 if old else None, now=now
                )
            if compound.name == "钓鱼台小区":
                _building(compound, "地下车库", number + 1, old=False, year=None, now=now)


def _building(compound: Place, name: str, step: int, *, old: bool, year: int | None, now: datetime) -> None:
    lon, lat = _beside(compound, step, width=0.0004)
    actions.register_place(
        FOUNDER,
        kind=PlaceKind.BUILDING,
        name=name,
        parent=compound,
        old=old,
        built_year=year,
        lon=lon,
        lat=lat,
        now=now,
    )


_SIDES = ((1, 0), (-1, 1), (0, -1), (1, 1), (-1, 0), (0, 1), (-1, -1), (1, -1))


def _beside(place: Place, step: int, *, width: float = 0.0013) -> tuple[float, float]:
    east, north = _SIDES[step % len(_SIDES)]
    ring = 1 + step // len(_SIDES)
    return round((place.lon or 0) + east * ring * width, 6), round((place.lat or 0) + north * ring * width, 6)


def _units(found: District, now: datetime) -> None:
    made: list[tuple[UnitKind, str, str]] = []
    for kind, count in UNITS:
        known = [(kind, name, code) for one, name, code in names.PLACED if one is kind]
        made += known + [(kind, name, "") for name in _named(kind, count - len(known))]
    places = cycle(found.communities.values())
    by_code = found.communities | {place.code or "": place for place in found.subdistricts.values()}
    for kind, name, code in made:
        found.units.append(
            actions.register_unit(
                FOUNDER,
                name=name,
                kind=kind,
                registered_place=by_code[code] if code else next(places),
                joined_on=SINCE,
                fictional=True,
                now=now,
            )
        )


def _named(kind: UnitKind, count: int) -> list[str]:
    offices = names.agency_names(300)
    if kind is UnitKind.AGENCY:
        return offices[:count]
    if kind is UnitKind.INSTITUTION:
        return offices[150 : 150 + count]
    return names.firm_names(count, "国有公司" if kind is UnitKind.STATE_FIRM else "有限公司")


def _networks(found: District, now: datetime) -> None:
    """A network a subdistrict and one a community; each unit belongs to its place's, Dongzheng's has seven."""
    shared = {key: _network(place, now) for key, place in found.subdistricts.items()}
    own = {code: _network(place, now) for code, place in found.communities.items()}
    seven = {name for _kind, name, code in names.PLACED if code == names.DONGZHENG}
    for unit in found.units:
        code = str(unit.registered_place.code if unit.registered_place else "")
        elsewhere = code == names.DONGZHENG and unit.name not in seven
        network = shared[code[:9]] if elsewhere or code not in own else own[code]
        actions.join_network(FOUNDER, network=network, unit=unit, on=SINCE, now=now)
    heads = zip(names.person_names(HEADS), _headed(found.compounds), strict=False)
    for name, (compound, capacity) in heads:
        person = actions.register_person(FOUNDER, name=name, fictional=True, now=now)
        actions.join_network(
            FOUNDER,
            network=own[_community_code(compound)],
            person=person,
            capacity=capacity,
            place=compound,
            on=SINCE,
            now=now,
        )


def _community_code(compound: Place) -> str:
    return str(compound.parent.code) if compound.parent else ""


def _headed(compounds: list[Place]) -> Iterator[tuple[Place, str]]:
    """Compounds whose firm's or committee's head takes part in their own right, firm and committee in turn."""
    with_committee = [compound for compound in compounds if compound.has_owners_committee]
    for index, compound in enumerate(with_committee):
        yield compound, "业委会负责人" if index % 2 else "物业企业负责人"


def _network(place: Place, now: datetime) -> Network:
    return actions.found_network(FOUNDER, name=f"{place.name}区域化党建实体", place=place, on=SINCE, now=now)


def _desks(found: District, roles: dict[str, Role], now: datetime) -> None:
    """Every community and subdistrict has somebody at its desk, so that no demand lies with nobody."""
    staffed = {part.place for part in cast.CAST if part.role.endswith("_desk")}
    makers = iter(names.person_names(400)[HEADS:])
    places = [("community_desk", place) for place in found.communities.values()]
    places += [("subdistrict_desk", place) for place in found.subdistricts.values()]
    for role, place in places:
        if place.code in staffed:
            continue
        person = actions.register_person(FOUNDER, name=next(makers), fictional=True, now=now)
        actions.appoint(FOUNDER, person=person, role=roles[role], place=place, since=SINCE, now=now)
