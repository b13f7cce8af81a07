"""The desk and the handling unit at work: classify, dispatch, sign, contact, answer, return, chase."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from django.db import transaction

from gongzhi.demands import masking, queries
from gongzhi.demands.actions import clocks, steps
from gongzhi.demands.models import Answer, Category, Demand
from gongzhi.demands.rules import Urgency
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import MemberUnit, Person, Place
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import trail
from gongzhi.shared.moves import NotAllowed, Refused, _


@transaction.atomic
def classify_demand(
    actor: Actor, *, demand_id: int, category: Category, now: datetime, urgency: Urgency | None = None,
    seen: int | None = None,
) -> Demand:  # fmt: skip
    """Take a demand on and say what it is about; its running limits are chosen anew by category and urgency."""
    step = steps.begin(actor, demand_id, "classify", now=now, seen=seen, category=category)
    suggested = step.demand.suggestions or []
    step.demand.category = category
    if urgency:
        step.demand.urgency = urgency.value
    step.demand.assignee_id = step.demand.assignee_id or actor.person_id
    clocks.count_anew(step.demand, now, choose=True)
    rank = next((i + 1 for i, one in enumerate(suggested) if one.get("code") == category.code), 0)
    data = {"category": category.code, "urgency": step.demand.urgency, "suggested_rank": rank}
    return steps.finish(step, words_=category.name, data=data)


@transaction.atomic
def refile_demand(
    actor: Actor,
    *,
    demand_id: int,
    reason: str,
    now: datetime,
    place: Place | None = None,
    category: Category | None = None,
    urgency: Urgency | None = None,
    seen: int | None = None,
) -> Demand:
    """Correct where it is, what it is about or how urgent; the first receiver stays accountable."""
    step = steps.begin(actor, demand_id, "refile", now=now, seen=seen, reason=reason.strip())
    demand = step.demand
    before = {"place": demand.place_id, "category": demand.category_id, "urgency": demand.urgency}
    if place:
        demand.place = place
        for rung in ("subdistrict", "community", "compound"):
            setattr(demand, f"{rung}_id", place.pk if place.kind == rung else getattr(place, f"{rung}_id"))
        demand.place_words = place.full_name[:300]
        demand.lon, demand.lat = place.lon, place.lat
    demand.category = category or demand.category
    demand.urgency = urgency.value if urgency else demand.urgency
    clocks.count_anew(demand, now, choose=True)
    return steps.finish(step, words_=masking.clean_text(reason, 2000), data={"before": before})


@transaction.atomic
def dispatch_demand(
    actor: Actor, *, demand_id: int, handler: MemberUnit, now: datetime, words: str = "", seen: int | None = None
) -> Demand:
    """Hand a demand to a member unit: its signing-in clock starts, its liaisons are told."""
    step = steps.begin(actor, demand_id, "dispatch", now=now, seen=seen, handler=handler)
    step.demand.handler = handler
    clocks.start(step.demand, ["sign_in"], now)
    demand = steps.finish(step, words_=masking.clean_text(words, 2000), data={"handler": handler.pk})
    steps.tell_staff(demand, neighbourhood.people_of_unit(handler, now.date()), _("新派单"), now=now)
    return demand


@transaction.atomic
def recall_demand(actor: Actor, *, demand_id: int, reason: str, now: datetime, seen: int | None = None) -> Demand:
    """Take a demand back from a unit that has not signed it."""
    step = steps.begin(actor, demand_id, "recall", now=now, seen=seen, reason=reason.strip())
    clocks.meet(step.demand, ["sign_in"], now)
    step.demand.handler = None
    return steps.finish(step, words_=masking.clean_text(reason, 2000))


@transaction.atomic
def sign_demand(actor: Actor, *, demand_id: int, now: datetime, seen: int | None = None) -> Demand:
    """The unit confirms that it has the demand; the signing-in clock stops."""
    step = steps.begin(actor, demand_id, "sign", now=now, seen=seen)
    clocks.meet(step.demand, ["sign_in"], now)
    return steps.finish(step)


@transaction.atomic
def return_demand(
    actor: Actor, *, demand_id: int, reason: str, duty_basis: str, now: datetime, seen: int | None = None
) -> Demand:
    """The unit sends it back with the reason and the duty basis; the desk is told, the answer clock runs on."""
    step = steps.begin(
        actor, demand_id, "return", now=now, seen=seen, reason=reason.strip(), duty_basis=duty_basis.strip()
    )
    clocks.meet(step.demand, ["sign_in"], now)
    data = {"handler": step.demand.handler_id, "duty_basis": masking.clean_text(duty_basis, 2000)}
    step.demand.handler = None
    demand = steps.finish(step, words_=masking.clean_text(reason, 2000), data=data)
    steps.tell_staff(demand, neighbourhood.desk_of(demand.accountable_id, now.date()), _("退单"), now=now)
    return demand


@transaction.atomic
def contact_reporter(actor: Actor, *, demand_id: int, words: str, now: datetime, seen: int | None = None) -> Demand:
    """Write down the first talk with the resident; the contact clock stops."""
    step = steps.begin(actor, demand_id, "contact", now=now, seen=seen, words=words.strip())
    clocks.meet(step.demand, ["contact"], now)
    return steps.finish(step, words_=masking.clean_text(words, 2000))


@transaction.atomic
def start_work(actor: Actor, *, demand_id: int, now: datetime, words: str = "", seen: int | None = None) -> Demand:
    """Begin the work itself."""
    step = steps.begin(actor, demand_id, "start", now=now, seen=seen)
    step.demand.assignee_id = step.demand.assignee_id or actor.person_id
    return steps.finish(step, words_=masking.clean_text(words, 2000))


@transaction.atomic
def note_on_demand(actor: Actor, *, demand_id: int, words: str, now: datetime) -> Demand:
    """Add a line to the record; the resident does not see it."""
    step = steps.begin(actor, demand_id, "note", now=now, words=words.strip())
    return steps.finish(step, words_=masking.clean_text(words, 5000))


@transaction.atomic
def remind_handler(actor: Actor, *, demand_id: int, words: str, now: datetime) -> Demand:
    """Chase whoever has it in hand."""
    step = steps.begin(actor, demand_id, "remind", now=now, words=words.strip())
    demand = steps.finish(step, words_=masking.clean_text(words, 2000))
    steps.tell_staff(demand, steps.in_charge(demand, now), _("催办"), now=now)
    return demand


@transaction.atomic
def supervise_demand(actor: Actor, *, demand_id: int, words: str, now: datetime) -> Demand:
    """Put a demand under formal supervision by a leader."""
    step = steps.begin(actor, demand_id, "supervise", now=now, words=words.strip())
    step.demand.supervised = True
    demand = steps.finish(step, words_=masking.clean_text(words, 2000))
    steps.tell_staff(demand, steps.in_charge(demand, now), _("督办"), now=now)
    return demand


@transaction.atomic
def answer_demand(actor: Actor, *, demand_id: int, answer: str, now: datetime, seen: int | None = None) -> Demand:
    """Answer the resident: every clock stops, the answer is kept, the resident is told and asked to rate."""
    step = steps.begin(actor, demand_id, "answer", now=now, seen=seen, answer=answer.strip())
    text = masking.clean_text(answer, 10_000)
    Answer.objects.create(demand=step.demand, words=text, answered_at=now, answered_by=actor.label)
    step.demand.answered_at = now
    clocks.meet(step.demand, ["sign_in", "contact", "answer"], now)
    return steps.finish(step, words_=text, told=text)


@transaction.atomic
def assign_demands(actor: Actor, *, demand_ids: Sequence[int], person: Person, now: datetime) -> int:
    """Give many demands to one colleague; those that the actor may not work on are left out. Returns how many."""
    if not actor.offices:
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=_("分配"))
    if len(demand_ids) > 500:
        raise Refused(_("一次最多分配%(most)d件。"), most=500)
    rows = queries.visible_demands(actor).filter(pk__in=demand_ids, closed_at=None).order_by("pk")
    demands = [row for row in rows.select_for_update().defer("search") if _may_work(actor, row)]
    Demand.objects.filter(pk__in=[row.pk for row in demands]).update(assignee=person)
    trail.write(
        *(
            trail.entry(
                actor,
                at=now,
                noun="demand",
                noun_id=row.pk,
                verb="assign",
                from_state=row.state,
                to_state=row.state,
                words=person.name,
                data={"from": row.assignee_id, "to": person.pk},
            )
            for row in demands
        )
    )
    return len(demands)


def _may_work(actor: Actor, demand: Demand) -> bool:
    from gongzhi.neighbourhood.rules import Standing

    return not queries.standings(actor, demand).isdisjoint({Standing.DESK, Standing.LEAD, Standing.UNIT})


class Suggests(Protocol):
    """The suggestion model, as far as this room needs it."""

    def suggest(self, text: str, top: int = 3) -> Sequence["Suggested"]: ...


class Suggested(Protocol):
    """One suggestion: a category's code, how sure the model is, and the words that weighed most."""

    @property
    def code(self) -> str: ...
    @property
    def confidence(self) -> float: ...
    @property
    def because(self) -> Sequence[str]: ...


def suggest_category(*, demand_id: int, model: Suggests | None) -> None:
    """Keep what the model makes of a demand's words; a person chooses, so the category itself stays as it is."""
    demand = Demand.objects.filter(pk=demand_id).only("subject", "body").first()
    if model is None or demand is None:
        return
    found = [
        {"code": one.code, "confidence": round(float(one.confidence), 3), "because": list(one.because)}
        for one in model.suggest(f"{demand.subject}\n{demand.body}", 3)
    ]
    Demand.objects.filter(pk=demand_id).update(suggestions=found)
