"""Answering one of the three forms: what was said of each line, what is new, or expressly nothing. One transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db import transaction

from gongzhi.demands import masking
from gongzhi.exchange import queries
from gongzhi.exchange.actions import rounds, steps
from gongzhi.exchange.actions.needs import NeedDetails, change_need, restate_need, state_need, withdraw_need
from gongzhi.exchange.actions.offers import OfferDetails, change_offer, end_offer, state_offer
from gongzhi.exchange.models import Filing, Need, Offer, Round
from gongzhi.exchange.queries import Member, Whose
from gongzhi.exchange.round_rules import Reach, Sheet, Way
from gongzhi.exchange.rules import NeedState, OfferState
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.moves import Missing, Refused, _

KEEP, CHANGE, END = "keep", "change", "end"
NOTHING_SAID = _("一项都没有写。本期没有的，请按“本期没有”。")
_STILL_THERE = _("清单上还有东西：请逐项说还在不在；都不再了，就逐项选“不再”。")
_GONE, _GONE_NEED = "填报时说不再提供", "填报时说不再需要"
_LINE_COLUMNS = ("title", "quantity", "measure")


@dataclass(frozen=True)
class Said:
    """What was said of one line: "keep", "change" with what is new of title, quantity and measure, or "end"."""

    verb: str
    changed: dict[str, Any] | None = None
    seen: int | None = None


class OnLine(Refused):
    """A refusal of one line; `line` is its number, or "new" and the place of a new one."""

    def __init__(self, line: str, refusal: Refused) -> None:
        super().__init__(refusal.message, **refusal.values)
        self.line = line


@transaction.atomic
def fill_lines(
    actor: Actor,
    *,
    round_id: int,
    sheet: Sheet,
    said: dict[int, Said],
    new: Sequence[OfferDetails] | Sequence[NeedDetails],
    nothing: bool,
    once: str,
    now: datetime,
    unit_id: int | None = None,
    member_id: int | None = None,
    by_phone: bool = False,
) -> Filing:
    """Answer what a unit, or a person in their own right, has or needs: every line it starts from kept, changed or
    ended, new ones stated; `by_phone` where the desk writes down what the member says.

    All of it or none. Raises OnLine where one line cannot be, Refused where a line is left out or nothing was said.
    """
    step, whose = _begin(actor, round_id, unit_id, member_id, by_phone, now)
    if known := _sent(step.thing, whose, sheet, once):
        return known
    member = _member(step.thing, whose)
    rows = queries.lines_to_answer(actor, step.thing, whose, sheet)
    if nothing and new:
        raise Refused(_("上面写了内容，又选了本期没有，请只留一样。"))
    if any(said.get(row.pk, Said("")).verb not in (KEEP, CHANGE, END) for row in rows):
        raise Refused(_STILL_THERE)
    if not rows and not new and not nothing:
        raise Refused(NOTHING_SAID)
    answer = _answer_offer if sheet is Sheet.HAVE else _answer_need
    lines = [
        kept for row in rows
        if (kept := _on(str(row.pk), lambda row=row: answer(actor, row, said[row.pk], step, once)))  # type: ignore[misc]
    ]  # fmt: skip
    lines += [
        _on(f"new{place}", lambda one=one, place=place: _state(actor, member, one, f"{once}-{place}", now))  # type: ignore[misc]
        for place, one in enumerate(new)
    ]
    return _keep(step, whose, sheet, once, nothing=not lines, lines=lines)


def _begin(
    actor: Actor, round_id: int, unit_id: int | None, member_id: int | None, by_phone: bool, now: datetime
) -> tuple[steps.Step[Round], Whose]:
    whose = Whose(unit_id, member_id)
    return rounds.begin(actor, round_id, "note" if by_phone else "fill", now, whose=whose), whose


def _member(row: Round, whose: Whose) -> Member:
    found = next((one for one in queries.round_members(row) if one.whose == whose), None)
    if found is None:
        raise Refused(rounds.NOT_IN_IT)
    return found


def _on(line: str, act: Callable[[], Any]) -> Any:
    try:
        return act()
    except Refused as refusal:
        raise OnLine(line, refusal) from refusal


def _answer_offer(actor: Actor, row: Offer, said: Said, step: steps.Step[Round], once: str) -> int | None:
    """Do what was said of an offer; its number, or that of the one that takes its place; None for one that is gone."""
    now, over = step.now, row.state == OfferState.ENDED
    if said.verb == END:
        if not over:
            end_offer(actor, offer_id=row.pk, words=_GONE, now=now)
        return None
    details = _with(OfferDetails, row, said)
    if over:
        # What has run out is stated anew, until the end of this period.
        last = {"valid_from": None, "valid_until": max(step.thing.until, now.date())}
        details = OfferDetails(**{**details.__dict__, **last})
        once = f"{once}-{row.pk}"
        return state_offer(actor, details=details, unit=row.unit, member=row.member, now=now, once=once).offer.pk
    if said.verb == CHANGE:
        change_offer(actor, offer_id=row.pk, details=details, now=now, seen=said.seen)
    return row.pk


def _answer_need(actor: Actor, row: Need, said: Said, step: steps.Step[Round], once: str) -> int | None:
    """Do what was said of a need; its number, or None for one that is not needed any more."""
    now, over = step.now, row.state == NeedState.LAPSED
    if said.verb == END:
        if not over:
            withdraw_need(actor, need_id=row.pk, words=_GONE_NEED, now=now)
        return None
    seen = said.seen
    if over:
        restate_need(actor, need_id=row.pk, deadline=max(step.thing.until, now.date()), now=now, seen=seen)
        row.refresh_from_db()
        seen = None
    if said.verb == CHANGE:
        change_need(actor, need_id=row.pk, details=_with(NeedDetails, row, said), now=now, seen=seen)
    return row.pk


def _with(kind: type[Any], row: Offer | Need, said: Said) -> Any:
    """What is said of a row, with what is new."""
    new = {name: value for name, value in (said.changed or {}).items() if name in _LINE_COLUMNS}
    return kind(**{one.name: getattr(row, one.name) for one in fields(kind)} | new)


def _state(actor: Actor, whose: Member, details: OfferDetails | NeedDetails, once: str, now: datetime) -> int:
    if isinstance(details, OfferDetails):
        return state_offer(actor, details=details, unit=whose.unit, member=whose.head, now=now, once=once).offer.pk
    return state_need(actor, details=details, unit=whose.unit, member=whose.head, now=now, once=once).need.pk


@transaction.atomic
def fill_link(
    actor: Actor,
    *,
    round_id: int,
    ways: Sequence[str],
    reach: str,
    words: str,
    nothing: bool,
    once: str,
    now: datetime,
    unit_id: int | None = None,
    member_id: int | None = None,
    by_phone: bool = False,
) -> Filing:
    """Answer how a member wants to take part and be reached, or that it does not this time. Raises Refused."""
    step, whose = _begin(actor, round_id, unit_id, member_id, by_phone, now)
    if known := _sent(step.thing, whose, Sheet.LINK, once):
        return known
    _member(step.thing, whose)
    said = {} if nothing else link_columns(ways, reach, words)
    return _keep(step, whose, Sheet.LINK, once, nothing=nothing, **said)


def link_columns(ways: Sequence[str], reach: str, words: str) -> dict[str, Any]:
    """How a unit wants to take part and be reached, checked. Raises Missing, Refused."""
    chosen = [way.value for way in Way if way in ways]
    if not chosen or len(chosen) != len(set(ways)):
        raise Missing(_("请选怎么参与，至少一项。"), field="ways")
    if reach not in set(Reach):
        raise Missing(_("请选怎么联系您。"), field="reach")
    return {"ways": chosen, "reach": reach, "words": masking.clean_text(words, 500)}


def _sent(row: Round, whose: Whose, sheet: Sheet, once: str) -> Filing | None:
    """The answer that this very form gave before."""
    return Filing.objects.filter(**whose.rows(), round=row, sheet=sheet.value, once=once[:80]).first()


def _keep(step: steps.Step[Round], whose: Whose, sheet: Sheet, once: str, **answer: Any) -> Filing:
    blank = {"nothing": False, "lines": [], "ways": [], "reach": "", "words": ""}
    about = {"answered_at": step.now, "answered_by_id": step.actor.person_id, "once": once[:80]}
    filing, _new = Filing.objects.update_or_create(
        round=step.thing, unit_id=whose.unit, member_id=whose.member, sheet=sheet.value,
        defaults={**blank, **answer, **about},
    )  # fmt: skip
    data = whose.rows() | {"sheet": sheet.value}
    steps.note(step.actor, step.thing, step.verb, step.before, step.now, data=data)
    return filing


def note_filing(actor: Actor, *, whose: Whose, sheet: Sheet, once: str, now: datetime, **answer: Any) -> bool:
    """For lists taken in by the desk: the member has answered this form in every round of the desk's that asks it.

    What the member itself has answered stays. Returns whether any round asked.
    """
    asked = False
    for row in queries.open_rounds(actor):
        if "note" not in queries.round_moves(actor, row) or not queries.members_with(row, lambda one: one == whose):
            continue
        step = rounds.begin(actor, row.pk, "note", now)
        asked = True
        known = Filing.objects.filter(**whose.rows(), round=row, sheet=sheet.value).first()
        if known is None:
            _keep(step, whose, sheet, once, **answer)
        elif lines := answer.get("lines"):
            known.lines, known.nothing = sorted({*known.lines, *lines}), False
            known.save(update_fields=["lines", "nothing"])
    return asked
