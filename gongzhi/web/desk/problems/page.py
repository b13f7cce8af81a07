"""Everything that one problem's page shows, and its map."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from gongzhi.demands.masking import mask
from gongzhi.neighbourhood.queries import outline_of
from gongzhi.neighbourhood.rules import Actor, Standing
from gongzhi.problems import beside, disputes, finding, lists, queries, rules
from gongzhi.problems.queries import Story
from gongzhi.problems.rows import Problem
from gongzhi.problems.rules import CauseOwner, Kind, State
from gongzhi.web.casework import choices
from gongzhi.web.casework.page import Kept
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.desk.exchange.beside import needs_of
from gongzhi.web.desk.problems import moves, story
from gongzhi.web.desk.problems.asking import FULL, again_in_words, heat_in_words, stuck_in_words, voices_in_words
from gongzhi.web.desk.problems.forms import ProblemForm
from gongzhi.web.desk.problems.points import cause_point, link, symptom_point
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now
from gongzhi.web.words import named

MOST_EVENTS = 30
MOST_REPORTS = 20


@for_standing(*DESK)
@require_safe
def show_problem(request: HttpRequest, problem_id: int) -> HttpResponse:
    """One problem with its whole story."""
    return problem_page(request, problem_id)


def problem_page(request: HttpRequest, problem_id: int, *, kept: Kept | None = None) -> HttpResponse:
    """The page of a problem; `kept` is what a refused form leaves on it."""
    actor, moment = actor_of(request), now()
    try:
        told = queries.story_of(actor, problem_id, now=moment)
    except queries.ABSENT as error:
        raise Http404 from error
    problem = told.problem
    prefix = choices.scope_of(actor).prefix
    events, reports = story.events(actor, told, prefix), story.reports(told, prefix)
    context = {
        "problem": problem,
        "number": rules.number(problem.pk),
        "title": mask(problem.title),
        "thing": f"/desk/problems/{problem.pk}",
        "base": "/desk",
        "story": told,
        **_head(actor, told),
        **_heat(problem),
        **_next(actor, told, kept),
        "kept": kept,
        "events": events[:MOST_EVENTS],
        "earlier_events": events[MOST_EVENTS:],
        "reports": reports[:MOST_REPORTS],
        "more_reports": reports[MOST_REPORTS:],
        "waiting": sum(one["waiting"] for one in reports),
        "unhappy": len(told.unhappy),
        "whistles": story.whistles(told, moment),
        "referrals": story.referrals(told),
        "fates": story.fates(told),
        "blockers": _blockers(actor, told, moment),
        "surveys": [{"row": one, "words": seen_by(actor, one.words)} for one in told.surveys],
        "seats": _seats(actor, told),
        "mediations": _mediations(actor, problem),
        "needs": needs_of(actor, problem.pk, moment.date()),
    }
    return render(request, "desk/problems/page.html", context)


def _head(actor: Actor, told: Story) -> dict[str, Any]:
    """State, age and marks of the problem, and its cause."""
    problem, standings = told.problem, queries.standings(actor, told.problem)
    owner = CauseOwner(problem.cause_owner)
    unit, outsider = problem.cause_unit, seen_by(actor, problem.cause_outsider)
    whose = (unit.name if unit else "") or outsider or gettext(rules.CAUSE_OWNER_LABELS[owner])
    stalled = told.stalled
    return {
        "state_label": rules.STATE_LABELS[State(problem.state)],
        "ended": problem.ended_at is not None,
        "dispute": problem.kind == Kind.DISPUTE,
        "proactive": rules.ORIGIN_LABELS[rules.Origin(problem.origin)] if problem.origin in rules.PROACTIVE else "",
        "again": again_in_words(problem.times),
        "stalled": stuck_in_words(stalled.days, stalled.count) if stalled else "",
        "no_power": rules.NO_POWER_LABEL if told.no_power else "",
        "category": named(problem.category),
        "cause": {
            "words": seen_by(actor, problem.cause),
            "place": problem.cause_place.full_name if problem.cause_place else "",
            "where": seen_by(actor, problem.cause_words),
            "owner": whose,
            "at": problem.cause_known_at,
        }
        if problem.cause_known_at
        else None,
        "is_lead": Standing.LEAD in standings,
        "may_work": not standings.isdisjoint({Standing.DESK, Standing.LEAD}),
        "into": rules.number(problem.merged_into_id) if problem.merged_into_id else "",
    }


def _heat(problem: Problem) -> dict[str, Any]:
    heat = finding.heat_parts(problem, now=now())
    parts = heat_in_words(heat, problem.reporters, problem.reports, problem.followers, problem.vulnerable)
    voices = voices_in_words(problem.reports, problem.followers)
    return {"heat": heat.total, "heat_parts": parts, "full": FULL, "voices": voices}


def _next(actor: Actor, told: Story, kept: Kept | None) -> dict[str, Any]:
    """The move that the page puts first with its form, and the others; a refused form stays in the first place."""
    problem = told.problem
    deeds = moves.open_deeds(actor, problem, told)
    proposed = queries.proposals_for(actor, told)
    first = moves.natural_move(told, deeds, [one.verb for one in proposed])
    form: Any = kept.form if kept else None
    if form is None and first:
        occasion = next((one.occasion for one in proposed if one.verb == first), None)
        seat = next((one.kind.value for one in told.seats if one.seat is None), None)
        chosen = {"occasion": occasion, "seat": seat}
        form = ProblemForm(first, actor, problem, initial={name: one for name, one in chosen.items() if one})
    verb = form.verb if form else ""
    return {
        "label": button_label(verb),
        "verb": verb,
        "natural": verb == first,
        "form": form,
        "deeds": [(one, label) for one, label in deeds.items() if one != verb],
        "why_proposed": next((one.why for one in proposed if one.verb == verb), ""),
        "proposals": [one for one in dict.fromkeys(one.verb for one in proposed) if one != verb],
        "sorts": not queries.moves_open_to(actor, problem).keys().isdisjoint(moves.SORTED),
        "deed_names": deeds,
    }


def button_label(verb: str) -> str:
    """What the button of a move's form says."""
    if verb == "solve":
        return gettext("看看每位会收到什么")
    return gettext(rules.MOVES[verb].label) if verb else ""


