"""What may be seen of problems. A query returns only what the asker may see; absent and not yours look the same."""

from django.db.models import Q, QuerySet

from gongzhi.neighbourhood.rules import Actor, PlaceKind, Standing
from gongzhi.problems import rules
from gongzhi.problems.models import Problem, Setting
from gongzhi.problems.rules import State
from gongzhi.shared.moves import Move, open_moves

ABSENT = Problem.DoesNotExist
_PLACE_STANDINGS = frozenset({Standing.DESK, Standing.LEAD, Standing.READER, Standing.OPERATOR})
_RUNGS = (PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY, PlaceKind.COMPOUND)


def visible_problems(actor: Actor) -> QuerySet[Problem]:
    """Every problem at the actor's places and below. A unit sees of a problem only what it was called for, elsewhere."""
    seen = Q(pk__in=[])
    for office in actor.offices:
        if office.standing is Standing.CLOCK:
            return Problem.objects.all()
        if office.standing in _PLACE_STANDINGS and office.place_kind:
            if office.place_kind is PlaceKind.DISTRICT:
                return Problem.objects.all()
            column = office.place_kind.value if office.place_kind in _RUNGS else "place"
            seen |= Q(**{column: office.place_id})
    return Problem.objects.filter(seen)


def get_problem(actor: Actor, problem_id: int) -> Problem:
    """One problem with its places, category and people. Raises ABSENT, the same for absent and not yours."""
    related = ("place", "community", "category__parent__parent", "accountable", "assignee", "cause_place", "cause_unit")
    return visible_problems(actor).select_related(*related).get(pk=problem_id)


def standings(actor: Actor, problem: Problem) -> frozenset[Standing]:
    """In what capacities the actor stands towards this problem."""
    return actor.standings_at((problem.place_id, problem.compound_id, problem.community_id, problem.subdistrict_id))


def moves_open_to(actor: Actor, problem: Problem) -> dict[str, Move]:
    """The moves that the actor may make now, in the table's order: the page's buttons."""
    return open_moves(rules.MOVES, State(problem.state), standings(actor, problem))


def settings() -> dict[str, int]:
    """Every number that the district sets, or its value to start from."""
    values = {code: start for code, (_name, start) in rules.SETTINGS.items()}
    values.update(Setting.objects.filter(code__in=list(values)).values_list("code", "value"))
    return values
