"""Everything that one demand's page shows, for the desk and the unit alike."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gongzhi.demands import queries, rules
from gongzhi.demands.lists import NEAR, Line, line_of, lines, lines_near
from gongzhi.demands.queries import Story
from gongzhi.demands.rows import Demand, Extension
from gongzhi.demands.rules import State
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.queries import Contact
from gongzhi.neighbourhood.rows import ContactCard
from gongzhi.neighbourhood.rules import Actor, Standing
from gongzhi.problems.beside import problem_with
from gongzhi.web.casework import choices, moves, story
from gongzhi.web.casework.forms import MoveForm
from gongzhi.web.casework.rows import Row, rows_for, seen_by
from gongzhi.web.casework.tabled import TabledForm
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import now
from gongzhi.web.words import acted_by, named, office_names


@dataclass(frozen=True)
class Kept:
    """What a refusal leaves on the fresh page: the reason, the form to send again, or the words to be copied."""

    reason: str
    form: TabledForm | None = None
    typed: str = ""
    photos_lost: bool = False


def demand_page(
    request: HttpRequest,
    demand: Demand,
    *,
    template: str,
    base: str,
    contact: Contact | None = None,
    kept: Kept | None = None,
) -> HttpResponse:
    """The page of a demand that the asker was let through to; `contact` where it was just opened."""
    actor = actor_of(request)
    told, categories, scope = queries.story_of(demand), choices.categories(), choices.scope_of(actor)
    context = {
        "demand": demand,
        "row": _row(actor, demand, scope, categories),
        "body": seen_by(actor, demand.body, demand),
        "place_words": seen_by(actor, demand.place_words, demand),
        "story": told,
        "clocks": story.clock_lines(demand, told.clocks),
        "events": story.events(actor, told),
        **story.photos_by_side(told),
        "additions": story.additions(actor, told),
        "open_pause": next((one for one in told.pauses if one.ended_at is None and one.question), None),
        "answer": _answer(actor, told),
        **_next(actor, demand, categories, kept, told),
        "kept": kept,
        "extensions": [one for one in told.extensions if one.decided_at],
        "may_see": queries.may_see_contact(actor, demand),
        "contact": contact,
        "card": _card(demand),
        "number": rules.number(demand.pk),
        "urgency_label": rules.URGENCY_LABELS[rules.Urgency(demand.urgency)],
        "earlier": _earlier(actor, demand, scope),
        "near": rows_for(actor, _near(actor, demand), scope),
        "base": base,
        "thing": f"{base}/demands/{demand.pk}",
        **_problem(actor, demand, base),
    }
    return render(request, template, context)


def _problem(actor: Actor, demand: Demand, base: str) -> dict[str, Any]:
    """The problem that this demand is handled with, for the desk; what a unit may know of one, it was called for."""
    if base != "/desk":
        return {}
    line = problem_with(actor, demand.pk)
    raises = line is None and demand.state != State.WITHDRAWN and actor.holds(Standing.DESK, Standing.LEAD)
    return {"problem": line, "problem_number": rules.number(line.pk) if line else "", "may_raise": raises}


def _row(actor: Actor, demand: Demand, scope: choices.Scope, categories: list[Any]) -> Row:
    (row,) = rows_for(actor, [line_of(demand)], scope, categories)
    return row._replace(subject=seen_by(actor, demand.subject, demand))


def _next(
    actor: Actor, demand: Demand, categories: list[Any], kept: Kept | None, told: Story
) -> dict[str, Any]:  # fmt: skip
    """The move that the page puts first with its form, and the others; a refused form stays in the first place."""
    deeds = moves.open_deeds(actor, demand)
    first = moves.natural_move(actor, demand, deeds)
    form = kept.form if kept else None
    if form is None and first:
        form = MoveForm(first, actor, demand, categories=categories)
    verb = form.verb if form else ""
    return {
        "label": moves.deed_label(verb) if verb else "",
        "verb": verb,
        "natural": verb == first,
        "form": form,
        "deeds": [(one, label) for one, label in deeds.items() if one != verb and one not in moves.BESIDE],
        "suggestions": _suggestions(demand, categories) if "classify" in deeds else [],
        "extension": _extension(actor, told.extensions, deeds),
    }


def _answer(actor: Actor, told: Story) -> dict[str, Any] | None:
    if not told.answers:
        return None
    last = told.answers[-1]
    rating = next((one for one in told.ratings if one.answer_id == last.pk), None)
    outcome = {"solved": rating.solved, "satisfied": rating.satisfied, "reasons": rating.reasons} if rating else None
    return {
        "words": seen_by(actor, last.words, told.demand),
        "at": last.answered_at,
        "by": acted_by(last.answered_by, office_names()),
        "rating": story.outcome_words(outcome) if outcome else "",
        "rating_words": seen_by(actor, rating.words, told.demand) if rating else "",
        "rated_at": rating.rated_at if rating else None,
        "by_call": rating.by_call_back if rating else False,
    }


def _suggestions(demand: Demand, categories: list[Any]) -> list[dict[str, Any]]:
    return [
        {"pk": row.pk, "name": named(row), "percent": round(confidence * 100), "because": because}
        for row, confidence, because in choices.suggested(demand.suggestions, {row.code: row for row in categories})
    ]


def _extension(actor: Actor, rows: list[Extension], deeds: dict[str, str]) -> dict[str, Any] | None:
    asked = next((one for one in rows if one.decided_at is None), None)
    if asked is None:
        return None
    own = asked.asked_by_id is not None and asked.asked_by_id == actor.person_id
    return {
        "row": asked,
        "own": own,
        "may_grant": "grant_extension" in deeds and not own,
        "may_refuse": "refuse_extension" in deeds and not own,
    }


def _card(demand: Demand) -> dict[str, Any] | None:
    card: ContactCard | None = demand.contact
    return {"wiped_at": card.wiped_at} if card else None


def _earlier(actor: Actor, demand: Demand, scope: choices.Scope) -> list[Any]:
    """What the same caller asked before; by the number alone, which is not shown for it."""
    if demand.contact is None or not queries.may_see_contact(actor, demand):
        return []
    contact = neighbourhood.read_contact(actor, demand.contact)
    found = lines(queries.earlier_demands(actor, contact.phone)) if contact else []
    return rows_for(actor, [one for one in found if one.pk != demand.pk], scope)


def _near(actor: Actor, demand: Demand) -> list[Line]:
    return [one for one in lines_near(actor, demand.place, now=now()) if one.pk != demand.pk][: NEAR - 1]
