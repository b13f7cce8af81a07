"""The two halves of every move in this room: begin (lock, decide by the table) and finish (save, trail)."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.utils import timezone

from gongzhi.agreements import queries, rules
from gongzhi.agreements.models import Agreement, Party, Review
from gongzhi.agreements.rules import AgreementState, ReviewState
from gongzhi.demands import masking
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import notices, trail
from gongzhi.shared.moves import Missing, Refused, _, check_move

Thing = TypeVar("Thing", Agreement, Review)
CHANGED = _("刚才有人办过这件事，请看过新情况再办。")
log = logging.getLogger("gongzhi.agreements")


@dataclass
class Step(Generic[Thing]):
    """One move under way, its row locked until the transaction ends."""

    actor: Actor
    thing: Thing
    verb: str
    before: str
    after: str
    now: datetime


def begin(
    actor: Actor, agreement_id: int, verb: str, now: datetime, *, seen: int | None = None, **given: object
) -> Step[Agreement]:
    """Lock an agreement that the actor may see and decide by the table. Raises Agreement.DoesNotExist, Refused.

    `seen` is the version that the actor's page showed.
    """
    queries.visible_agreements(actor).only("pk").get(pk=agreement_id)
    row = Agreement.objects.select_for_update(of=("self",)).select_related("place").get(pk=agreement_id)
    standings = queries.agreement_standings(actor, row)
    after = check_move(rules.AGREEMENT_MOVES, verb, AgreementState(row.state), standings, given)
    if seen is not None and seen != row.version:
        raise Refused(CHANGED)
    return Step(actor, row, verb, row.state, after.value, timezone.localtime(now))


def begin_review(actor: Actor, review_id: int, verb: str, now: datetime, **given: object) -> Step[Review]:
    """The same of a review; its agreement is locked before it. Raises Review.DoesNotExist, Refused."""
    agreement_id = queries.get_review(actor, review_id).agreement_id
    Agreement.objects.select_for_update(of=("self",)).get(pk=agreement_id)
    row = Review.objects.select_for_update(of=("self",)).select_related("agreement__place").get(pk=review_id)
    standings = queries.review_standings(actor, row)
    after = check_move(rules.REVIEW_MOVES, verb, ReviewState(row.state), standings, given)
    return Step(actor, row, verb, row.state, after.value, timezone.localtime(now))


def finish(step: Step[Thing], *, words: str = "", data: Mapping[str, object] | None = None) -> Thing:
    """Save the row in its new state and write the trail."""
    thing = step.thing
    thing.state = step.after
    if isinstance(thing, Agreement):
        thing.version += 1
    thing.save()
    note(step.actor, thing, step.verb, step.before, step.now, words=words, data=data)
    return thing


def note(
    actor: Actor,
    thing: Agreement | Review,
    verb: str,
    before: str,
    now: datetime,
    *,
    words: str = "",
    data: Mapping[str, object] | None = None,
) -> None:
    """Write what was done to a row into its trail."""
    noun = "agreement" if isinstance(thing, Agreement) else "review"
    trail.write(
        trail.entry(
            actor, at=now, noun=noun, noun_id=thing.pk, verb=verb, from_state=before, to_state=thing.state, words=words,
            data=data,
        )
    )  # fmt: skip


def tell(
    row: Agreement, subject: str, now: datetime, *, parties: Iterable[Party] | None = None, body: str = ""
) -> None:
    """Put a line in the inboxes of those who speak for these parties, or for all of them."""
    found = queries.parties_of(row) if parties is None else parties
    people = queries.speakers_of(found, timezone.localtime(now).date())
    notices.tell_people("agreement", row.pk, people, subject, body or f"{row.title} {row.until:%Y-%m-%d}", now=now)


def each(ids: Iterable[int], take: Callable[[int], bool]) -> int:
    """For the clock: take one step for each of these, each in its own transaction. Returns how many were taken.

    One that fails is written to the log and tried again at the next sweep; it keeps none of the others waiting.
    """
    taken = 0
    for pk in list(ids):
        try:
            taken += take(pk)
        except Exception:
            log.exception("a step of %s failed", pk)
    return taken


def needed(text: str, limit: int, field: str, label: str) -> str:
    """A text that must be there, in one line. Raises Missing."""
    cleaned = " ".join(masking.clean_text(text, limit).split())
    if not cleaned:
        raise Missing(_("“%(label)s”还缺一项内容，请补上。"), label=label, field=field)
    return cleaned
