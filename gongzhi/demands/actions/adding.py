"""What is added to a demand on its way: further words, photos. By the resident, or by those who work on it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from gongzhi.demands import masking, queries
from gongzhi.demands.actions import steps
from gongzhi.demands.actions.intake import MOST_PHOTOS, keep_photos
from gongzhi.demands.models import Demand, Photo
from gongzhi.demands.photos import Photo as Picture
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import trail
from gongzhi.shared.moves import Refused, _

LONGEST_ADDED = 5000
# Each side has its own room, so that nobody can fill the other's.
MOST_IN_ALL = 3 * MOST_PHOTOS
ADDED = ("add", "attach")


@transaction.atomic
def add_words(
    actor: Actor, *, demand_id: int, words: str, now: datetime, photos: Sequence[Picture] = ()
) -> Demand:  # fmt: skip
    """Add the resident's further words, with photos or without; by the resident, or by the desk for a caller.

    The same words sent twice count once. Whoever works on it is told. Raises `Refused` beyond the tries of a day.
    """
    step = steps.begin(actor, demand_id, "add", now=now, words=words.strip())
    text = masking.clean_text(words, LONGEST_ADDED)
    # With photos it may be the same words about other pictures.
    if not photos and _said_just_now(step, text):
        return step.demand
    return _finish(step, text, photos, from_resident=True)


@transaction.atomic
def attach_photos(
    actor: Actor,
    *,
    demand_id: int,
    photos: Sequence[Picture],
    now: datetime,
    words: str = "",
    from_resident: bool | None = None,
) -> Demand:
    """Add pictures to an open demand: the resident's own, those a caller sent to the desk, or proof of the work.

    `from_resident` says whose they are where staff add them; by default those of whoever acts.
    """
    step = steps.begin(actor, demand_id, "attach", now=now, photos=photos)
    theirs = not actor.offices if from_resident is None or not actor.offices else from_resident
    return _finish(step, masking.clean_text(words, 2000), photos, from_resident=theirs)


def _finish(step: steps.Step, words: str, photos: Sequence[Picture], *, from_resident: bool) -> Demand:
    by_resident = not step.actor.offices
    if by_resident:
        _check_times(step)
    keep_added(step.demand, photos, now=step.now, from_resident=from_resident)
    data = {"photos": len(photos), "by_resident": by_resident, "from_resident": from_resident}
    demand = steps.finish(step, words_=words, data=data)
    subject = _("居民补充了情况") if by_resident else _("补充了情况或照片")
    steps.tell_staff(demand, _concerned(step), subject, now=step.now)
    return demand


def _said_just_now(step: steps.Step, text: str) -> bool:
    said = [entry for entry in trail.of("demand", step.demand.pk) if entry.verb == "add"]
    return bool(said) and said[-1].words == text and step.now - said[-1].at < timedelta(hours=1)


def _check_times(step: steps.Step) -> None:
    most = queries.threshold("add_times")
    since = step.now - timedelta(days=1)
    lately = [entry for entry in trail.of("demand", step.demand.pk) if entry.verb in ADDED and entry.at > since]
    if sum(entry.data["by_resident"] for entry in lately) >= most:
        raise Refused(_("一天最多补充%(most)d次。请明天再补充，或者打电话告诉社区。"), most=most)


def keep_added(demand: Demand, photos: Sequence[Picture], *, now: datetime, from_resident: bool) -> None:
    """Keep further photos of one side, inside an action's transaction. Raises `Refused` where its room is full."""
    if not photos:
        return
    if len(photos) > MOST_PHOTOS:
        raise Refused(_("最多%(most)d张照片。"), most=MOST_PHOTOS)
    if Photo.objects.filter(demand=demand, by_resident=from_resident).count() + len(photos) > MOST_IN_ALL:
        raise Refused(_("这件诉求的照片已满，最多%(most)d张。"), most=MOST_IN_ALL)
    keep_photos(demand, photos, now=now, by_resident=from_resident)


def _concerned(step: steps.Step) -> list[int]:
    """Whoever has it in hand, at the desk and in the unit; not the one who added it."""
    demand, day = step.demand, step.now.date()
    told = dict.fromkeys(steps.in_charge(demand, step.now))
    if demand.handler_id and demand.handler:
        told |= dict.fromkeys(neighbourhood.people_of_unit(demand.handler, day))
    return [person for person in told if person != step.actor.person_id]
