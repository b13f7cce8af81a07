"""What may be seen of rounds and of what was answered in them; who is missing is the secretary's alone to know."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from gongzhi.exchange import round_rules
from gongzhi.exchange.models import Filing, Need, Offer, Reminder, Round
from gongzhi.exchange.queries.listed import (
    NONE,
    places_of,
    sees_all,
    units_of,
    visible_needs,
    visible_offers,
)
from gongzhi.exchange.round_rules import Part, RoundState, Sheet
from gongzhi.exchange.rules import NEED_OPEN, NeedState, OfferState
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.registers import networks_joined
from gongzhi.neighbourhood.rows import MemberUnit
from gongzhi.neighbourhood.rules import Actor, Standing
from gongzhi.shared.moves import Move, NotAllowed, _, open_moves


def visible_rounds(actor: Actor) -> QuerySet[Round]:
    """For a unit those of its networks; for a desk those of networks at its places and below; for the district all."""
    if sees_all(actor):
        return Round.objects.all()
    units, places = units_of(actor), places_of(actor)
    seen = Q(network__in=networks_joined(units, on=timezone.localdate()).values("pk")) if units else NONE
    if places:
        seen |= Q(network__place__in=places)
        seen |= Q(network__place__community__in=places) | Q(network__place__subdistrict__in=places)
    return Round.objects.filter(seen)


def get_round(actor: Actor, round_id: int) -> Round:
    """One round with its network. Raises Round.DoesNotExist, the same for absent and not yours."""
    return visible_rounds(actor).select_related("network__place").get(pk=round_id)


def round_standings(actor: Actor, row: Round, unit_id: int | None = None) -> frozenset[Standing | Part]:
    """In what capacities the actor stands towards a round: at its place and above, as its secretary, as this member."""
    place = row.network.place
    found: set[Standing | Part] = set(actor.standings_at(neighbourhood.ladder(place)))
    if any(one.standing is Standing.LEAD and one.place_id == place.pk for one in actor.offices):
        found.add(Part.SECRETARY)
    if unit_id in units_of(actor) and any(unit.pk == unit_id for unit in round_members(row)):
        found.add(Part.MEMBER)
    return frozenset(found)


def round_moves(actor: Actor, row: Round) -> dict[str, Move]:
    """The moves that the actor may make now, in the table's order."""
    return open_moves(round_rules.ROUND_MOVES, RoundState(row.state), round_standings(actor, row))


def round_members(row: Round) -> list[MemberUnit]:
    """The units that belong to the network today, or belonged to it when the round ended, by name.

    Persons who are members in their own right have nothing to put on these lists.
    """
    day = timezone.localdate(row.closed_at) if row.closed_at else min(timezone.localdate(), row.until)
    found = neighbourhood.members(row.network, on=max(day, row.since)).filter(unit__isnull=False)
    return [one.unit for one in found if one.unit]


@dataclass(frozen=True)
class Progress:
    """How far a round is: members, those who answered all three, and how many answered each."""

    members: int
    filled: int
    sheets: dict[Sheet, int]


def progress_of(actor: Actor, row: Round) -> Progress | None:
    """How far a round is, without any name; None where so few are asked that the number would name one."""
    units = {unit.pk for unit in round_members(row)}
    answered = [(unit, sheet) for unit, sheet in _answered(row) if unit in units]
    sheets = {sheet: sum(one == sheet for _unit, one in answered) for sheet in Sheet}
    filled = sum(all((unit, sheet.value) in answered for sheet in Sheet) for unit in units)
    told = Part.SECRETARY in round_standings(actor, row) or round_rules.count_may_be_told(filled, len(units))
    return Progress(len(units), filled, sheets) if told else None


def _answered(row: Round) -> list[tuple[int, str]]:
    return list(Filing.objects.filter(round=row).values_list("unit", "sheet"))


