"""An agreement in time: it begins, is about to end, expires; it is renewed by another one, or ended by a leader."""

from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from gongzhi.agreements import queries
from gongzhi.agreements.actions import steps
from gongzhi.agreements.actions.drafting import copy_clauses
from gongzhi.agreements.actions.judging import begin_review_of, drop_open_review
from gongzhi.agreements.models import Agreement, Party, Review
from gongzhi.agreements.rules import AgreementState, ReviewState
from gongzhi.neighbourhood.rules import CLOCK, Actor
from gongzhi.shared.moves import Refused, _

NEARLY_OVER = _("共建协议快到期了，请商量是否续签")
OVER = _("共建协议已到期")
ENDED = _("共建协议已终止")
_A = AgreementState


@transaction.atomic
def renew_agreement(
    actor: Actor, *, agreement_id: int, until: date, now: datetime, seen: int | None = None
) -> Agreement:
    """Draft the one that follows: the same parties and clauses, from the day after this one ends. Returns the draft."""
    step = steps.begin(actor, agreement_id, "renew", now, seen=seen, until=until)
    old = step.thing
    if Review.objects.filter(agreement=old, state=ReviewState.SEALED.value).exists():
        raise Refused(_("正在评议，请等双方交齐打开以后再改。"))
    since = max(old.until + timedelta(days=1), step.now.date())
    if until < since:
        raise Refused(_("到期日要在开始日之后，最长十年。"))
    row = Agreement.objects.create(
        title=old.title, place=old.place, community_id=old.community_id, subdistrict_id=old.subdistrict_id,
        template=old.template, follows=old, since=since, until=until, made_at=now, made_by_id=actor.person_id,
        once=f"renew {old.pk}", **queries.settings(),
    )  # fmt: skip
    parties = queries.parties_of(old)
    Party.objects.bulk_create(Party(agreement=row, unit=one.unit, place=one.place) for one in parties)
    copy_clauses(old, row)
    steps.note(actor, row, "draft", "", now, data={"follows": old.pk})
    steps.finish(step, data={"followed_by": row.pk, "until": until.isoformat()})
    return row


@transaction.atomic
def keep_on(actor: Actor, *, agreement_id: int, now: datetime, seen: int | None = None) -> Agreement:
    """After its review an agreement goes on as it is. Raises Refused while the review is sealed."""
    step = steps.begin(actor, agreement_id, "keep", now, seen=seen)
    if Review.objects.filter(agreement=step.thing, state=ReviewState.SEALED.value).exists():
        raise Refused(_("评议还没有打开，请等双方交齐。"))
    return steps.finish(step)


@transaction.atomic
def end_agreement(actor: Actor, *, agreement_id: int, words: str, now: datetime, seen: int | None = None) -> Agreement:
    """A leader ends it before its time, with the reason; all parties are told."""
    step = steps.begin(actor, agreement_id, "end", now, seen=seen, words=words)
    row, reason = step.thing, steps.needed(words, 500, "words", _("终止"))
    row.ended_at = now
    drop_open_review(actor, row, reason, now)
    if row.offered_at or row.in_force:
        steps.tell(row, ENDED, now)
    return steps.finish(step, words=reason)


# What time brings


def keep_agreements(*, now: datetime) -> dict[str, int]:
    """For the clock: begin, review, warn of the end, expire; each once. Returns how many of each."""
    today = timezone.localtime(now).date()
    rows = Agreement.objects.order_by("pk")
    in_time = rows.filter(state__in=[_A.ACTIVE.value, _A.IN_REVIEW.value], until__gte=today, warned_at=None)
    near = [one.pk for one in in_time if one.until <= today + timedelta(days=one.warn_days)]
    lasting = [_A.SIGNED.value, _A.ACTIVE.value, _A.IN_REVIEW.value]
    over = rows.filter(until__lt=today, state__in=lasting) | rows.filter(
        until__lt=today, state="draft", in_force__gte=1
    )
    begin = rows.filter(state=_A.SIGNED.value, since__lte=today, until__gte=today)
    due = rows.filter(state=_A.ACTIVE.value, review_on__lte=today, until__gte=today)
    work = {"started": (begin, _start), "reviewed": (due, _review), "expired": (over, _expire)}
    done = {
        name: steps.each(found.values_list("pk", flat=True), partial(take, now=now))
        for name, (found, take) in work.items()
    }
    return done | {"warned": steps.each(near, partial(_warn, now=now))}


@transaction.atomic
def _start(agreement_id: int, *, now: datetime) -> bool:
    steps.finish(steps.begin(CLOCK, agreement_id, "start", now))
    return True


@transaction.atomic
def _review(agreement_id: int, *, now: datetime) -> bool:
    begin_review_of(steps.begin(CLOCK, agreement_id, "review", now))
    return True


@transaction.atomic
def _warn(agreement_id: int, *, now: datetime) -> bool:
    step = steps.begin(CLOCK, agreement_id, "warn", now)
    if step.thing.warned_at:
        return False
    step.thing.warned_at = now
    steps.tell(step.thing, NEARLY_OVER, now)
    steps.finish(step)
    return True


@transaction.atomic
def _expire(agreement_id: int, *, now: datetime) -> bool:
    step = steps.begin(CLOCK, agreement_id, "expire", now)
    step.thing.ended_at = now
    drop_open_review(CLOCK, step.thing, OVER, now)
    steps.tell(step.thing, OVER, now)
    steps.finish(step)
    return True
