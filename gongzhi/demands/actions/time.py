"""What moves the due time: asking the resident, extensions, the register of parked matters."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from gongzhi.demands import deadlines, masking
from gongzhi.demands.actions import clocks, steps
from gongzhi.demands.actions.adding import keep_added
from gongzhi.demands.models import Clock, Demand, Extension, Pause
from gongzhi.demands.photos import Photo as Picture
from gongzhi.neighbourhood.rules import CLOCK, Actor
from gongzhi.shared import trail
from gongzhi.shared.moves import Refused, _


@transaction.atomic
def ask_reporter(actor: Actor, *, demand_id: int, question: str, now: datetime, seen: int | None = None) -> Demand:
    """Ask the resident something: the clocks stand still until the reply. Counts as the first contact."""
    step = steps.begin(actor, demand_id, "ask", now=now, seen=seen, question=question.strip())
    text = masking.clean_text(question, 2000)
    Pause.objects.create(demand=step.demand, question=text, asked_at=now)
    clocks.meet(step.demand, ["contact"], now)
    clocks.stand_still(step.demand)
    return steps.finish(step, words_=text, told=text)


@transaction.atomic
def reply_to_question(
    actor: Actor, *, demand_id: int, words: str, now: datetime, photos: Sequence[Picture] = ()
) -> Demand:
    """The resident, or the desk on their behalf, answers the question, with photos or without; the clocks go on."""
    step = steps.begin(actor, demand_id, "reply_to_question", now=now, words=words.strip())
    text = masking.clean_text(words, 10_000)
    end_pause(step.demand, now, text)
    keep_added(step.demand, photos, now=now, from_resident=True)
    return steps.finish(step, words_=text, data={"photos": len(photos)} if photos else None)


@transaction.atomic
def stop_waiting(actor: Actor, *, demand_id: int, reason: str, now: datetime) -> Demand:
    """Go on without the resident's reply; the clocks go on."""
    step = steps.begin(actor, demand_id, "stop_waiting", now=now, reason=reason.strip())
    end_pause(step.demand, now)
    return steps.finish(step, words_=masking.clean_text(reason, 2000))


def end_pause(demand: Demand, now: datetime, reply: str = "") -> None:
    """Let the clocks run on, if they stood still."""
    # The clock of the machine may have been set back since the question.
    for pause in Pause.objects.filter(demand=demand, ended_at=None):
        pause.ended_at, pause.reply = max(now, pause.asked_at), reply
        pause.save(update_fields=["ended_at", "reply"])
        clocks.count_anew(demand, now)


@transaction.atomic
def ask_extension(
    actor: Actor, *, demand_id: int, days: int, reason: str, now: datetime, seen: int | None = None
) -> Extension:
    """Ask a leader for more working days, with the reason; one request at a time."""
    step = steps.begin(actor, demand_id, "ask_extension", now=now, seen=seen, days=days, reason=reason.strip())
    if not 1 <= days <= 60:
        raise Refused(_("延期天数应在1到60个工作日之间。"))
    if Extension.objects.filter(demand=step.demand, decided_at=None).exists():
        raise Refused(_("已有一份延期申请在等批准。"))
    text = masking.clean_text(reason, 2000)
    extension = Extension.objects.create(
        demand=step.demand, asked_at=now, asked_by_id=actor.person_id, days=days, reason=text
    )
    steps.finish(step, words_=text, data={"extension": extension.pk, "days": days})
    return extension


@transaction.atomic
def grant_extension(actor: Actor, *, demand_id: int, extension: int, now: datetime) -> Demand:
    """A leader other than the asker grants it: the answer's due time moves and the resident is told why."""
    step = steps.begin(actor, demand_id, "grant_extension", now=now, extension=extension)
    row = _decide(step.demand, extension, actor, now, granted=True)
    clocks.count_anew(step.demand, now)
    return steps.finish(step, words_=row.reason, data={"extension": row.pk, "days": row.days}, told=row.reason)


@transaction.atomic
def refuse_extension(actor: Actor, *, demand_id: int, extension: int, reason: str, now: datetime) -> Demand:
    """A leader refuses it, with the reason; the due time stays."""
    step = steps.begin(actor, demand_id, "refuse_extension", now=now, extension=extension, reason=reason.strip())
    row = _decide(step.demand, extension, actor, now, granted=False)
    return steps.finish(step, words_=masking.clean_text(reason, 2000), data={"extension": row.pk})


def _decide(demand: Demand, extension: int, actor: Actor, now: datetime, *, granted: bool) -> Extension:
    row = Extension.objects.filter(pk=extension, demand=demand, decided_at=None).first()
    if row is None:
        raise Refused(_("这份延期申请已经处理过了。"))
    if row.asked_by_id and row.asked_by_id == actor.person_id:
        raise Refused(_("不能批准自己提出的延期。"))
    row.decided_at, row.decided_by_id, row.granted = now, actor.person_id, granted
    row.save(update_fields=["decided_at", "decided_by", "granted"])
    return row


@transaction.atomic
def park_demand(
    actor: Actor, *, demand_id: int, reason: str, review_on: date, now: datetime, seen: int | None = None
) -> Demand:
    """Put what cannot be done now on the register, with the day on which it is looked at again."""
    step = steps.begin(actor, demand_id, "park", now=now, seen=seen, reason=reason.strip(), review_on=review_on)
    if review_on <= now.date():
        raise Refused(_("复议日期要在今天以后。"))
    text = masking.clean_text(reason, 2000)
    step.demand.review_on = review_on
    # Parking stops what is due as waiting does: the stretch is a pause with no question.
    Pause.objects.create(demand=step.demand, question="", asked_at=now)
    clocks.stand_still(step.demand)
    return steps.finish(step, words_=text, data={"review_on": str(review_on)}, told=text)


@transaction.atomic
def resume_demand(actor: Actor, *, demand_id: int, now: datetime, words: str = "") -> Demand:
    """Take a parked matter up again, on the day of its review or before."""
    step = steps.begin(actor, demand_id, "resume", now=now)
    step.demand.review_on = None
    end_pause(step.demand, now)
    return steps.finish(step, words_=masking.clean_text(words, 2000))


@transaction.atomic
def warn_of_due(*, clock_id: int, now: datetime) -> None:
    """Tell those in charge, once, that a clock is nearly up; and once more when it is. Raises Clock.DoesNotExist."""
    clock = Clock.objects.select_for_update().select_related("demand").get(pk=clock_id, met_at=None)
    late = deadlines.late(clock.due_at, None, now)
    if clock.late_told_at or (clock.warned_at and not late):
        raise Clock.DoesNotExist
    clock.warned_at = clock.warned_at or now
    clock.late_told_at = now if late else None
    clock.save(update_fields=["warned_at", "late_told_at"])
    subject = _("已超期") if late else _("即将到期")
    steps.tell_staff(clock.demand, steps.in_charge(clock.demand, now), subject, now=now)
    verb = "late" if late else "warn"
    trail.write(
        trail.entry(CLOCK, at=now, noun="demand", noun_id=clock.demand_id, verb=verb, data={"clock": clock.kind})
    )
