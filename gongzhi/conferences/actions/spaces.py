"""公共场地: a space is written down, its hours are given to who uses them, and taken back. One at a time for a space."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from gongzhi.conferences import space_rules
from gongzhi.conferences.actions import steps
from gongzhi.conferences.models import PublicSpace, SpaceSlot
from gongzhi.conferences.queries import spaces as queries
from gongzhi.conferences.space_rules import Repeat
from gongzhi.demands import masking
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import trail
from gongzhi.shared.moves import Refused, _

LABEL = _("登记一处公共场地")
HOLD = _("排一个时段")
DAYS = (_("每周一"), _("每周二"), _("每周三"), _("每周四"), _("每周五"), _("每周六"), _("每周日"))


@transaction.atomic
def register_space(actor: Actor, *, place: Place, name: str, now: datetime, words: str = "") -> PublicSpace:
    """Write down a space of a place; the same name again is the same space, with what is to be heed as said last."""
    steps.must_work_at(actor, place, LABEL)
    known, said = steps.needed(name, 60, "name", LABEL), steps.line(words, 200)
    row, _made = PublicSpace.objects.update_or_create(
        place=place, name=known, defaults={"words": said, **neighbourhood.belonging(place)}
    )
    trail.write(
        trail.entry(actor, at=now, noun="public_space", noun_id=row.pk, verb="register", data={"name": row.name})
    )
    return row


@transaction.atomic
def hold_slots(
    actor: Actor,
    *,
    space_id: int,
    user: str,
    what: str,
    day: date,
    repeat: str,
    first: int,
    last: int,
    now: datetime,
    once: str,
    until: date | None = None,
) -> list[SpaceSlot]:
    """Keep hours (minutes of the day) for somebody, from a day on: a slot for each day of the week, all or none.

    The same form sent twice is one. Raises Refused, naming the slot in the way where two would share an hour.
    """
    queries.get_space(actor, space_id)
    space = PublicSpace.objects.select_for_update(of=("self",)).select_related("place").get(pk=space_id)
    steps.must_work_at(actor, space.place, HOLD)
    key = steps.key(actor, once)[:78]
    if known := list(SpaceSlot.objects.filter(space=space, once__startswith=f"{key}-").order_by("weekday")):
        return known
    if repeat not in set(Repeat):
        raise Refused(_("请选哪些天用。"))
    if not 0 <= first < last <= 1440:
        raise Refused(_("结束的时间要在开始以后。"))
    steps.ahead(timezone.make_aware(datetime.combine(day, datetime.min.time())), now)
    said = {"user": steps.needed(user, 60, "user", HOLD), "what": steps.needed(what, 60, "what", HOLD)}
    return [
        _hold(actor, space, since, end, first, last, now, f"{key}-{since.weekday()}", said)
        for since, end in space_rules.spans(day, Repeat(repeat), until)
    ]


def _hold(
    actor: Actor,
    space: PublicSpace,
    since: date,
    until: date | None,
    first: int,
    last: int,
    now: datetime,
    once: str,
    said: dict[str, str],
) -> SpaceSlot:
    if other := queries.in_the_way(space, since, until, first, last):
        begins, ends = space_rules.clock(other.first), space_rules.clock(other.last)
        raise Refused(
            _("%(day)s %(first)s–%(last)s已经由“%(who)s”用着（%(what)s），请换个时间。"),
            day=f"{other.since:%Y-%m-%d}" if other.since == other.until else DAYS[other.weekday],
            first=begins, last=ends, who=masking.mask(other.user), what=masking.mask(other.what),
        )  # fmt: skip
    hours = {"weekday": since.weekday(), "since": since, "until": until, "first": first, "last": last}
    row = SpaceSlot.objects.create(space=space, once=once, **hours, **said)
    steps.note(actor, row, "hold", "", now, words=f"{row.user} {row.what}")
    return row


def _begin(
    actor: Actor, slot_id: int, verb: str, now: datetime, *, seen: int | None = None, **given: object
) -> steps.Step[SpaceSlot]:
    known = queries.get_slot(actor, slot_id)
    PublicSpace.objects.select_for_update().get(pk=known.space_id)
    row = SpaceSlot.objects.select_for_update(of=("self",)).select_related("space").get(pk=slot_id)
    at = row.space
    standings = actor.standings_at((at.place_id, at.community_id, at.subdistrict_id))
    return steps.begin(actor, row, space_rules.SLOT_MOVES, verb, standings, now=now, seen=seen, **given)


@transaction.atomic
def skip_slot(actor: Actor, *, slot_id: int, day: date | None, now: datetime, seen: int | None = None) -> SpaceSlot:
    """Not on this one day: it is free for somebody else, and the slot goes on a week later."""
    step = _begin(actor, slot_id, "skip", now, seen=seen, day=day)
    assert day is not None
    row = step.thing
    left = space_rules.skipped(row.since, row.until, day)
    if not left:
        raise Refused(_("只有这一次，请取消这个时段。"))
    (row.since, row.until), rest = left[0], left[1:]
    steps.finish(step, data={"day": day.isoformat()})
    for since, until in rest:
        said = {"user": row.user, "what": row.what}
        _hold(actor, row.space, since, until, row.first, row.last, now, f"rest-{row.pk}-{since:%Y-%m-%d}", said)
    return row


@transaction.atomic
def end_slot(actor: Actor, *, slot_id: int, day: date | None, now: datetime, seen: int | None = None) -> SpaceSlot:
    """Until this day and no longer; what was until then stays."""
    step = _begin(actor, slot_id, "end", now, seen=seen, day=day)
    assert day is not None
    row = step.thing
    if not row.since <= day <= (row.until or day):
        raise Refused(_("日期要在开始以后、原来的结束以前；一次也不用的，请取消这个时段。"))
    row.until = space_rules.last_day(row.since, day)
    return steps.finish(step, data={"day": day.isoformat()})


@transaction.atomic
def give_up_slot(actor: Actor, *, slot_id: int, now: datetime, seen: int | None = None) -> SpaceSlot:
    """Nobody uses it; its hours are free."""
    return steps.finish(_begin(actor, slot_id, "give_up", now, seen=seen))
