"""What may be seen of rounds and of what was answered in them; who is missing is the secretary's alone to know."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from gongzhi.exchange import round_rules
from gongzhi.exchange.models import Filing, Need, Offer, Reminder, Round
from gongzhi.exchange.queries.listed import (
    MEMBER,
    NONE,
    is_own,
    members_of,
    places_of,
    sees_all,
    units_of,
    visible_needs,
    visible_offers,
)
from gongzhi.exchange.round_rules import Part, RoundState, Sheet
from gongzhi.exchange.rules import NEED_OPEN, NeedState, OfferState
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.lists import belonging_at, member_name, own_right
from gongzhi.neighbourhood.registers import networks_joined
from gongzhi.neighbourhood.rows import Membership, MemberUnit
from gongzhi.neighbourhood.rules import Actor, Standing
from gongzhi.shared.moves import Move, NotAllowed, _, open_moves


def visible_rounds(actor: Actor) -> QuerySet[Round]:
    """For a member those of its networks; for a desk those of networks at its places and below; for the district all."""
    if sees_all(actor):
        return Round.objects.all()
    units, members, places = units_of(actor), members_of(actor), places_of(actor)
    joined = networks_joined(units, on=timezone.localdate(), member_ids=members)
    seen = Q(network__in=joined.values("pk")) if units or members else NONE
    if places:
        seen |= Q(network__place__in=places)
        seen |= Q(network__place__community__in=places) | Q(network__place__subdistrict__in=places)
    return Round.objects.filter(seen)


def get_round(actor: Actor, round_id: int) -> Round:
    """One round with its network. Raises Round.DoesNotExist, the same for absent and not yours."""
    return visible_rounds(actor).select_related("network__place").get(pk=round_id)


@dataclass(frozen=True)
class Whose:
    """One member as a form names it: a unit, or a person by their membership."""

    unit: int | None = None
    member: int | None = None

    def rows(self) -> dict[str, int]:
        """A filter on rows that say whose they are."""
        return {"unit": self.unit} if self.unit else {"member": self.member or 0}


def round_standings(actor: Actor, row: Round, whose: Whose | None = None) -> frozenset[Standing | Part]:
    """In what capacities the actor stands towards a round: at its place and above, as its secretary, as this member."""
    place = row.network.place
    found: set[Standing | Part] = set(actor.standings_at(neighbourhood.ladder(place)))
    if any(one.standing is Standing.LEAD and one.place_id == place.pk for one in actor.offices):
        found.add(Part.SECRETARY)
    if whose and is_own(actor, whose.unit, whose.member) and any(one.whose == whose for one in round_members(row)):
        found.add(Part.MEMBER)
    return frozenset(found)


def round_moves(actor: Actor, row: Round) -> dict[str, Move]:
    """The moves that the actor may make now, in the table's order."""
    return open_moves(round_rules.ROUND_MOVES, RoundState(row.state), round_standings(actor, row))


@dataclass(frozen=True)
class Member:
    """One member of a round, a unit or (`head`) a person in their own right: what it answered, which forms lack, and
    when it was last reminded."""

    unit: MemberUnit | None
    head: Membership | None = None
    filings: dict[Sheet, Filing] = field(default_factory=dict)
    reminded_on: date | None = None

    @property
    def whose(self) -> Whose:
        """As a form names it."""
        return Whose(self.unit.pk) if self.unit else Whose(member=self.head.pk if self.head else None)

    @property
    def name(self) -> str:
        """What it is called."""
        return self.unit.name if self.unit else member_name(self.head) if self.head else ""

    @property
    def missing(self) -> list[Sheet]:
        """The forms that it has not answered."""
        return [sheet for sheet in Sheet if sheet not in self.filings]


def round_members(row: Round) -> list[Member]:
    """The members of the network today, or when the round ended: units by name, then persons in their own right."""
    day = timezone.localdate(row.closed_at) if row.closed_at else min(timezone.localdate(), row.until)
    found = neighbourhood.members(row.network, on=max(day, row.since))
    return [Member(one.unit, None if one.unit else one) for one in found]


@dataclass(frozen=True)
class Progress:
    """How far a round is: units and persons asked, those who answered all three, and how many answered each."""

    units: int
    persons: int
    filled: int
    sheets: dict[Sheet, int]

    @property
    def members(self) -> int:
        """Units and persons together."""
        return self.units + self.persons


