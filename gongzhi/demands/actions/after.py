"""After the answer: rating, call-back, reopening, lapse, archive; and what is kept, claimed and wiped."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from gongzhi.demands import masking, queries, rules
from gongzhi.demands.actions import clocks, steps, time
from gongzhi.demands.models import CallBack, Demand, Rating
from gongzhi.demands.rules import State
from gongzhi.neighbourhood import actions as neighbourhood
from gongzhi.neighbourhood import queries as neighbours
from gongzhi.neighbourhood.rows import Account
from gongzhi.neighbourhood.rules import CLOCK, Actor, Standing
from gongzhi.shared import notices, trail
from gongzhi.shared.moves import NotAllowed, Refused, _


@transaction.atomic
def rate_demand(
    actor: Actor,
    *,
    demand_id: int,
    solved: bool,
    satisfied: bool,
    now: datetime,
    reasons: Sequence[str] = (),
    words: str = "",
) -> Demand:
    """The resident rates the answer. Unhappy with a marked reason reopens the demand; anything else closes it."""
    rating: dict[str, object] = {
        "solved": solved,
        "satisfied": satisfied,
        "reasons": [r for r in reasons if r in rules.UNHAPPY_REASONS],
    }
    step = steps.begin(actor, demand_id, "rate", now=now, rating=rating)
    text = masking.clean_text(words, 2000)
    _keep_rating(step, rating, text, by_call_back=False)
    step.after = rules.after_rating(rating)
    _reopen_if(step)
    return steps.finish(step, words_=text, data=rating)


@transaction.atomic
def call_back(
    actor: Actor,
    *,
    demand_id: int,
    reached: bool,
    now: datetime,
    solved: bool | None = None,
    satisfied: bool | None = None,
    reasons: Sequence[str] = (),
    words: str = "",
) -> Demand:
    """Write down a call to the resident: not reached keeps the demand open for a rating by link."""
    outcome: dict[str, object] = {
        "reached": reached,
        "solved": solved if reached else None,
        "satisfied": satisfied if reached else None,
        "reasons": [r for r in reasons if r in rules.UNHAPPY_REASONS],
    }
    if reached and (solved is None or satisfied is None):
        raise Refused(_("请记下居民说问题解决没有、满意不满意。"))
    step = steps.begin(actor, demand_id, "call_back", now=now, outcome=outcome)
    text = masking.clean_text(words, 2000)
    drawn = CallBack.objects.filter(demand=step.demand, asked_at=None).first()
    drawn = drawn or CallBack(demand=step.demand, drawn_at=now, sample=f"desk-{step.demand.version}")
    drawn.asked_at, drawn.asked_by_id, drawn.reached = now, actor.person_id, reached
    drawn.satisfied, drawn.words = satisfied if reached else None, text
    drawn.save()
    if reached:
        _keep_rating(step, outcome, text, by_call_back=True)
    step.after = rules.after_call_back(outcome)
    _reopen_if(step)
    return steps.finish(step, words_=text, data=outcome)


def _keep_rating(step: steps.Step, rating: dict[str, Any], words: str, *, by_call_back: bool) -> None:
    answer = queries.answer_in_force(step.demand)
    if answer is None or Rating.objects.filter(answer=answer).exists():
        raise Refused(_("这次答复已经评价过了。"))
    Rating.objects.create(
        demand=step.demand,
        answer=answer,
        by_call_back=by_call_back,
        solved=rating["solved"],
        satisfied=rating["satisfied"],
        reasons=rating["reasons"],
        words=words,
        rated_at=step.now,
    )


def _reopen_if(step: steps.Step) -> None:
    if step.after is not State.REOPENED:
        return
    step.demand.reopened_times += 1
    step.demand.answered_at = None
    step.demand.lapsed = False
    clocks.start(step.demand, clocks.FROM_RECEIPT, step.now)
    steps.tell_staff(
        step.demand, neighbours.desk_of(step.demand.accountable_id, step.now.date()), _("重新办理"), now=step.now
    )


@transaction.atomic
def reopen_demand(actor: Actor, *, demand_id: int, reason: str, now: datetime) -> Demand:
    """Take a closed demand up again; a resident may within the days that the district sets."""
    step = steps.begin(actor, demand_id, "reopen", now=now, reason=reason.strip())
    days = queries.threshold("reopen_days")
    closed = step.demand.closed_at
    if not actor.offices and closed and now - closed > timedelta(days=days):
        raise Refused(_("办结已超过%(days)d天，请重新反映。"), days=days)
    _reopen_if(step)
    return steps.finish(step, words_=masking.clean_text(reason, 2000))


@transaction.atomic
def withdraw_demand(actor: Actor, *, demand_id: int, now: datetime, words: str = "") -> Demand:
    """The resident takes it back."""
    step = steps.begin(actor, demand_id, "withdraw", now=now)
    # Taken back while it waited, it was not late: the clocks stood still until now.
    time.end_pause(step.demand, now)
    return steps.finish(step, words_=masking.clean_text(words, 2000))


@transaction.atomic
def lapse_demand(*, demand_id: int, now: datetime) -> Demand:
    """Close an answer that nobody rated in time; counted apart from what was rated."""
    step = steps.begin(CLOCK, demand_id, "lapse", now=now)
    step.demand.lapsed = True
    return steps.finish(step)


@transaction.atomic
def archive_demand(actor: Actor, *, demand_id: int, now: datetime) -> Demand:
    """Put a closed demand away."""
    return steps.finish(steps.begin(actor, demand_id, "archive", now=now))


@transaction.atomic
def draw_sample(actor: Actor, *, sample: str, percent: int, since: datetime, until: datetime, now: datetime) -> int:
    """Draw a share of the demands answered in a span and not yet rated for a call-back.

    The same name draws the same; drawn once, a demand stays in the sample. Returns how many were newly drawn.
    """
    if not actor.holds(Standing.DESK, Standing.LEAD):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=_("抽样回访"))
    if not 1 <= percent <= 100 or not sample.strip():
        raise Refused(_("请写明抽样的名称和百分比（1到100）。"))
    known = set(CallBack.objects.filter(sample=sample).values_list("demand", flat=True))
    # Only these can be called; what this sample already has stays among them, so that a later draw adds to no end.
    open_to_call = Q(state__in=sorted(state.value for state in rules.ANSWERED)) | Q(pk__in=known)
    rows = queries.visible_demands(actor).filter(open_to_call, answered_at__gte=since, answered_at__lt=until)
    ids = list(rows.filter(contact__isnull=False, contact__wiped_at=None).order_by("pk").values_list("pk", flat=True))
    # Not for secrecy: the draw must be repeatable by whoever checks it.
    chosen = random.Random(sample).sample(ids, k=-(-len(ids) * percent // 100))  # noqa: S311
    fresh = [CallBack(demand_id=pk, sample=sample, drawn_at=now) for pk in chosen if pk not in known]
    # Sent twice at once, the second draw finds what the first drew.
    CallBack.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


@transaction.atomic
def see_contact(actor: Actor, *, demand_id: int, now: datetime) -> neighbours.Contact | None:
    """Open how to reach the reporter, and write down that it was opened; None where nothing was left or it is wiped.

    Raises NotAllowed without the right, Demand.DoesNotExist where the actor may not see the demand.
    """
    demand = queries.get_demand(actor, demand_id)
    if not queries.may_see_contact(actor, demand):
        raise NotAllowed(_("您没有查看联系方式的权限。"))
    contact = neighbours.read_contact(actor, demand.contact)
    trail.write(trail.entry(actor, at=now, noun="demand", noun_id=demand_id, verb="see_contact"))
    return contact


@transaction.atomic
def claim_demand(actor: Actor, *, demand_id: int, account: Account, now: datetime) -> None:
    """Put a demand that was reported without an account into its reporter's account.

    `actor` must hold the demand's link or code. Raises Refused where another account has it, and for an account of
    the staff, whose pages do not show it: the reporter could never have it back.
    """
    if account.person_id is not None:
        raise Refused(_("工作人员的账号不能收存诉求，请用居民账号登录。"))
    demand = queries.visible_demands(actor).select_for_update().only("pk", "account").get(pk=demand_id)
    if demand.account_id == account.pk:
        return
    if demand.account_id is not None or Standing.RESIDENT not in queries.standings(actor, demand):
        raise Refused(_("这件诉求已在别的账户里。"))
    Demand.objects.filter(pk=demand_id).update(account=account)
    trail.write(trail.entry(actor, at=now, noun="demand", noun_id=demand_id, verb="claim"))


@transaction.atomic
def wipe_contact_of(*, demand_id: int, now: datetime) -> None:
    """Forget how to reach the reporter of a closed demand; the trail says that and when.

    Raises Demand.DoesNotExist where it was taken up again meanwhile.
    """
    demand = Demand.objects.select_for_update().only("pk", "contact").get(pk=demand_id, closed_at__isnull=False)
    if demand.contact_id is None:
        return
    neighbourhood.wipe_contact(demand.contact_id, now=now)
    notices.wipe("demand", demand_id)
    trail.write(trail.entry(CLOCK, at=now, noun="demand", noun_id=demand_id, verb="wipe"))
