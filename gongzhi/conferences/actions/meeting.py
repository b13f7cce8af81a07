"""What is done to a conference: its notice, its day, its roll, its end."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from gongzhi.conferences import queries, rules
from gongzhi.conferences.actions import planning, steps, telling
from gongzhi.conferences.models import Call, Conference
from gongzhi.conferences.rules import ConferenceState, Presence
from gongzhi.demands import masking
from gongzhi.neighbourhood.rows import MemberUnit, Person
from gongzhi.neighbourhood.rules import CLOCK, Actor
from gongzhi.shared.moves import Missing, Refused, _

NOTICE = _("请来开会")
MOVED = _("会议的时间或地点改了")
CANCELLED = _("会议取消了")
REMINDER = _("会议快到了，请准时到会")
_ROLL = rules.CONFERENCE_MOVES["call_roll"].label


def begin(
    actor: Actor, conference_id: int, verb: str, now: datetime, *, seen: int | None = None, **given: object
) -> steps.Step[Conference]:
    """Lock a conference that the actor may see and decide by the table. Raises Conference.DoesNotExist, Refused."""
    queries.visible_conferences(actor).only("pk").get(pk=conference_id)
    rows = Conference.objects.select_for_update(of=("self",))
    row = rows.select_related("network__place", "place", "chair", "recorder").get(pk=conference_id)
    standings = queries.conference_standings(actor, row)
    return steps.begin(actor, row, rules.CONFERENCE_MOVES, verb, standings, now=now, seen=seen, **given)


def _set_day(step: steps.Step[Conference], starts_at: datetime, venue: str, bring: str) -> None:
    row = step.thing
    row.starts_at, row.venue = steps.ahead(starts_at, step.now), steps.needed(venue, 120, "venue", _label(step))
    row.bring, row.noticed_at = masking.clean_text(bring, 500), step.now
    planning.call_members(row)


def _label(step: steps.Step[Conference]) -> str:
    return rules.CONFERENCE_MOVES[step.verb].label


def _day(row: Conference) -> dict[str, object]:
    return {"starts_at": row.starts_at.isoformat(), "venue": row.venue}


@transaction.atomic
def notify_conference(
    actor: Actor,
    *,
    conference_id: int,
    starts_at: datetime,
    venue: str,
    now: datetime,
    bring: str = "",
    seen: int | None = None,
) -> Conference:
    """Tell everyone who is called the day, the place and what to bring."""
    step = begin(actor, conference_id, "notify", now, seen=seen, starts_at=starts_at, venue=venue)
    _set_day(step, starts_at, venue, bring)
    row = steps.finish(step, data=_day(step.thing))
    telling.called(row, _calls(row), NOTICE, now=now)
    return row


@transaction.atomic
def move_conference(
    actor: Actor,
    *,
    conference_id: int,
    starts_at: datetime,
    venue: str,
    now: datetime,
    bring: str = "",
    seen: int | None = None,
) -> Conference:
    """Another day or place; everyone is told anew, and the members are those of the new day."""
    step = begin(actor, conference_id, "move", now, seen=seen, starts_at=starts_at, venue=venue)
    _set_day(step, starts_at, venue, bring)
    row = steps.finish(step, data=_day(step.thing))
    telling.called(row, _calls(row), MOVED, now=now)
    return row


def _calls(row: Conference) -> list[Call]:
    return list(Call.objects.filter(conference=row).select_related("unit").order_by("pk"))


@transaction.atomic
def invite_unit(actor: Actor, *, conference_id: int, unit: MemberUnit | None, now: datetime) -> Conference:
    """Ask one more unit, beside the members of the network; told at once where the notice is out."""
    step = begin(actor, conference_id, "invite", now, unit=unit)
    row = step.thing
    assert unit is not None
    if Call.objects.filter(conference=row, unit=unit).exists():
        raise Refused(_("“%(unit)s”已经在名单上了。"), unit=unit.name)
    planning.call_units(row, [unit])
    row = steps.finish(step, data={"unit": unit.pk, "name": unit.name})
    if row.state != ConferenceState.PROPOSED:
        telling.called(row, [one for one in _calls(row) if one.unit_id == unit.pk], NOTICE, now=now)
    return row


@transaction.atomic
def ask_to_bring(actor: Actor, *, conference_id: int, call_id: int, words: str, now: datetime) -> Conference:
    """What one member is asked to bring; told with the notice, or now where that is out."""
    step = begin(actor, conference_id, "ask_to_bring", now, call=call_id, words=steps.line(words, 200))
    row, call = step.thing, _locked_call(step.thing, call_id)
    call.bring = steps.line(words, 200)
    call.save(update_fields=["bring"])
    row = steps.finish(step, words=call.bring)
    if row.state == ConferenceState.NOTICED:
        telling.called(row, [call], NOTICE, now=now)
    return row


def _locked_call(row: Conference, call_id: int) -> Call:
    found = Call.objects.select_for_update(of=("self",)).select_related("unit", "person")
    call = found.filter(conference=row, pk=call_id).first()
    if call is None:
        raise Refused(_("名单上没有这一方，请重新选。"))
    return call


@transaction.atomic
def open_conference(
    actor: Actor,
    *,
    conference_id: int,
    chair: Person | None,
    now: datetime,
    recorder: Person | None = None,
    began_at: datetime | None = None,
    seen: int | None = None,
) -> Conference:
    """The conference begins; whoever opens it records, unless somebody else is named. `began_at` where it is noted later."""
    step = begin(actor, conference_id, "open", now, seen=seen, chair=chair)
    row = step.thing
    began = began_at or step.now
    if not (row.requested_at or row.noticed_at or began) <= began <= step.now:
        raise Refused(_("开会的时间要在发通知以后、现在以前。"))
    may = {one.pk: one for one in queries.chairs_for(row, step.now.date())}
    row.chair, row.recorder_id, row.began_at = chair, recorder.pk if recorder else actor.person_id, began
    if row.chair_id not in may or row.recorder_id not in may:
        raise Refused(_("主持人和记录人要是本地或上级的工作人员。"))
    planning.call_members(row)
    return steps.finish(step)


@transaction.atomic
def call_roll(
    actor: Actor,
    *,
    conference_id: int,
    call_id: int,
    presence: str,
    now: datetime,
    proxy_id: int | None = None,
    words: str = "",
) -> Call:
    """Note one member as present, as present by proxy (of another one that is there, or of somebody by name), or as
    absent with the reason. Said again, the last word counts."""
    step = begin(actor, conference_id, "call_roll", now, call=call_id, presence=presence)
    call, said = _locked_call(step.thing, call_id), steps.line(words, 200)
    if presence not in set(Presence):
        raise Refused(_("请选到会、委托还是没有到会。"))
    proxy = _locked_call(step.thing, proxy_id) if proxy_id and presence == Presence.PROXY else None
    if proxy and (proxy.pk == call.pk or proxy.presence != Presence.PRESENT):
        raise Refused(_("受委托的一方自己要到会。"))
    if presence == Presence.PROXY and not (proxy or said):
        raise Missing(_("请写明委托了谁。"), field="words")
    if presence == Presence.ABSENT and not said:
        raise Missing(_("请写明没有到会的原因。"), field="words")
    if presence != Presence.PRESENT and Call.objects.filter(proxy=call).exists():
        raise Refused(_("这一方还替别的单位到会，请先改那一家。"))
    call.presence, call.proxy, call.words, call.called_at = presence, proxy, said, step.now
    call.save()
    steps.finish(step, words=said, data={"name": _name(call), "presence": presence})
    return call


def _name(call: Call) -> str:
    return str(call.unit or call.person)


@transaction.atomic
def close_conference(actor: Actor, *, conference_id: int, now: datetime, seen: int | None = None) -> Conference:
    """The meeting ends; its minutes can still be put right until they are signed."""
    step = begin(actor, conference_id, "close", now, seen=seen)
    step.thing.closed_at = step.now
    return steps.finish(step)


@transaction.atomic
def cancel_conference(
    actor: Actor, *, conference_id: int, words: str, now: datetime, seen: int | None = None
) -> Conference:
    """It does not take place, and why; those who were told are told."""
    step = begin(actor, conference_id, "cancel", now, seen=seen, words=steps.line(words, 500))
    told = step.before == ConferenceState.NOTICED
    row = steps.finish(step, words=steps.line(words, 500))
    if told:
        telling.called(row, _calls(row), CANCELLED, now=now)
    return row


# What time brings


def remind_due(*, now: datetime) -> int:
    """For the clock: the day before, remind everyone who is called, once of each day. Returns of how many conferences."""
    ahead = Conference.objects.filter(state=ConferenceState.NOTICED.value, starts_at__gt=now)
    return steps.each(ahead.values_list("pk", flat=True), partial(_remind, now=now))


@transaction.atomic
def _remind(conference_id: int, *, now: datetime) -> bool:
    row = Conference.objects.select_for_update(of=("self",)).get(pk=conference_id)
    moment, noticed = timezone.localtime(row.starts_at), timezone.localtime(row.noticed_at or now)
    due = row.state == ConferenceState.NOTICED and row.reminded_of != moment.date()
    if not due or not rules.reminds(moment, noticed, timezone.localtime(now)):
        return False
    step = begin(CLOCK, conference_id, "remind", now)
    step.thing.reminded_of = moment.date()
    row = steps.finish(step)
    telling.called(row, _calls(row), REMINDER, now=now)
    return True
