"""What the page of a problem shows of its needs."""

from datetime import date
from typing import Any

from gongzhi.demands.masking import mask
from gongzhi.exchange import queries, rules
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.casework.exchanged import amount
from gongzhi.web.desk.exchange.lines import days_left


def needs_of(actor: Actor, problem_id: int, today: date) -> list[dict[str, Any]]:
    """The needs of a problem, each with how far it is met."""
    return [
        {
            "pk": one.pk,
            "title": mask(one.title),
            "state": one.state,
            "state_label": rules.NEED_LABELS[rules.NeedState(one.state)],
            "met": amount(one.met, one.measure),
            "total": amount(one.quantity, one.measure),
            "days_left": days_left(one.deadline, today) if one.state in rules.NEED_OPEN else "",
        }
        for one in queries.needs_of_problem(actor, problem_id)
    ]
