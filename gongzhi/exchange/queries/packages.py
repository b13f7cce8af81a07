"""What may be seen of packages of needs: by whoever stands where they belong, and by the receiver."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from gongzhi.exchange.models import Match, Need, Package, PackageNeed, Pledge
from gongzhi.exchange.quantities import Tally
from gongzhi.exchange.queries.listed import (
    DESK_STANDINGS,
    NONE,
    belongs_at,
    places_of,
    sees_all,
    units_of,
    visible_needs,
)
from gongzhi.exchange.queries.promised import tallies, visible_matches, visible_pledges
from gongzhi.exchange.rules import MatchState
from gongzhi.neighbourhood.rules import Actor


def visible_packages(actor: Actor) -> QuerySet[Package]:
    """Those of the actor's units, and of their places and below; for the district all."""
    if sees_all(actor):
        return Package.objects.all()
    units, places = units_of(actor), places_of(actor)
    seen = Q(unit__in=units) if units else NONE
    if places:
        seen |= belongs_at(places) | Q(receiving_place__in=places)
    return Package.objects.filter(seen)


def get_package(actor: Actor, package_id: int) -> Package:
    """One package. Raises Package.DoesNotExist, the same for absent and not yours."""
    return visible_packages(actor).select_related("unit", "receiving_place").get(pk=package_id)


def reads_survey(actor: Actor, package: Package) -> bool:
    """Whether the actor may read what the survey found: the receiver, and the desk and leaders of exactly its place."""
    place = package.community_id or package.subdistrict_id or package.receiving_place_id
    desks = places_of(actor, DESK_STANDINGS)
    return package.unit_id in units_of(actor) or place in desks or (place is None and sees_all(actor))


@dataclass(frozen=True)
class Part:
    """One kind out of a package: its need, who gives and how much has come, and which matches wait for an answer."""

    need: Need
    pledges: list[tuple[Pledge, Tally]]
    asked: list[Match]


def parts_of(actor: Actor, package_ids: list[int]) -> dict[int, list[Part]]:
    """The needs of these packages with their givers, as far as the actor sees them. Six queries at most."""
    rows = PackageNeed.objects.filter(package__in=package_ids, need__in=visible_needs(actor))
    links = list(rows.select_related("need__unit", "need__receiving_place").order_by("pk"))
    needs = [link.need_id for link in links]
    pledges = list(
        visible_pledges(actor)
        .filter(match__need__in=needs)
        .select_related("match", "giver_unit", "giver_place")
        .order_by("due_on", "pk")
    )
    counts = tallies([one.pk for one in pledges])
    asked = list(visible_matches(actor).filter(need__in=needs, state=MatchState.OFFERED.value).order_by("pk"))
    found: dict[int, list[Part]] = {pk: [] for pk in package_ids}
    for link in links:
        given = [(one, counts[one.pk]) for one in pledges if one.match and one.match.need_id == link.need_id]
        waiting = [one for one in asked if one.need_id == link.need_id]
        found[link.package_id].append(Part(link.need, given, waiting))
    return found
