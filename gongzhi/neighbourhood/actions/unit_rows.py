"""Taking member units in from the rows of a spreadsheet: new ones are registered, standing ones compared."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from gongzhi.neighbourhood.actions.register import must, seal_contact
from gongzhi.neighbourhood.actions.taking import CHUNK, Difference, Taken, chunks
from gongzhi.neighbourhood.import_cells import folded
from gongzhi.neighbourhood.importing import UNIT_FIELDS, UnitDraft
from gongzhi.neighbourhood.models import Appointment, MemberUnit, Person, Place, Role
from gongzhi.neighbourhood.rules import UNIT_KIND_LABELS, Actor, PlaceKind, Right, Standing, UnitKind
from gongzhi.shared import trail
from gongzhi.shared.moves import Refused, _
from gongzhi.shared.sheets import RowError


def look_at_units(actor: Actor, found: Iterable[UnitDraft | RowError], *, now: datetime) -> Taken:
    """What `take_units` would do with these rows; writes nothing. Raises NotAllowed without the right."""
    must(actor, Right.SET_UP)
    return _Plan(found, now).taken


def take_units(actor: Actor, found: Iterable[UnitDraft | RowError], *, now: datetime, file: str = "") -> Taken:
    """Register the good rows that are new, with their liaisons, some hundreds a transaction.

    A unit is known by its credit code, else by its name; one that stands is compared and never written over, so
    that the same file twice adds nothing. A liaison's number is kept sealed. `file` names the file in the trail.
    Raises NotAllowed without the right, Refused where somebody else registered the same units meanwhile.
    """
    must(actor, Right.SET_UP)
    plan = _Plan(found, now)
    role = Role.objects.filter(standing=Standing.UNIT.value).order_by("pk").first()
    if role is None and any(draft.liaison_name for draft, _place in plan.new):
        raise Refused(_("还没有“单位联络员”这个角色，请先设置角色，再导入联络员。"))
    for some in chunks(plan.new, CHUNK):
        _register(actor, some, role, now=now, file=file)
    return plan.taken


@transaction.atomic
def _register(
    actor: Actor, rows: list[tuple[UnitDraft, Place | None]], role: Role | None, *, now: datetime, file: str
) -> None:
    units = [
        MemberUnit(
            name=draft.name,
            kind=draft.kind.value,
            credit_code=draft.credit_code or None,
            registered_place=place,
            address=draft.address,
            joined_on=draft.joined_on,
        )
        for draft, place in rows
    ]
    _lock_register()
    taken = MemberUnit.objects.filter(name__in=[unit.name for unit in units]).exists()
    try:
        if taken:
            raise IntegrityError("a unit of this name was registered meanwhile")
        MemberUnit.objects.bulk_create(units)
    except IntegrityError as error:
        raise Refused(_("登记资料刚刚被别人改过，没有全部导入。请再导入一次，已导入的不会重复。")) from error
    entries = [
        trail.entry(
            actor, at=now, noun="unit", noun_id=unit.pk, verb="register", data={"name": unit.name, "file": file}
        )
        for unit in units
    ]
    for (draft, _place), unit in zip(rows, units, strict=True):
        if draft.liaison_name and role:
            person = _appoint_liaison(draft, unit, role, now=now)
            entries.append(
                trail.entry(actor, at=now, noun="person", noun_id=person.pk, verb="appoint", data={"role": role.code})
            )
    trail.write(*entries)


def _lock_register() -> None:
    """Names of units are not unique in the database: who takes a file in waits for who is at it."""
    list(Place.objects.select_for_update().filter(kind=PlaceKind.DISTRICT.value).values_list("pk"))


def _appoint_liaison(draft: UnitDraft, unit: MemberUnit, role: Role, *, now: datetime) -> Person:
    card = seal_contact(purpose="person", name=draft.liaison_name, phone=draft.liaison_phone, now=now)
    person = Person.objects.create(name=draft.liaison_name, contact=card)
    Appointment.objects.create(person=person, role=role, unit=unit, since=draft.joined_on or now.date())
    return person


class _Plan:
    """Holds the rows against the register: which are new, which stand, which cannot be."""

    def __init__(self, found: Iterable[UnitDraft | RowError], now: datetime) -> None:
        self.taken = Taken()
        self.new: list[tuple[UnitDraft, Place | None]] = []
        units = list(MemberUnit.objects.select_related("registered_place").order_by("pk"))
        self._by_code = {unit.credit_code: unit for unit in units if unit.credit_code}
        self._by_name = {folded(unit.name): unit for unit in units}
        self._liaisons = _liaisons(now)
        self._read_places()
        self._rows: dict[str, int] = {}
        for draft in self.taken.drafts(found):
            self._decide(draft)
        self.taken.errors.sort(key=lambda error: error.row)

    def _read_places(self) -> None:
        self._place_by_code: dict[str, Place] = {}
        self._places_by_name: dict[str, list[Place]] = {}
        kinds = [kind.value for kind in (PlaceKind.DISTRICT, PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY)]
        for place in Place.objects.filter(kind__in=kinds, valid_to=None).defer("boundary"):
            if place.code:
                self._place_by_code[place.code] = place
            for words in {folded(place.name), folded(place.full_name)}:
                self._places_by_name.setdefault(words, []).append(place)

    def _decide(self, draft: UnitDraft) -> None:
        hindrances = len(self.taken.errors)
        place = self._place(draft)
        if len(self.taken.errors) > hindrances:
            return
        standing = self._by_code.get(draft.credit_code) or self._by_name.get(folded(draft.name))
        if standing:
            self._compare(draft, standing, place)
            return
        first = self._rows.setdefault(folded(draft.name), draft.row)
        if first != draft.row:
            self.taken.errors.append(
                RowError(
                    draft.row, None, "", _("与第 %(first)s 行重复。"), draft.name, {"first": first}, "duplicate", first
                )
            )
            return
        self.taken.good.append(draft)
        self.new.append((draft, place))

    def _place(self, draft: UnitDraft) -> Place | None:
        if draft.place_code:
            place = self._place_by_code.get(draft.place_code)
            if place is None:
                self.taken.wrong(draft.row, _("登记地%(code)s还没有登记。"), draft.place_code, code=draft.place_code)
            return place
        if not draft.place_name:
            return None
        found = self._places_by_name.get(folded(draft.place_name), [])
        if len(found) == 1:
            return found[0]
        message = _("叫“%(name)s”的有几个，请写明代码或再上一级。") if found else _("“%(name)s”还没有登记。")
        self.taken.wrong(draft.row, message, draft.place_name, name=draft.place_name)
        return None

    def _compare(self, draft: UnitDraft, standing: MemberUnit, place: Place | None) -> None:
        """Note in which fields a row differs from what stands; what the row leaves empty is no difference."""
        self.taken.known += 1
        liaisons = self._liaisons.get(standing.pk, [])
        pairs = [
            ("name", standing.name, draft.name),
            ("kind", UNIT_KIND_LABELS[UnitKind(standing.kind)], UNIT_KIND_LABELS[draft.kind]),
            ("credit_code", standing.credit_code or "", draft.credit_code),
            ("place_name", str(standing.registered_place or ""), str(place or "")),
            ("address", standing.address, draft.address),
            ("joined_on", str(standing.joined_on or ""), str(draft.joined_on or "")),
            ("liaison_name", "、".join(liaisons), "" if draft.liaison_name in liaisons else draft.liaison_name),
        ]
        self.taken.differences.extend(
            Difference(draft.row, draft.name, UNIT_FIELDS[name], stands, given)
            for name, stands, given in pairs
            if given and given != stands
        )


def _liaisons(now: datetime) -> dict[int, list[str]]:
    """The names of those who act for each unit today."""
    today = now.date()
    rows = Appointment.objects.filter(Q(until=None) | Q(until__gte=today), unit__isnull=False, since__lte=today)
    found: dict[int, list[str]] = {}
    for unit, name in rows.order_by("pk").values_list("unit", "person__name"):
        found.setdefault(unit, []).append(name)
    return found
