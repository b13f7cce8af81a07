"""Asking across a border, where the unit's own community agrees; and members that gave and received nothing back."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from gongzhi.demands import masking
from gongzhi.exchange import queries, rules
from gongzhi.exchange.actions import steps
from gongzhi.exchange.models import BalanceTask, Introduction
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.lists import member_home, member_name
from gongzhi.neighbourhood.rows import MemberUnit, Place
from gongzhi.neighbourhood.rules import CLOCK, Actor, PlaceKind, Standing
from gongzhi.shared import notices, trail
from gongzhi.shared.moves import NotAllowed, Refused, _

LABEL = _("请求介绍单位")
_QUIET_UNIT = _("这家单位一年没有得到任何支持，请问问需要什么")
_QUIET_MEMBER = _("这位个人成员一年没有得到任何支持，请问问需要什么")
# Who got nothing, as a column, by name, and where that is.
Quiet = tuple[dict[str, Any], str, Place | None]


@transaction.atomic
def ask_introduction(actor: Actor, *, unit: MemberUnit, to_community: Place, words: str, now: datetime) -> Introduction:
    """A community asks to be introduced to a neighbouring community's unit; the leader there answers.

    Raises Refused where the unit is its own, belongs nowhere, or was asked for already.
    """
    if to_community.kind != PlaceKind.COMMUNITY:
        raise Refused(_("请选一个社区。"))
    if not steps.belongs(actor, *neighbourhood.ladder(to_community)):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=LABEL)
    today = timezone.localtime(now).date()
    home = neighbourhood.home_of(unit, on=today)
    if home is None:
        raise Refused(_("“%(unit)s”没有登记所在社区，没有人可以介绍。"), unit=unit.name)
    if neighbourhood.units_at([to_community.pk], on=today).filter(pk=unit.pk).exists():
        raise Refused(_("“%(unit)s”就在本社区，不用介绍。"), unit=unit.name)
    own = home.community if home.community_id and home.kind != PlaceKind.COMMUNITY else home
    assert own is not None
    introduction = Introduction(
        unit=unit,
        to_community=to_community,
        own_place=own,
        words=steps.needed(words, 500, "words", LABEL),
        asked_at=now,
        asked_by_id=actor.person_id,
    )
    try:
        with transaction.atomic():
            introduction.save()
    except IntegrityError:
        raise Refused(_("已经请求过介绍这家单位。")) from None
    steps.note(actor, introduction, "ask", "", now, words=introduction.words)
    leads = neighbourhood.staff_at([own.pk], Standing.LEAD, today=today).values_list("pk", flat=True)
    body = f"{to_community.name} → {unit.name}\n{introduction.words}"
    notices.tell_people("introduction", introduction.pk, leads, _("邻近社区请求介绍单位"), body, now=now)
    return introduction


@transaction.atomic
def agree_introduction(actor: Actor, *, introduction_id: int, now: datetime) -> Introduction:
    """The leader of the unit's own community agrees: from then on the other community sees what the unit offers."""
    return _answer(actor, introduction_id, "agree", "", now)


@transaction.atomic
def refuse_introduction(actor: Actor, *, introduction_id: int, words: str, now: datetime) -> Introduction:
    """The leader of the unit's own community does not agree, and says why."""
    return _answer(actor, introduction_id, "refuse", words, now)


def _answer(actor: Actor, introduction_id: int, verb: str, words: str, now: datetime) -> Introduction:
    row = _locked(actor, introduction_id)
    standings = queries.introduction_standings(actor, row)
    step = steps.begin(actor, row, rules.INTRODUCTION_MOVES, verb, standings, now=now, words=steps.said(words))
    row.answered_at, row.answered_by_id = step.now, actor.person_id
    row, said = steps.finish(step, words=masking.clean_text(words, 500)), step.now
    people = neighbourhood.desk_of(row.to_community_id, said.date()) + ([row.asked_by_id] if row.asked_by_id else [])
    subject = _("对方社区同意介绍") if verb == "agree" else _("对方社区不同意介绍")
    notices.tell_people("introduction", row.pk, people, subject, row.unit.name, now=now)
    return row


