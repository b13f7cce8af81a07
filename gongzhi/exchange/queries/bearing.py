"""What a need bears on: the problem or the visit that it comes of, what put it forward; and the talks about a unit."""

from collections.abc import Iterable

from django.db.models import OuterRef, QuerySet, Subquery

from gongzhi.exchange import rules
from gongzhi.exchange.models import Need, Unlock
from gongzhi.exchange.queries.listed import visible_introductions, visible_needs
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import trail
from gongzhi.shared.rows import TrailEntry


def needs_of_problem(actor: Actor, problem_id: int) -> list[Need]:
    """The needs of a problem that the actor may see, the open ones first, the most urgent on top."""
    rows = visible_needs(actor).filter(problem=problem_id)
    return sorted(rows, key=lambda one: (one.state not in rules.NEED_OPEN, -one.urgency, one.pk))


def need_of_visit(actor: Actor, visit_id: int) -> Need | None:
    """The need that was made of a visit, where the actor may see it."""
    return visible_needs(actor).filter(visit=visit_id).first()


def needs_put_forward(actor: Actor) -> QuerySet[Need]:
    """Open needs that another one, once met, has freed, the latest first: what the next meeting can take up."""
    freed = Unlock.objects.filter(frees=OuterRef("pk"), done_at__isnull=False).order_by("-done_at")
    rows = visible_needs(actor).filter(state__in=sorted(rules.NEED_OPEN))
    rows = rows.annotate(forward_at=Subquery(freed.values("done_at")[:1])).filter(forward_at__isnull=False)
    return rows.order_by("-forward_at", "-pk")


def freed_by(actor: Actor, need_ids: Iterable[int]) -> dict[int, list[Unlock]]:
    """For each of these needs by what it was freed and when, as far as the actor sees those needs."""
    rows = Unlock.objects.filter(frees__in=list(need_ids), done_at__isnull=False, need__in=visible_needs(actor))
    found: dict[int, list[Unlock]] = {}
    for unlock in rows.select_related("need").order_by("done_at"):
        found.setdefault(unlock.frees_id, []).append(unlock)
    return found


def would_free(actor: Actor, need_ids: Iterable[int]) -> dict[int, list[Need]]:
    """For each of these needs the open ones that it frees once it is met, as far as the actor sees both."""
    seen = visible_needs(actor)
    rows = Unlock.objects.filter(need__in=seen.filter(pk__in=list(need_ids)), done_at=None, frees__in=seen)
    found: dict[int, list[Need]] = {}
    for unlock in rows.select_related("frees").order_by("pk"):
        found.setdefault(unlock.need_id, []).append(unlock.frees)
    return found


def introduction_trail(actor: Actor, introduction_id: int) -> list[TrailEntry]:
    """What was asked, talked over and answered, oldest first. Raises Introduction.DoesNotExist."""
    return trail.of("introduction", visible_introductions(actor).only("pk").get(pk=introduction_id).pk)
