"""What may be seen of calls to act and of the pavilion."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Exists, OuterRef, QuerySet

from gongzhi.conferences import pavilion_rules, rules
from gongzhi.conferences.models import Deliberation, Mobilisation, Mobilised, Turnout
from gongzhi.conferences.pavilion_rules import DeliberationState
from gongzhi.conferences.queries.meeting import at_own_places, units_of
from gongzhi.conferences.rules import MobilisationState, Part
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import trail
from gongzhi.shared.moves import Move, open_moves
from gongzhi.shared.rows import TrailEntry


def visible_mobilisations(actor: Actor) -> QuerySet[Mobilisation]:
    """Those at the actor's places and below, and those that call the actor's units."""
    mine = Mobilised.objects.filter(mobilisation=OuterRef("pk"), unit__in=units_of(actor))
    return Mobilisation.objects.filter(at_own_places(actor) | Exists(mine))


def get_mobilisation(actor: Actor, mobilisation_id: int) -> Mobilisation:
    """One call to act. Raises Mobilisation.DoesNotExist, the same for absent and not yours."""
    return visible_mobilisations(actor).select_related("place", "conference").get(pk=mobilisation_id)


def mobilisation_standings(actor: Actor, row: Mobilisation, unit_id: int | None = None) -> frozenset[StrEnum]:
    """How the actor stands towards a call to act: at its place and above, and as one of its units, or as this one."""
    found: set[StrEnum] = set(actor.standings_at((row.place_id, row.community_id, row.subdistrict_id)))
    units = [one for one in units_of(actor) if unit_id in {None, one}]
    if Mobilised.objects.filter(mobilisation=row, unit__in=units).exists():
        found.add(Part.MEMBER)
    return frozenset(found)


def mobilisation_moves(actor: Actor, row: Mobilisation) -> dict[str, Move]:
    """The moves that the actor may make now."""
    return open_moves(rules.MOBILISATION_MOVES, MobilisationState(row.state), mobilisation_standings(actor, row))


@dataclass(frozen=True)
class Roster:
    """One unit with the people on its roster; their names as far as the asker may read them."""

    mobilised: Mobilised
    people: tuple[Turnout, ...]

    @property
    def came(self) -> int:
        """How many of them came."""
        return sum(one.came is True for one in self.people)


@dataclass(frozen=True)
class Count:
    """Units, and distinct persons: one who stands on two rosters counts once."""

    units: int
    answered: int
    people: int
    came: int


def rosters_of(actor: Actor, row: Mobilisation) -> list[Roster]:
    """The rosters that the actor may read: all at the place and above, a unit's own else."""
    units = Mobilised.objects.filter(mobilisation=row).select_related("unit").order_by("unit__name")
    if not _inside(actor, row):
        units = units.filter(unit__in=units_of(actor))
    people: dict[int, list[Turnout]] = {}
    for one in Turnout.objects.filter(mobilised__in=units).order_by("pk"):
        people.setdefault(one.mobilised_id, []).append(one)
    return [Roster(one, tuple(people.get(one.pk, ()))) for one in units]


def _inside(actor: Actor, row: Mobilisation) -> bool:
    return Mobilisation.objects.filter(at_own_places(actor), pk=row.pk).exists()


def turnout_of(row: Mobilisation) -> Count:
    """How many units were called and answered, how many people stand on the rosters and came."""
    units = Mobilised.objects.filter(mobilisation=row)
    marks = Turnout.objects.filter(mobilised__mobilisation=row)
    return Count(
        units.count(),
        units.exclude(answered_at=None).count(),
        marks.values("mark").distinct().count(),
        marks.filter(came=True).values("mark").distinct().count(),
    )


# The pavilion


def visible_deliberations(actor: Actor) -> QuerySet[Deliberation]:
    """Those at the actor's places and below."""
    return Deliberation.objects.filter(at_own_places(actor))


def get_deliberation(actor: Actor, deliberation_id: int) -> Deliberation:
    """One deliberation. Raises Deliberation.DoesNotExist, the same for absent and not yours."""
    return visible_deliberations(actor).select_related("place", "problem").get(pk=deliberation_id)


def deliberation_standings(actor: Actor, row: Deliberation) -> frozenset[StrEnum]:
    """How the actor stands towards a deliberation."""
    return actor.standings_at((row.place_id, row.community_id, row.subdistrict_id))


def deliberation_moves(actor: Actor, row: Deliberation) -> dict[str, Move]:
    """The moves that the actor may make now."""
    state = DeliberationState(row.state)
    return open_moves(pavilion_rules.DELIBERATION_MOVES, state, deliberation_standings(actor, row))


def deliberation_trail(actor: Actor, deliberation_id: int) -> list[TrailEntry]:
    """What was done about it, oldest first. Raises Deliberation.DoesNotExist."""
    return trail.of("deliberation", visible_deliberations(actor).only("pk").get(pk=deliberation_id).pk)
