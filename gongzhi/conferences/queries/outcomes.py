"""What was decided and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from gongzhi.conferences import rules
from gongzhi.conferences.models import Conference, Decision, Topic
from gongzhi.conferences.queries.meeting import sees_inside, units_of, visible_conferences
from gongzhi.conferences.rules import Became, ConferenceState, DecisionState, Part, TopicState
from gongzhi.neighbourhood.rules import Actor, Standing
from gongzhi.shared.moves import Move, open_moves

_WITH = ("owner_unit", "owner_place", "pledge", "need", "problem", "project", "topic", "conference__place")


@dataclass(frozen=True)
class Outcome:
    """A decision and what became of it by a day."""

    decision: Decision
    became: Became

    @property
    def owner(self) -> str:
        """The unit or office that has it in hand; empty in a draft without one."""
        side = self.decision.owner_unit or self.decision.owner_place
        return side.name if side else ""

    @property
    def days(self) -> int | None:
        """From the decision to the day on which it was done; None where no day was noted."""
        done = self.decision.finished_on
        return (done - timezone.localtime(self.decision.decided_at).date()).days if done else None


def outcomes(rows: Iterable[Decision], today: date) -> list[Outcome]:
    """What became of each of these."""
    return [
        Outcome(
            one,
            rules.became(
                one.state,
                one.due_on,
                today,
                pledge=one.pledge.state if one.pledge else "",
                need=one.need.state if one.need else "",
                problem=one.problem.state if one.problem and one.kind == "problem" else "",
                project=one.project.state if one.project else "",
            ),
        )
        for one in rows
    ]


def _decisions() -> QuerySet[Decision]:
    return Decision.objects.select_related(*_WITH).order_by("pk")


def decisions_of(actor: Actor, row: Conference) -> list[Decision]:
    """What was decided there; before the minutes are signed the staff alone see it."""
    if not sees_inside(actor, row) and row.state != ConferenceState.SIGNED:
        return []
    return list(_decisions().filter(conference=row).exclude(state=DecisionState.STRUCK.value))


def get_decision(actor: Actor, decision_id: int) -> Decision:
    """One decision of a conference in sight; an owner sees its own once signed. Raises Decision.DoesNotExist."""
    row = _decisions().get(pk=decision_id, conference__in=visible_conferences(actor))
    if not sees_inside(actor, row.conference) and row.conference.state != ConferenceState.SIGNED:
        raise Decision.DoesNotExist
    return row


def decision_standings(actor: Actor, row: Decision) -> frozenset[StrEnum]:
    """How the actor stands towards a decision: at the conference's place and above, and as its owner."""
    at = row.conference
    found: set[StrEnum] = set(actor.standings_at((at.place_id, at.community_id, at.subdistrict_id)))
    own_office = any(
        one.place_id == row.owner_place_id and one.standing in {Standing.DESK, Standing.LEAD}
        for one in actor.offices
        if one.place_id
    )
    if (row.owner_unit_id and row.owner_unit_id in units_of(actor)) or (row.owner_place_id and own_office):
        found.add(Part.OWNER)
    return frozenset(found)


def decision_moves(actor: Actor, row: Decision) -> dict[str, Move]:
    """The moves that the actor may make now; what came out as a row of its own ends there, not here."""
    moves = open_moves(rules.DECISION_MOVES, DecisionState(row.state), decision_standings(actor, row))
    return {} if came_out(row) else moves


def came_out(row: Decision) -> bool:
    """Whether a pledge, a need or a project came of it, which is done or not by its own moves."""
    return bool(row.pledge_id or row.need_id or row.project_id)


def decision_behind(actor: Actor, project_id: int) -> Decision | None:
    """The decision that opened a project, of a conference in sight whose minutes are signed; None for no such one."""
    rows = Decision.objects.select_related("conference")
    return rows.filter(project=project_id, conference__in=visible_conferences(actor)).first()


def _in_line(row: Conference, prefix: str = "") -> Q:
    """Conferences of the same network, or of the same place: one comes after the other."""
    of = {"network": row.network_id} if row.network_id else {"network": None, "place": row.place_id}
    return Q(**{f"{prefix}{name}": value for name, value in of.items()})


def last_conference(row: Conference) -> Conference | None:
    """The one before it of the same network, or of the same place, whose minutes are signed."""
    rows = Conference.objects.filter(_in_line(row), state=ConferenceState.SIGNED.value, starts_at__lt=row.starts_at)
    return rows.order_by("-starts_at", "-pk").first()


def what_became(row: Conference, today: date) -> list[Outcome]:
    """With what a conference opens: each decision of the last one, after those of earlier ones that are still open.

    For whoever may see the conference itself.
    """
    last = last_conference(row)
    if last is None:
        return []
    before = Q(conference__starts_at__lt=last.starts_at, state=DecisionState.BINDING.value)
    rows = (
        _decisions()
        .filter(_in_line(row, "conference__"), Q(conference=last) | before)
        .exclude(state=DecisionState.STRUCK.value)
    )
    found = outcomes(rows.order_by("conference__starts_at", "pk"), today)
    return [one for one in found if one.decision.conference_id == last.pk or one.became in {Became.OPEN, Became.LATE}]


def left_over(row: Conference) -> QuerySet[Topic]:
    """Topics that earlier conferences, held or cancelled, ended without a decision on, and that none has taken up since.

    For whoever sees inside the conference itself.
    """
    over = [ConferenceState.SIGNED.value, ConferenceState.CANCELLED.value]
    decided = Decision.objects.filter(topic=OuterRef("pk")).exclude(state=DecisionState.STRUCK.value)
    rows = Topic.objects.filter(_in_line(row, "conference__"), conference__state__in=over).exclude(conference=row.pk)
    rows = rows.exclude(state=TopicState.DROPPED.value).exclude(Exists(decided))
    rows = rows.exclude(Exists(Topic.objects.filter(carried_from=OuterRef("pk"))))
    return rows.select_related("conference", "problem", "need", "unit").order_by("conference__starts_at", "pk")


def owed_by(actor: Actor, today: date) -> list[Outcome]:
    """What the actor's units have in hand by signed minutes, the nearest day first."""
    rows = _decisions().filter(owner_unit__in=units_of(actor), state=DecisionState.BINDING.value)
    found = outcomes(rows.order_by("due_on", "pk"), today)
    return [one for one in found if one.became in {Became.OPEN, Became.LATE}]
