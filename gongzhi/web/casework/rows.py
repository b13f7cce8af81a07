"""A list's rows as a reader without the right may see them: numbers that lead to a person are hidden."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gongzhi.demands import masking, rules
from gongzhi.demands.rows import Category, Demand
from gongzhi.demands.rules import State
from gongzhi.neighbourhood.rules import Actor, Right
from gongzhi.web.casework import choices
from gongzhi.web.casework.choices import Scope
from gongzhi.web.words import named


@dataclass(frozen=True)
class Row:
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
    answered: bool
    handler: str
    assignee: str
    assignee_id: int | None
    kind_label: str
    channel_label: str
    danger: bool
    confidential: bool
    supervised: bool
    reopened: int
    lapsed: bool


def seen_by(actor: Actor, text: str) -> str:
    """A text as this reader may see it."""
    return text if actor.may(Right.SEE_CONTACTS) else masking.mask(text)


def rows_for(actor: Actor, demands: Iterable[Demand], scope: Scope, categories: Iterable[Category] = ()) -> list[Row]:
    """The rows of a list. Asks the database nothing: places, categories, handlers must stand with the demands."""
    known = list(categories)
    return [_row(actor, demand, scope, known) for demand in demands]


def _row(actor: Actor, demand: Demand, scope: Scope, categories: list[Category]) -> Row:
    state = State(demand.state)
    category, confidence = named(demand.category), None
    if not category and categories and (found := choices.suggested(demand, categories)):
        category, confidence = named(found[0][0]), round(found[0][1] * 100)
    return Row(
        pk=demand.pk,
        number=rules.number(demand.pk),
        subject=seen_by(actor, demand.subject),
        place=scope.short(demand.place),
        category=category,
        confidence=confidence,
        state=state.value,
        state_label=rules.STATE_LABELS[state],
        due_at=demand.due_at,
        received_at=demand.received_at,
        paused=state in {State.WAITING, State.ON_REGISTER},
        ended=state in rules.ENDED,
        answered=state in rules.ANSWERED,
        handler=demand.handler.name if demand.handler else "",
        assignee=demand.assignee.name if demand.assignee else "",
        assignee_id=demand.assignee_id,
        kind_label=rules.KIND_LABELS[rules.Kind(demand.kind)],
        channel_label=rules.CHANNEL_LABELS[rules.Channel(demand.channel)],
        danger=demand.urgency == rules.Urgency.DANGER,
        confidential=demand.confidential,
        supervised=demand.supervised,
        reopened=demand.reopened_times,
        lapsed=demand.lapsed,
    )
