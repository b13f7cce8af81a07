"""A list's rows as a reader without the right may see them: numbers that lead to a person are hidden."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import get_language

from gongzhi.demands import masking, rules
from gongzhi.demands.lists import Line
from gongzhi.demands.queries import may_see_contact
from gongzhi.demands.rows import Category, Demand
from gongzhi.demands.rules import State
from gongzhi.neighbourhood.rules import Actor, Right
from gongzhi.web.casework import choices
from gongzhi.web.casework.choices import Scope
from gongzhi.web.words import named, said_in


class Row(NamedTuple):
    """One demand in a list. `confidence` is a percentage where the category is only suggested, else None."""

    pk: int
    number: str
    subject: str
    place: str
    category: str
    confidence: int | None
    state: str
    state_label: str
    due_at: datetime | None
    received_at: datetime
    paused: bool
    ended: bool
    handler: str
    assignee: str
    kind_label: str
    channel_label: str
    danger: bool
    confidential: bool
    supervised: bool
    reopened: int
    lapsed: bool


def seen_by(actor: Actor, text: str, demand: Demand | None = None) -> str:
    """A text as this reader may see it; where it is not said of which demand, as they may see it anywhere."""
    clear = may_see_contact(actor, demand) if demand else actor.may_everywhere(Right.SEE_CONTACTS)
    return text if clear else masking.mask(text)


def rows_for(actor: Actor, found: Iterable[Line], scope: Scope, categories: Iterable[Category] = ()) -> list[Row]:
    """The rows of a list; `categories` are needed where one that is only suggested is to be shown."""
    known = {row.code: row for row in categories}
    in_the_clear, prefix, language = actor.may_everywhere(Right.SEE_CONTACTS), scope.prefix, get_language() or ""
    return [
        _row(line, line.subject if in_the_clear else masking.mask(line.subject), prefix, known, language)
        for line in found
    ]


def _row(line: Line, subject: str, prefix: str, known: dict[str, Category], language: str) -> Row:
    category, confidence = said_in(line.category or "", line.category_english or "", language), None
    if not category and known and (found := choices.suggested(json.loads(line.suggestions or "null"), known)):
        category, confidence = named(found[0][0]), round(found[0][1] * 100)
    return Row(
        pk=line.pk,
        number=rules.number(line.pk),
        subject=subject,
        place=line.place.removeprefix(prefix).strip() or line.place_name,
        category=category,
        confidence=confidence,
        state=line.state,
        state_label=_STATE_LABELS[line.state],
        due_at=line.due_at,
        received_at=line.received_at,
        paused=line.state in _PAUSED,
        ended=line.state in rules.ENDED,
        handler=line.handler or "",
        assignee=line.assignee or "",
        kind_label=_KIND_LABELS[line.kind],
        channel_label=_CHANNEL_LABELS[line.channel],
        danger=line.urgency == _DANGER,
        confidential=line.confidential,
        supervised=line.supervised,
        reopened=line.reopened_times,
        lapsed=line.lapsed,
    )


_STATE_LABELS = {state.value: label for state, label in rules.STATE_LABELS.items()}
_KIND_LABELS = {kind.value: label for kind, label in rules.KIND_LABELS.items()}
_CHANNEL_LABELS = {channel.value: label for channel, label in rules.CHANNEL_LABELS.items()}
_PAUSED = {State.WAITING.value, State.ON_REGISTER.value}
_DANGER = rules.Urgency.DANGER.value
