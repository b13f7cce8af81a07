"""What is done to a round: opened, put off, its members reminded, closed; and what time brings."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone

from gongzhi.exchange import queries, round_rules
from gongzhi.exchange.actions import steps
from gongzhi.exchange.models import Reminder, Round
from gongzhi.exchange.queries import Member, Whose
from gongzhi.exchange.round_rules import RoundState
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import Network
from gongzhi.neighbourhood.rules import CLOCK, Actor, Standing
from gongzhi.shared import notices
from gongzhi.shared.moves import NotAllowed, Refused, _

LABEL = _("开始一期填报")
ASKED = _("请填三张表：能给什么、要什么、怎么对接")
OVER = _("三张表到期了，还有单位没有填完")
REMINDED = _("三张表还没填完，请尽快补上")
NOT_IN_IT = _("这家单位（或这位成员）现在不在这个实体里。")
_STANDING = _("这个实体还有一期没有结束，请先结束那一期。")


@transaction.atomic
def open_round(
    actor: Actor, *, network: Network, name: str, since: date, until: date, due_on: date, now: datetime
) -> Round:
    """Ask every member of a network for its three forms by a day; liaisons, and persons in their own right, are told.

    The same form sent twice is one round. Raises Refused, as while another round of the network is open.
    """
    if not steps.belongs(actor, *neighbourhood.ladder(network.place)):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=LABEL)
    today = timezone.localtime(now).date()
    if not since <= until or (until - since).days > 366:
        raise Refused(_("一期的结束日期要在开始日期之后，一期最长一年。"))
    _must_fit(due_on, since, until, today)
    row = Round(
        network=network,
        name=steps.needed(name, 60, "name", LABEL),
        since=since,
        until=until,
        due_on=due_on,
        opened_at=now,
        opened_by_id=actor.person_id,
    )
    members = queries.round_members(row)
    if not members:
        raise Refused(_("“%(network)s”还没有成员单位，没有人可以填。"), network=network.name)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        same = {"name": row.name, "since": since, "until": until, "due_on": due_on}
        known = Round.objects.filter(network=network, state=RoundState.OPEN, **same).first()
        if known is None:
            raise Refused(_STANDING) from error
        return known
    steps.note(actor, row, "open", "", now, data={"network": network.pk})
    _tell(row, members, ASKED, now)
    return row


def _must_fit(due_on: date, since: date, until: date, today: date) -> None:
    if not max(since, today) <= due_on <= until:
        raise Refused(_("截止日期要在今天以后，并且在这一期之内。"))


def _tell(row: Round, members: Iterable[Member], subject: str, now: datetime) -> None:
    """Tell the liaisons of units, and persons in their own right."""
    day = timezone.localtime(now).date()
    people = [person for one in members for person in queries.speakers(one.unit, None, day, one.head)]
    notices.tell_people("round", row.pk, people, subject, f"{row.name} {row.due_on:%Y-%m-%d}", now=now)


def begin(
    actor: Actor,
    round_id: int,
    verb: str,
    now: datetime,
    *,
    whose: Whose | None = None,
    seen: int | None = None,
    **given: object,
) -> steps.Step[Round]:
    """Lock a round that the actor may see and decide by the table. Raises Round.DoesNotExist, Refused."""
    queries.visible_rounds(actor).only("pk").get(pk=round_id)
    row = Round.objects.select_for_update(of=("self",)).select_related("network__place").get(pk=round_id)
    standings = queries.round_standings(actor, row, whose)
    return steps.begin(actor, row, round_rules.ROUND_MOVES, verb, standings, now=now, seen=seen, **given)


@transaction.atomic
def postpone_round(actor: Actor, *, round_id: int, due_on: date, now: datetime, seen: int | None = None) -> Round:
    """Another due day; the clock reminds and tells anew before and after it."""
    step = begin(actor, round_id, "postpone", now, seen=seen, due_on=due_on)
    row = step.thing
    _must_fit(due_on, row.since, row.until, step.now.date())
    row.due_on, row.warned_at, row.told_at = due_on, None, None
    return steps.finish(step, data={"due_on": due_on.isoformat()})


@transaction.atomic
def close_round(actor: Actor, *, round_id: int, now: datetime, seen: int | None = None) -> Round:
    """Nothing can be filled in any more; what was answered stays on the lists."""
    step = begin(actor, round_id, "close", now, seen=seen)
    step.thing.closed_at = step.now
    return steps.finish(step)


@transaction.atomic
def remind_member(
    actor: Actor, *, round_id: int, now: datetime, unit_id: int | None = None, member_id: int | None = None
) -> None:
    """The secretary reminds a unit, or a person in their own right, of what is not filled in, once a day at most."""
    whose = Whose(unit_id, member_id)
    step = begin(actor, round_id, "remind", now, unit=unit_id or member_id)
    row = step.thing
    member = next((one for one in queries.members_by_name(actor, row) if one.whose == whose), None)
    if member is None:
        raise Refused(NOT_IN_IT)
    if not member.missing:
        raise Refused(_("“%(unit)s”三张表都填好了。"), unit=member.name)
    day = step.now.date()
    if member.reminded_on == day:
        raise Refused(_("今天已经催过“%(unit)s”，明天再催。"), unit=member.name)
    Reminder.objects.create(round=row, unit=member.unit, member=member.head, day=day, reminded_by_id=actor.person_id)
    steps.note(actor, row, "remind", row.state, now, data=whose.rows())
    _tell(row, [member], REMINDED, now)


# What time brings


def keep_rounds(*, now: datetime) -> int:
    """For the clock: remind before the due day, tell the secretary after it, end what is over. Returns how many."""
    today, days = timezone.localtime(now).date(), queries.settings()["form_days"]
    open_rows = Round.objects.filter(state=RoundState.OPEN.value).order_by("pk")
    # Who was asked today has just been told.
    near = open_rows.filter(warned_at=None, due_on__gte=today, due_on__lte=today + timedelta(days=days))
    near = near.exclude(opened_at__gte=timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0))
    late, over = open_rows.filter(told_at=None, due_on__lt=today), open_rows.filter(until__lt=today)
    return sum(
        steps.each(rows.values_list("pk", flat=True), partial(take, now=now))
        for rows, take in ((near, _warn), (late, _tell_secretary), (over, _end))
    )


@transaction.atomic
def _warn(round_id: int, *, now: datetime) -> bool:
    step = begin(CLOCK, round_id, "warn", now)
    row = step.thing
    if row.warned_at:
        return False
    row.warned_at = now
    _tell(row, [one for one in queries.members_with(row) if one.missing], REMINDED, now)
    steps.finish(step)
    return True


@transaction.atomic
def _tell_secretary(round_id: int, *, now: datetime) -> bool:
    step = begin(CLOCK, round_id, "tell", now)
    row = step.thing
    if row.told_at:
        return False
    row.told_at = now
    missing = sum(bool(one.missing) for one in queries.members_with(row))
    if missing:
        # How many, and no names: the page names them to whoever is secretary when it is opened.
        secretaries = neighbourhood.staff_at([row.network.place_id], Standing.LEAD, today=step.now.date())
        notices.tell_people(
            "round", row.pk, secretaries.values_list("pk", flat=True), OVER, f"{row.name} · {missing}", now=now
        )
    steps.finish(step, data={"missing": missing})
    return True


def _end(round_id: int, *, now: datetime) -> bool:
    close_round(CLOCK, round_id=round_id, now=now)
    return True
