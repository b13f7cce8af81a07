"""What may be done to one place, person, unit or network."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from pypinyin import Style, lazy_pinyin

from gongzhi.neighbourhood.models import (
    ContactCard,
    Membership,
    MemberUnit,
    Network,
    Person,
    Place,
    Role,
)
from gongzhi.neighbourhood.queries import ladder
from gongzhi.neighbourhood.rules import (
    PARENTS,
    PLACE_KIND_LABELS,
    Actor,
    CompoundType,
    PlaceKind,
    Right,
    Standing,
    UnitKind,
)
from gongzhi.shared import secrets, trail
from gongzhi.shared.moves import NotAllowed, Refused, _


def must(actor: Actor, right: Right) -> None:
    """Raise NotAllowed without the right."""
    if not actor.may(right):
        raise NotAllowed(_("您没有设置本区资料的权限。"))


def put_below(place: Place, parent: Place | None) -> None:
    """Write beside an unsaved place what follows from its name and from the saved place above it."""
    place.parent = parent
    place.pinyin = "".join(lazy_pinyin(place.name, style=Style.FIRST_LETTER))[:200].lower()
    place.full_name = place.name
    if parent:
        place.full_name = place.name if parent.kind == PlaceKind.DISTRICT else f"{parent.full_name} {place.name}"
        for rung in ("district", "subdistrict", "community", "grid", "compound"):
            above = parent.pk if parent.kind == rung else getattr(parent, f"{rung}_id")
            setattr(place, f"{rung}_id", above)


@transaction.atomic
def register_place(
    actor: Actor,
    *,
    kind: PlaceKind,
    name: str,
    parent: Place | None,
    now: datetime,
    code: str | None = None,
    lon: float | None = None,
    lat: float | None = None,
    boundary: dict[str, object] | None = None,
    compound_type: CompoundType | None = None,
    has_property_firm: bool | None = None,
    has_owners_committee: bool | None = None,
    built_year: int | None = None,
    old: bool = False,
    grid: Place | None = None,
) -> Place:
    """Add a place to the ladder. Coordinates are WGS-84 degrees.

    Raises Refused where the parent is of the wrong kind; the database refuses a code that was ever used.
    """
    must(actor, Right.SET_UP)
    if (parent is None) != (kind is PlaceKind.DISTRICT) or (parent and PlaceKind(parent.kind) not in PARENTS[kind]):
        raise Refused(
            _("%(kind)s“%(name)s”不能放在“%(parent)s”下面。"),
            kind=PLACE_KIND_LABELS[kind],
            name=name,
            parent=parent.name if parent else "",
        )
    place = Place(
        kind=kind.value,
        name=name,
        code=code or None,
        lon=lon,
        lat=lat,
        boundary=boundary,
        compound_type=compound_type.value if compound_type else "",
        has_property_firm=has_property_firm,
        has_owners_committee=has_owners_committee,
        built_year=built_year,
        old=old,
        valid_from=now.date(),
    )
    put_below(place, parent)
    if grid:
        place.grid = grid
    place.save()
    trail.write(
        trail.entry(actor, at=now, noun="place", noun_id=place.pk, verb="register", data={"code": code, "name": name})
    )
    return place


@transaction.atomic
def correct_compound(
    actor: Actor,
    *,
    place: Place,
    has_property_firm: bool | None,
    has_owners_committee: bool | None,
    now: datetime,
    reason: str,
) -> Place:
    """Say anew whether a compound has a property firm and an owners' committee, by who works there; None leaves as is.

    Raises Refused for what is no compound, NotAllowed for somebody of elsewhere. What stands so already writes nothing.
    """
    if actor.standings_at(ladder(place)).isdisjoint({Standing.DESK, Standing.LEAD}):
        raise NotAllowed(_("“%(place)s”不在您负责的范围内。"), place=place.name)
    if place.kind != PlaceKind.COMPOUND:
        raise Refused(_("物业和业委会按小区登记，请选一个小区。"))
    kept = Place.objects.select_for_update().get(pk=place.pk)
    given = {"has_property_firm": has_property_firm, "has_owners_committee": has_owners_committee}
    said = {name: value for name, value in given.items() if value is not None}
    before = {name: getattr(kept, name) for name in said}
    if before == said:
        return kept
    for name, value in said.items():
        setattr(kept, name, value)
    kept.save(update_fields=list(said))
    data = {"before": before, "after": said}
    trail.write(
        trail.entry(actor, at=now, noun="place", noun_id=kept.pk, verb="correct", words=reason.strip(), data=data)
    )
    return kept


@transaction.atomic
def retire_place(actor: Actor, *, place: Place, on: date, now: datetime, reason: str) -> None:
    """End a place's validity; its code is kept for ever and its history stays readable."""
    must(actor, Right.SET_UP)
    if not reason.strip():
        raise Refused(_("请写明撤销的依据。"))
    Place.objects.filter(pk=place.pk).update(valid_to=on)
    trail.write(trail.entry(actor, at=now, noun="place", noun_id=place.pk, verb="retire", words=reason))


def seal_contact(
    *, purpose: str, name: str = "", phone: str = "", email: str = "", now: datetime
) -> ContactCard | None:
    """Keep how to reach someone, sealed; None where nothing was left. Called inside another action's transaction."""
    card = contact_cards({"": (name, phone, email)}, purpose=purpose, now=now).get("")
    if card:
        card.save()
    return card


