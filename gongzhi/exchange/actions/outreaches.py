"""外部转介: an outsider is asked by a signed link to help with a need; what they say, what came of it, who confirms it.

The outsider reads what the desk wrote for them and nothing of the need. For a confidential need its own unit agrees to
those words before anything is sent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction

from gongzhi.demands import masking
from gongzhi.exchange import quantities, queries, talk_rules
from gongzhi.exchange.actions import steps, telling
from gongzhi.exchange.models import Need, Outreach
from gongzhi.exchange.rules import NeedState
from gongzhi.exchange.talk_rules import OutreachState, Outsider
from gongzhi.neighbourhood import actions as neighbourhood
from gongzhi.neighbourhood import queries as neighbours
from gongzhi.neighbourhood.queries import Contact
from gongzhi.neighbourhood.rules import CLOCK, Actor
from gongzhi.shared import notices, secrets, trail
from gongzhi.shared.days import calendar
from gongzhi.shared.moves import Missing, NotAllowed, Refused, WrongState, _

LINK, LABEL = "outreach", _("请外部单位或专家帮忙")
# What is set when the next step is due: how long it may take from here.
_DAYS = {
    OutreachState.PROPOSED: "outreach_days",
    OutreachState.SENT: "outreach_days",
    OutreachState.OPENED: "outreach_days",
    OutreachState.ACCEPTED: "outreach_result_days",
    OutreachState.REPORTED: "outreach_days",
}


@dataclass(frozen=True)
class Party:
    """Who is asked, and how they are reached; none of the ways need be known."""

    name: str
    person: str = ""
    phone: str = ""
    email: str = ""


@transaction.atomic
def start_outreach(
    actor: Actor, *, need_id: int, party: Party, asked: str, now: datetime, once: str, facts: str = ""
) -> Outreach:
    """Ask somebody outside to help with a verified need: what is asked, and which facts they may be told.

    The same form sent twice is one outreach. Raises Refused, or Need.DoesNotExist for a need that is not theirs.
    """
    queries.visible_needs(actor).only("pk").get(pk=need_id)
    need = steps.locked_need(need_id)
    if queries.DESK_STANDINGS.isdisjoint(queries.need_standings(actor, need)):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=LABEL)
    key = steps.key(actor, once)
    if known := Outreach.objects.filter(once=key).first():
        return known
    if need.state != NeedState.VERIFIED:
        raise WrongState(_("这项需求还没有核实，或已经结束。"))
    state = OutreachState.PROPOSED if need.confidential else OutreachState.SENT
    outreach = Outreach.objects.create(
        state=state.value,
        need=need,
        party=steps.needed(party.name, 120, "party", LABEL),
        contact=neighbourhood.seal_contact(
            purpose="outreach", name=party.person[:60], phone=party.phone[:40], email=party.email[:200], now=now
        ),
        asked=_needed(asked, 1000),
        facts=masking.clean_text(facts, 2000),
        started_at=now,
        started_by_id=actor.person_id,
        due_at=_due(state, now),
        once=key,
    )
    steps.note(actor, outreach, "start", "", now)
    if need.confidential:
        _tell(outreach, telling.receiver_of(need, now), _("社区想请外部帮忙，请看能不能这样说"), now)
    else:
        send_link(outreach, now)
    return outreach


def _needed(text: str, limit: int) -> str:
    """A text that must be there, its lines kept. Raises Missing."""
    if not (cleaned := masking.clean_text(text, limit)):
        raise Missing(_("请写明想请对方做什么。"), field="asked")
    return cleaned


def _due(state: OutreachState, now: datetime) -> datetime | None:
    days = _DAYS.get(state)
    return calendar().add_working_days(now, queries.settings()[days]) if days else None


def _tell(outreach: Outreach, people: Iterable[int], subject: str, now: datetime) -> None:
    """Tell of an outreach; of a confidential need not even whom it goes to."""
    body = "" if outreach.need.confidential else f"{outreach.need.title} → {outreach.party}"
    notices.tell_people("outreach", outreach.pk, people, subject, body, now=now)


# The link


def outreach_link(outreach: Outreach) -> str:
    """The signed address under which the outsider answers."""
    return f"{settings.SITE_ADDRESS}/o/{secrets.sign(LINK, f'{outreach.pk}-{outreach.link}')}"


def read_outreach_link(token: str) -> Outreach:
    """The outreach behind a link.

    Raises `signing.SignatureExpired` for a link that is over or was taken back, `signing.BadSignature` for any other.
    """
    value = secrets.read_signed(LINK, token, max_age=queries.settings()["outreach_link_days"] * 86_400)
    pk, _dash, link = value.partition("-")
    outreach = queries.visible_outreaches(talk_rules.outsider(int(pk))).filter(link=int(link)).first()
    if outreach is None:
        raise signing.SignatureExpired
    return queries.get_outreach(talk_rules.outsider(outreach.pk), outreach.pk)


def send_link(outreach: Outreach, now: datetime, body: str = "") -> None:
    """Send the outsider their link by the way that they left; where there is none, the desk hands it on."""
    left = neighbours.address_left(outreach.contact_id)
    if left is None or outreach.state not in talk_rules.LINKED:
        return
    channel, address = left
    place = outreach.need.community or outreach.need.subdistrict or outreach.need.receiving_place
    body = body or f"{place.name if place else ''}想请您帮个忙"
    notices.tell(
        notices.notice(
            at=now,
            noun="outreach",
            noun_id=outreach.pk,
            channel=channel,
            subject=_("社区想请您帮个忙"),
            body=f"{body}\n请点开看，不用登录：{outreach_link(outreach)}",
            address=address,
        )
    )


# Its moves


def _begin(
    actor: Actor, outreach_id: int, verb: str, now: datetime, seen: int | None, **given: Any
) -> steps.Step[Outreach]:
    queries.visible_outreaches(actor).only("pk").get(pk=outreach_id)
    rows = Outreach.objects.select_for_update(of=("self",))
    sides = (f"need__{one}" for one in queries.NEED_SIDE)
    outreach = rows.select_related(*sides, "need__community", "need__subdistrict").get(pk=outreach_id)
    standings = queries.outreach_standings(actor, outreach)
    return steps.begin(actor, outreach, talk_rules.OUTREACH_MOVES, verb, standings, now=now, seen=seen, **given)


def _finish(step: steps.Step[Outreach], words: str = "", data: dict[str, object] | None = None) -> Outreach:
    """The next step is due anew, unless nothing is left to be done."""
    state = OutreachState(step.after)
    step.thing.due_at, step.thing.climbed_at = _due(state, step.now), None
    step.thing.ended_at = None if state in talk_rules.RUNNING else step.now
    return steps.finish(step, words=words, data=data)


@transaction.atomic
def agree_outreach(actor: Actor, *, outreach_id: int, now: datetime, seen: int | None = None) -> Outreach:
    """The unit agrees that the outsider is told exactly these words; only then are they sent."""
    step = _begin(actor, outreach_id, "agree", now, seen)
    step.thing.agreed_at, step.thing.agreed_by_id = step.now, actor.person_id
    outreach = _finish(step)
    send_link(outreach, step.now)
    _tell(outreach, telling.desk_of(outreach.need, now), _("单位同意转介，请把链接发给对方"), now)
    return outreach


@transaction.atomic
def object_to_outreach(
    actor: Actor, *, outreach_id: int, words: str, now: datetime, seen: int | None = None
) -> Outreach:
    """The unit does not want it; nothing was sent."""
    step = _begin(actor, outreach_id, "object", now, seen, words=steps.said(words))
    outreach = _finish(step, masking.clean_text(words, 500))
    _tell(outreach, telling.desk_of(outreach.need, now), _("单位不同意转介"), now)
    return outreach


@transaction.atomic
def open_outreach(actor: Actor, *, outreach_id: int, now: datetime) -> Outreach:
    """The outsider has opened the link with their own hand; one that was opened before stays as it is."""
    try:
        return _finish(_begin(actor, outreach_id, "open", now, None))
    except WrongState:
        return queries.get_outreach(actor, outreach_id)


# Verb to what those inside are told.
_ANSWERS = {
    "accept": _("受转介方愿意帮忙"),
    "ask": _("受转介方想先多了解，请回复"),
    "decline": _("受转介方这次帮不上"),
    "report": _("受转介方的结果来了，请确认"),
}


@transaction.atomic
def answer_outreach(
    actor: Actor, *, outreach_id: int, verb: str, now: datetime, words: str = "", seen: int | None = None
) -> Outreach:
    """The outsider says yes, no, or what they want to know first; told by telephone, the desk writes it down."""
    step = _begin(actor, outreach_id, verb, now, seen, words=steps.said(words))
    step.thing.answer = masking.clean_text(words, 1000)
    outreach = _finish(step, step.thing.answer)
    # What an outsider asks is told as a message.
    if not (verb == "ask" and isinstance(actor, Outsider)):
        _tell_inside(step, _ANSWERS[verb])
    return outreach


@transaction.atomic
def report_outreach(
    actor: Actor,
    *,
    outreach_id: int,
    words: str,
    now: datetime,
    brought: Decimal | int | str | None = None,
    seen: int | None = None,
) -> Outreach:
    """What came of it, and how much of what was needed, where that can be counted; told by the outsider or the desk."""
    step = _begin(actor, outreach_id, "report", now, seen, words=steps.said(words))
    outreach = step.thing
    outreach.result = masking.clean_text(words, 2000)
    outreach.brought = None if brought in (None, "") else quantities.quantity(brought)
    amount: dict[str, object] = {} if outreach.brought is None else {"quantity": str(outreach.brought)}
    outreach = _finish(step, outreach.result, amount)
    _tell_inside(step, _ANSWERS["report"])
    return outreach


def _tell_inside(step: steps.Step[Outreach], subject: str) -> None:
    outreach, now = step.thing, step.now
    people = {*telling.receiver_of(outreach.need, now), *telling.desk_of(outreach.need, now)}
    _tell(outreach, people - {step.actor.person_id or 0}, subject, now)


@transaction.atomic
def confirm_outreach(actor: Actor, *, outreach_id: int, now: datetime, seen: int | None = None) -> Outreach:
    """Whoever needed it says that the result is so; what it brought counts as received from outside."""
    step = _begin(actor, outreach_id, "confirm", now, seen)
    outreach = _finish(step)
    _tell(outreach, telling.desk_of(outreach.need, now), _("转介的结果已确认"), now)
    return outreach


@transaction.atomic
def dispute_outreach(actor: Actor, *, outreach_id: int, words: str, now: datetime, seen: int | None = None) -> Outreach:
    """Whoever needed it says what is wrong; the result is written anew, both stand in the trail."""
    step = _begin(actor, outreach_id, "dispute", now, seen, words=steps.said(words))
    outreach = _finish(step, masking.clean_text(words, 500))
    _tell(outreach, telling.desk_of(outreach.need, now), _("需求方说转介的结果不对，请核实"), now)
    return outreach


@transaction.atomic
def renew_outreach(actor: Actor, *, outreach_id: int, now: datetime, seen: int | None = None) -> Outreach:
    """A new link; whoever holds an earlier one opens nothing any more."""
    step = _begin(actor, outreach_id, "renew", now, seen)
    step.thing.link += 1
    outreach = steps.finish(step)
    send_link(outreach, step.now)
    return outreach


@transaction.atomic
def withdraw_outreach(
    actor: Actor, *, outreach_id: int, words: str, now: datetime, seen: int | None = None
) -> Outreach:
    """It is not needed any more, and why; the link opens nothing from now on."""
    return _finish(
        _begin(actor, outreach_id, "withdraw", now, seen, words=steps.said(words)), masking.clean_text(words, 500)
    )


def under_way(need: Need) -> bool:
    """Whether somebody outside has agreed to help with this need, and it is not confirmed yet."""
    agreed = [OutreachState.ACCEPTED.value, OutreachState.REPORTED.value]
    return Outreach.objects.filter(need=need, state__in=agreed).exists()


def must_have_results(need: Need) -> None:
    """Raise Refused while an outreach for this need has no result."""
    if Outreach.objects.filter(need=need, state__in=sorted(talk_rules.UNSETTLED)).exists():
        raise Refused(_("还有转介没有结果，请先写明结果或撤回。"))


def call_off_outreaches(need: Need, now: datetime) -> None:
    """What was asked outside for a need that has ended is taken back, unless there is a result."""
    rows = Outreach.objects.filter(need=need, state__in=sorted(talk_rules.UNSETTLED))
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
        _finish(_begin(CLOCK, pk, "withdraw", now, None, words="need_ended"), data={"why": "need_ended"})


@transaction.atomic
def see_party(actor: Actor, *, outreach_id: int, now: datetime) -> Contact | None:
    """How the outsider is reached, and a trail entry that it was looked at. Raises NotAllowed without the right."""
    outreach = queries.get_outreach(actor, outreach_id)
    if outreach.contact_id and not queries.may_see_party(actor, outreach):
        raise NotAllowed(_("您没有查看联系方式的权限。"))
    contact = neighbours.read_contact(actor, outreach.contact)
    if contact:
        trail.write(trail.entry(actor, at=now, noun="outreach", noun_id=outreach_id, verb="see_contact"))
    return contact


# What time brings


def climb_outreaches(*, now: datetime) -> int:
    """For the clock: tell the leaders, once a step, of every outreach whose next step is late. Returns how many."""
    rows = Outreach.objects.filter(state__in=sorted(talk_rules.RUNNING), due_at__lt=now, climbed_at=None)
    return steps.each(rows.order_by("pk").values_list("pk", flat=True), lambda pk: _climb(pk, now))


@transaction.atomic
def _climb(outreach_id: int, now: datetime) -> bool:
    row = Outreach.objects.select_for_update().get(pk=outreach_id)
    if row.state not in talk_rules.RUNNING or row.climbed_at or row.due_at is None or row.due_at >= now:
        return False
    step = _begin(CLOCK, outreach_id, "climb", now, None)
    step.thing.climbed_at = step.now
    outreach = steps.finish(step)
    _tell(outreach, telling.heads_of(outreach.need, now), _("转介到期没有进展"), now)
    return True


def wipe_parties(*, now: datetime, most: int = 500) -> int:
    """For the clock: forget how to reach outsiders some days after it ended. Returns how many were wiped."""
    before = now - timedelta(days=queries.settings()["outreach_contact_days"])
    rows = Outreach.objects.filter(ended_at__lt=before, contact__isnull=False, contact__wiped_at=None)
    return steps.each(rows.order_by("pk").values_list("pk", flat=True)[:most], lambda pk: _wipe(pk, now))


@transaction.atomic
def _wipe(outreach_id: int, now: datetime) -> bool:
    outreach = Outreach.objects.select_for_update().get(pk=outreach_id)
    assert outreach.contact_id is not None
    neighbourhood.wipe_contact(outreach.contact_id, now=now)
    notices.wipe("outreach", outreach_id)
    trail.write(trail.entry(CLOCK, at=now, noun="outreach", noun_id=outreach_id, verb="wipe"))
    return True
