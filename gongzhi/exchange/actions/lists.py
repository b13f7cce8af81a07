"""Taking a spreadsheet of one of the three lists in for the members of a desk; what stands is compared, not written over."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from gongzhi.exchange import queries
from gongzhi.exchange.actions import steps
from gongzhi.exchange.actions.filing import link_columns, note_filing
from gongzhi.exchange.actions.needs import NeedDetails, state_need
from gongzhi.exchange.actions.offers import OfferDetails, state_offer
from gongzhi.exchange.list_files import FIELDS, NEEDED, Draft, folded, guess_columns, read_lines
from gongzhi.exchange.models import Filing, Need, Offer
from gongzhi.exchange.quantities import shown
from gongzhi.exchange.queries import Member, Whose
from gongzhi.exchange.round_rules import Sheet
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.actions.taking import Difference, Taken
from gongzhi.neighbourhood.lists import member_home
from gongzhi.neighbourhood.rows import MemberUnit, Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind, Right
from gongzhi.shared import trail
from gongzhi.shared.moves import NotAllowed, Refused, _
from gongzhi.shared.reading import fetch
from gongzhi.shared.sheets import Limits, RowError, read_sheet

LIMITS = Limits(size=20 * 2**20, rows=2_000)
_NO_MEMBER = _("“%(name)s”不是您这里的成员单位或个人成员，请核对名称。")
# The number of the lock under which lists are taken in.
_LISTS = 20_260_701


def read_list_columns(path: Path, *, sheet: Sheet) -> tuple[list[str], dict[str, int]]:
    """The names of a file's columns, and which of them (from 0) hold which field. Raises SheetError, Refused."""
    with read_sheet(path, limits=LIMITS) as table:
        header, columns = list(table.header), guess_columns(table.header, sheet, gettext)
    lacking = [name for name in NEEDED[sheet] if name not in columns]
    if lacking:
        known = "、".join(gettext(label) for label in FIELDS[sheet].values())
        message = _("没有“%(name)s”这一列。这里认得的列：%(fields)s。")
        raise Refused(message, name=FIELDS[sheet][lacking[0]], fields=known)
    return header, columns


def look_at_list(actor: Actor, *, sheet: Sheet, path: Path, now: datetime) -> Taken:
    """What `take_list` would do; writes nothing. Raises SheetError, Refused."""
    return _Plan(actor, sheet, path, now).taken


@transaction.atomic
def take_list(actor: Actor, *, sheet: Sheet, path: Path, name: str, now: datetime) -> Taken:
    """Put the good rows that are new on the list of their members; a round that asks these has its answer.

    The same file twice adds nothing. All of it or none: a limit holds it to what one transaction bears.
    """
    # One at a time, so that the same file confirmed twice at once is found the second time.
    fetch("SELECT pg_advisory_xact_lock(%s)", [_LISTS])
    plan = _Plan(actor, sheet, path, now)
    once = f"list-{now:%Y%m%d%H%M%S%f}"
    lines: dict[Whose, list[int]] = {whose: list(known) for whose, known in plan.standing.items()}
    for draft, member in plan.new:
        with _in_row(draft):
            _take(actor, sheet, draft, member, f"{once}-{draft.row}", lines, now)
    if sheet is not Sheet.LINK:
        for whose, said in lines.items():
            note_filing(actor, whose=whose, sheet=sheet, once=once, now=now, lines=said)
    data = {"file": name[:200], "list": sheet.value, "rows": len(plan.new)}
    trail.write(trail.entry(actor, at=now, noun="district", noun_id=0, verb="import", data=data))
    return plan.taken


@contextmanager
def _in_row(draft: Draft) -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        raise Refused(_("第 %(row)s 行没有导入，整份都没有登记，请改好再来。"), row=draft.row) from refusal


def _take(
    actor: Actor, sheet: Sheet, draft: Draft, one: Member, once: str, lines: dict[Whose, list[int]], now: datetime
) -> None:
    side: dict[str, Any] = {"unit": one.unit, "member": one.head}
    if sheet is Sheet.HAVE:
        details = OfferDetails(**draft.given, place=_home(one, now))
        kept = state_offer(actor, details=details, **side, now=now, once=once).offer.pk
    elif sheet is Sheet.NEED:
        kept = state_need(actor, details=NeedDetails(**draft.given), **side, now=now, once=once, told=False).need.pk
    else:
        note_filing(actor, whose=one.whose, sheet=sheet, once=once, now=now, **link_columns(**draft.given))
        return
    lines.setdefault(one.whose, []).append(kept)


def _home(one: Member, now: datetime) -> Place | None:
    if one.head:
        return member_home(one.head)
    return neighbourhood.home_of(one.unit, on=timezone.localtime(now).date()) if one.unit else None


