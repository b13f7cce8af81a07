"""How a conference comes about: planned, called at once, or proposed because the rhythm of its network says so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from gongzhi.conferences import rules
from gongzhi.conferences.actions import steps, telling
from gongzhi.conferences.models import Call, Conference, MeetingRhythm, Topic
from gongzhi.conferences.rules import ConferenceKind, ConferenceState, Rhythm, TopicState
from gongzhi.demands import masking
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import MemberUnit, Network, Place
from gongzhi.neighbourhood.rules import CLOCK, Actor
from gongzhi.shared import trail
from gongzhi.shared.moves import Refused, _

PLAN = _("安排会议")
URGENT = _("召集紧急会议")
RHYTHM = _("定会议节奏")
CALLED_URGENTLY = _("紧急会议，请马上到会")
TO_BE_NOTIFIED = _("到了开会的时候，请收集议题、发通知")
# Of a proposed one; the desk sets the hour.
_USUAL_HOUR = time(9, 30)


@dataclass(frozen=True)
class Urgent:
    """Who asked for a meeting (an office or a unit), about what, when they asked."""

    asked_by: str
    about: str
    requested_at: datetime


@transaction.atomic
def set_rhythm(
    actor: Actor, *, network: Network, every: str, first_on: date, now: datetime, venue: str = ""
) -> MeetingRhythm:
    """How often a network meets, from which day on. Replaces what was set before."""
    steps.must_work_at(actor, network.place, RHYTHM)
    if every not in set(Rhythm):
        raise Refused(_("请选多久开一次会。"))
    said = {"every": every, "first_on": first_on, "venue": steps.line(venue, 120)}
    row, _made = MeetingRhythm.objects.update_or_create(network=network, defaults=said)
    data = {"network": network.pk, "every": every, "first_on": first_on.isoformat()}
    trail.write(trail.entry(actor, at=now, noun="meeting_rhythm", noun_id=row.pk, verb="set_rhythm", data=data))
    return row


@transaction.atomic
def plan_conference(
    actor: Actor,
    *,
    place: Place,
    title: str,
    starts_at: datetime,
    now: datetime,
    once: str,
    network: Network | None = None,
    venue: str = "",
    bring: str = "",
    units: Sequence[MemberUnit] = (),
) -> Conference:
    """Put a conference of a network, or of a place with these units, on the list; the same form sent twice is one.

    Nobody is told before its notice goes out, but those called see it and can table topics.
    """
    row = _conference(actor, PLAN, place, network, title, starts_at, now, once, venue, bring)
    return _keep(actor, row, units, "plan", now)


@transaction.atomic
def call_urgently(
    actor: Actor,
    *,
    place: Place,
    urgent: Urgent,
    starts_at: datetime,
    now: datetime,
    once: str,
    network: Network | None = None,
    venue: str = "",
    units: Sequence[MemberUnit] = (),
) -> Conference:
    """One step: the conference stands, its topic is on the agenda, all are called. When it was asked for is kept."""
    about = steps.needed(urgent.about, 500, "about", URGENT)
    row = _conference(actor, URGENT, place, network, about[:120], starts_at, now, once, venue, "")
    row.kind, row.state, row.about = ConferenceKind.URGENT.value, ConferenceState.NOTICED.value, about
    row.asked_by, row.noticed_at = steps.needed(urgent.asked_by, 120, "asked_by", URGENT), now
    row.requested_at = urgent.requested_at
    if not steps.needed(venue, 120, "venue", URGENT) or urgent.requested_at > min(now, starts_at):
        raise Refused(_("提出开会的时间要在现在以前。"))
    return _keep(actor, row, units, "call", now)


def _conference(
    actor: Actor,
    label: str,
    place: Place,
    network: Network | None,
    title: str,
    starts_at: datetime,
    now: datetime,
    once: str,
    venue: str,
    bring: str,
) -> Conference:
    """A conference that is yet to be kept."""
    where = network.place if network else place
    steps.must_work_at(actor, where, label)
    return Conference(
        place=where,
        **neighbourhood.belonging(where),
        network=network,
        title=steps.needed(title, 120, "title", label),
        starts_at=steps.ahead(starts_at, now),
        venue=steps.line(venue, 120),
        bring=masking.clean_text(bring, 500),
        once=steps.key(actor, once),
    )


def _keep(actor: Actor, row: Conference, units: Iterable[MemberUnit], verb: str, now: datetime) -> Conference:
    """Keep a conference with its calls, and tell of an urgent one; where the same was kept before, that one."""

    def keep() -> Conference:
        row.save()
        call_members(row)
        call_units(row, units)
        calls = Call.objects.filter(conference=row).select_related("unit")
        if not calls and verb != "propose":
            raise Refused(_("没有可以召集的单位，请先写明请哪些单位。"))
        if row.kind == ConferenceKind.URGENT:
            Topic.objects.create(
                conference=row,
                title=row.title,
                state=TopicState.AGREED.value,
                tabled_at=now,
                once=f"urgent-{row.once}"[:80],
            )
            telling.called(row, calls, CALLED_URGENTLY, now=now)
        steps.note(actor, row, verb, "", now, data={"calls": len(calls)})
        return row

    return steps.once(Conference.objects.filter(once=row.once), keep)[0]


def call_members(row: Conference) -> None:
    """The network's members of the day on which it meets, neither more nor fewer; who was asked beside them stays."""
    if row.network is None:
        return
    day = timezone.localtime(row.starts_at).date()
    members = list(neighbourhood.members(row.network, on=day))
    units, persons = (
        {one.unit_id for one in members if one.unit_id},
        {one.person_id for one in members if one.person_id},
    )
    gone = Call.objects.filter(conference=row, member=True, presence="")
    gone.exclude(unit__in=units).exclude(person__in=persons).delete()
    Call.objects.filter(conference=row, unit__in=units).update(member=True)
    known = set(Call.objects.filter(conference=row).values_list("unit", "person"))
    wanted = [(one, None) for one in sorted(units)] + [(None, one) for one in sorted(persons)]
    Call.objects.bulk_create(
        Call(conference=row, unit_id=unit, person_id=person) for unit, person in wanted if (unit, person) not in known
    )