def contact_cards(
    left: Mapping[str, tuple[str, str, str]],
    *,
    purpose: str,
    now: datetime,
    numbers: Mapping[str, int | None] | None = None,
) -> dict[str, ContactCard]:
    """The same cards for an action that writes them together with its own rows, under `numbers` reserved for them."""
    return {
        key: ContactCard(
            pk=numbers[key] if numbers else None,
            purpose=purpose,
            name_sealed=secrets.seal(name),
            phone_sealed=secrets.seal(phone),
            email_sealed=secrets.seal(email),
            phone_mark=secrets.mark(phone),
            created_at=now,
        )
        for key, (name, phone, email) in left.items()
        if name or phone or email
    }


def wipe_contact(card_id: int, *, now: datetime) -> None:
    """Empty a contact card; the empty row stays as the tombstone."""
    ContactCard.objects.filter(pk=card_id, wiped_at=None).update(
        name_sealed=None, phone_sealed=None, email_sealed=None, phone_mark="", wiped_at=now
    )


@transaction.atomic
def register_person(
    actor: Actor, *, name: str, now: datetime, phone: str = "", email: str = "", fictional: bool = False
) -> Person:
    """Add someone known by name: staff, a liaison, a member in their own right."""
    must(actor, Right.SET_UP)
    card = seal_contact(purpose="person", name=name, phone=phone, email=email, now=now)
    person = Person.objects.create(name=name, contact=card, fictional=fictional)
    trail.write(trail.entry(actor, at=now, noun="person", noun_id=person.pk, verb="register"))
    return person


@transaction.atomic
def register_unit(
    actor: Actor,
    *,
    name: str,
    kind: UnitKind,
    now: datetime,
    credit_code: str | None = None,
    registered_place: Place | None = None,
    address: str = "",
    joined_on: date | None = None,
    fictional: bool = False,
) -> MemberUnit:
    """Add a member unit. The database refuses a credit code that stands already."""
    must(actor, Right.SET_UP)
    unit = MemberUnit.objects.create(
        name=name,
        kind=kind.value,
        credit_code=credit_code,
        registered_place=registered_place,
        address=address,
        joined_on=joined_on,
        fictional=fictional,
    )
    trail.write(trail.entry(actor, at=now, noun="unit", noun_id=unit.pk, verb="register"))
    return unit


@transaction.atomic
def found_network(actor: Actor, *, name: str, place: Place, on: date, now: datetime) -> Network:
    """Found the network of units and persons around one place; one a place."""
    must(actor, Right.SET_UP)
    network = Network.objects.create(name=name, place=place, founded_on=on)
    trail.write(trail.entry(actor, at=now, noun="network", noun_id=network.pk, verb="found"))
    return network


@transaction.atomic
def join_network(
    actor: Actor,
    *,
    network: Network,
    on: date,
    now: datetime,
    unit: MemberUnit | None = None,
    person: Person | None = None,
    capacity: str = "",
    place: Place | None = None,
) -> Membership:
    """Take a unit, or a person in their own right, into a network from a day on.

    Raises Refused where they belong to it already.
    """
    must(actor, Right.SET_UP)
    if Membership.objects.filter(network=network, unit=unit, person=person, left_on=None).exists():
        raise Refused(_("已经是“%(network)s”的成员。"), network=network.name)
    membership = Membership.objects.create(
        network=network, unit=unit, person=person, capacity=capacity, place=place, joined_on=on
    )
    trail.write(
        trail.entry(
            actor,
            at=now,
            noun="network",
            noun_id=network.pk,
            verb="join",
            data={"unit": unit.pk if unit else None, "person": person.pk if person else None, "on": str(on)},
        )
    )
    return membership


@transaction.atomic
def admit_person(
    actor: Actor,
    *,
    network: Network,
    name: str,
    capacity: str,
    on: date,
    now: datetime,
    phone: str = "",
    place: Place | None = None,
) -> Membership:
    """Take somebody new into a network in their own right, as head of something or for what else they are; `place` is
    what they head."""
    person = register_person(actor, name=name, phone=phone, now=now)
    return join_network(actor, network=network, person=person, capacity=capacity, place=place, on=on, now=now)


@transaction.atomic
def leave_network(actor: Actor, *, membership: Membership, on: date, now: datetime) -> None:
    """End a membership on a day; the row stays."""
    must(actor, Right.SET_UP)
    Membership.objects.filter(pk=membership.pk, left_on=None).update(left_on=on)
    trail.write(
        trail.entry(
            actor,
            at=now,
            noun="network",
            noun_id=membership.network_id,
            verb="leave",
            data={"membership": membership.pk},
        )
    )


@transaction.atomic
def add_role(
    actor: Actor,
    *,
    code: str,
    name: str,
    standing: Standing,
    rights: frozenset[Right],
    now: datetime,
    english: str = "",
) -> Role:
    """Add what someone can be here; a role that stands already stays as the district named it."""
    must(actor, Right.SET_UP)
    values = {
        "name": name,
        "english": english,
        "standing": standing.value,
        "rights": sorted(one.value for one in rights),
    }
    role, added = Role.objects.get_or_create(code=code, defaults=values)
    if added:
        trail.write(trail.entry(actor, at=now, noun="role", noun_id=role.pk, verb="add", data=values))
    return role
