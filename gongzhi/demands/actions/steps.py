"""The two halves of every move: begin (lock, decide by the table) and finish (save, trail, tell)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from gongzhi.demands import queries, rules, words
from gongzhi.demands.models import Demand
from gongzhi.demands.rules import State
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import notices, secrets, trail
from gongzhi.shared.moves import Refused, _, check_move

LINK = "demand"


@dataclass
class Step:
    """One move under way, its demand locked until the transaction ends."""

    actor: Actor
    demand: Demand
    verb: str
    before: State
    after: State
    now: datetime


def begin(actor: Actor, demand_id: int, verb: str, *, now: datetime, seen: int | None = None, **given: Any) -> Step:
    """Lock the demand and check the move against the table.

    `seen` is the version that the actor's page showed. Raises Demand.DoesNotExist where the actor may not see it,
    `Refused` with the reason where the move may not be made.
    """
    queries.visible_demands(actor).only("pk").get(pk=demand_id)
    demand = Demand.objects.select_for_update().defer("search").get(pk=demand_id)
    before = State(demand.state)
    after = check_move(rules.MOVES, verb, before, queries.standings(actor, demand), given)
    if seen is not None and seen != demand.version:
        raise Refused(_("刚才有人办过这件事，请看过新情况再办。"))
    # In the district's zone, so that `now.date()` is the day on which people hold their offices.
    return Step(actor, demand, verb, before, State(after), timezone.localtime(now))


def finish(step: Step, *, words_: str = "", data: Mapping[str, object] | None = None, told: str = "") -> Demand:
    """Save the demand in its new state, write the trail, tell the resident where the rules say so.

    `told` is what the resident reads beyond the standing phrase of the move, such as the answer itself.
    """
    demand = step.demand
    demand.state = step.after.value
    demand.version += 1
    if step.after in rules.ENDED:
        demand.closed_at = demand.closed_at or step.now
        demand.due_at = None
    else:
        demand.closed_at = None
    # A generated column cannot be written.
    demand.save(update_fields=_SAVED)
    trail.write(
        trail.entry(
            step.actor,
            at=step.now,
            noun="demand",
            noun_id=demand.pk,
            verb=step.verb,
            from_state=step.before.value,
            to_state=step.after.value,
            words=words_,
            data=data,
        )
    )
    if step.verb in rules.TOLD:
        tell_resident(demand, step.verb, told, now=step.now)
    return demand


_SAVED = [
    field.attname
    for field in Demand._meta.concrete_fields
    if field.name not in {"id", "search", "subject", "body", "code_hash", "once"}
]


def tell_resident(demand: Demand, verb: str, told: str, *, now: datetime) -> None:
    """Queue a message to whoever left an e-mail address or a number; to nobody otherwise."""
    left = neighbourhood.address_left(demand.contact_id)
    if left is None:
        return
    channel, address = left
    subject, body = words.message(verb, rules.number(demand.pk), demand.subject, told, follow_link(demand.pk))
    notices.tell(
        notices.notice(
            at=now,
            noun="demand",
            noun_id=demand.pk,
            channel=channel,
            subject=subject,
            body=body,
            address=address,
        )
    )


def tell_staff(demand: Demand, person_ids: list[int], subject: str, *, now: datetime) -> None:
    """Put a line in the inboxes of these members of staff, and one into each group of staff that is set up.

    A group stands with another firm: it is told what happened to which number, never what the resident said.
    """
    about: dict[str, Any] = {"at": now, "noun": "demand", "noun_id": demand.pk, "subject": subject}
    lines = [
        notices.notice(**about, channel="desk", person_id=person_id, body=demand.subject) for person_id in person_ids
    ]
    if person_ids and (groups := notices.group_channels()):
        number, where = rules.number(demand.pk), demand.place.full_name
        head, body = words.group_message(subject, number, where, settings.SITE_ADDRESS)
        lines += [notices.notice(**(about | {"subject": head}), channel=name, body=body) for name in groups]
    notices.tell(*lines)


def follow_link(demand_id: int) -> str:
    """The signed address under which the resident follows the demand."""
    return f"{settings.SITE_ADDRESS}/d/{secrets.sign(LINK, demand_id)}"


def read_link(token: str) -> int:
    """The demand behind a signed link; raises `django.core.signing.BadSignature` or `SignatureExpired`."""
    return int(secrets.read_signed(LINK, token, max_age=queries.threshold("link_days") * 86_400))


def in_charge(demand: Demand, now: datetime) -> list[int]:
    """The persons to chase: the assignee, else the handler's liaisons, else the accountable desk."""
    if demand.assignee_id:
        return [demand.assignee_id]
    if demand.handler_id and demand.handler:
        return neighbourhood.people_of_unit(demand.handler, now.date())
    return neighbourhood.desk_of(demand.accountable_id, now.date())
