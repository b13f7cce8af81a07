"""The end of a problem, and its coming back: everybody in it is answered, and the unhappy are heard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from gongzhi.demands import actions as demands
from gongzhi.demands import masking
from gongzhi.demands import queries as demand_queries
from gongzhi.demands.rows import Demand
from gongzhi.demands.rules import UNANSWERED
from gongzhi.demands.rules import State as DemandState
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rules import CLOCK, Actor, Standing
from gongzhi.problems import disputes, queries, rules, words
from gongzhi.problems.actions import steps, telling, watching
from gongzhi.problems.actions.steps import Step
from gongzhi.problems.models import Blocker, Follower, Problem, Report
from gongzhi.shared import notices, writing
from gongzhi.shared.moves import Refused, _
from gongzhi.shared.rows import Notice, TrailEntry

# Leaves room for what is put before it.
LONGEST = 5000
# Why a solved problem is taken up again when somebody reports it once more.
AGAIN = _("又有居民反映")


@dataclass(frozen=True)
class Solved:
    """How solving went, by demand: answered now; answered before and told where an address is left; left to its desk."""

    problem: Problem
    answered: list[int] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Preview:
    """The answer that one demand would get, and whether it will be answered, told, or left to its own desk."""

    demand_id: int
    subject: str
    fate: str  # answer, tell, leave; past: its reporter took it back and hears no more
    text: str


def answers_preview(actor: Actor, problem: Problem, answer: str = "") -> list[Preview]:
    """What each reporter whose demand the actor may see would read, the answer itself still open or as given."""
    demands_in = _demands_of(problem)
    seen = set(_visible(actor, demands_in).values_list("pk", flat=True))
    found = []
    for demand in demands_in:
        if demand.pk in seen:
            text = _text(problem, demand, answer)
            found.append(Preview(demand.pk, masking.mask(demand.subject), _fate(actor, demand), text))
    return found


def _demands_of(problem: Problem) -> list[Demand]:
    """Every demand in the problem, whoever may see it, in the order in which all lock them."""
    ids = list(Report.objects.filter(problem=problem).values_list("demand", flat=True))
    rows = demand_queries.visible_demands(CLOCK).filter(pk__in=ids).defer("search")
    return list(rows.select_related("place").order_by("pk"))


def _visible(actor: Actor, rows: Sequence[Demand]) -> QuerySet[Demand]:
    return demand_queries.visible_demands(actor).filter(pk__in=[row.pk for row in rows])


def _fate(actor: Actor, demand: Demand) -> str:
    if demand.state == DemandState.WITHDRAWN:
        return "past"
    if demand.state not in UNANSWERED:
        return "tell"
    may = not demand_queries.standings(actor, demand).isdisjoint({Standing.DESK, Standing.LEAD})
    return "answer" if may else "leave"


def _text(problem: Problem, demand: Demand, answer: str) -> str:
    return words.answer_text(
        reported_at=timezone.localtime(demand.reported_at),
        subject=masking.mask(demand.subject),
        others=problem.reporters - 1,
        answer=answer,
    )


@transaction.atomic
def solve_problem(
    actor: Actor,
    *,
    problem_id: int,
    answer: str,
    now: datetime,
    own_words: Mapping[int, str] = {},
    seen: int | None = None,
) -> Solved:
    """End the problem and answer every demand in it, each reporter in words that fit; all of it or nothing.

    `own_words` are whole texts by demand in place of the standing one. What was answered before keeps its answer and
    its reporter is told; what the actor may not work on is left, and its own desk told.
    """
    step = steps.begin(actor, problem_id, "solve", now=now, seen=seen, answer=steps.said(answer))
    problem, text = step.problem, masking.clean_text(answer, LONGEST)
    if disputes.is_to_be_mediated(problem):
        raise Refused(_("纠纷要先记调解结果：谈成了什么，或者为什么没有谈成。"))
    found = _demands_of(problem)
    own = _own(actor, found, own_words)
    fates: dict[str, list[int]] = {"answer": [], "tell": [], "leave": [], "past": []}
    for demand in found:
        fate = _answer(actor, demand, own.get(demand.pk) or _text(problem, demand, text), step.now)
        fates[fate].append(demand.pk)
    solved = Solved(problem, fates["answer"], fates["tell"], fates["leave"])
    problem.solved_at = step.now
    lifted = _lift_all(problem, text, step.now)
    ids = {"answered": solved.answered, "told": solved.told, "left": solved.left}
    steps.finish(step, words=text, data=ids | {"lifted": lifted})
    watching.recount(problem, now=step.now)
    _tell_answered([one for one in found if one.pk in solved.told], own, text, step.now)
    _tell_left([one for one in found if one.pk in solved.left], text, step.now)
    _tell_followers(problem, text, step.now)
    return solved


def _own(actor: Actor, found: Sequence[Demand], own_words: Mapping[int, str]) -> dict[int, str]:
    """The texts that somebody wrote themselves, fit to be stored. Raises Refused where one is empty or astray."""
    known = set(_visible(actor, found).values_list("pk", flat=True)) if own_words else set()
    if not known.issuperset(own_words):
        raise Refused(_("有的诉求已不在这个问题里，请看过新情况再办。"))
    own = {pk: masking.clean_text(text, LONGEST) for pk, text in own_words.items()}
    if not all(own.values()):
        raise Refused(_("给每位反映人的答复都不能是空的。"))
    return own


def _answer(actor: Actor, demand: Demand, text: str, now: datetime) -> str:
    """Answer one demand by the actor's own rights. Returns what became of it, as in `Preview.fate`."""
    locked = demand_queries.visible_demands(CLOCK).select_for_update().defer("search").get(pk=demand.pk)
    fate = _fate(actor, locked)
    if fate != "answer":
        return fate
    reason = _("所在的问题已解决，统一答复")
    match DemandState(locked.state):
        case DemandState.DISPATCHED:
            demands.recall_demand(actor, demand_id=demand.pk, reason=reason, now=now)
        case DemandState.WAITING:
            demands.stop_waiting(actor, demand_id=demand.pk, reason=reason, now=now)
        case DemandState.ON_REGISTER:
            demands.resume_demand(actor, demand_id=demand.pk, words=reason, now=now)
    demands.answer_demand(actor, demand_id=demand.pk, answer=text, now=now)
    if locked.handler_id and locked.handler:
        people = neighbourhood.people_of_unit(locked.handler, now.date())
        notices.tell_people("demand", demand.pk, people, _("所在的问题已解决，已统一答复"), locked.subject, now=now)
    return fate


