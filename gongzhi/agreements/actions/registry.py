"""Taking the parties of an agreement in from a spreadsheet: units known by credit code are one, however they are named."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from django.db import transaction

from gongzhi.agreements import queries
from gongzhi.agreements.actions import steps
from gongzhi.agreements.actions.drafting import add_parties
from gongzhi.agreements.party_files import FIELDS, Read, party_columns, read_parties
from gongzhi.exchange.queries import DESK_STANDINGS
from gongzhi.neighbourhood import actions as register
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood import registers
from gongzhi.neighbourhood.import_cells import folded
from gongzhi.neighbourhood.importing import UnitDraft
from gongzhi.neighbourhood.rows import MemberUnit, Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind, Right
from gongzhi.shared.moves import NotAllowed, Refused, _
from gongzhi.shared.sheets import Limits, RowError, read_sheet

Party = TypeVar("Party", Place, MemberUnit)
LIMITS = Limits(size=20 * 2**20, rows=5_000)


@dataclass
class Seen:
    """What a file holds for an agreement: parties that can be added, those in it already, rows that name one again."""

    places: list[Place] = field(default_factory=list)
    units: list[MemberUnit] = field(default_factory=list)
    # Units that the register does not know yet.
    new: list[UnitDraft] = field(default_factory=list)
    standing: int = 0
    merged: list[RowError] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)

    @property
    def added(self) -> int:
        """How many parties are new to the agreement."""
        return len(self.places) + len(self.units) + len(self.new)

    @property
    def bad(self) -> int:
        """How many rows cannot be taken."""
        return len({error.row for error in self.errors})


def look_at_parties(actor: Actor, *, agreement_id: int, path: Path) -> Seen:
    """What `take_parties` would do with a file; writes nothing. Raises SheetError, Refused."""
    row = queries.get_agreement(actor, agreement_id)
    if not actor.may(Right.IMPORT) or DESK_STANDINGS.isdisjoint(queries.agreement_standings(actor, row)):
        raise NotAllowed(_("您没有导入表格的权限。"))
    places = _places()
    read = _read(path, set(places))
    seen = Seen(merged=read.again, errors=read.errors)
    parties = list(queries.parties_of(row))
    in_it = {f"u{one.unit_id}" if one.unit_id else f"p{one.place_id}" for one in parties}
    for number, name in read.places:
        found = places.get(folded(name), [])
        if len(found) == 1:
            _sort(seen.places, found[0], f"p{found[0].pk}", in_it, seen)
        else:
            message = _("叫“%(name)s”的有几个，请写明代码或再上一级。") if found else _("“%(name)s”还没有登记。")
            seen.errors.append(RowError(number, None, "", message, name, {"name": name}))
    units = list(neighbourhood.current_units())
    by_code = {one.credit_code: one for one in units if one.credit_code}
    by_name = {folded(one.name): one for one in units}
    for draft in read.units:
        unit = by_code.get(draft.credit_code) or by_name.get(folded(draft.name))
        if unit and unit.credit_code and draft.credit_code not in ("", unit.credit_code):
            message = _("“%(name)s”登记的信用代码不是这一个，请核对。")
            seen.errors.append(RowError(draft.row, None, "", message, draft.credit_code, {"name": draft.name}))
        elif unit:
            _sort(seen.units, unit, f"u{unit.pk}", in_it, seen)
        elif actor.may(Right.SET_UP):
            seen.new.append(draft)
        else:
            message = _("“%(name)s”还没有登记；您没有登记单位的权限，请先请区里登记。")
            seen.errors.append(RowError(draft.row, None, "", message, draft.name, {"name": draft.name}))
    seen.errors.sort(key=lambda one: one.row)
    return seen


def _sort(into: list[Party], row: Party, key: str, in_it: set[str], seen: Seen) -> None:
    if key in in_it:
        seen.standing += 1
    else:
        in_it.add(key)
        into.append(row)


def _places() -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for place in registers.upper_places():
        if place.valid_to is None and place.kind != PlaceKind.DISTRICT:
            for name in {folded(place.name), folded(place.full_name)}:
                found.setdefault(name, []).append(place)
    return found


def _read(path: Path, names: set[str]) -> Read:
    with read_sheet(path, limits=LIMITS) as table:
        header = list(table.header)
        columns = party_columns(header)
        if "name" not in columns:
            known = "、".join(FIELDS.values())
            message = _("没有“%(name)s”这一列。这里认得的列：%(fields)s。")
            raise Refused(message, name=FIELDS["name"], fields=known)
        return read_parties(table.rows, columns, header, names)


@transaction.atomic
def take_parties(actor: Actor, *, agreement_id: int, path: Path, name: str, now: datetime) -> Seen:
    """Add the good rows of a file to a draft; units that nobody knew are registered. All of it or none.

    The same file twice adds nothing.
    """
    steps.begin(actor, agreement_id, "change", now)
    seen = look_at_parties(actor, agreement_id=agreement_id, path=path)
    units = list(seen.units)
    if seen.new:
        register.take_units(actor, seen.new, now=now, file=name)
        names = {folded(one.name) for one in seen.new}
        units += [one for one in neighbourhood.current_units() if folded(one.name) in names]
    add_parties(actor, agreement_id=agreement_id, units=units, places=seen.places, now=now)
    return seen