@transaction.atomic
def note_talk(actor: Actor, *, introduction_id: int, day: date | None, words: str, now: datetime) -> Introduction:
    """Write down what the two communities talked over, on what day, for both to read; the same said twice is one note.

    Raises Refused for a day that is still to come.
    """
    row = _locked(actor, introduction_id)
    standings = queries.introduction_standings(actor, row)
    step = steps.begin(
        actor, row, rules.INTRODUCTION_MOVES, "talk", standings, now=now, day=day, words=steps.said(words)
    )
    today, said = step.now.date(), masking.clean_text(words, 2000)
    if day is None or not today - timedelta(days=366) <= day <= today:
        raise Refused(_("协商的日期要在今天以前、一年以内。"))
    data = {"day": day.isoformat()}
    if any((one.verb, one.words, one.data) == ("talk", said, data) for one in trail.of("introduction", row.pk)):
        return row
    row = steps.finish(step, words=said, data=data)
    people = {one for place in (row.to_community_id, row.own_place_id) for one in neighbourhood.desk_of(place, today)}
    people |= set(neighbourhood.staff_at([row.own_place_id], Standing.LEAD, today=today).values_list("pk", flat=True))
    body = f"{row.unit.name}\n{said}"
    notices.tell_people("introduction", row.pk, people - {actor.person_id or 0}, _("介绍有新的协商记录"), body, now=now)
    return row


def _locked(actor: Actor, introduction_id: int) -> Introduction:
    queries.visible_introductions(actor).only("pk").get(pk=introduction_id)
    return Introduction.objects.select_for_update().get(pk=introduction_id)


def raise_quiet(*, now: datetime) -> int:
    """For the clock: a task for the desk of every unit, and of every member in their own right, that received nothing for
    so many days, once in as many.

    Returns how many were raised. A unit that belongs nowhere has no desk and is left out.
    """
    today, days = timezone.localtime(now).date(), queries.settings()["quiet_days"]
    since = today - timedelta(days=days)
    units = queries.units_without_return(since, raised_since=since)
    members = queries.members_without_return(since, raised_since=since, on=today)
    quiet: list[Quiet] = [({"unit": one}, one.name, neighbourhood.home_of(one, on=today)) for one in units]
    quiet += [({"member": one}, member_name(one), member_home(one)) for one in members]
    return steps.each(range(len(quiet)), lambda place: _raise(*quiet[place], now))


@transaction.atomic
def _raise(whose: dict[str, Any], name: str, home: Place | None, now: datetime) -> bool:
    if home is None:
        return False
    try:
        with transaction.atomic():
            task = BalanceTask.objects.create(**whose, place=home, **neighbourhood.belonging(home), raised_at=now)
    except IntegrityError:
        # Another sweep was here first.
        return False
    steps.note(CLOCK, task, "raise", "", now)
    people = list(
        neighbourhood.staff_at(
            [one for one in (home.pk, task.community_id) if one], Standing.DESK, Standing.LEAD,
            today=timezone.localtime(now).date(),
        ).values_list("pk", flat=True)
    )  # fmt: skip
    notices.tell_people("balance_task", task.pk, people, _QUIET_UNIT if task.unit else _QUIET_MEMBER, name, now=now)
    return True


@transaction.atomic
def answer_quiet(actor: Actor, *, task_id: int, words: str, now: datetime) -> BalanceTask:
    """Somebody at the desk has asked the unit, and what came of it."""
    queries.visible_tasks(actor).only("pk").get(pk=task_id)
    task = BalanceTask.objects.select_for_update().get(pk=task_id)
    standings = queries.task_standings(actor, task)
    step = steps.begin(actor, task, rules.TASK_MOVES, "do", standings, now=now, words=steps.said(words))
    task.done_at, task.done_by_id, task.words = step.now, actor.person_id, masking.clean_text(words, 500)
    return steps.finish(step, words=task.words)
