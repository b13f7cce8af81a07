"""Who sees which agreement, with its parties, clauses and signatures; and what templates there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from gongzhi.agreements import rules
from gongzhi.agreements.models import (
    Agreement,
    AgreementSetting,
    Clause,
    Measure,
    Party,
    Signature,
    Template,
    TemplateClause,
)
from gongzhi.agreements.rules import AgreementState, Part, Side
from gongzhi.exchange.queries.listed import DESK_STANDINGS, belongs_at, places_of, sees_all, units_of
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import trail
from gongzhi.shared.moves import Move, open_moves
from gongzhi.shared.rows import TrailEntry

# A draft that nobody was sent is its desk's alone.
SENT = Q(offered_at__isnull=False) | Q(in_force__gte=1)


def visible_agreements(actor: Actor) -> QuerySet[Agreement]:
    """For the district all; for a desk those that its places keep, drafts too, and those to which one of its places is a
    party; for a unit those that were sent to it."""
    if sees_all(actor):
        return Agreement.objects.all()
    units, places = units_of(actor), places_of(actor)
    mine = Q(unit__in=units) | Q(place__in=places) | Q(place__community__in=places) | Q(place__subdistrict__in=places)
    bound = Party.objects.filter(mine).values("agreement")
    return Agreement.objects.filter(belongs_at(places) | Q(place__in=places) | SENT & Q(pk__in=bound))


def get_agreement(actor: Actor, agreement_id: int) -> Agreement:
    """One agreement with its place. Raises Agreement.DoesNotExist, the same for absent and not yours."""
    return visible_agreements(actor).select_related("place", "template").get(pk=agreement_id)


def agreement_standings(actor: Actor, row: Agreement) -> frozenset[StrEnum]:
    """In what capacities the actor stands towards an agreement: where it is kept, and as one of its parties."""
    return _standings(actor, row, own_parties(actor, row))


def _standings(actor: Actor, row: Agreement, own: list[Party]) -> frozenset[StrEnum]:
    found: set[StrEnum] = set(actor.standings_at((row.place_id, row.community_id, row.subdistrict_id)))
    return frozenset(found | ({Part.PARTY} if own else set()))


def agreement_moves(actor: Actor, row: Agreement, signing: "Signing | None" = None) -> dict[str, Move]:
    """The moves that the actor may make now, in the table's order. `signing` where it is known already."""
    signing = signing or signing_of(actor, row)
    moves = open_moves(rules.AGREEMENT_MOVES, AgreementState(row.state), _standings(actor, row, signing.own))
    going_round = row.state == AgreementState.DRAFT and row.offered_at is not None
    closed = {"change", "circulate"} if going_round else {"sign"}
    if row.state == AgreementState.DRAFT and not going_round:
        closed.add("amend")
    if not signing.unsigned:
        closed.add("sign")
    return {verb: move for verb, move in moves.items() if verb not in closed}


def agreement_trail(row: Agreement) -> list[TrailEntry]:
    """What was done about one agreement, oldest first. For who may see it."""
    return trail.of("agreement", row.pk)


# Parties and signatures


def side_of(party: Party) -> Side:
    """On which side a party stands: places on the one, units on the other."""
    return Side.UNIT if party.unit_id else Side.LOCAL


def parties_of(row: Agreement) -> QuerySet[Party]:
    """The parties, places first from the top of the ladder down, units by name. For who may see the agreement."""
    rows = Party.objects.filter(agreement=row).select_related("unit", "place").defer("place__boundary")
    return rows.order_by(F("place__code").asc(nulls_last=True), "unit__name", "pk")


def own_parties(actor: Actor, row: Agreement) -> list[Party]:
    """The parties for which the actor speaks: their units, and the places at whose desk they sit or which they lead."""
    mine = Q(unit__in=units_of(actor)) | Q(place__in=places_of(actor, DESK_STANDINGS))
    return list(Party.objects.filter(mine, agreement=row).select_related("unit", "place").order_by("pk"))


