"""Who gave to whom: deliveries that the receiver confirmed, counted between sides; never priced, never ranked."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from gongzhi.exchange.models import Delivery, Pledge, Receipt
from gongzhi.exchange.picturing import Side, Spot
from gongzhi.exchange.quantities import Line, came
from gongzhi.exchange.queries.listed import members_of, places_of, sees_all, units_of, visible_offers
from gongzhi.exchange.queries.promised import visible_pledges
from gongzhi.exchange.rules import Kind
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood import registers
from gongzhi.neighbourhood.lists import belonging_at, member_home, member_name, members_ever, own_right
from gongzhi.neighbourhood.rows import Membership, MemberUnit, Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.shared.moves import _

NOWHERE = "o0"


@dataclass(frozen=True)
class Tie:
    """One side gave another something of one kind, so many times."""

    giver: str
    receiver: str
    kind: Kind
    times: int


@dataclass(frozen=True)
class Ties:
    """Ties between sides, and what the picture needs of the sides and of the places they lie in, by key."""

    ties: list[Tie]
    sides: dict[str, Side]
    spots: dict[str, Spot]


def who_gave(
    actor: Actor,
    *,
    since: date | None = None,
    until: date | None = None,
    kind: str = "",
    translate: Callable[[str], str] = str,
) -> Ties:
    """Every tie that the asker may see, from a day to a day, of one kind or of all. Five queries."""
    pledges = visible_pledges(actor)
    if kind in set(Kind):
        pledges = pledges.filter(kind=kind)
    found = _plain(pledges, since, until)
    found.update(_corrected(pledges, since, until))
    ties = [Tie(giver, receiver, Kind(kind), times) for (giver, receiver, kind), times in found.items()]
    ties.sort(key=lambda one: (one.giver, one.receiver, one.kind))
    return Ties(ties, *_sides({key for one in ties for key in (one.giver, one.receiver)}, translate))


# Giver, receiver, kind.
_Key = tuple[str, str, str]
_SIDES = (*(f"{end}_{side}" for end in ("giver", "receiver") for side in ("unit", "member", "place")), "kind")
_COLUMNS = [f"pledge__{name}" for name in _SIDES]


def _key(*row: Any) -> _Key:
    """Of a row of `_SIDES`."""
    return _side(*row[:3]), _side(*row[3:6]), row[6]


def _side(unit: int | None, member: int | None, place: int | None) -> str:
    return f"u{unit}" if unit else f"m{member}" if member else f"p{place}"


def _plain(pledges: QuerySet[Pledge], since: date | None, until: date | None) -> Counter[_Key]:
    """Deliveries confirmed and never corrected: counted by the database."""
    confirmed = Receipt.objects.filter(delivery=OuterRef("pk"), confirmed=True)
    corrected = Delivery.objects.filter(corrects=OuterRef("pk"))
    rows = Delivery.objects.filter(Exists(confirmed), ~Exists(corrected), pledge__in=pledges, corrects=None)
    if since:
        rows = rows.filter(delivered_on__gte=since)
    if until:
        rows = rows.filter(delivered_on__lte=until)
    return Counter({_key(*row): times for *row, times in rows.values_list(*_COLUMNS).annotate(Count("pk")).order_by()})


def _corrected(pledges: QuerySet[Pledge], since: date | None, until: date | None) -> Counter[_Key]:
    """Those that were corrected count as what was confirmed last, on its day."""
    chained = Delivery.objects.filter(corrects=OuterRef("pk"))
    said = Receipt.objects.filter(delivery=OuterRef("pk"), confirmed=True)
    rows = Delivery.objects.filter(Exists(chained) | Q(corrects__isnull=False), pledge__in=pledges)
    lines: dict[int, list[Line]] = defaultdict(list)
    known: dict[int, tuple[_Key, date]] = {}
    for pk, pledge, quantity, corrects, confirmed, day, *row in rows.annotate(confirmed=Exists(said)).values_list(
        "pk", "pledge", "quantity", "corrects", "confirmed", "delivered_on", *_COLUMNS
    ):
        lines[pledge].append(Line(pk, quantity, corrects, confirmed))
        known[pk] = (_key(*row), day)
    counted = (known[pk] for found in lines.values() for pk in came(found))
    return Counter(key for key, day in counted if (since or day) <= day <= (until or day))


def _sides(keys: set[str], translate: Callable[[str], str]) -> tuple[dict[str, Side], dict[str, Spot]]:
    """Every side with the street and the community it belongs to, and all of these. Four queries at most."""
    units = registers.homes_of([int(key[1:]) for key in keys if key[0] == "u"], on=timezone.localdate())
    also = [int(key[1:]) for key in keys if key[0] == "p"]
    places = {f"p{place.pk}": place for place in registers.upper_places(also=also)}
    spots = {NOWHERE: Spot(translate(_("没有登记地点")), order="~")}
    for place in places.values():
        spots |= _spots(place, list(places.values()), translate)
    sides = {f"u{pk}": Side(f"u{pk}", name, _path(home)) for pk, (name, home) in units.items()}
    for row in members_ever(int(key[1:]) for key in keys if key[0] == "m"):
        sides[f"m{row.pk}"] = Side(f"m{row.pk}", member_name(row), _path(member_home(row)))
    for key in keys - set(sides):
        name = translate(_("%(place)s本身")) % {"place": places[key].name}
        sides[key] = Side(key, name, _path(places[key]))
    return sides, spots


def _spots(place: Place, places: list[Place], translate: Callable[[str], str]) -> dict[str, Spot]:
    """A place where sides are folded, in the middle of what lies in it where its own middle is not known; and what
    belongs to a street or to the district itself."""
    lon, lat = place.lon, place.lat
    known = [one for one in places if place.pk == one.subdistrict_id and one.lon is not None and one.lat is not None]
    if known and (lon is None or lat is None):
        lon, lat = (sum(getattr(one, name) for one in known) / len(known) for name in ("lon", "lat"))
    spot, order = Spot(place.name, lon, lat, place.code or place.name), place.code or place.name
    if place.kind == PlaceKind.COMMUNITY:
        return {f"f{place.pk}": spot}
    own = Spot(translate(_("%(place)s直属")) % {"place": place.name}, lon, lat, order)
    return {f"f{place.pk}": spot, f"o{place.pk}": own}


def _path(home: Place | None) -> tuple[str, ...]:
    """The street and the community, or what belongs to the street or the district itself."""
    if home is None:
        return (NOWHERE,)
    if home.kind == PlaceKind.DISTRICT:
        return (f"o{home.pk}",)
    if home.kind == PlaceKind.SUBDISTRICT:
        return f"f{home.pk}", f"o{home.pk}"
    return f"f{home.subdistrict_id}", f"f{home.community_id or home.pk}"


def seen_unit(actor: Actor, unit_id: int) -> MemberUnit:
    """A unit whose account the asker may open: their own, one of their places, or one with which those had to do.

    Raises MemberUnit.DoesNotExist, the same for absent and not yours.
    """
    unit = registers.unit_ever(unit_id)
    if unit is None or not (unit_id in units_of(actor) or sees_all(actor) or _had_to_do(actor, unit_id)):
        raise MemberUnit.DoesNotExist
    return unit


def seen_member(actor: Actor, membership_id: int) -> Membership:
    """A member in their own right whose account the asker may open, by the same rule, also of one who left.

    Raises Membership.DoesNotExist, the same for absent and not theirs.
    """
    row = next(iter(members_ever([membership_id])), None)
    if row is None or row.person_id is None:
        raise Membership.DoesNotExist
    at_home = belonging_at(places_of(actor))
    if membership_id in members_of(actor) or sees_all(actor) or own_right(on=None).filter(at_home, pk=row.pk).exists():
        return row
    pledges = visible_pledges(actor).filter(Q(giver_member=row) | Q(receiver_member=row))
    if not (pledges.exists() or visible_offers(actor).filter(member=row).exists()):
        raise Membership.DoesNotExist
    return row


def _had_to_do(actor: Actor, unit_id: int) -> bool:
    theirs = neighbourhood.units_at(places_of(actor), on=timezone.localdate())
    pledges = visible_pledges(actor).filter(Q(giver_unit=unit_id) | Q(receiver_unit=unit_id))
    offers = visible_offers(actor).filter(unit=unit_id)
    return theirs.filter(pk=unit_id).exists() or pledges.exists() or offers.exists()
