"""What may be seen of a conference: by the staff of its place and above all of it, by those it calls their part."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import F, Q, QuerySet

from gongzhi.conferences import rules
from gongzhi.conferences.models import Call, Conference, Decision, MeetingRhythm, Topic
from gongzhi.conferences.rules import ConferenceState, DecisionState, Part, Roll, TopicState
from gongzhi.exchange import queries as exchange
from gongzhi.exchange.queries.listed import DESK_STANDINGS, places_of
from gongzhi.exchange.queries.listed import at_own_places as at_own_places
from gongzhi.exchange.queries.listed import units_of as units_of
from gongzhi.exchange.rows import Need
from gongzhi.exchange.rules import NEED_OPEN
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import Network, Person
from gongzhi.neighbourhood.rules import PLACE_STANDINGS as PLACE_STANDINGS
from gongzhi.neighbourhood.rules import Actor, Standing
from gongzhi.shared import trail
from gongzhi.shared.moves import Move, open_moves
from gongzhi.shared.rows import TrailEntry


def visible_conferences(actor: Actor) -> QuerySet[Conference]:
    """Those at the actor's places and below, those that call the actor's units or the actor, and those whose signed
    minutes gave the actor's desk something to do."""
    called = Call.objects.filter(Q(unit__in=units_of(actor)) | Q(person=actor.person_id or 0)).values("conference")
    owned = Decision.objects.filter(owner_place__in=places_of(actor, DESK_STANDINGS)).exclude(
        state__in=(DecisionState.DRAFTED.value, DecisionState.STRUCK.value)
    )
    return Conference.objects.filter(at_own_places(actor) | Q(pk__in=called) | Q(pk__in=owned.values("conference")))


def get_conference(actor: Actor, conference_id: int) -> Conference:
    """One conference with its people. Raises Conference.DoesNotExist, the same for absent and not yours."""
    related = ("network", "place", "community", "subdistrict", "chair", "recorder")
    return visible_conferences(actor).select_related(*related).get(pk=conference_id)


def conference_standings(actor: Actor, row: Conference) -> frozenset[StrEnum]:
    """How the actor stands towards a conference: at its place and above, and as one that it calls."""
    found: set[StrEnum] = set(actor.standings_at((row.place_id, row.community_id, row.subdistrict_id)))
    if own_calls(actor, row):
        found.add(Part.MEMBER)
    return frozenset(found)


def conference_moves(actor: Actor, row: Conference) -> dict[str, Move]:
    """The moves that the actor may make now."""
    return open_moves(rules.CONFERENCE_MOVES, ConferenceState(row.state), conference_standings(actor, row))


def sees_inside(actor: Actor, row: Conference) -> bool:
    """Whether the actor sees what is not signed yet: the staff of its place and above, and the clock."""
    return not (PLACE_STANDINGS | {Standing.CLOCK}).isdisjoint(
        actor.standings_at((row.place_id, row.community_id, row.subdistrict_id))
    )


def conference_trail(actor: Actor, conference_id: int) -> list[TrailEntry]:
    """What was done about a conference, oldest first. Raises Conference.DoesNotExist."""
    return trail.of("conference", visible_conferences(actor).only("pk").get(pk=conference_id).pk)


def own_calls(actor: Actor, row: Conference) -> list[Call]:
    """The calls of this conference that reach the actor."""
    mine = Q(unit__in=units_of(actor)) | Q(person=actor.person_id or 0)
    return list(Call.objects.filter(mine, conference=row).select_related("unit", "person"))


def calls_of(row: Conference) -> list[Call]:
    """Whom a conference calls: members before those who were asked beside them, units before persons."""
    rows = Call.objects.filter(conference=row).select_related("unit", "person", "proxy__unit", "proxy__person")
    return list(rows.order_by("-member", F("person").asc(nulls_first=True), "unit__name", "pk"))


def roll_of(calls: Iterable[Call]) -> Roll:
    """The roll of the members; who was asked beside them does not count."""
    return rules.roll([one.presence for one in calls if one.member])


def chairs_for(row: Conference, today: date) -> QuerySet[Person]:
    """Who may chair or record: the staff of its place and of those above."""
    ladder = list(neighbourhood.ladder(row.place))
    return neighbourhood.staff_at(ladder, Standing.LEAD, Standing.DESK, today=today)


def rhythm_of(network: Network) -> MeetingRhythm | None:
    """How often a network meets, where that was set. For who leads it."""
    return MeetingRhythm.objects.filter(network=network).first()


def topics_of(actor: Actor, row: Conference) -> list[Topic]:
    """The agenda in the order in which it grew; the staff see what waits for it as well, a member what is its own."""
    rows = Topic.objects.filter(conference=row).select_related("problem", "need", "unit", "carried_from__conference")
    if not sees_inside(actor, row):
        rows = rows.filter(Q(state=TopicState.AGREED.value) | Q(unit__in=units_of(actor)))
    return list(rows.order_by("pk"))


@dataclass(frozen=True)
class Frees:
    """What a topic would unblock: needs that one frees once it is met, or the open needs of a problem."""

    needs: tuple[Need, ...]
    of_problem: bool


def frees_of(actor: Actor, topics: Iterable[Topic]) -> dict[int, Frees]:
    """For each topic that has any, what it would unblock as far as the asker sees it. Two queries."""
    rows = list(topics)
    freed = exchange.would_free(actor, [one.need_id for one in rows if one.need_id])
    problems = [one.problem_id for one in rows if one.problem_id]
    waiting: dict[int, list[Need]] = {}
    for need in exchange.visible_needs(actor).filter(problem__in=problems, state__in=sorted(NEED_OPEN)).order_by("pk"):
        waiting.setdefault(need.problem_id or 0, []).append(need)
    found = {}
    for one in rows:
        needs = freed.get(one.need_id or 0, []) or waiting.get(one.problem_id or 0, [])
        if needs:
            found[one.pk] = Frees(tuple(needs), bool(one.problem_id))
    return found
