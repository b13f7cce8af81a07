"""吹哨: calling a unit that must turn up, what it does then, and what the caller says of it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from gongzhi.demands import masking
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import MemberUnit
from gongzhi.neighbourhood.rules import CLOCK, PLACE_KIND_LABELS, Actor, PlaceKind, Right, Standing
from gongzhi.problems import queries, rules, whistling
from gongzhi.problems.actions import steps, telling
from gongzhi.problems.models import Occasion, Problem, Whistle
from gongzhi.problems.rules import WhistleState
from gongzhi.shared import notices, trail
from gongzhi.shared.days import calendar
from gongzhi.shared.moves import NotAllowed, Refused, _, check_move


def must_set_up(actor: Actor) -> None:
    """Raise NotAllowed for whoever may not set the district up."""
    if not actor.may(Right.SET_UP):
        raise NotAllowed(_("您没有设置本区资料的权限。"))


@transaction.atomic
def load_occasions(actor: Actor, *, now: datetime) -> int:
    """Write the occasions to start from, where the district has none. Returns how many were added."""
    must_set_up(actor)
    if Occasion.objects.exists():
        return 0
    rows = [
        Occasion(
            name=one.name,
            standings=[standing.value for standing in one.standings],
            levels=[level.value for level in one.levels],
            sign_hours=one.sign_hours,
            contact_hours=one.contact_hours,
            on_site_days=one.on_site_days,
        )
        for one in whistling.PRESETS
    ]
    Occasion.objects.bulk_create(rows)
    trail.write(trail.entry(actor, at=now, noun="district", noun_id=0, verb="load_occasions", data={"n": len(rows)}))
    return len(rows)


@transaction.atomic
def set_occasion(
    actor: Actor,
    *,
    name: str,
    standings: Sequence[str],
    levels: Sequence[str],
    now: datetime,
    occasion_id: int | None = None,
    sign_hours: int = 1,
    contact_hours: int = 24,
    on_site_days: int = 3,
    active: bool = True,
) -> Occasion:
    """Add an occasion or change one; whistles already blown keep the times they were blown with."""
    must_set_up(actor)
    row = Occasion.objects.select_for_update().filter(pk=occasion_id).first() if occasion_id else Occasion()
    if row is None:
        raise Refused(_("没有这个吹哨情形，请刷新后再办。"))
    row.name = masking.clean_text(name, 60)
    if not row.name or Occasion.objects.filter(name=row.name).exclude(pk=row.pk).exists():
        raise Refused(_("请给吹哨情形起一个不重复的名称。"))
    row.standings = [one.value for one in whistling.BLOWERS if one in standings]
    row.levels = [one.value for one in whistling.LEVELS if one in levels]
    if not row.standings or not row.levels:
        raise Refused(_("请至少选一种可以吹哨的身份和一个层级。"))
    if not (1 <= sign_hours <= 72 and sign_hours <= contact_hours <= 240 and 1 <= on_site_days <= 60):
        raise Refused(_("签收应在1到72小时内，联系不早于签收且在240小时内，到场应在1到60个工作日内。"))
    row.sign_hours, row.contact_hours, row.on_site_days = sign_hours, contact_hours, on_site_days
    row.active = active
    row.save()
    trail.write(trail.entry(actor, at=now, noun="occasion", noun_id=row.pk, verb="set", words=row.name))
    return row


@transaction.atomic
def blow_whistle(
    actor: Actor,
    *,
    problem_id: int,
    occasion_id: int,
    unit: MemberUnit,
    words: str,
    now: datetime,
    seen: int | None = None,
) -> Whistle:
    """Call a unit to turn up: its clocks start, its liaisons are told, the problem is in hand.

    Raises Refused with the reason where the occasion is not the actor's to blow, the unit is called already, or nobody
    there would hear.
    """
    step = steps.begin(
        actor, problem_id, "whistle", now=now, seen=seen, occasion=occasion_id, unit=unit, words=steps.said(words)
    )
    problem, occasion = step.problem, _occasion(actor, step.problem, occasion_id)
    people = telling.liaisons(unit, step.now)
    if Whistle.objects.filter(problem=problem, unit=unit, state__in=sorted(rules.WHISTLE_OPEN)).exists():
        raise Refused(_("已经为这件事吹过“%(unit)s”的哨，还没有办完。"), unit=unit.name)
    whistle = _call(actor, problem, occasion, unit, masking.clean_text(words, 2000), step.now)
    problem.coordinated_at = problem.coordinated_at or step.now
    steps.finish(step, words=whistle.words, data={"whistle": whistle.pk, "unit": unit.pk, "occasion": occasion.name})
    _write(actor, whistle, "blow", "", step.now, words=whistle.words)
    notices.tell_people("whistle", whistle.pk, people, _("吹哨，请签收"), _heading(problem), now=step.now)
    telling.tell_groups("whistle", whistle.pk, problem, _("吹哨，请签收"), now=step.now)
    return whistle


def _call(actor: Actor, problem: Problem, occasion: Occasion, unit: MemberUnit, words: str, now: datetime) -> Whistle:
    """The whistle's row, with the times that its occasion sets."""
    due = whistling.due(
        now,
        calendar(),
        sign_hours=occasion.sign_hours,
        contact_hours=occasion.contact_hours,
        on_site_days=occasion.on_site_days,
    )
    return Whistle.objects.create(
        problem=problem,
        occasion=occasion,
        unit=unit,
        words=words,
        blown_at=now,
        blown_by_id=actor.person_id,
        sign_due_at=due.sign,
        contact_due_at=due.contact,
        on_site_due_at=due.on_site,
    )


