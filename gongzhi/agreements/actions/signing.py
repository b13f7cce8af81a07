"""An agreement goes round and is signed by each party; what was signed is followed by a version that is signed anew."""

from datetime import date, datetime

from django.db import transaction

from gongzhi.agreements import queries, rules
from gongzhi.agreements.actions import steps
from gongzhi.agreements.actions.drafting import copy_clauses
from gongzhi.agreements.models import Agreement, Party, Review, Signature
from gongzhi.agreements.rules import AgreementState, ReviewState, Side
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.moves import Refused, _

PLEASE = _("请签署共建协议")
SIGNED = _("共建协议已由各方签署")
TAKEN_BACK = _("共建协议收回修改，改好后请重新签署")


def must_bind_both(row: Agreement) -> None:
    """Raise Refused where one of the four two-way kinds lacks a direction, naming what lacks."""
    clauses = [(one.kind, one.side) for one in queries.clauses_of(row)]
    if missing := rules.lacking(clauses):
        kind, side = missing[0]
        message = _("还不能签署：“%(kind)s”缺“%(side)s”一方的条款。双向条款两个方向都要有（还缺 %(count)s 处）。")
        names = {"kind": rules.CLAUSE_KIND_LABELS[kind], "side": rules.SIDE_LABELS[side]}
        raise Refused(message, **names, count=len(missing))


@transaction.atomic
def circulate(actor: Actor, *, agreement_id: int, now: datetime, seen: int | None = None) -> Agreement:
    """Send a draft to all its parties to be signed. Raises Refused while it binds one side only."""
    step = steps.begin(actor, agreement_id, "circulate", now, seen=seen)
    row = step.thing
    if row.offered_at:
        raise Refused(steps.MOVED_ON)
    must_bind_both(row)
    if {queries.side_of(one) for one in queries.parties_of(row)} != set(Side):
        raise Refused(_("还没有单位，请先加上要签署的单位。"))
    row.offered_at = now
    steps.tell(row, PLEASE, now)
    return steps.finish(step, data={"terms": row.terms})


@transaction.atomic
def sign_agreement(
    actor: Actor,
    *,
    agreement_id: int,
    party_id: int,
    signer: str,
    signed_on: date,
    now: datetime,
    terms: int | None = None,
) -> Agreement:
    """One party signs the version that goes round; with the last one it is signed, and active from its first day.

    `terms` is the version that was read. Signed twice, it is one signature. Raises Party.DoesNotExist, Refused.
    """
    step = steps.begin(actor, agreement_id, "sign", now, signer=signer)
    row = step.thing
    party = Party.objects.get(pk=party_id, pk__in=[one.pk for one in queries.own_parties(actor, row)])
    if row.offered_at is None or terms not in (None, row.terms):
        raise Refused(_("协议正在修改，改好后会再请您签署。"))
    must_bind_both(row)
    if not signed_on <= step.now.date():
        raise Refused(_("签署日期不能在今天以后。"))
    done = queries.signatures_of(row, row.terms)
    if party.pk in done:
        return row
    Signature.objects.create(
        party=party, terms=row.terms, signer=steps.needed(signer, 60, "signer", _("签署")), signed_on=signed_on,
        noted_at=now, noted_by_id=actor.person_id,
    )  # fmt: skip
    if len(done) + 1 == queries.parties_of(row).count():
        row.in_force = row.terms
        step.after = (AgreementState.ACTIVE if row.since <= step.now.date() else AgreementState.SIGNED).value
        steps.tell(row, SIGNED, now)
    return steps.finish(step, data={"party": party.pk, "terms": row.terms})


@transaction.atomic
def amend_agreement(
    actor: Actor, *, agreement_id: int, words: str, now: datetime, seen: int | None = None
) -> Agreement:
    """Back to a draft, with the reason. Where somebody has signed, as a further version; the one in force stays so."""
    step = steps.begin(actor, agreement_id, "amend", now, seen=seen, words=words)
    row, reason = step.thing, steps.needed(words, 500, "words", _("修改条款"))
    if row.state == AgreementState.DRAFT and row.offered_at is None:
        raise Refused(_("协议正在修改，直接改就可以。"))
    if Review.objects.filter(agreement=row, state=ReviewState.SEALED.value).exists():
        raise Refused(_("正在评议，请等双方交齐打开以后再改。"))
    if Signature.objects.filter(party__agreement=row, terms=row.terms).exists():
        old = row.terms
        row.terms += 1
        copy_clauses(row, row, terms=old)
    row.offered_at = None
    steps.tell(row, TAKEN_BACK, now)
    return steps.finish(step, words=reason, data={"terms": row.terms})