def signatures_of(row: Agreement, terms: int) -> dict[int, Signature]:
    """Who signed one version, by party. For who may see the agreement."""
    return {one.party_id: one for one in Signature.objects.filter(party__agreement=row, terms=terms)}


@dataclass(frozen=True)
class Signing:
    """All parties, on which day each of them signed the version that goes round, and for which the asker speaks."""

    parties: list[Party]
    signed: dict[int, date]
    own: list[Party]

    @property
    def unsigned(self) -> list[Party]:
        """The asker's own that have not signed it."""
        return [one for one in self.own if one.pk not in self.signed]


def signing_of(actor: Actor, row: Agreement) -> Signing:
    """The same for the present version. For who may see the agreement. One query."""
    signed = Signature.objects.filter(party=OuterRef("pk"), terms=row.terms).values("signed_on")
    rows = parties_of(row).annotate(day=Subquery(signed))
    parties: list[Party] = list(rows)
    units, places = units_of(actor), places_of(actor, DESK_STANDINGS)
    own = [one for one in parties if one.unit_id in units or one.place_id in places]
    return Signing(parties, {one.pk: one.day for one in rows if one.day}, own)


def party_counts(rows: Iterable[Agreement]) -> dict[int, tuple[int, int]]:
    """Of each of these how many parties there are and how many signed the version that goes round. Two queries."""
    terms = {one.pk: one.terms for one in rows}
    found = dict.fromkeys(terms, (0, 0))
    for pk in Party.objects.filter(agreement__in=terms).values_list("agreement", flat=True):
        found[pk] = (found[pk][0] + 1, found[pk][1])
    signed = Signature.objects.filter(party__agreement__in=terms).values_list("party__agreement", "terms")
    for pk, version in signed:
        found[pk] = (found[pk][0], found[pk][1] + (version == terms[pk]))
    return found


def speakers_of(parties: Iterable[Party], today: date) -> list[int]:
    """The ids of those who speak for these parties today."""
    found = list(parties)
    units = [one.unit for one in found if one.unit]
    places = [one.place_id for one in found if one.place_id]
    people = [person for unit in units for person in neighbourhood.people_of_unit(unit, today)]
    staff = neighbourhood.staff_at(places, *DESK_STANDINGS, today=today) if places else ()
    return people + [person.pk for person in staff]


def clauses_of(row: Agreement, terms: int | None = None) -> list[Clause]:
    """The clauses of one version, of the present one by default, in the order of their measures."""
    rows = Clause.objects.filter(agreement=row, terms=terms or row.terms).select_related("measure")
    return list(rows.order_by("measure__order", "pk"))


# What a new agreement starts from


def measures() -> list[Measure]:
    """The district's measures that are in force, in their order."""
    return [one for one in all_measures() if one.active]


def all_measures() -> list[Measure]:
    """The same, with those that are not in force any more."""
    return list(Measure.objects.order_by("order", "pk"))


def settings() -> dict[str, int]:
    """Every number that the district sets, or its value to start from. One query."""
    values = {code: start for code, (_name, start) in rules.SETTINGS.items()}
    values.update(AgreementSetting.objects.filter(code__in=list(values)).values_list("code", "value"))
    return values


def templates() -> list[Template]:
    """The latest version of each template, by name."""
    return list(Template.objects.order_by("name", "-version").distinct("name"))


def first_template() -> Template | None:
    """The template that stood first; None before the district has one."""
    return next((one for one in sorted(templates(), key=lambda one: one.pk)), None)


def template_clauses(template: Template) -> list[TemplateClause]:
    """What a template says, in the order of its measures; what comes of one that is not in force any more is left out."""
    rows = TemplateClause.objects.filter(template=template, measure__active=True).select_related("measure")
    return list(rows.order_by("measure__order", "pk"))