def _occasion(actor: Actor, problem: Problem, occasion_id: int) -> Occasion:
    occasion = Occasion.objects.filter(pk=occasion_id, active=True).first()
    if occasion is None:
        raise Refused(_("没有这个吹哨情形，请刷新后再办。"))
    if not whistling.may_blow(occasion.standings, occasion.levels, queries.held_at(actor, problem)):
        levels = [PLACE_KIND_LABELS[PlaceKind(one)] for one in occasion.levels]
        standings = [whistling.BLOWER_LABELS[Standing(one)] for one in occasion.standings]
        who = {"levels": "、".join(levels), "standings": "、".join(standings)}
        raise NotAllowed(whistling.NOT_YOURS, occasion=occasion.name, **who)
    return occasion


def _heading(problem: Problem) -> str:
    """What a called unit reads before it opens the whistle: the title and the place."""
    return f"{masking.mask(problem.title)}（{problem.place.full_name}）"


def _write(
    actor: Actor, whistle: Whistle, verb: str, before: str, now: datetime, *, words: str = "", **data: object
) -> None:
    trail.write(
        trail.entry(
            actor,
            at=now,
            noun="whistle",
            noun_id=whistle.pk,
            verb=verb,
            from_state=before,
            to_state=whistle.state,
            words=words,
            data=data,
        )
    )


def _move(actor: Actor, whistle_id: int, verb: str, now: datetime, words: str = "", rating: str = "") -> Whistle:
    """One move of a whistle: lock, decide by the table, note the time, trail, and tell the other side."""
    queries.visible_whistles(actor).only("pk").get(pk=whistle_id)
    whistle = (
        Whistle.objects.select_for_update(of=("self",)).select_related("problem__place", "unit").get(pk=whistle_id)
    )
    before, given = WhistleState(whistle.state), {"words": steps.said(words), "rating": rating}
    standings = queries.whistle_standings(actor, whistle)
    whistle.state = check_move(rules.WHISTLE_MOVES, verb, before, standings, given).value
    text, data = masking.clean_text(words, 2000), {"rating": rating} if rating else {}
    match verb:
        case "sign":
            whistle.signed_at = now
        case "contact":
            whistle.contacted_at = now
        case "arrive":
            # Who turns up unannounced has made contact.
            whistle.on_site_at, whistle.contacted_at = now, whistle.contacted_at or now
        case "finish":
            whistle.solved_at = now
        case "rate":
            if rating not in rules.WHISTLE_RATINGS:
                raise Refused(_("请选一项评价。"))
            whistle.rated_at, whistle.rating = now, rating
    whistle.save()
    _write(actor, whistle, verb, before.value, now, words=text, **data)
    _tell_other_side(whistle, verb, text, now)
    return whistle


