"""Everything that one demand's page shows, for the desk and the unit alike."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gongzhi.demands import queries, rules
from gongzhi.demands.queries import Story
from gongzhi.demands.rows import Demand, Extension
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.queries import Contact
from gongzhi.neighbourhood.rows import ContactCard
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.casework import choices, moves, story
from gongzhi.web.casework.forms import MoveForm
from gongzhi.web.casework.rows import rows_for, seen_by
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import now
from gongzhi.web.words import named


def demand_page(
    request: HttpRequest, demand: Demand, *, template: str, base: str, contact: Contact | None = None
) -> HttpResponse:
    """The page of a demand that the asker was let through to; `contact` where it was just opened."""
    actor = actor_of(request)
    told = queries.story_of(demand)
    deeds = moves.open_deeds(actor, demand)
    first = moves.natural_move(actor, demand, deeds)
    categories = choices.categories()
    scope = choices.scope_of(actor)
    context = {
        "demand": demand,
        "row": rows_for(actor, [demand], scope, categories)[0],
        "body": seen_by(actor, demand.body),
        "place_words": seen_by(actor, demand.place_words),
        "story": told,
        "clocks": story.clock_lines(demand, told.clocks),
        "events": story.events(actor, told),
        "photos": [
            {"url": f"/photos/{photo.name}", "thumbnail": f"/photos/{photo.name}?small"} for photo in told.photos
        ],
        "open_pause": next((one for one in told.pauses if one.ended_at is None and one.question), None),
        "answer": _answer(actor, told),
        "label": moves.deed_label(first) if first else "",
        "verb": first,
        "form": MoveForm(first, actor, demand, categories=categories) if first else None,
        "deeds": [(verb, label) for verb, label in deeds.items() if verb != first and verb not in moves.BESIDE],
        "suggestions": _suggestions(demand, categories) if "classify" in deeds else [],
        "extension": _extension(actor, told.extensions, deeds),
        "extensions": [one for one in told.extensions if one.decided_at],
        "may_see": queries.may_see_contact(actor, demand),
        "contact": contact,
        "card": _card(demand),
        "number": rules.number(demand.pk),
        "urgency_label": rules.URGENCY_LABELS[rules.Urgency(demand.urgency)],
        "earlier": _earlier(actor, demand, scope),
        "near": rows_for(actor, _near(actor, demand), scope),
        "base": base,
    }
    return render(request, template, context)


def _answer(actor: Actor, told: Story) -> dict[str, Any] | None:
    if not told.answers:
        return None
    last = told.answers[-1]
    rating = next((one for one in told.ratings if one.answer_id == last.pk), None)
    outcome = {"solved": rating.solved, "satisfied": rating.satisfied, "reasons": rating.reasons} if rating else None
    return {
        "words": seen_by(actor, last.words),
        "at": last.answered_at,
        "by": last.answered_by,
        "rating": story.outcome_words(outcome) if outcome else "",
        "rating_words": seen_by(actor, rating.words) if rating else "",
        "rated_at": rating.rated_at if rating else None,
        "by_call": rating.by_call_back if rating else False,
    }


def _suggestions(demand: Demand, categories: list[Any]) -> list[dict[str, Any]]:
    return [
        {"pk": row.pk, "name": named(row), "percent": round(confidence * 100), "because": because}
        for row, confidence, because in choices.suggested(demand, categories)
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
    found = queries.earlier_demands(actor, contact.phone) if contact else []
    return rows_for(actor, [one for one in found if one.pk != demand.pk], scope)


def _near(actor: Actor, demand: Demand) -> list[Demand]:
    return [one for one in queries.near_by(actor, demand.place, now=now(), limit=6) if one.pk != demand.pk][:5]
