"""Units, networks and the people who belong to them or work for a place."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from gongzhi.neighbourhood.models import (
    Account,
    Appointment,
    Membership,
    MemberUnit,
    Network,
    Person,
    Place,
)
from gongzhi.neighbourhood.queries.places import at_or_below
from gongzhi.neighbourhood.rules import Standing
from gongzhi.shared.reading import Question


def unit_named(name: str) -> MemberUnit:
    """The unit with exactly this name. Raises MemberUnit.DoesNotExist."""
    return MemberUnit.objects.get(name=name)


def unit_names(unit_ids: Iterable[int]) -> dict[int, str]:
    """The names of these units by id, of those that left as well. One query, none for nothing."""
    wanted = set(unit_ids)
    return dict(MemberUnit.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def current_units(kind: str = "") -> QuerySet[MemberUnit]:
    """Units that take part today."""
    units = MemberUnit.objects.filter(left_on=None)
    return (units.filter(kind=kind) if kind else units).order_by("name")


def unit_counts() -> dict[str, int]:
    """How many units of each kind take part today."""
    return dict(MemberUnit.objects.filter(left_on=None).values_list("kind").annotate(Count("id")).order_by())


def networks() -> QuerySet[Network]:
    """Every network with `units` and `persons` counted apart."""
    now = Membership.objects.filter(network=OuterRef("pk"), left_on=None).order_by().values("network")
    return (
        Network.objects.select_related("place")
        .annotate(
            units=Coalesce(Subquery(now.annotate(n=Count("unit")).values("n")), 0),
            persons=Coalesce(Subquery(now.annotate(n=Count("person")).values("n")), 0),
        )
        .order_by("place__code")
    )


def members(network: Network, *, on: date) -> QuerySet[Membership]:
    """Who belongs to the network on a day: units first, then persons in their own right."""
    return (
        Membership.objects.filter(Q(left_on=None) | Q(left_on__gt=on), network=network, joined_on__lte=on)
        .select_related("unit", "person", "place")
        .order_by("person_id", "unit__name")
    )


def person_member_count(*, on: date) -> int:
    """Distinct persons who are members in their own right; never to be read as a count of communities."""
    rows = Membership.objects.filter(Q(left_on=None) | Q(left_on__gt=on), person__isnull=False, joined_on__lte=on)
    return rows.values("person").distinct().count()


def person_members(place_ids: list[int], *, on: date) -> QuerySet[Membership]:
    """Memberships in their own right that count at one of these places: of its network, or as head of something there."""
    here = Q(place__in=place_ids) | Q(network__place__in=place_ids)
    rows = Membership.objects.filter(here, Q(left_on=None) | Q(left_on__gt=on), joined_on__lte=on)
    return rows.filter(person__isnull=False).select_related("person", "place").order_by("person__name", "pk")


def staff_at(place_ids: list[int], *standings: Standing, today: date) -> QuerySet[Person]:
    """Persons with one of these standings exactly at one of these places today."""
    rows = Appointment.objects.filter(
        Q(until=None) | Q(until__gte=today),
        since__lte=today,
        place__in=place_ids,
        role__standing__in=[standing.value for standing in standings],
    )
    return Person.objects.filter(pk__in=rows.values("person")).order_by("name")


def persons(ids: Iterable[int]) -> QuerySet[Person]:
    """These persons, by name."""
    return Person.objects.filter(pk__in=list(ids)).order_by("name")


def people_of_unit(unit: MemberUnit, today: date) -> list[int]:
    """The ids of those who act for a unit today, its liaisons."""
    return _appointed(Q(unit=unit), today)


def can_log_in(person_ids: Iterable[int]) -> bool:
    """Whether any of these persons has a login."""
    return Account.objects.filter(person__in=list(person_ids), is_active=True).exists()


def desk_of(place_id: int, today: date) -> list[int]:
    """The ids of those at the desk of exactly this place today."""
    return sorted({person for (person,) in _AT_DESK.ask(place_id, today)})


def desk_and_leads_of(place_id: int, today: date) -> list[int]:
    """The same with those who lead there."""
    return sorted({person for (person,) in _DESK_AND_LEADS.ask(place_id, today)})


def _at_place(*standings: Standing) -> Question:
    who = Q(role__standing__in=[standing.value for standing in standings])
    return Question(lambda place, today: _appointments(who & Q(place=place), today).values_list("person"), int, date)


_AT_DESK, _DESK_AND_LEADS = _at_place(Standing.DESK), _at_place(Standing.DESK, Standing.LEAD)


def _appointed(where: Q, today: date) -> list[int]:
    return sorted(set(_appointments(where, today).values_list("person", flat=True)))


def _appointments(where: Q, today: date) -> QuerySet[Appointment]:
    return Appointment.objects.filter(where, Q(until=None) | Q(until__gte=today), since__lte=today)


def current_unit(unit_id: int) -> MemberUnit | None:
    """One unit that takes part today, with its registered place; None where there is none such."""
    return MemberUnit.objects.filter(pk=unit_id, left_on=None).select_related("registered_place").first()


def units_at(place_ids: list[int], *, on: date) -> QuerySet[MemberUnit]:
    """Units registered at or below one of these places, or on that day members of a network there."""
    places = Place.objects.filter(at_or_below(place_ids)).order_by().values("pk")
    rows = Membership.objects.filter(Q(left_on=None) | Q(left_on__gt=on), joined_on__lte=on, network__place__in=places)
    joined = rows.filter(unit__isnull=False).values("unit")
    return MemberUnit.objects.filter(Q(registered_place__in=places) | Q(pk__in=joined))


def units_in_networks_of(place_ids: Iterable[int], *, on: date) -> QuerySet[MemberUnit]:
    """Units that on that day are members of the network of exactly one of these places."""
    rows = Membership.objects.filter(Q(left_on=None) | Q(left_on__gt=on), joined_on__lte=on, unit__isnull=False)
    return MemberUnit.objects.filter(pk__in=rows.filter(network__place__in=list(place_ids)).values("unit"))


def home_of(unit: MemberUnit, *, on: date) -> Place | None:
    """Where a unit belongs: its registered place, else that of the network it joined first; None where there is neither."""
    if unit.registered_place_id:
        return unit.registered_place
    rows = Membership.objects.filter(Q(left_on=None) | Q(left_on__gt=on), unit=unit, joined_on__lte=on)
    first = rows.select_related("network__place").order_by("joined_on", "pk").first()
    return first.network.place if first else None
