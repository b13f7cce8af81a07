"""What is done to a need: stated, verified, changed, met, withdrawn, lapsed, and what it frees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from gongzhi.demands import masking
from gongzhi.exchange import quantities, queries, rules
from gongzhi.exchange.actions import outreaches, steps, telling
from gongzhi.exchange.actions.offers import home_of_member, home_of_unit, point
from gongzhi.exchange.models import Match, Need, Pledge, Unlock
from gongzhi.exchange.rules import Asker, MatchState, NeedState
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import Membership, MemberUnit, Place
from gongzhi.neighbourhood.rules import CLOCK, Actor, PlaceKind
from gongzhi.problems import queries as problems
from gongzhi.shared import notices
from gongzhi.shared.moves import Missing, NotAllowed, Refused, _
from gongzhi.shared.reading import fetch

LABEL = _("登记需求")
# The number of the lock under which unlocks are written.
_UNLOCKS = 20_260_611


@dataclass(frozen=True)
class NeedDetails:
    """What is said of a need; `urgency` 0 to 3, `windows` as (weekday 0 to 6, from minute, to minute)."""

    kind: str
    title: str
    quantity: Decimal | int | str
    measure: str
    words: str = ""
    tags: Sequence[str] = ()
    deadline: date | None = None
    urgency: int = 1
    windows: Sequence[Sequence[int]] = ()
    place: Place | None = None
    lon: float | None = None
    lat: float | None = None
    whole_only: bool = False
    most_offers: int | None = None
    confidential: bool = False


@dataclass(frozen=True)
class StatedNeed:
    """A need as it was kept; `again` where the same form had been sent before."""

    need: Need
    again: bool = False


def state_need(
    actor: Actor,
    *,
    details: NeedDetails,
    now: datetime,
    once: str,
    problem_id: int | None = None,
    unit: MemberUnit | None = None,
    member: Membership | None = None,
    place: Place | None = None,
    programme: str = "",
    told: bool = True,
) -> StatedNeed:
    """Put the need of a problem, of a unit or a member in their own right, of a community or of a programme of that place
    on the list.

    The desk is told of it, unless it takes a whole list in. The same form sent twice is one need.
    Raises Refused, or problems.queries.ABSENT for a problem that is not theirs.
    """
    whose = _asker(actor, problem_id, unit, member, place, programme, timezone.localtime(now).date())
    columns = _read(details, now)
    if columns["confidential"] and whose["asker"] != Asker.UNIT:
        raise Refused(_("只有单位自己的需求可以不公开。"))
    need = Need(**whose, **columns, stated_at=now, stated_by_id=actor.person_id, once=steps.key(actor, once))

    def keep() -> Need:
        need.save()
        steps.note(actor, need, "state", "", now, data={"asker": need.asker})
        body = "" if need.confidential else need.title
        if told:
            notices.tell_people("need", need.pk, telling.desk_of(need, now), _("有新需求，请核实"), body, now=now)
        return need

    return StatedNeed(*steps.once(Need.objects.filter(once=need.once), keep))


def _asker(
    actor: Actor,
    problem_id: int | None,
    unit: MemberUnit | None,
    member: Membership | None,
    place: Place | None,
    programme: str,
    today: date,
) -> dict[str, Any]:
    """Whose need it is and where it belongs, as columns; exactly one of problem, unit, member and place."""
    if sum(one is not None for one in (problem_id, unit, member, place)) != 1:
        raise Refused(_("需求属于一个问题、一家单位、一个社区或一项工作，请只选一项。"))
    name = masking.line(programme, 120)
    if name and place is None:
        raise Refused(_("一项工作的需求要写明是哪个社区的。"))
    if unit is not None:
        return {
            "asker": Asker.UNIT.value,
            "unit": unit,
            **neighbourhood.belonging(home_of_unit(actor, unit, today, LABEL)),
        }
    if member is not None:
        home = home_of_member(actor, member, today, LABEL)
        return {"asker": Asker.MEMBER.value, "member": member, **neighbourhood.belonging(home)}
    problem = problems.get_problem(actor, problem_id) if problem_id is not None else None
    where = problem.accountable if problem else place
    if where is None or where.kind not in {PlaceKind.DISTRICT, PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY}:
        raise Refused(_("请选一个社区或街道（镇）。"))
    rungs = problems.ladder(problem) if problem else neighbourhood.ladder(where)
    if not steps.belongs(actor, *rungs):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=LABEL)
    kind = Asker.PROBLEM if problem else Asker.PROGRAMME if name else Asker.COMMUNITY
    return {
        "asker": kind.value,
        "problem": problem,
        "programme": name,
        "receiving_place": where,
        **neighbourhood.belonging(where),
    }


def _read(given: NeedDetails, now: datetime) -> dict[str, Any]:
    """The columns that say what is needed, checked and cleaned."""
    if given.urgency not in rules.URGENCY_LABELS:
        raise Refused(_("请选紧急程度。"))
    if given.most_offers is not None and not 0 < given.most_offers <= rules.MOST_OFFERS:
        raise Missing(_("最多由几家一起给，请写 1 到 %(most)d。"), most=rules.MOST_OFFERS, field="most_offers")
    return {
        "kind": steps.kind_of(given.kind).value,
        "title": steps.needed(given.title, 120, "title", LABEL),
        "words": masking.clean_text(given.words, 5000),
        "tags": quantities.tags(given.tags),
        "quantity": quantities.quantity(given.quantity),
        "measure": steps.needed(given.measure, 20, "measure", LABEL),
        "deadline": steps.day_ahead(given.deadline, now),
        "urgency": given.urgency,
        "windows": quantities.windows(given.windows),
        "whole_only": bool(given.whole_only),
        "most_offers": given.most_offers,
        "confidential": bool(given.confidential),
        **point(given.place, given.lon, given.lat),
    }


def _begin(
    actor: Actor, need_id: int, verb: str, now: datetime, seen: int | None = None, **given: Any
) -> steps.Step[Need]:
    queries.visible_needs(actor).only("pk").get(pk=need_id)
    need = steps.locked_need(need_id)
    return steps.begin(
        actor, need, rules.NEED_MOVES, verb, queries.need_standings(actor, need), now=now, seen=seen, **given
    )


@transaction.atomic
def verify_need(actor: Actor, *, need_id: int, now: datetime, seen: int | None = None) -> Need:
    """Somebody at the desk says that it is real; from then on others may be asked."""
    step = _begin(actor, need_id, "verify", now, seen)
    step.thing.verified_at, step.thing.verified_by_id = step.now, actor.person_id
    return steps.finish(step)


@transaction.atomic
def change_need(actor: Actor, *, need_id: int, details: NeedDetails, now: datetime, seen: int | None = None) -> Need:
    """Say anew what is needed; where its own unit does, the desk verifies it once more."""
    step = _begin(actor, need_id, "change", now, seen)
    need, columns = step.thing, _read(details, now)
    asked = need.quantity - queries.need_left(need)
    if columns["quantity"] < max(asked, need.met):
        raise Refused(
            _("已有%(promised)s%(measure)s在对接中，总数不能更少。"),
            promised=quantities.shown(asked),
            measure=need.measure,
        )
    steps.must_stay_the_same(need, columns, asked)
    if columns["confidential"] and need.asker != Asker.UNIT:
        raise Refused(_("只有单位自己的需求可以不公开。"))
    changed = sorted(name for name, value in columns.items() if getattr(need, name) != value)
    for name, value in columns.items():
        setattr(need, name, value)
    if queries.DESK_STANDINGS.isdisjoint(queries.need_standings(actor, need)):
        step.after = NeedState.STATED.value
        need.verified_at = need.verified_by = None
    return steps.finish(step, data={"changed": changed})


@transaction.atomic
def withdraw_need(actor: Actor, *, need_id: int, words: str, now: datetime, seen: int | None = None) -> Need:
    """It is not needed any more, with the reason; not while somebody has promised something for it."""
    step = _begin(actor, need_id, "withdraw", now, seen, words=steps.said(words))
    must_owe_nothing(step.thing)
    return end(step, masking.clean_text(words, 500))


@transaction.atomic
def meet_need(actor: Actor, *, need_id: int, words: str, now: datetime, seen: int | None = None) -> Need:
    """It was met otherwise than by deliveries, and how; what it frees is put forward."""
    step = _begin(actor, need_id, "meet", now, seen, words=steps.said(words))
    must_owe_nothing(step.thing)
    outreaches.must_have_results(step.thing)
    return end(step, masking.clean_text(words, 500))


@transaction.atomic
def restate_need(actor: Actor, *, need_id: int, deadline: date, now: datetime, seen: int | None = None) -> Need:
    """Take up a need that had lapsed or was withdrawn, with a new day; it is verified anew."""
    step = _begin(actor, need_id, "restate", now, seen, deadline=deadline)
    need = step.thing
    need.deadline, need.ended_at = steps.day_ahead(deadline, now), None
    need.verified_at = need.verified_by = None
    return steps.finish(step, data={"deadline": deadline.isoformat()})


def must_owe_nothing(need: Need) -> None:
    """Raise Refused while something is promised for this need and not yet delivered or given up."""
    open_pledges = Pledge.objects.filter(match__need=need, ended_at=None)
    if open_pledges.exists():
        raise Refused(_("已有承诺还没有办完，请先确认收到或写明不再等。"))


def end(step: steps.Step[Need], words: str = "", data: dict[str, object] | None = None) -> Need:
    """A need ends: what was asked for it is called off; met, it puts forward what it frees. One transaction."""
    need = step.thing
    need.ended_at = step.now
    need = steps.finish(step, words=words, data=data)
    _call_off(need, step.now)
    outreaches.call_off_outreaches(need, step.now)
    if need.state == NeedState.MET:
        _put_forward(need, step.now)
    return need


def _call_off(need: Need, now: datetime) -> None:
    """Suggestions and asks for a need that has ended end with it; both sides that were asked are told."""
    waiting = Match.objects.filter(need=need, state__in=[MatchState.SUGGESTED.value, MatchState.OFFERED.value])
    for match_id in list(waiting.order_by("pk").values_list("pk", flat=True)):
        match = steps.locked_match(match_id)
        verb = "pass" if match.state == MatchState.SUGGESTED else "decline"
        standings = queries.match_standings(CLOCK, match)
        step = steps.begin(CLOCK, match, rules.MATCH_MOVES, verb, standings, now=now, reason="need_ended")
        match.ended_at = step.now
        steps.finish(step, data={"why": "need_ended"})
        if verb == "decline":
            people = [*telling.giver_of(match.offer, now), *telling.receiver_of(match.need, now)]
            telling.asked(match, people, _("这项需求已经结束，不必再答复"), now=now)


def _put_forward(need: Need, now: datetime) -> None:
    """What this need frees becomes one step more urgent and is told to the desk, once."""
    for unlock in Unlock.objects.filter(need=need, done_at=None).order_by("frees"):
        freed = steps.locked_need(unlock.frees_id)
        unlock.done_at = now
        unlock.save(update_fields=["done_at"])
        if freed.state not in rules.NEED_OPEN:
            continue
        standings = queries.need_standings(CLOCK, freed)
        step = steps.begin(CLOCK, freed, rules.NEED_MOVES, "put_forward", standings, now=now)
        freed.urgency = rules.raised_urgency(freed.urgency)
        steps.finish(step, data={"need": need.pk})
        # The words of the notice are kept as they are read, in the language of the house.
        body = "" if need.confidential or freed.confidential else rules.UNLOCKED % {
            "solved": need.title, "freed": freed.title,
        }  # fmt: skip
        notices.tell_people(
            "need", freed.pk, telling.desk_of(freed, now), _("前一项已解决，可以提这一项了"), body, now=now
        )


@transaction.atomic
def link_unlock(actor: Actor, *, need_id: int, frees_id: int, now: datetime) -> Unlock:
    """Say that one need, once met, frees another. Raises Refused for a circle."""
    queries.visible_needs(actor).only("pk").get(pk=frees_id)
    # One at a time, so that two who close a circle from both ends do not do so unseen.
    fetch("SELECT pg_advisory_xact_lock(%s)", [_UNLOCKS])
    step = _begin(actor, need_id, "unlock", now, frees=frees_id)
    if _leads_to(frees_id, need_id):
        raise Refused(_("这两项需求会互相等待，不能这样写。"))
    unlock, new = Unlock.objects.get_or_create(need_id=need_id, frees_id=frees_id)
    if new:
        steps.finish(step, data={"frees": frees_id})
    return unlock


def _leads_to(start: int, goal: int) -> bool:
    """Whether `goal` is freed, at whatever remove, by `start`, or is it."""
    reached, edge = {start}, {start}
    while edge and goal not in reached:
        edge = set(Unlock.objects.filter(need__in=edge).values_list("frees", flat=True)) - reached
        reached |= edge
    return goal in reached


@transaction.atomic
def count_met(*, need_id: int, met: Decimal, now: datetime) -> Need:
    """Write down how much of a need has been confirmed; all of it, and the need is met. For the pledges' actions."""
    need = steps.locked_need(need_id)
    standings = queries.need_standings(CLOCK, need)
    step = steps.begin(CLOCK, need, rules.NEED_MOVES, "count", standings, now=now)
    need.met = met
    data: dict[str, object] = {"met": str(met)}
    if met >= need.quantity and need.state in rules.NEED_OPEN:
        step.after = NeedState.MET.value
        return end(step, data=data)
    return steps.finish(step, data=data)