class _Plan:
    """Holds the rows against what stands: which are new, which stand, which cannot be."""

    def __init__(self, actor: Actor, sheet: Sheet, path: Path, now: datetime) -> None:
        if not actor.may(Right.IMPORT) or not actor.holds(*queries.DESK_STANDINGS):
            raise NotAllowed(_("您没有导入表格的权限。"))
        self.actor, self.sheet, self.now = actor, sheet, now
        self.taken = Taken()
        self.new: list[tuple[Draft, Member]] = []
        # Of each member the lines of the file that stand already.
        self.standing: dict[Whose, list[int]] = {}
        self._members = _members_of_desk(actor, timezone.localtime(now).date())
        self._stands = self._what_stands()
        _header, columns = read_list_columns(path, sheet=sheet)
        with read_sheet(path, limits=LIMITS) as table:
            found = read_lines(table.rows, columns, sheet, header=table.header, words=gettext)
            drafts = self.taken.drafts(found)
        for draft in drafts:
            self._decide(draft, columns)
        self.taken.errors.sort(key=lambda error: error.row)

    def _what_stands(self) -> dict[tuple[Any, ...], Any]:
        whose = [one.whose for found in self._members.values() for one in found]
        theirs = Q(unit__in={one.unit for one in whose}) | Q(member__in={one.member for one in whose})
        rows: Any
        if self.sheet is Sheet.HAVE:
            rows = queries.visible_offers(self.actor).exclude(state="ended").filter(theirs)
        elif self.sheet is Sheet.NEED:
            rows = queries.visible_needs(self.actor).filter(theirs, state__in=["stated", "verified"])
        else:
            return self._answers()
        return {(_whose(row), row.kind, folded(row.title), folded(row.measure)): row for row in rows}

    def _answers(self) -> dict[tuple[Any, ...], Any]:
        """The third list: of each member that an open round asks, its answer in it or None."""
        asked: dict[tuple[Any, ...], Any] = {}
        for row in queries.open_rounds(self.actor):
            if "note" in queries.round_moves(self.actor, row):
                for one in queries.members_with(row):
                    asked[(one.whose,)] = one.filings.get(Sheet.LINK)
        return asked

    def _decide(self, draft: Draft, columns: dict[str, int]) -> None:
        found = self._members.get(folded(draft.unit), [])
        if len(found) != 1:
            values = {"name": draft.unit, "names": "、".join(_in_full(one) for one in found[:5])}
            message = _("“%(name)s”有几位：%(names)s。请写全。") if found else _NO_MEMBER
            self.taken.errors.append(RowError(draft.row, columns["unit"] + 1, "", message, draft.unit, values))
            return
        day = draft.given.get("valid_until") or draft.given.get("deadline")
        try:
            steps.day_ahead(day, self.now)
        except Refused as refusal:
            self.taken.errors.append(RowError(draft.row, columns["until"] + 1, "", refusal.message, str(day)))
            return
        key = (found[0].whose, *draft.key)
        if self.sheet is Sheet.LINK and key not in self._stands:
            self.taken.wrong(draft.row, _("“%(name)s”现在没有要填的三张表。"), draft.unit, name=draft.unit)
        elif standing := self._stands.get(key):
            self._compare(draft, standing)
        else:
            self.taken.good.append(draft)
            self.new.append((draft, found[0]))

    def _compare(self, draft: Draft, standing: Offer | Need | Filing) -> None:
        """Note in what a row differs from what stands; what the row leaves empty is no difference."""
        self.taken.known += 1
        if isinstance(standing, Filing):
            return
        self.standing.setdefault(_whose(standing), []).append(standing.pk)
        until = standing.valid_until if isinstance(standing, Offer) else standing.deadline
        given = draft.given.get("valid_until") or draft.given.get("deadline")
        pairs = (
            ("quantity", shown(standing.quantity), draft.given["quantity"]),
            ("until", str(until or ""), str(given or "")),
        )
        self.taken.differences.extend(
            Difference(draft.row, draft.unit, FIELDS[self.sheet][name], stands, said)
            for name, stands, said in pairs
            if said and said != stands
        )


def _whose(row: Offer | Need) -> Whose:
    return Whose(row.unit_id, row.member_id)


def _in_full(one: Member) -> str:
    return queries.in_full(one.head) if one.head else one.name


def _members_of_desk(actor: Actor, today: date) -> dict[str, list[Member]]:
    """The members for whom the desk may take lists in, by what they go by, folded: a person in their own right by name,
    by what they head, or by both."""
    found: dict[str, list[Member]] = {folded(unit.name): [Member(unit)] for unit in _units_of_desk(actor, today)}
    for name, heads in queries.heads_by_name(actor, on=today).items():
        found.setdefault(folded(name), []).extend(Member(None, head) for head in heads)
    return found


def _units_of_desk(actor: Actor, today: date) -> list[MemberUnit]:
    if any(one.place_kind is PlaceKind.DISTRICT and one.standing in queries.DESK_STANDINGS for one in actor.offices):
        return list(neighbourhood.current_units())
    places = queries.places_of(actor, queries.DESK_STANDINGS)
    return list(neighbourhood.units_at(places, on=today).filter(left_on=None))
