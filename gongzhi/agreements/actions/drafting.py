"""Writing an agreement: drafted from a template, its parties and clauses put together while nobody was sent it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from gongzhi.agreements import queries, rules
from gongzhi.agreements.actions import steps
from gongzhi.agreements.models import Agreement, Clause, Measure, Party, Template, TemplateClause
from gongzhi.agreements.rules import ProofKind, Side
from gongzhi.exchange.queries import DESK_STANDINGS
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import MemberUnit, Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind, Right
from gongzhi.shared import trail
from gongzhi.shared.moves import NotAllowed, Refused, _

LABEL = _("起草协议")
_KINDS = (PlaceKind.DISTRICT, PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY)
LONGEST_YEARS = 10


@transaction.atomic
def draft_agreement(
    actor: Actor,
    *,
    place: Place,
    title: str,
    since: date,
    until: date,
    now: datetime,
    once: str,
    template: Template | None = None,
    units: Iterable[MemberUnit] = (),
    review_on: date | None = None,
) -> Agreement:
    """A draft kept by the desk of a place, which is a party to it unless it is the district, with a template's clauses.

    The same form sent twice is one draft. Raises Refused.
    """
    if PlaceKind(place.kind) not in _KINDS or not _at_desk(actor, place):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=LABEL)
    _must_fit(since, until, review_on)
    row = Agreement(
        title=steps.needed(title, 120, "title", LABEL), place=place, since=since, until=until, review_on=review_on,
        template=template or queries.first_template(), made_at=now, made_by_id=actor.person_id,
        once=steps.key(actor, once), **neighbourhood.belonging(place), **queries.settings(),
    )  # fmt: skip
    return steps.once(Agreement.objects.filter(once=row.once), lambda: _keep(actor, row, units, now))[0]


def _keep(actor: Actor, row: Agreement, units: Iterable[MemberUnit], now: datetime) -> Agreement:
    row.save()
    if row.place.kind != PlaceKind.DISTRICT:
        Party.objects.create(agreement=row, place=row.place)
    Party.objects.bulk_create(Party(agreement=row, unit=unit) for unit in {one.pk: one for one in units}.values())
    if row.template:
        _copy(queries.template_clauses(row.template), row)
    steps.note(actor, row, "draft", "", now)
    return row


def _at_desk(actor: Actor, place: Place) -> bool:
    return not DESK_STANDINGS.isdisjoint(actor.standings_at(neighbourhood.ladder(place)))


def _must_fit(since: date, until: date, review_on: date | None) -> None:
    if not since <= until or (until - since).days > 366 * LONGEST_YEARS:
        raise Refused(_("到期日要在开始日之后，最长十年。"))
    if review_on and not since <= review_on <= until:
        raise Refused(_("评议的日子要在协议期内。"))


def _copy(clauses: Iterable[TemplateClause | Clause], row: Agreement) -> None:
    Clause.objects.bulk_create(
        Clause(
            agreement=row,
            terms=row.terms,
            **as_written(one.measure),
            side=one.side,
            words=one.words,
            proof=one.proof,
            target=one.target,
        )
        for one in clauses
    )


def as_written(measure: Measure) -> dict[str, Any]:
    """What a clause keeps of its measure, as it is now."""
    return {"measure": measure, "kind": measure.kind, "name": measure.name, "english": measure.english}


def copy_clauses(source: Agreement, row: Agreement, *, terms: int | None = None) -> None:
    """The clauses of a version of the source, of that in force or else of the present one, as the draft of another."""
    _copy(queries.clauses_of(source, terms or source.in_force or source.terms), row)


def _change(actor: Actor, agreement_id: int, now: datetime, seen: int | None = None) -> steps.Step[Agreement]:
    step = steps.begin(actor, agreement_id, "change", now, seen=seen)
    if step.thing.offered_at:
        raise Refused(_("已经请各方签署，要改请先点“修改条款”。"))
    return step


@transaction.atomic
def change_days(
    actor: Actor,
    *,
    agreement_id: int,
    title: str,
    since: date,
    until: date,
    now: datetime,
    review_on: date | None = None,
    seen: int | None = None,
) -> Agreement:
    """What it is called, and from when to when it lasts. Raises Refused."""
    step = _change(actor, agreement_id, now, seen)
    _must_fit(since, until, review_on)
    row = step.thing
    row.title = steps.needed(title, 120, "title", LABEL)
    row.since, row.until, row.review_on = since, until, review_on
    return steps.finish(step, data={"until": until.isoformat()})


@dataclass(frozen=True)
class ClauseDetails:
    """A clause as somebody writes it: of which measure, owed by which side, in which words, proven by what."""

    measure: Measure
    side: str
    words: str
    proof: str
    target: int


@transaction.atomic
def write_clause(
    actor: Actor, *, agreement_id: int, details: ClauseDetails, now: datetime, clause_id: int | None = None
) -> Clause:
    """A further clause, or another wording of one. Raises Clause.DoesNotExist, Refused."""
    step = _change(actor, agreement_id, now)
    row = step.thing
    clause = _clause(row, clause_id) if clause_id else Clause(agreement=row, terms=row.terms)
    if details.side not in set(Side) or details.proof not in set(ProofKind):
        raise Refused(_("请选由哪一方做、用什么证明。"))
    if not rules.proof_fits(ProofKind(details.proof), Side(details.side), details.target):
        raise Refused(_("目标不对：比例填1到100，次数填1到1000；“三张清单”和“联席会议”只用于单位一方。"))
    for name, value in as_written(details.measure).items():
        setattr(clause, name, value)
    clause.side = details.side
    clause.words = steps.needed(details.words, 500, "words", _("条款"))
    clause.proof, clause.target = details.proof, details.target
    clause.save()
    steps.finish(step, data={"clause": clause.pk})
    return clause


@transaction.atomic
def drop_clause(actor: Actor, *, agreement_id: int, clause_id: int, now: datetime) -> None:
    """Take a clause out of a draft. Raises Clause.DoesNotExist, Refused."""
    step = _change(actor, agreement_id, now)
    clause = _clause(step.thing, clause_id)
    words = clause.words
    clause.delete()
    steps.finish(step, words=words)


def _clause(row: Agreement, clause_id: int) -> Clause:
    return Clause.objects.get(pk=clause_id, agreement=row, terms=row.terms)


@transaction.atomic
def add_parties(
    actor: Actor,
    *,
    agreement_id: int,
    now: datetime,
    units: Iterable[MemberUnit] = (),
    places: Iterable[Place] = (),
) -> int:
    """Put units, streets and communities into a draft; who is in it already stays once. Returns how many are new."""
    step = _change(actor, agreement_id, now)
    found = {f"u{one.pk}": Party(agreement=step.thing, unit=one) for one in units}
    found |= {f"p{one.pk}": Party(agreement=step.thing, place=one) for one in places}
    if any(one.place and PlaceKind(one.place.kind) not in _KINDS for one in found.values()):
        raise Refused(_("只有街道（镇）、社区（村）和区能作为一方。"))
    standing = {f"u{one.unit_id}" if one.unit_id else f"p{one.place_id}" for one in queries.parties_of(step.thing)}
    new = [one for key, one in found.items() if key not in standing]
    Party.objects.bulk_create(new)
    steps.finish(step, data={"parties": len(new)})
    return len(new)


@transaction.atomic
def drop_party(actor: Actor, *, agreement_id: int, party_id: int, now: datetime) -> None:
    """Take a party out of a draft; one that has signed an earlier version stays. Raises Party.DoesNotExist, Refused."""
    step = _change(actor, agreement_id, now)
    party = Party.objects.get(pk=party_id, agreement=step.thing)
    if step.thing.in_force or step.thing.terms > 1:
        raise Refused(_("这一方签过前面的版本，不能去掉。要退出，请终止协议后重新起草。"))
    name = str(party.unit or party.place)
    party.delete()
    steps.finish(step, words=name)


@transaction.atomic
def keep_as_template(actor: Actor, *, agreement_id: int, name: str, now: datetime) -> Template:
    """Keep the clauses as they stand as the next version of a template. Raises NotAllowed without the right."""
    row = queries.get_agreement(actor, agreement_id)
    if not actor.may(Right.SET_UP):
        raise NotAllowed(_("您没有设置本区资料的权限。"))
    called = steps.needed(name, 80, "name", _("存为范本"))
    # One at a time, so that two versions do not get one number.
    list(Measure.objects.select_for_update().order_by("pk").values_list("pk"))
    last = Template.objects.filter(name=called).aggregate(n=Max("version"))["n"] or 0
    template = Template.objects.create(name=called, version=last + 1, made_at=now, made_by_id=actor.person_id)
    TemplateClause.objects.bulk_create(
        TemplateClause(
            template=template, measure=one.measure, side=one.side, words=one.words, proof=one.proof, target=one.target
        )
        for one in queries.clauses_of(row)
    )
    trail.write(trail.entry(actor, at=now, noun="template", noun_id=template.pk, verb="make"))
    return template
