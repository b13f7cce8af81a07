"""What the actions of this room have in common, beside the steps of every room."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from gongzhi.agreements import queries, rules
from gongzhi.agreements.models import Agreement, Party, Review
from gongzhi.demands.masking import needed as needed
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import notices, steps
from gongzhi.shared.steps import MOVED_ON as MOVED_ON
from gongzhi.shared.steps import Step as Step
from gongzhi.shared.steps import each as each
from gongzhi.shared.steps import finish as finish
from gongzhi.shared.steps import key as key
from gongzhi.shared.steps import note as note
from gongzhi.shared.steps import once as once


def begin(
    actor: Actor, agreement_id: int, verb: str, now: datetime, *, seen: int | None = None, **given: Any
) -> Step[Agreement]:
    """Lock an agreement that the actor may see and decide by the table. Raises Agreement.DoesNotExist, Refused.

    `seen` is the version that the actor's page showed.
    """
    queries.visible_agreements(actor).only("pk").get(pk=agreement_id)
    row = Agreement.objects.select_for_update(of=("self",)).select_related("place").get(pk=agreement_id)
    standings = queries.agreement_standings(actor, row)
    return steps.begin(actor, row, rules.AGREEMENT_MOVES, verb, standings, now=now, seen=seen, **given)


def begin_review(actor: Actor, review_id: int, verb: str, now: datetime, **given: Any) -> Step[Review]:
    """The same of a review; its agreement is locked before it. Raises Review.DoesNotExist, Refused."""
    agreement_id = queries.get_review(actor, review_id).agreement_id
    Agreement.objects.select_for_update(of=("self",)).get(pk=agreement_id)
    row = Review.objects.select_for_update(of=("self",)).select_related("agreement__place").get(pk=review_id)
    standings = queries.review_standings(actor, row)
    return steps.begin(actor, row, rules.REVIEW_MOVES, verb, standings, now=now, **given)


def tell(
    row: Agreement, subject: str, now: datetime, *, parties: Iterable[Party] | None = None, body: str = ""
) -> None:
    """Put a line in the inboxes of those who speak for these parties, or for all of them."""
    found = queries.parties_of(row) if parties is None else parties
    people = queries.speakers_of(found, timezone.localtime(now).date())
    notices.tell_people("agreement", row.pk, people, subject, body or f"{row.title} {row.until:%Y-%m-%d}", now=now)