def _blockers(actor: Actor, told: Story, moment: datetime) -> list[dict[str, Any]]:
    """Those that stand first, with how long each has."""
    found = [
        {
            "pk": one.pk,
            "kind": rules.BLOCKER_LABELS[rules.BlockerKind(one.kind)],
            "words": seen_by(actor, one.words),
            "since": one.since,
            "days": max((moment - one.since).days, 0),
            "lifter": (one.lifter_unit.name if one.lifter_unit else "") or seen_by(actor, one.lifter),
            "lifted_at": one.lifted_at,
            "lifted_words": seen_by(actor, one.lifted_words),
        }
        for one in told.blockers
    ]
    return sorted(found, key=lambda one: one["lifted_at"] is not None)


def _mediations(actor: Actor, problem: Problem) -> list[dict[str, Any]]:
    return [
        {
            "outcome": rules.OUTCOME_LABELS[rules.Outcome(one.outcome)],
            "agreed": one.outcome == rules.Outcome.AGREED,
            "who": story.seats_in_words(one.seats),
            "words": seen_by(actor, one.words),
            "on": one.mediated_on,
            "time": again_in_words(one.times) if problem.times > 1 else "",
            "earlier": one.times < problem.times,
        }
        for one in disputes.mediations_of(problem)
    ]


def _seats(actor: Actor, told: Story) -> list[dict[str, Any]]:
    return [
        {
            "kind": one.kind.value,
            "label": rules.SEAT_LABELS[one.kind],
            "heard": one.seat is not None,
            "holder": seen_by(actor, (one.seat.person.name if one.seat.person else "") or one.seat.holder)
            if one.seat
            else "",
            "view": seen_by(actor, one.seat.view) if one.seat else "",
            "offer": seen_by(actor, one.seat.offer) if one.seat else "",
            "said_at": one.seat.said_at if one.seat else None,
        }
        for one in told.seats
    ]


@for_standing(*DESK)
@require_safe
def show_map(request: HttpRequest, problem_id: int, layer: str) -> HttpResponse:
    """The problem on a map as GeoJSON: `points` are symptom, cause and reports, `outline` its area."""
    problem = moves.find_problem(request, problem_id)
    if layer == "outline":
        return JsonResponse(outline_of(problem.place))
    if layer != "points":
        raise Http404
    point = lists.point_of(problem)
    features = [_report_point(one) for one in beside.report_points(actor_of(request), problem)]
    if point:
        features += [one for one in (link(point), cause_point(point), symptom_point(point, here=True)) if one]
    return JsonResponse({"type": "FeatureCollection", "features": features})


def _report_point(one: tuple[int, str, float, float]) -> dict[str, Any]:
    pk, subject, lon, lat = one
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {"label": subject, "url": f"/desk/demands/{pk}", "tone": "rest", "small": True},
    }