@dataclass(frozen=True)
class Member:
    """One member of a round: what it answered, which forms lack, and when it was last reminded."""

    unit: MemberUnit
    filings: dict[Sheet, Filing]
    reminded_on: date | None = None

    @property
    def missing(self) -> list[Sheet]:
        """The forms that it has not answered."""
        return [sheet for sheet in Sheet if sheet not in self.filings]


def members_by_name(actor: Actor, row: Round) -> list[Member]:
    """Who has answered what, those that lack something first. Raises NotAllowed for anybody but the secretary."""
    if Part.SECRETARY not in round_standings(actor, row):
        raise NotAllowed(_("哪家单位还没填，只有书记看得到。"))
    reminded: dict[int, date] = {}
    for unit, day in Reminder.objects.filter(round=row).order_by("day").values_list("unit", "day"):
        reminded[unit] = day
    found = members_with(row)
    told = [Member(one.unit, one.filings, reminded.get(one.unit.pk)) for one in found]
    return sorted(told, key=lambda one: not one.missing)


def members_with(row: Round, units: Iterable[int] | None = None) -> list[Member]:
    """The members of a round, or some of them, with what they answered. For whoever may know."""
    wanted = None if units is None else set(units)
    chosen = [unit for unit in round_members(row) if wanted is None or unit.pk in wanted]
    filings: dict[int, dict[Sheet, Filing]] = {unit.pk: {} for unit in chosen}
    for one in Filing.objects.filter(round=row, unit__in=filings).select_related("answered_by"):
        filings[one.unit_id][Sheet(one.sheet)] = one
    return [Member(unit, filings[unit.pk]) for unit in chosen]


def own_members(actor: Actor, row: Round) -> list[Member]:
    """The actor's own units among the members of a round, with what they answered."""
    return members_with(row, units_of(actor))


def open_rounds(actor: Actor) -> list[Round]:
    """The rounds that this person can see and that can be filled, the nearest day first."""
    rows = visible_rounds(actor).filter(state=RoundState.OPEN.value).select_related("network__place")
    return list(rows.order_by("due_on", "pk"))


def last_filing(unit_id: int, sheet: Sheet, *, before: Round | None = None) -> Filing | None:
    """What a unit last answered on one form, in an earlier round than this one. For who may see the unit's lists."""
    rows = Filing.objects.filter(unit=unit_id, sheet=sheet.value).order_by("-answered_at", "-pk")
    return (rows.exclude(round=before) if before else rows).first()


def lines_to_answer(actor: Actor, row: Round, unit_id: int, sheet: Sheet) -> list[Offer] | list[Need]:
    """What a unit starts from: what stands on its list, and what it had named the last time and has run out since."""
    last = last_filing(unit_id, sheet, before=row)
    named = last.lines if last else []
    if sheet is Sheet.HAVE:
        stands = ~Q(state=OfferState.ENDED.value)
        over = Q(pk__in=named, state=OfferState.ENDED.value, valid_until__lt=timezone.localdate())
        return list(visible_offers(actor).filter(stands | over, unit=unit_id).order_by("pk"))
    wanted = Q(state__in=sorted(NEED_OPEN)) | Q(pk__in=named, state=NeedState.LAPSED.value)
    return list(visible_needs(actor).filter(wanted, unit=unit_id).order_by("pk"))


def link_answers(actor: Actor) -> list[Filing]:
    """How each unit of the actor's places last said that it wants to take part, by name; nothing tells of which round.

    Units that wanted nothing, or have not said yet, are left out alike.
    """
    today = timezone.localdate()
    places = places_of(actor)
    latest = Filing.objects.filter(sheet=Sheet.LINK.value).order_by("unit", "-answered_at", "-pk").distinct("unit")
    rows = Filing.objects.filter(pk__in=latest.values("pk"), nothing=False, unit__left_on=None).select_related("unit")
    if not sees_all(actor):
        rows = rows.filter(unit__in=neighbourhood.units_at(places, on=today).values("pk"))
    return list(rows.order_by("unit__name", "pk"))