def _lift_all(problem: Problem, text: str, now: datetime) -> list[int]:
    """What is solved is stuck nowhere: coming back later, it is not stuck since then."""
    lifted = []
    for blocker in Blocker.objects.filter(problem=problem, lifted_at=None).order_by("pk"):
        blocker.lifted_at, blocker.lifted_words = max(now, blocker.since), text
        blocker.save(update_fields=["lifted_at", "lifted_words"])
        lifted.append(blocker.pk)
    return lifted


def _tell_answered(found: Sequence[Demand], own: Mapping[int, str], text: str, now: datetime) -> None:
    """Those who had their answer before hear that the whole is solved."""
    for demand in found:
        left = neighbourhood.address_left(demand.contact_id)
        if left:
            channel, address = left
            subject, body = words.told_text(
                number=rules.number(demand.pk), subject=masking.mask(demand.subject), answer=own.get(demand.pk, text)
            )
            # Under the demand, so that wiping its contact empties this address too.
            notices.tell(
                notices.notice(
                    at=now, noun="demand", noun_id=demand.pk, channel=channel, subject=subject, body=body,
                    address=address,
                )
            )  # fmt: skip


def _tell_left(found: Sequence[Demand], text: str, now: datetime) -> None:
    for demand in found:
        people = neighbourhood.desk_of(demand.accountable_id, now.date())
        body = f"{demand.subject}\n{text}"
        notices.tell_people("demand", demand.pk, people, _("同一问题已解决，请答复这件诉求"), body, now=now)


def _tell_followers(problem: Problem, text: str, now: datetime) -> None:
    title = masking.mask(problem.title)
    subject, body = words.follower_text(number=rules.number(problem.pk), title=title, answer=text)
    cards = Follower.objects.filter(problem=problem, contact__isnull=False).order_by("pk")
    for card in cards.values_list("contact", flat=True):
        if left := neighbourhood.address_left(card):
            channel, address = left
            notices.tell(
                notices.notice(
                    at=now, noun="problem", noun_id=problem.pk, channel=channel, subject=subject, body=body,
                    address=address,
                )
            )  # fmt: skip


@transaction.atomic
def reopen_problem(
    actor: Actor,
    *,
    problem_id: int,
    reason: str,
    now: datetime,
    reported_at: datetime | None = None,
    seen: int | None = None,
) -> Problem:
    """Take a solved problem up once more (第二次): both clocks begin anew, what they showed stays in the trail.

    `reported_at` is when the report was made that says so; None for now.
    """
    step = steps.begin(actor, problem_id, "reopen", now=now, seen=seen, reason=steps.said(reason))
    entry, lines = reopened(step, reason=reason, reported_at=reported_at)
    writing.write([entry], lines, then=[writing.changes(step.problem)])
    watching.recount(step.problem, now=step.now)
    return step.problem


def reopened(step: Step, *, reason: str, reported_at: datetime | None = None) -> tuple[TrailEntry, list[Notice]]:
    """The same of a step that has begun, not saved and not counted yet: what goes into the trail and tells its staff."""
    problem = step.problem
    moments = ("first_reported_at", "coordinated_at", "solved_at")
    before = {name: moment.isoformat() for name in moments if (moment := getattr(problem, name))}
    problem.times += 1
    problem.first_reported_at = min(reported_at or step.now, step.now)
    problem.coordinated_at = problem.solved_at = None
    entry = steps.ended(step, words=masking.clean_text(reason, 2000), data={"times": problem.times, "before": before})
    people = [one for one in telling.in_charge(problem, step.now) if one != step.actor.person_id]
    return entry, notices.to_people("problem", problem.pk, people, _("问题重新办理"), problem.title, now=step.now)


def reopen_unhappy(now: datetime) -> list[int]:
    """For the clock: take up again every solved problem of which too large a share of those who judged is unhappy.

    Counted are the demands that its latest solving answered, so that no rating counts for two. Returns which.
    """
    percent = queries.settings()["reopen_percent"]
    reopened = []
    for pk, version in queries.solved_with_unhappy():
        mood = queries.mood_of(pk)
        if not rules.too_many_unhappy(
            unhappy=len(mood.unhappy), judged=mood.judged, answered=mood.answered, percent=percent
        ):
            continue
        try:
            reopen_problem(CLOCK, problem_id=pk, reason=_("答复后仍有较多居民不满意"), now=now, seen=version)
        # Somebody took it up just now.
        except Refused:
            continue
        reopened.append(pk)
    return reopened
