"""Asking an oversight body to coordinate: a lane of its own, with the least detail, which accuses nobody."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from gongzhi.demands import masking
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import MemberUnit
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import queries, rules
from gongzhi.problems.actions import steps, telling
from gongzhi.problems.models import Problem, Referral
from gongzhi.problems.rules import ReferralState
from gongzhi.shared import notices, trail
from gongzhi.shared.moves import Refused, _, check_move


@transaction.atomic
def refer_problem(
    actor: Actor, *, problem_id: int, unit: MemberUnit, words: str, now: datetime, seen: int | None = None
) -> Referral:
    """Ask a unit to coordinate; the second clock starts. The problem's own trail says that, and not whom nor why."""
    step = steps.begin(actor, problem_id, "refer", now=now, seen=seen, unit=unit, words=steps.said(words))
    people = telling.liaisons(unit, step.now)
    if Referral.objects.filter(problem=step.problem, unit=unit).exclude(state=ReferralState.CLOSED.value).exists():
        raise Refused(_("已经请“%(unit)s”协调这件事，还没有办结。"), unit=unit.name)
    referral = Referral.objects.create(
        problem=step.problem,
        unit=unit,
        words=masking.clean_text(words, 2000),
        referred_at=step.now,
        referred_by_id=actor.person_id,
    )
    step.problem.coordinated_at = step.problem.coordinated_at or step.now
    steps.finish(step)
    _write(actor, referral, "refer", "", step.now, referral.words)
    notices.tell_people("referral", referral.pk, people, _("请协调一件事"), _heading(step.problem), now=step.now)
    return referral


def _heading(problem: Problem) -> str:
    """All that a notice says of it: its number, community and category."""
    community = problem.community.name if problem.community else ""
    category = problem.category.name if problem.category else ""
    return " · ".join(one for one in (rules.number(problem.pk), community, category) if one)


def _write(actor: Actor, referral: Referral, verb: str, before: str, now: datetime, words: str = "") -> None:
    trail.write(
        trail.entry(
            actor,
            at=now,
            noun="referral",
            noun_id=referral.pk,
            verb=verb,
            from_state=before,
            to_state=referral.state,
            words=words,
        )
    )


def _begin(actor: Actor, referral_id: int, verb: str, words: str) -> tuple[Referral, str]:
    """Lock it and decide by the table; its state is the new one, returned with the one before."""
    queries.visible_referrals(actor).only("pk").get(pk=referral_id)
    related = ("problem__community", "problem__category", "unit")
    referral = Referral.objects.select_for_update(of=("self",)).select_related(*related).get(pk=referral_id)
    before = ReferralState(referral.state)
    standings = queries.referral_standings(actor, referral)
    referral.state = check_move(rules.REFERRAL_MOVES, verb, before, standings, {"words": steps.said(words)}).value
    return referral, before.value


@transaction.atomic
def receive_referral(actor: Actor, *, referral_id: int, now: datetime) -> Referral:
    """The unit confirms that it was asked."""
    referral, before = _begin(actor, referral_id, "receive", "")
    referral.received_at = now
    referral.save(update_fields=["state", "received_at"])
    _write(actor, referral, "receive", before, now)
    _tell_asker(referral, _("监督单位已接收"), now)
    return referral


@transaction.atomic
def coordinate_referral(actor: Actor, *, referral_id: int, words: str, now: datetime) -> Referral:
    """The unit writes down what was agreed."""
    referral, before = _begin(actor, referral_id, "coordinate", words)
    referral.coordinated_at, referral.outcome = now, masking.clean_text(words, 5000)
    referral.save(update_fields=["state", "coordinated_at", "outcome"])
    _write(actor, referral, "coordinate", before, now, referral.outcome)
    _tell_asker(referral, _("监督单位记录了协调结果"), now)
    return referral


@transaction.atomic
def close_referral(actor: Actor, *, referral_id: int, words: str, now: datetime) -> Referral:
    """A leader of the place ends it; the unit is told."""
    referral, before = _begin(actor, referral_id, "close", words)
    text = masking.clean_text(words, 2000)
    referral.closed_at = now
    referral.save(update_fields=["state", "closed_at"])
    _write(actor, referral, "close", before, now, text)
    people = neighbourhood.people_of_unit(referral.unit, timezone.localtime(now).date())
    notices.tell_people("referral", referral.pk, people, _("协调事项已办结"), _heading(referral.problem), now=now)
    return referral


def _tell_asker(referral: Referral, subject: str, now: datetime) -> None:
    notices.tell_people(
        "referral", referral.pk, [referral.referred_by_id], subject, _heading(referral.problem), now=now
    )
