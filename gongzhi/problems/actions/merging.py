"""What goes along when one problem is put into another."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from gongzhi.neighbourhood import actions as neighbourhood
from gongzhi.problems.models import (
    Alert,
    Apart,
    Blocker,
    Escalation,
    Follower,
    Problem,
    Referral,
    Report,
    Survey,
    Visit,
    Whistle,
)


def move_all(old: Problem, into: Problem, *, now: datetime) -> None:
    """Hand on reports, followers, surveys, open blockers, whistles and referrals, and what people parted.

    What cannot stand twice stays readable at the old one: a blocker of a kind that the other has open, a referral to
    a unit that has one open. Alerts and rungs go along too, so that neither is raised a second time for the same.
    """
    Report.objects.filter(problem=old).update(problem=into)
    _move_followers(old, into, now=now)
    Survey.objects.filter(problem=old).update(problem=into)
    kinds = Blocker.objects.filter(problem=into, lifted_at=None).values("kind")
    Blocker.objects.filter(problem=old, lifted_at=None).exclude(kind__in=kinds).update(problem=into)
    Whistle.objects.filter(problem=old).update(problem=into)
    units = Referral.objects.filter(problem=into).exclude(state="closed").values("unit")
    Referral.objects.filter(problem=old).exclude(state="closed").exclude(unit__in=units).update(problem=into)
    _move_once(Alert.objects.filter(problem=old, times=old.times), "rule", into)
    _move_once(Escalation.objects.filter(problem=old, times=old.times), "rung", into)
    if into.visit_id is None and old.visit_id:
        into.visit = Visit.objects.get(pk=old.visit_id)
    # Whoever puts them together says that nothing of either is apart from the other; what is apart from the old one
    # otherwise is apart from the new one.
    inside = Report.objects.filter(problem=into).values("demand")
    parted = list(Apart.objects.filter(problem=old).exclude(demand__in=inside).values_list("demand", flat=True))
    Apart.objects.filter(problem=into, demand__in=inside).delete()
    Apart.objects.bulk_create([Apart(demand_id=pk, problem=into, said_at=now) for pk in parted], ignore_conflicts=True)
    into.first_reported_at = min(into.first_reported_at, old.first_reported_at)


def _move_followers(old: Problem, into: Problem, *, now: datetime) -> None:
    """One who follows both counts once, and what they left with the old one is forgotten."""
    twice = Follower.objects.filter(problem=old, mark__in=Follower.objects.filter(problem=into).values("mark"))
    for follower in list(twice):
        if follower.contact_id:
            neighbourhood.wipe_contact(follower.contact_id, now=now)
        follower.delete()
    Follower.objects.filter(problem=old).update(problem=into)


def _move_once(rows: QuerySet[Any], what: str, into: Problem) -> None:
    there = set(rows.model.objects.filter(problem=into, times=into.times).values_list(what, flat=True))
    for row in rows:
        if getattr(row, f"{what}_id") not in there:
            row.problem, row.times = into, into.times
            row.save()
