"""Who sees which appeal, project, task, zoning, asset and proof, and what they may do with it."""

from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongzhi.exchange.queries.listed import at_own_places
from gongzhi.exchange.queries.listed import units_of as units_of
from gongzhi.neighbourhood.rules import PLACE_STANDINGS as PLACE_STANDINGS
from gongzhi.neighbourhood.rules import Actor
from gongzhi.projects import rules
from gongzhi.projects.models import Appeal, Asset, Project, ProjectPartner, Task, TaskProof, Zoning
from gongzhi.shared import trail
from gongzhi.shared.moves import Move, Table, open_moves
from gongzhi.shared.rows import TrailEntry

ABSENT = (
    Appeal.DoesNotExist,
    Project.DoesNotExist,
    Task.DoesNotExist,
    Zoning.DoesNotExist,
    Asset.DoesNotExist,
    TaskProof.DoesNotExist,
)


def visible_appeals(actor: Actor) -> QuerySet[Appeal]:
    """A unit's own; for a desk those to its places and below; for the district all."""
    return Appeal.objects.filter(at_own_places(actor) | Q(unit__in=units_of(actor)))


def visible_projects(actor: Actor) -> QuerySet[Project]:
    """For a desk those of its places and below; for a unit those that it owns, asked for, or takes part in."""
    seen, units = at_own_places(actor), units_of(actor)
    if units:
        partner = ProjectPartner.objects.filter(project=OuterRef("pk"), unit__in=units)
        owns = Task.objects.filter(project=OuterRef("pk"), owner__in=units)
        seen |= Q(owner__in=units) | Q(appeal__unit__in=units) | Exists(partner) | Exists(owns)
    return Project.objects.filter(seen)


def visible_tasks(actor: Actor) -> QuerySet[Task]:
    """For a desk all of its projects; for a unit its own tasks and those of projects that it leads."""
    units = units_of(actor)
    mine = Q(owner__in=units) | Q(project__owner__in=units)
    return Task.objects.filter(at_own_places(actor, "project__") | mine)


def get_appeal(actor: Actor, appeal_id: int) -> Appeal:
    """One appeal. Raises Appeal.DoesNotExist."""
    return visible_appeals(actor).select_related("unit", "place").get(pk=appeal_id)


def get_project(actor: Actor, project_id: int) -> Project:
    """One project with its places and owner. Raises Project.DoesNotExist."""
    return visible_projects(actor).select_related("place", "owner", "appeal__unit", "problem").get(pk=project_id)


def get_task(actor: Actor, task_id: int) -> Task:
    """One task with its project. Raises Task.DoesNotExist."""
    return visible_tasks(actor).select_related("project__place", "owner", "proof").get(pk=task_id)


def get_zoning(actor: Actor, zoning_id: int) -> Zoning:
    """One version of the zones. Raises Zoning.DoesNotExist."""
    rows = Zoning.objects.filter(project__in=visible_projects(actor)).select_related("project__place", "approved_by")
    return rows.get(pk=zoning_id)


def get_asset(actor: Actor, asset_id: int) -> Asset:
    """One thing installed. Raises Asset.DoesNotExist."""
    rows = Asset.objects.filter(project__in=visible_projects(actor)).select_related("project__place")
    return rows.get(pk=asset_id)


def get_proof(actor: Actor, name: str) -> TaskProof:
    """A photo that proves a task, by its stored name. Raises TaskProof.DoesNotExist."""
    return TaskProof.objects.filter(task__in=visible_tasks(actor)).exclude(photo="").get(photo=name)


# Standings and moves


def standings_at(actor: Actor, row: Appeal | Project, unit_id: int | None = None) -> frozenset[StrEnum]:
    """In what capacities the actor stands at the row's place and above, and as this unit."""
    return actor.standings_at((row.place_id, row.community_id, row.subdistrict_id), unit_id)


def task_standings(actor: Actor, task: Task) -> frozenset[StrEnum]:
    """In what capacities the actor stands towards a task: also as its owner, or as the owner of its project."""
    project = task.project
    return standings_at(actor, project, task.owner_id) | standings_at(actor, project, project.owner_id)


def _open(table: Table, state: StrEnum, standings: frozenset[StrEnum]) -> dict[str, Move]:
    return open_moves(table, state, standings)


def appeal_moves(actor: Actor, row: Appeal) -> dict[str, Move]:
    """The moves that the actor may make on an appeal now."""
    return _open(rules.APPEAL_MOVES, rules.AppealState(row.state), standings_at(actor, row, row.unit_id))


def project_moves(actor: Actor, row: Project) -> dict[str, Move]:
    """The moves that the actor may make on a project now."""
    return _open(rules.PROJECT_MOVES, rules.ProjectState(row.state), standings_at(actor, row, row.owner_id))


def task_moves(actor: Actor, row: Task) -> dict[str, Move]:
    """The moves that the actor may make on a task now; none once its project has ended."""
    if row.project.state not in rules.OPEN:
        return {}
    return _open(rules.TASK_MOVES, rules.TaskState(row.state), task_standings(actor, row))


def zoning_moves(actor: Actor, row: Zoning) -> dict[str, Move]:
    """The moves that the actor may make on a version of the zones now, replacing aside, which approving does."""
    found = _open(rules.ZONING_MOVES, rules.ZoningState(row.state), standings_at(actor, row.project))
    return {verb: move for verb, move in found.items() if verb != "replace"}


def asset_moves(actor: Actor, row: Asset) -> dict[str, Move]:
    """The moves that the actor may make on something installed now."""
    return _open(rules.ASSET_MOVES, rules.AssetState(row.state), standings_at(actor, row.project))


def project_trail(row: Project) -> list[TrailEntry]:
    """What was done about a project, oldest first. For who may see it."""
    return trail.of("project", row.pk)