@transaction.atomic
def lapse_need(*, need_id: int, now: datetime) -> bool:
    """For the clock: the deadline has passed and nothing is promised, inside or outside. False where that is not so any more."""
    need = steps.locked_need(need_id)
    today = timezone.localtime(now).date()
    if need.state not in rules.NEED_OPEN or need.deadline is None or need.deadline >= today:
        return False
    if Pledge.objects.filter(match__need=need, ended_at=None).exists() or outreaches.under_way(need):
        return False
    standings = queries.need_standings(CLOCK, need)
    end(steps.begin(CLOCK, need, rules.NEED_MOVES, "lapse", standings, now=now))
    people = [*telling.receiver_of(need, now), *telling.desk_of(need, now)]
    body = "" if need.confidential else need.title
    notices.tell_people("need", need.pk, people, _("需求到期，还没有满足"), body, now=now)
    return True


def lapse_due(*, now: datetime) -> int:
    """For the clock: every need whose last day has passed, each in its own transaction. Returns how many lapsed."""
    today = timezone.localtime(now).date()
    rows = Need.objects.filter(state__in=sorted(rules.NEED_OPEN), deadline__lt=today)
    return steps.each(rows.order_by("pk").values_list("pk", flat=True), lambda pk: lapse_need(need_id=pk, now=now))
