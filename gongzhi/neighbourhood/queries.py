"""What may be seen of places, people, units and networks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject

from gongzhi.neighbourhood.models import (
    Account,
    Appointment,
    ContactCard,
    Membership,
    MemberUnit,
    Network,
    Person,
    Place,
    Role,
)
from gongzhi.neighbourhood.rules import STRANGER, Actor, Office, PlaceKind, Right, Standing, number, read_number
from gongzhi.shared import secrets
from gongzhi.shared.moves import NotAllowed, _
from gongzhi.shared.reading import Question, Rows


def actor_for(account: Account | None, *, today: date, link: int | None = None) -> Actor:
    """Who this login is and where they stand today; a stranger without one. One query, or none after `known_login`."""
    if account is None:
        return Actor(label=STRANGER.label, link=link)
    if account.person_id is None:
        return Actor(label=STRANGER.label, account_id=account.pk, link=link)
    held: _Held | None = getattr(account, "_held", None)
    if held is None or held.day != today:
        held = _read_held(_LOGIN.ask(today, today, account.pk)[0], today)
    label = f"{held.name}（{held.offices[0].role}）" if held.offices else held.name
    return Actor(label, held.offices, account.person_id, account.pk, link)


def known_login(account_id: int, *, today: date) -> Account | None:
    """One login with the offices that it holds today, in one query; None where there is none such."""
    rows = _LOGIN.ask(today, today, account_id)
    if not rows:
        return None
    account = Account.from_db(connection.alias, _COLUMNS, rows[0][: len(_COLUMNS)])
    account.__dict__["_held"] = _read_held(rows[0], today)
    return account


class _Held(NamedTuple):
    """The offices of a day, kept with the account that they were read with."""

    day: date
    name: str
    offices: tuple[Office, ...]


def _read_held(row: tuple[Any, ...], today: date) -> _Held:
    *_account, name, offices = row
    return _Held(
        today,
        name or "",
        tuple(
            Office(
                standing=Standing(office["standing"]),
                role=office["role"],
                rights=frozenset(Right(right) for right in office["rights"]),
                place_id=office["place_id"],
                place_kind=PlaceKind(office["place_kind"]) if office["place_kind"] else None,
                unit_id=office["unit_id"],
                where=office["place"] or office["unit"] or "",
            )
            for office in offices
        ),
    )


_COLUMNS = [field.attname for field in Account._meta.concrete_fields]
_OFFICE = JSONObject(
    standing="role__standing", role="role__name", rights="role__rights", place_id="place", place_kind="place__kind",
    place="place__name", unit_id="unit", unit="unit__name",
)  # fmt: skip
# Asked on every page of the staff.
_LOGIN = Question(
    lambda since, until, pk: Account.objects.filter(pk=pk).values_list(
        *_COLUMNS,
        "person__name",
        ArraySubquery(
            Appointment.objects.filter(Q(until=None) | Q(until__gte=until), person=OuterRef("person"), since__lte=since)
            .order_by("id")
            .values(office=_OFFICE)
        ),
    ),
    date,
    date,
    int,
)


def actor_of_account(account_id: int, *, today: date) -> Actor:
    """Who a login is and where they stand today, for work done later in its name. Raises Account.DoesNotExist."""
    return actor_for(Account.objects.get(pk=account_id), today=today)


def ladder(place: Place) -> tuple[int, ...]:
    """The ids of the place and of every place above it."""
    above = (place.compound_id, place.grid_id, place.community_id, place.subdistrict_id, place.district_id)
    return (place.pk, *(one for one in above if one and one != place.pk))


def belonging(home: Place | None) -> dict[str, Place | None]:
    """The community and subdistrict of a place, as the columns of a row that belongs there."""
    return {
        rung.value: home if home is None or home.kind == rung else getattr(home, rung.value)
        for rung in (PlaceKind.COMMUNITY, PlaceKind.SUBDISTRICT)
    }


def current_places(kind: PlaceKind | None = None, *, under: Place | None = None) -> QuerySet[Place]:
    """Places that exist today, of one kind or all, anywhere or below one place."""
    places = Place.objects.filter(valid_to=None)
    if kind:
        places = places.filter(kind=kind.value)
    if under and under.kind != PlaceKind.DISTRICT:
        places = places.filter(within(under))
    return places.order_by("code", "pinyin", "id")


def current_place(place_id: int) -> Place | None:
    """One place that exists today, without its boundary; None where there is none such."""
    return next(iter(_PLACE.ask(place_id)), None)


_PLACE = Rows(lambda pk: Place.objects.filter(pk=pk, valid_to=None), int, without=("boundary",))


def within(place: Place) -> Q:
    """A filter on places: this one and everything below it."""
    if place.kind == PlaceKind.BUILDING:
        return Q(pk=place.pk)
    return Q(pk=place.pk) | Q(**{place.kind: place.pk})


def at_or_below(place_ids: list[int]) -> Q:
    """A filter on places: any of these and everything below them, whatever their kinds."""
    rungs = ("pk", "compound", "grid", "community", "subdistrict", "district")
    chosen = Q()
    for rung in rungs:
        chosen |= Q(**{f"{rung}__in": place_ids})
    return chosen


def district() -> Place:
    """The district that this deployment serves. Raises Place.DoesNotExist before it is set up."""
    return Place.objects.get(kind=PlaceKind.DISTRICT.value)


def place_with_code(code: str) -> Place:
    """The place with this official or local code. Raises Place.DoesNotExist."""
    return Place.objects.get(code=code)


@lru_cache(maxsize=1)
def _district_name() -> str:
    return district().name


def district_name() -> str:
    """The district's name for page heads; empty before it is set up, remembered afterwards."""
    try:
        return _district_name()
    except Place.DoesNotExist:
        return ""


