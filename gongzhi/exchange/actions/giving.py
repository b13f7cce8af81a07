"""爱心账: what came is noted, used, corrected; and its giver says how far it may be told."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from gongzhi.demands import masking
from gongzhi.exchange import giving_rules, quantities
from gongzhi.exchange import queries as exchange
from gongzhi.exchange.actions import steps, telling
from gongzhi.exchange.giving_rules import Giver, Openness, Qualifier
from gongzhi.exchange.models import Contribution, Entry, Receipt, Use
from gongzhi.exchange.queries import giving as queries
from gongzhi.exchange.rules import Side
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import MemberUnit, Place
from gongzhi.neighbourhood.rules import Actor
from gongzhi.problems import queries as problems
from gongzhi.shared import notices
from gongzhi.shared.moves import NotAllowed, Refused, _

LABEL = _("记入爱心账")
# What came before is in the books of that time.
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class Gift:
    """What came: `amount` as people write it (12000, 近20万, 20余万, 约300), on a day or over a time, what for."""

    kind: str
    amount: str
    measure: str
    came_on: date
    what_for: str
    came_until: date | None = None
    programme: str = ""
    receipt_number: str = ""


@dataclass(frozen=True)
class From:
    """Who gave: a member unit, a place, a unit that is no member by its name, or, with nothing given, a person."""

    unit: MemberUnit | None = None
    place: Place | None = None
    name: str = ""

    def columns(self) -> dict[str, Any]:
        """The giver as columns. Raises Refused for more than one."""
        name = masking.line(self.name, 120)
        if sum(bool(one) for one in (self.unit, self.place, name)) > 1:
            raise Refused(_("请只写一个提供方。"))
        kind = Giver.UNIT if self.unit else Giver.PLACE if self.place else Giver.OUTSIDE if name else Giver.PERSON
        return {"giver": kind.value, "giver_unit": self.unit, "giver_place": self.place, "giver_name": name}


def note_contribution(
    actor: Actor, *, place: Place, giver: From, gift: Gift, now: datetime, once: str, problem_id: int | None = None
) -> Contribution:
    """Write down what came to a place, or for one of its problems; the same form sent twice is one contribution."""
    problem = problems.get_problem(actor, problem_id) if problem_id is not None else None
    if problem is not None and problem.accountable != place:
        raise Refused(_("这个问题不归这个社区负责。"))
    if not steps.belongs(actor, *neighbourhood.ladder(place)):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=LABEL)
    if giver.place == place:
        raise Refused(_("提供方和接受方不能是同一个地方。"))
    measure = steps.needed(gift.measure, 20, "measure", LABEL)
    number, qualifier = giving_rules.read_amount(gift.amount, measure)
    said = _said(number, qualifier, gift.came_on, gift.came_until, gift.what_for, now)
    return _keep(
        actor,
        Contribution(
            **giver.columns(),
            **said,
            **neighbourhood.belonging(place),
            receiving_place=place,
            problem=problem,
            programme=masking.line(gift.programme, 120),
            kind=steps.kind_of(gift.kind).value,
            measure=measure,
            receipt_number=masking.line(gift.receipt_number, 40),
            once=steps.key(actor, once),
        ),
        now,
    )


def enter_pledge(actor: Actor, *, pledge_id: int, now: datetime) -> Contribution:
    """What came of a pledge of funds or goods, once it has ended, is entered as it was confirmed; once, however often.

    Raises Pledge.DoesNotExist for one that is absent or not theirs, Refused for one that has not ended.
    """
    pledge = exchange.get_pledge(actor, pledge_id)
    if known := Contribution.objects.filter(pledge=pledge).first():
        return known
    number = exchange.tallies([pledge.pk])[pledge.pk].confirmed
    if not number or not queries.may_enter(actor, pledge):
        raise Refused(_("给本地的资金和物资，兑现并结束以后才能记入爱心账。"))
    place = pledge.receiver_place
    assert place is not None
    came = Receipt.objects.filter(delivery__pledge=pledge, confirmed=True)
    days = sorted(came.values_list("delivery__delivered_on", flat=True))
    over = days[-1] if days[-1] != days[0] else None
    need = pledge.match.need if pledge.match else None
    return _keep(
        actor,
        Contribution(
            **From(unit=pledge.giver_unit, place=pledge.giver_place).columns(),
            **_said(number, Qualifier.EXACT, days[0], over, need.title if need else pledge.what, now),
            **neighbourhood.belonging(place),
            receiving_place=place,
            problem=need.problem if need else None,
            programme=need.programme if need else "",
            kind=pledge.kind,
            measure=pledge.measure,
            pledge=pledge,
            once=f"pledge-{pledge.pk}",
        ),
        now,
    )


def _said(
    number: Decimal, qualifier: Qualifier, day: date, until: date | None, what_for: str, now: datetime
) -> dict[str, Any]:
    """The columns of an entry, checked."""
    today = timezone.localtime(now).date()
    if not EARLIEST <= day <= (until or day) <= today:
        raise Refused(_("日期要在今天以前，起止要有先后。"))
    return {
        "quantity": number,
        "qualifier": qualifier.value,
        "came_on": day,
        "came_until": until if until != day else None,
        "what_for": steps.needed(what_for, 200, "what_for", LABEL),
    }


def _keep(actor: Actor, row: Contribution, now: datetime) -> Contribution:
    """Keep a contribution with its first entry; where the same was kept before, that one."""
    row.noted_at, row.noted_by_id = now, actor.person_id

    def keep() -> Contribution:
        row.save()
        _enter(row, actor, now)
        data = {"pledge": row.pledge_id} if row.pledge_id else None
        steps.note(actor, row, "note", "", now, data=data)
        _tell(_givers(row, now), row, _("贵方给的已记入爱心账，可不可以公开由您定"), now)
        return row

    return steps.once(Contribution.objects.filter(once=row.once), keep)[0]


def _enter(row: Contribution, actor: Actor, now: datetime, words: str = "", **said: Any) -> None:
    columns = {name: getattr(row, name) for name in ("quantity", "qualifier", "came_on", "came_until", "what_for")}
    Entry.objects.create(contribution=row, **(columns | said), words=words, noted_at=now, noted_by_id=actor.person_id)


def _givers(row: Contribution, now: datetime) -> list[int]:
    return exchange.speakers(row.giver_unit, row.giver_place_id, timezone.localtime(now).date())


def _tell(people: list[int], row: Contribution, subject: str, now: datetime, words: str = "") -> None:
    line = f"{row.receiving_place.name} · {row.what_for}"
    notices.tell_people("contribution", row.pk, people, subject, f"{line}\n{words}".strip(), now=now)


def _begin(
    actor: Actor, contribution_id: int, verb: str, now: datetime, seen: int | None, **given: Any
) -> steps.Step[Contribution]:
    queries.visible_contributions(actor).only("pk").get(pk=contribution_id)
    rows = Contribution.objects.select_for_update(of=("self",)).select_related(*queries.BOTH)
    row = rows.get(pk=contribution_id)
    standings = queries.contribution_standings(actor, row)
    return steps.begin(actor, row, giving_rules.GIVING_MOVES, verb, standings, now=now, seen=seen, **given)


def _must_be_left(row: Contribution, used: Decimal, quantity: Decimal) -> None:
    """Raise Refused where more would be used than came; `used` is without this one."""
    if row.qualifier in giving_rules.BOUNDED and used + quantity > row.quantity:
        raise Refused(
            _("这一笔只剩%(left)s%(measure)s可用。"),
            left=quantities.shown(max(row.quantity - used, quantities.ZERO)),
            measure=row.measure,
        )


def _spend(step: steps.Step[Contribution], use: Use, subject: str) -> Use:
    """Keep a use; the database counts it, and the giver is told what became of it."""
    row = step.thing
    if not row.came_on <= use.used_on <= step.now.date():
        raise Refused(_("使用的日期要在收到以后、今天以前。"))
    use.contribution, use.noted_at, use.noted_by_id = row, step.now, step.actor.person_id
    use.save()
    row.refresh_from_db(fields=["used"])
    data: dict[str, object] = {"quantity": str(use.quantity), "day": use.used_on.isoformat(), "use": use.pk}
    steps.finish(step, words="\n".join(one for one in (use.what, use.words) if one), data=data)
    _tell(_givers(row, step.now), row, subject, step.now, use.what)
    return use


@transaction.atomic
def use_contribution(
    actor: Actor,
    *,
    contribution_id: int,
    quantity: Decimal | int | str,
    day: date,
    what: str,
    now: datetime,
    voucher: str = "",
    seen: int | None = None,
) -> Use:
    """Write down what some of it was used for. Never more than came, where that is known."""
    step = _begin(actor, contribution_id, "use", now, seen, quantity=quantity, day=day, what=steps.said(what))
    amount = quantities.quantity(quantity)
    _must_be_left(step.thing, step.thing.used, amount)
    use = Use(quantity=amount, used_on=day, **_proof(what, voucher))
    return _spend(step, use, _("贵方给的用了一笔"))


def _proof(what: str, voucher: str) -> dict[str, str]:
    return {
        "what": steps.needed(what, 200, "what", giving_rules.GIVING_MOVES["use"].label),
        "voucher": masking.line(voucher, 40),
    }


@transaction.atomic
def correct_use(
    actor: Actor,
    *,
    contribution_id: int,
    use_id: int,
    quantity: Decimal | int | str,
    day: date,
    what: str,
    words: str,
    now: datetime,
    voucher: str = "",
    seen: int | None = None,
) -> Use:
    """Write a use down anew, with the reason; both rows stay, the later counts. Nothing may have been used at all."""
    given = {"use": use_id, "quantity": quantity, "day": day, "what": steps.said(what), "words": steps.said(words)}
    step = _begin(actor, contribution_id, "correct_use", now, seen, **given)
    spent = next((one for one in queries.uses_of([contribution_id])[contribution_id] if one.first == use_id), None)
    if spent is None:
        raise Refused(_("没有这一条使用记录，请重新选。"))
    amount = quantities.quantity(quantity, least=quantities.ZERO)
    _must_be_left(step.thing, step.thing.used - spent.row.quantity, amount)
    reason = masking.clean_text(words, 500)
    use = Use(corrects_id=spent.first, quantity=amount, used_on=day, words=reason, **_proof(what, voucher))
    return _spend(step, use, _("贵方给的，使用记录有更正"))


@transaction.atomic
def correct_contribution(
    actor: Actor,
    *,
    contribution_id: int,
    amount: str,
    day: date,
    what: str,
    words: str,
    now: datetime,
    until: date | None = None,
    seen: int | None = None,
) -> Contribution:
    """Write down anew what came, with the reason; the first entry stays. Never less than was used of it already."""
    given = {"amount": amount, "day": day, "what": steps.said(what), "words": steps.said(words)}
    step = _begin(actor, contribution_id, "correct_entry", now, seen, **given)
    row = step.thing
    if amount.strip() == "0":
        number, qualifier = quantities.ZERO, Qualifier.EXACT
    else:
        number, qualifier = giving_rules.read_amount(amount, row.measure)
    if qualifier in giving_rules.BOUNDED and number < row.used:
        raise Refused(
            _("已经用了%(used)s%(measure)s，不能改得比这更少；先更正使用记录。"),
            used=quantities.shown(row.used),
            measure=row.measure,
        )
    reason = masking.clean_text(words, 500)
    _enter(row, actor, step.now, reason, **_said(number, qualifier, day, until, what, now))
    row.refresh_from_db(fields=["quantity", "qualifier", "came_on", "came_until", "what_for"])
    data = {"amount": giving_rules.typed(number, qualifier), "day": day.isoformat()}
    steps.finish(step, words=reason, data=data)
    _tell(_givers(row, now), row, _("贵方给的，记账有更正"), now, reason)
    return row


@transaction.atomic
def agree_public(
    actor: Actor,
    *,
    contribution_id: int,
    openness: str,
    now: datetime,
    day: date | None = None,
    words: str = "",
    name: str = "",
    seen: int | None = None,
) -> Contribution:
    """The giver lets it be told, with or without the name; a desk that writes it down for them says when and how.

    `name` is how a person wants to be called. It is kept while they agree, and nowhere else.
    """
    step = _begin(actor, contribution_id, "agree", now, seen, openness=openness)
    row, how = step.thing, masking.line(words, 200)
    if openness not in giving_rules.TOLD:
        raise Refused(_("请选公开时署不署名。"))
    day = day or step.now.date()
    if not row.came_on <= day <= step.now.date():
        raise Refused(_("同意的日期要在收到以后、今天以前。"))
    own = Side.GIVER in queries.contribution_standings(actor, row)
    if not own:
        how = steps.needed(words, 200, "words", giving_rules.GIVING_MOVES["agree"].label)
    row.public_name = ""
    if row.giver == Giver.PERSON and openness == Openness.NAMED:
        row.public_name = steps.needed(name, 60, "name", giving_rules.GIVING_MOVES["agree"].label)
    step.after = Openness(openness).value
    row.agreed_on, row.agreed_words, row.agreed_by_id = day, how, actor.person_id
    row = steps.finish(step, data={"day": day.isoformat(), "openness": openness})
    _tell_other_side(row, own, _("爱心账：提供方同意公开"), now)
    return row


@transaction.atomic
def withdraw_public(actor: Actor, *, contribution_id: int, now: datetime, seen: int | None = None) -> Contribution:
    """The giver does not want it told any more: it is gone from the public page, and so is a person's name from here."""
    step = _begin(actor, contribution_id, "withdraw", now, seen)
    row = step.thing
    row.public_name = row.agreed_words = ""
    row.agreed_on = row.agreed_by = None
    own = Side.GIVER in queries.contribution_standings(actor, row)
    row = steps.finish(step)
    _tell_other_side(row, own, _("爱心账：提供方撤回公开"), now)
    return row


def _tell_other_side(row: Contribution, own: bool, subject: str, now: datetime) -> None:
    _tell(telling.desk_of(row, now) if own else _givers(row, now), row, subject, now)
