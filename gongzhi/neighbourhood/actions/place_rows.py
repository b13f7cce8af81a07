"""Taking places in from the rows of a spreadsheet: new ones are registered, standing ones compared, none changed."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby

from django.db import IntegrityError, transaction

from gongzhi.neighbourhood.actions.register import must, put_below
from gongzhi.neighbourhood.actions.taking import CHUNK, Difference, Taken, chunks
from gongzhi.neighbourhood.importing import PLACE_FIELDS, PlaceDraft
from gongzhi.neighbourhood.models import Place
from gongzhi.neighbourhood.rules import (
    COMPOUND_TYPE_LABELS,
    PARENTS,
    PLACE_KIND_LABELS,
    Actor,
    CompoundType,
    PlaceKind,
    Right,
)
from gongzhi.shared import trail
from gongzhi.shared.moves import Refused, _
from gongzhi.shared.sheets import RowError

_LADDER = list(PlaceKind)
# Degrees, about ten metres: what one file rounds away is no difference.
_CLOSE = 1e-4


def look_at_places(actor: Actor, found: Iterable[PlaceDraft | RowError]) -> Taken:
    """What `take_places` would do with these rows; writes nothing. Raises NotAllowed without the right."""
    must(actor, Right.SET_UP)
    return _Plan(actor, found).taken


def take_places(actor: Actor, found: Iterable[PlaceDraft | RowError], *, now: datetime, file: str = "") -> Taken:
    """Register the good rows that are new, from the top of the ladder down, some hundreds a transaction.

    A row that stands already is compared and never written over, so that the same file twice adds nothing, and a
    run that broke off goes on where it stopped. `file` names the file in the trail. Raises NotAllowed without the
    right, Refused where somebody else registered the same places meanwhile.
    """
    must(actor, Right.SET_UP)
    plan = _Plan(actor, found)
    for _kind, places in groupby(plan.new, key=lambda place: place.kind):
        for some in chunks(list(places), CHUNK):
            _register(actor, some, now=now, file=file)
    return plan.taken


@transaction.atomic
def _register(actor: Actor, places: list[Place], *, now: datetime, file: str) -> None:
    """Write places of one rung, below places that are saved, in two statements."""
    for place in places:
        put_below(place, place.parent)
        place.valid_from = place.valid_from or now.date()
    try:
        Place.objects.bulk_create(places)
    except IntegrityError as error:
        raise Refused(_("登记资料刚刚被别人改过，没有全部导入。请再导入一次，已导入的不会重复。")) from error
    trail.write(
        *(
            trail.entry(
                actor,
                at=now,
                noun="place",
                noun_id=place.pk,
                verb="register",
                data={"code": place.code, "name": place.name, "file": file},
            )
            for place in places
        )
    )


class _Plan:
    """Holds the rows against the register: which are new, which stand, which cannot be."""

    def __init__(self, actor: Actor, found: Iterable[PlaceDraft | RowError]) -> None:
        self.taken = Taken()
        self.new: list[Place] = []
        drafts = self.taken.drafts(found)
        drafts.sort(key=lambda draft: _LADDER.index(draft.kind))
        self._mine = actor.reach(Right.SET_UP)
        self._read_register()
        for draft in drafts:
            self._decide(draft)
        self.taken.errors.sort(key=lambda error: error.row)

    def _read_register(self) -> None:
        rows = {place.pk: place for place in Place.objects.defer("boundary").order_by("pk")}
        self._by_code: dict[str, Place] = {}
        self._by_name: dict[tuple[int, str, str], Place] = {}
        self._named: dict[tuple[str, str], list[Place]] = {}
        self._district: Place | None = None
        for place in rows.values():
            # The parent as the very object of this table: new places have no key yet to be found by.
            if place.parent_id:
                place.parent = rows[place.parent_id]
            self._know(place)

    def _know(self, place: Place) -> None:
        if place.code:
            self._by_code[place.code] = place
        if place.valid_to is None:
            self._by_name[(id(place.parent), place.kind, place.name)] = place
            self._named.setdefault((place.kind, place.name), []).append(place)
            if place.kind == PlaceKind.DISTRICT:
                self._district = place

    def _decide(self, draft: PlaceDraft) -> None:
        standing = self._by_code.get(draft.code) if draft.code else None
        if standing:
            self._compare(draft, standing, self._parent(draft, Taken()))
            return
        if draft.kind is PlaceKind.DISTRICT:
            if self._district:
                self.taken.wrong(
                    draft.row, _("这里是%(name)s，不能再登记一个区。"), draft.name, name=self._district.name
                )
                return
            self._add(draft, None)
            return
        parent = self._parent(draft, self.taken)
        if parent is None:
            return
        if self._mine is not None and not self._mine.intersection(_above(parent)):
            self.taken.wrong(draft.row, _("“%(place)s”不在您负责的范围内。"), draft.name, place=parent.name)
            return
        standing = self._by_name.get((id(parent), draft.kind.value, draft.name))
        if standing and draft.valid_to is None:
            self._compare(draft, standing, parent)
        else:
            self._add(draft, parent)

    def _parent(self, draft: PlaceDraft, taken: Taken) -> Place | None:
        """The place above a draft, by code, else by the names that the row gives; what hinders is noted."""
        if draft.parent_code:
            parent = self._by_code.get(draft.parent_code)
            if parent is None:
                taken.wrong(draft.row, _("上级%(code)s还没有登记。"), draft.parent_code, code=draft.parent_code)
                return None
        elif draft.above:
            parent = self._named_above(draft, taken)
        else:
            taken.wrong(draft.row, _("看不出“%(name)s”在哪里：请加一列上级代码，或所属社区、小区。"), name=draft.name)
            return None
        if parent is not None and PlaceKind(parent.kind) not in PARENTS[draft.kind]:
            taken.wrong(
                draft.row,
                _("%(kind)s“%(name)s”不能放在“%(parent)s”下面。"),
                draft.name,
                kind=PLACE_KIND_LABELS[draft.kind],
                name=draft.name,
                parent=parent.name,
            )
            return None
        return parent

    def _named_above(self, draft: PlaceDraft, taken: Taken) -> Place | None:
        (kind, name), *further = draft.above
        found = self._named.get((kind.value, name), [])
        for rung, words in further:
            found = [place for place in found if any(one.kind == rung and one.name == words for one in _up(place))]
        if len(found) == 1:
            return found[0]
        words = "".join(name for _rung, name in reversed(draft.above))
        if found:
            taken.wrong(draft.row, _("叫“%(name)s”的有几个，请写明代码或再上一级。"), words, name=words)
        else:
            taken.wrong(draft.row, _("“%(name)s”还没有登记。"), words, name=words)
        return None

    def _add(self, draft: PlaceDraft, parent: Place | None) -> None:
        place = Place(
            kind=draft.kind.value,
            name=draft.name,
            code=draft.code or None,
            parent=parent,
            compound_type=draft.compound_type.value if draft.compound_type else "",
            built_year=draft.built_year,
            old=bool(draft.old),
            lon=draft.lon,
            lat=draft.lat,
            valid_from=draft.valid_from,
            valid_to=draft.valid_to,
        )
        self.taken.good.append(draft)
        self.new.append(place)
        self._know(place)

    def _compare(self, draft: PlaceDraft, standing: Place, parent: Place | None) -> None:
        """Note in which fields a row differs from what stands; what the row leaves empty is no difference."""
        self.taken.known += 1
        pairs: list[tuple[str, str, str]] = [
            ("code", standing.code or "", draft.code),
            ("name", standing.name, draft.name),
            ("kind", PLACE_KIND_LABELS[PlaceKind(standing.kind)], PLACE_KIND_LABELS[draft.kind]),
            ("parent_code", _words(standing.parent), _words(parent)),
            ("compound_type", _type(standing.compound_type), _type(draft.compound_type)),
            ("built_year", str(standing.built_year or ""), str(draft.built_year or "")),
            ("old", _yes(standing.old), "" if draft.old is None else _yes(draft.old)),
            ("valid_from", _day(standing.valid_from), _day(draft.valid_from)),
            ("valid_to", _day(standing.valid_to), _day(draft.valid_to)),
        ]
        for name, here, there in (("lon", standing.lon, draft.lon), ("lat", standing.lat, draft.lat)):
            if there is not None and (here is None or abs(here - there) > _CLOSE):
                pairs.append((name, "" if here is None else f"{here:.6f}", f"{there:.6f}"))
        self.taken.differences.extend(
            Difference(draft.row, draft.name, PLACE_FIELDS[name], stands, given)
            for name, stands, given in pairs
            if given and given != stands
        )


def _up(place: Place | None) -> Iterable[Place]:
    """The place and every one above it, saved or not."""
    while place is not None:
        yield place
        place = place.parent


def _above(place: Place) -> set[int]:
    return {one.pk for one in _up(place) if one.pk}


def _words(place: Place | None) -> str:
    return f"{place.name}（{place.code}）" if place and place.code else place.name if place else ""


def _type(value: str | None) -> str:
    return COMPOUND_TYPE_LABELS[CompoundType(value)] if value else ""


def _yes(value: bool) -> str:
    return _("是") if value else _("否")


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
