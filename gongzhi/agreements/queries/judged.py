"""What may be read of a review: one's own form at any time, everybody's once it was opened."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gongzhi.agreements import rules
from gongzhi.agreements.models import Agreement, Clause, Judgement, Party, Review, Verdict
from gongzhi.agreements.queries.seen import agreement_standings, clauses_of, own_parties, side_of, visible_agreements
from gongzhi.agreements.rules import OTHER_SIDE, ReviewState, Side
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import secrets
from gongzhi.shared.moves import Move, open_moves


def reviews_of(row: Agreement) -> list[Review]:
    """The reviews of an agreement, the latest first. For who may see it."""
    return list(Review.objects.filter(agreement=row).order_by("-pk"))


def get_review(actor: Actor, review_id: int) -> Review:
    """One review with its agreement. Raises Review.DoesNotExist, the same for absent and not yours."""
    rows = Review.objects.filter(agreement__in=visible_agreements(actor))
    return rows.select_related("agreement__place").get(pk=review_id)


def review_standings(actor: Actor, review: Review) -> frozenset[StrEnum]:
    """In what capacities the actor stands towards a review: as towards its agreement."""
    return agreement_standings(actor, review.agreement)


def review_moves(actor: Actor, review: Review) -> dict[str, Move]:
    """The moves that the actor may make now."""
    return open_moves(rules.REVIEW_MOVES, ReviewState(review.state), review_standings(actor, review))


@dataclass(frozen=True)
class Form:
    """One's own form: the clauses that the other side owes, and what was said of them before."""

    party: Party
    clauses: list[Clause]
    said: Mapping[str, tuple[str, str]]
    wish: str = ""
    words: str = ""
    handed_in: bool = False


def forms_to_fill(actor: Actor, review: Review) -> list[Form]:
    """The forms of the parties for which the actor speaks; mirrored: each judges what the other side owes it."""
    clauses = clauses_of(review.agreement, review.terms)
    mine = own_parties(actor, review.agreement)
    done = {one.party_id: one for one in Judgement.objects.filter(review=review, party__in=mine)}
    found = []
    for party in mine:
        theirs = [one for one in clauses if one.side == OTHER_SIDE[side_of(party)]]
        row = done.get(party.pk)
        kept = json.loads(secrets.unseal(row.sealed)) if row else {}
        said = {number: (mark, words) for number, (mark, words) in kept.get("marks", {}).items()}
        found.append(Form(party, theirs, said, kept.get("wish", ""), kept.get("words", ""), row is not None))
    return found


@dataclass(frozen=True)
class Voice:
    """What one side said, after the opening: how often each mark was given to each clause, with the words."""

    side: Side
    clause: Clause
    marks: dict[str, int]
    words: list[str]


def voices_of(review: Review) -> tuple[list[Voice], list[Judgement]]:
    """Each clause with what the other side said of it, and every judgement's wish; empty before the opening."""
    if review.state != ReviewState.OPENED:
        return [], []
    rows = list(Verdict.objects.filter(judgement__review=review).order_by("pk"))
    found = []
    for clause in clauses_of(review.agreement, review.terms):
        said = [one for one in rows if one.clause_id == clause.pk]
        marks = {mark.value: sum(one.mark == mark for one in said) for mark in rules.Mark}
        words = [one.words for one in said if one.words]
        found.append(Voice(OTHER_SIDE[Side(clause.side)], clause, marks, words))
    judged = Judgement.objects.filter(review=review).select_related("party__unit", "party__place").order_by("pk")
    return found, list(judged)