def outline_of(place: Place) -> dict[str, Any]:
    """The boundary of the nearest place at or above this one that has one, as GeoJSON in WGS-84; may be empty."""
    rows = Place.objects.filter(pk__in=ladder(place), boundary__isnull=False).only("kind", "name", "boundary")
    nearest = sorted(rows, key=lambda row: list(PlaceKind).index(PlaceKind(row.kind)), reverse=True)[:1]
    features: list[dict[str, Any]] = [
        {"type": "Feature", "properties": {}, "geometry": row.boundary} for row in nearest
    ]
    return {"type": "FeatureCollection", "features": features}


def poster_path(place: Place) -> str:
    """The address that a poster's code opens, short enough to be typed."""
    return f"/q/{number(place.pk)}"


def place_of_poster(code: str) -> Place | None:
    """The place behind a poster's code; None where there is none such today."""
    place_id = read_number(code) if len(code) <= 20 else None
    return current_places().filter(pk=place_id).first() if place_id else None


def find_places(words: str, *, limit: int = 12, under: list[int] | None = None) -> list[Place]:
    """Places whose full name holds every word, or whose pinyin initials start so; the nearest rung first.

    With `under` only those at or below these places.
    """
    wanted = Q()
    for word in words.replace("\0", "").split()[:5]:
        wanted &= Q(full_name__icontains=word) | Q(pinyin__startswith=word.lower())
    if not wanted:
        return []
    rung = Case(
        *(When(kind=kind.value, then=Value(step)) for step, kind in enumerate(PlaceKind)),
        output_field=IntegerField(),
    )
    found = Place.objects.filter(wanted, valid_to=None).exclude(kind=PlaceKind.DISTRICT.value)
    if under is not None:
        found = found.filter(at_or_below(under))
    return list(found.order_by(rung, "full_name")[:limit])


@dataclass(frozen=True)
class Contact:
    """How to reach someone, in the clear."""

    name: str
    phone: str
    email: str


def read_contact(actor: Actor, card: ContactCard | None) -> Contact | None:
    """Open a contact card; None where there is none or it was wiped. Raises NotAllowed without the right."""
    if card is None or card.wiped_at:
        return None
    if not actor.may(Right.SEE_CONTACTS):
        raise NotAllowed(_("您没有查看联系方式的权限。"))
    return Contact(
        secrets.unseal(card.name_sealed), secrets.unseal(card.phone_sealed), secrets.unseal(card.email_sealed)
    )