def call_units(row: Conference, units: Iterable[MemberUnit]) -> None:
    """Ask these units. Where there is no network they are the members; else they sit beside them."""
    known = set(Call.objects.filter(conference=row).values_list("unit", flat=True))
    new = {unit.pk: unit for unit in units if unit.pk not in known}
    Call.objects.bulk_create(Call(conference=row, unit=unit, member=row.network_id is None) for unit in new.values())


# What time brings


def propose_due(*, now: datetime) -> int:
    """For the clock: propose the next conference of each network whose day comes near. Returns how many."""
    return steps.each(MeetingRhythm.objects.values_list("pk", flat=True), partial(_propose, now=now))


@transaction.atomic
def _propose(rhythm_id: int, *, now: datetime) -> bool:
    rhythm = MeetingRhythm.objects.select_for_update(of=("self",)).select_related("network__place").get(pk=rhythm_id)
    today = timezone.localtime(now).date()
    regular = Conference.objects.filter(network=rhythm.network, kind=ConferenceKind.REGULAR.value)
    if regular.filter(state__in=[ConferenceState.PROPOSED.value, ConferenceState.NOTICED.value]).exists():
        return False
    held = regular.exclude(state=ConferenceState.CANCELLED.value).aggregate(last=Max("starts_at"))["last"]
    day = rhythm.first_on
    if held and timezone.localtime(held).date() >= day:
        day = rules.next_day(Rhythm(rhythm.every), timezone.localtime(held).date())
    # A network that did not meet for long meets next, not in the past; a cancelled day is not proposed again.
    while day < today or regular.filter(state=ConferenceState.CANCELLED.value, once=_of_clock(rhythm, day)).exists():
        day = rules.next_day(Rhythm(rhythm.every), day)
    if day - rules.AHEAD > today:
        return False
    starts_at = timezone.make_aware(datetime.combine(day, _USUAL_HOUR))
    network = rhythm.network
    row = Conference(
        place=network.place,
        **neighbourhood.belonging(network.place),
        network=network,
        title=f"{network.name} {day:%Y-%m}",
        starts_at=starts_at,
        venue=rhythm.venue,
        once=_of_clock(rhythm, day),
    )
    kept = _keep(CLOCK, row, (), "propose", now)
    telling.desk(kept, TO_BE_NOTIFIED, f"{kept.title}\n{day:%Y-%m-%d}", now=now)
    return True


def _of_clock(rhythm: MeetingRhythm, day: date) -> str:
    return f"rhythm-{rhythm.network_id}-{day:%Y-%m-%d}"