def progress_of(actor: Actor, row: Round) -> Progress | None:
    """How far a round is, without any name; None where so few are asked that the number would name one."""
    members = round_members(row)
    answered: dict[Whose, set[str]] = {one.whose: set() for one in members}
    for unit, member, sheet in Filing.objects.filter(round=row).values_list("unit", "member", "sheet"):
        answered.get(Whose(unit, member), set()).add(sheet)
    sheets = {sheet: sum(sheet.value in done for done in answered.values()) for sheet in Sheet}
    filled = sum(len(done) == len(Sheet) for done in answered.values())
    told = Part.SECRETARY in round_standings(actor, row) or round_rules.count_may_be_told(filled, len(members))
    units = sum(one.unit is not None for one in members)
    return Progress(units, len(members) - units, filled, sheets) if told else None


def members_by_name(actor: Actor, row: Round) -> list[Member]:
    """Who has answered what, those that lack something first. Raises NotAllowed for anybody but the secretary."""
    if Part.SECRETARY not in round_standings(actor, row):
        raise NotAllowed(_("谁还没填，只有书记看得到。"))
    reminded: dict[Whose, date] = {}
    for unit, member, day in Reminder.objects.filter(round=row).order_by("day").values_list("unit", "member", "day"):
        reminded[Whose(unit, member)] = day
    told = [replace(one, reminded_on=reminded.get(one.whose)) for one in members_with(row)]
    return sorted(told, key=lambda one: not one.missing)


def members_with(row: Round, wanted: Callable[[Whose], bool] = lambda _whose: True) -> list[Member]:
    """The members of a round, or those `wanted`, with what they answered. For whoever may know."""
    chosen = {one.whose: one for one in round_members(row) if wanted(one.whose)}
    for filing in Filing.objects.filter(round=row).select_related("answered_by") if chosen else ():
        if member := chosen.get(Whose(filing.unit_id, filing.member_id)):
            member.filings[Sheet(filing.sheet)] = filing
    return list(chosen.values())


def own_members(actor: Actor, row: Round) -> list[Member]:
    """The actor's own units, and themselves, among the members of a round, with what they answered."""
    return members_with(row, lambda whose: is_own(actor, whose.unit, whose.member))


def open_rounds(actor: Actor) -> list[Round]:
    """The rounds that this person can see and that can be filled, the nearest day first."""
    rows = visible_rounds(actor).filter(state=RoundState.OPEN.value).select_related("network__place")
    return list(rows.order_by("due_on", "pk"))


def last_filing(whose: Whose, sheet: Sheet, *, before: Round | None = None) -> Filing | None:
    """What a member last answered on one form, in an earlier round than this one. For who may see its lists."""
    rows = Filing.objects.filter(**whose.rows(), sheet=sheet.value).order_by("-answered_at", "-pk")
    return (rows.exclude(round=before) if before else rows).first()


def lines_to_answer(actor: Actor, row: Round, whose: Whose, sheet: Sheet) -> list[Offer] | list[Need]:
    """What a member starts from: what stands on its list, and what it had named the last time and has run out since."""
    last = last_filing(whose, sheet, before=row)
    named = last.lines if last else []
    if sheet is Sheet.HAVE:
        stands = ~Q(state=OfferState.ENDED.value)
        over = Q(pk__in=named, state=OfferState.ENDED.value, valid_until__lt=timezone.localdate())
        return list(visible_offers(actor).filter(stands | over, **whose.rows()).order_by("pk"))
    wanted = Q(state__in=sorted(NEED_OPEN)) | Q(pk__in=named, state=NeedState.LAPSED.value)
    return list(visible_needs(actor).filter(wanted, **whose.rows()).order_by("pk"))


def link_answers(actor: Actor) -> list[Filing]:
    """How each member of the actor's places last said that it wants to take part, units by name, then persons; nothing
    tells of which round.

    Members that wanted nothing, or have not said yet, are left out alike.
    """
    today, places = timezone.localdate(), places_of(actor)
    latest = Filing.objects.filter(sheet=Sheet.LINK.value).order_by("unit", "member", "-answered_at", "-pk")
    rows = Filing.objects.filter(pk__in=latest.distinct("unit", "member").values("pk"), nothing=False)
    running = own_right(on=today)
    rows = rows.filter(Q(unit__isnull=False, unit__left_on=None) | Q(member__in=running.values("pk")))
    if not sees_all(actor):
        here = running.filter(belonging_at(places)).values("pk")
        rows = rows.filter(Q(unit__in=neighbourhood.units_at(places, on=today).values("pk")) | Q(member__in=here))
    return list(rows.select_related("unit", *MEMBER).order_by("unit__name", "pk"))