def address_left(card_id: int | None) -> tuple[str, str] | None:
    """(channel, address) by which the one behind a card wants to be told; None where nothing is left of it.

    For notices alone: what it returns goes into the sealed outbox and onto no page.
    """
    card = next(iter(_CARD.ask(card_id)), None) if card_id else None
    for channel, sealed in (("email", card.email_sealed), ("sms", card.phone_sealed)) if card else ():
        if sealed:
            return channel, secrets.unseal(sealed)
    return None


_CARD = Rows(lambda pk: ContactCard.objects.filter(pk=pk, wiped_at=None), int)


def cards_with_phone(actor: Actor, phone: str) -> QuerySet[ContactCard]:
    """Cards left with this number, for whoever may see contacts; none for anyone else."""
    if not phone or not actor.may(Right.SEE_CONTACTS):
        return ContactCard.objects.none()
    return ContactCard.objects.filter(phone_mark=secrets.mark(phone))


def unit_named(name: str) -> MemberUnit:
    """The unit with exactly this name. Raises MemberUnit.DoesNotExist."""
    return MemberUnit.objects.get(name=name)


def unit_names(unit_ids: Iterable[int]) -> dict[int, str]:
    """The names of these units by id, of those that left as well. One query, none for nothing."""
    wanted = set(unit_ids)
    return dict(MemberUnit.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def role_names() -> dict[str, str]:
    """The English of each role's name that has one, by its Chinese. One query."""
    return dict(Role.objects.exclude(english="").values_list("name", "english"))


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


def old_buildings() -> QuerySet[Place]:
    """Buildings flagged old, in the order of their streets. The flag is the district's; nothing is derived."""
    return (
        Place.objects.filter(kind=PlaceKind.BUILDING.value, old=True, valid_to=None)
        .select_related("subdistrict", "community", "compound")
        .order_by("subdistrict__code", "community__code", "full_name")
    )


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


def desk_of(place_id: int, today: date) -> list[int]:
    """The ids of those at the desk of exactly this place today."""
    return _appointed(Q(place=place_id, role__standing=Standing.DESK.value), today)


def _appointed(where: Q, today: date) -> list[int]:
    rows = Appointment.objects.filter(where, Q(until=None) | Q(until__gte=today), since__lte=today)
    return sorted(set(rows.values_list("person", flat=True)))


def current_unit(unit_id: int) -> MemberUnit | None:
    """One unit that takes part today, with its registered place; None where there is none such."""
    return MemberUnit.objects.filter(pk=unit_id, left_on=None).select_related("registered_place").first()


def units_at(place_ids: list[int], *, on: date) -> QuerySet[MemberUnit]:
    """Units registered at or below one of these places, or on that day members of a network there."""
    places = Place.objects.filter(at_or_below(place_ids)).order_by().values("pk")
    rows = Membership.objects.filter(Q(left_on=None) | Q(left_on__gt=on), joined_on__lte=on, network__place__in=places)
    joined = rows.filter(unit__isnull=False).values("unit")
    return MemberUnit.objects.filter(Q(registered_place__in=places) | Q(pk__in=joined))


def home_of(unit: MemberUnit, *, on: date) -> Place | None:
    """Where a unit belongs: its registered place, else that of the network it joined first; None where there is neither."""
    if unit.registered_place_id:
        return unit.registered_place
    rows = Membership.objects.filter(Q(left_on=None) | Q(left_on__gt=on), unit=unit, joined_on__lte=on)
    first = rows.select_related("network__place").order_by("joined_on", "pk").first()
    return first.network.place if first else None


def contacts_of(person_ids: Iterable[int]) -> list[Contact]:
    """How to reach these members of staff or liaisons, by name; what was not left is empty. One query.

    For rooms that have made sure of it: two sides that agreed to work together may speak to each other.
    """
    rows = Person.objects.filter(pk__in=list(person_ids)).select_related("contact").order_by("name", "pk")
    return [contact_of(person) for person in rows]


def contact_of(person: Person) -> Contact:
    """The same of one; the card is read with the person."""
    card = person.contact
    if card is None or card.wiped_at:
        return Contact(person.name, "", "")
    return Contact(person.name, secrets.unseal(card.phone_sealed), secrets.unseal(card.email_sealed))