_SAID = {
    "sign": _("吹哨已签收"),
    "contact": _("被哨单位已联系"),
    "arrive": _("被哨单位已到场"),
    "finish": _("被哨单位已办理，请评价"),
    "rate": _("吹哨方作了评价"),
    "call_off": _("已撤哨"),
}


def _tell_other_side(whistle: Whistle, verb: str, text: str, now: datetime) -> None:
    day = timezone.localtime(now)
    caller = verb not in {"rate", "call_off"}
    people = _callers(whistle, day) if caller else neighbourhood.people_of_unit(whistle.unit, day.date())
    body = f"{_heading(whistle.problem)}\n{text}".strip()
    notices.tell_people("whistle", whistle.pk, people, _SAID[verb], body, now=now)


def _callers(whistle: Whistle, now: datetime) -> list[int]:
    """Who blew it, and who has the problem in hand."""
    blower = [whistle.blown_by_id] if whistle.blown_by_id else []
    return sorted({*blower, *telling.in_charge(whistle.problem, now)})


@transaction.atomic
def sign_whistle(actor: Actor, *, whistle_id: int, now: datetime) -> Whistle:
    """The unit confirms that it was called."""
    return _move(actor, whistle_id, "sign", now)


@transaction.atomic
def contact_whistle(actor: Actor, *, whistle_id: int, words: str, now: datetime) -> Whistle:
    """The unit has spoken to the caller."""
    return _move(actor, whistle_id, "contact", now, words)


@transaction.atomic
def arrive_whistle(actor: Actor, *, whistle_id: int, words: str, now: datetime) -> Whistle:
    """The unit is on site."""
    return _move(actor, whistle_id, "arrive", now, words)


@transaction.atomic
def finish_whistle(actor: Actor, *, whistle_id: int, words: str, now: datetime) -> Whistle:
    """The unit has done its part; the caller is asked to rate."""
    return _move(actor, whistle_id, "finish", now, words)


@transaction.atomic
def rate_whistle(actor: Actor, *, whistle_id: int, rating: str, now: datetime, words: str = "") -> Whistle:
    """The caller's side says how it went."""
    return _move(actor, whistle_id, "rate", now, words, rating)


@transaction.atomic
def call_off_whistle(actor: Actor, *, whistle_id: int, words: str, now: datetime) -> Whistle:
    """The caller's side needs the unit no more, and says why."""
    return _move(actor, whistle_id, "call_off", now, words)


@transaction.atomic
def tell_late_whistle(*, whistle_id: int, now: datetime) -> list[str]:
    """Say to the unit and to the caller, once for each step, that it is late. Returns the steps said now."""
    whistle = (
        Whistle.objects.select_for_update(of=("self",)).select_related("problem__place", "unit").get(pk=whistle_id)
    )
    late = [step for step in whistling.late_steps(whistle, now) if step not in whistle.late_told]
    if not late or whistle.problem.ended_at or whistle.state not in rules.WHISTLE_OPEN:
        return []
    whistle.late_told = [*whistle.late_told, *late]
    whistle.save(update_fields=["late_told"])
    day = timezone.localtime(now)
    people = [*neighbourhood.people_of_unit(whistle.unit, day.date()), *_callers(whistle, day)]
    for step in late:
        notices.tell_people("whistle", whistle_id, people, whistling.LATE[step], _heading(whistle.problem), now=now)
    _write(CLOCK, whistle, "late", whistle.state, now, steps=late)
    return late


def tell_late_whistles(now: datetime) -> int:
    """For the clock: every late step of every whistle, each in its own transaction. Returns how many were said."""
    return sum(len(tell_late_whistle(whistle_id=pk, now=now)) for pk in queries.late_whistles(now))
