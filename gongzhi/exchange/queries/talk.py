"""What may be read in the threads of needs, offers, pledges and outreaches, as what somebody speaks there, and what is
unread.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from gongzhi.exchange.models import Message, Need, Offer, Outreach, Pledge, Thread, ThreadRead
from gongzhi.exchange.queries.directory import get_member
from gongzhi.exchange.queries.listed import (
    DESK_STANDINGS,
    MEMBER,
    NONE,
    get_need,
    get_offer,
    members_of,
    need_standings,
    needs_seen,
    places_of,
    units_of,
    visible_offers,
)
from gongzhi.exchange.queries.outside import get_outreach, outreach_standings
from gongzhi.exchange.queries.promised import get_pledge, pledge_standings, stands_as
from gongzhi.exchange.rules import Side
from gongzhi.exchange.talk_rules import OutreachState, Outsider, Topic, Voice
from gongzhi.neighbourhood.rows import Membership
from gongzhi.neighbourhood.rules import Actor

About = Need | Offer | Pledge | Outreach | Membership


@dataclass(frozen=True)
class Talk:
    """One thread as this reader takes part in it; `thread` is None before the first message."""

    topic: Topic
    about: About
    voice: Voice
    thread: Thread | None


@dataclass(frozen=True)
class Said:
    """One message; `read` and `unread` are the other voices that have and have not read it, for whoever wrote it."""

    message: Message
    mine: bool
    read: tuple[Voice, ...] = ()
    unread: tuple[Voice, ...] = ()


_GET: dict[Topic, Callable[[Actor, int], About]] = {
    Topic.NEED: get_need,
    Topic.OFFER: get_offer,
    Topic.PLEDGE: get_pledge,
    Topic.OUTREACH: get_outreach,
    Topic.MEMBER: get_member,
}
# Absent, not theirs, or nothing that they speak in: the same.
ABSENT_TALK = (
    *(Need.DoesNotExist, Offer.DoesNotExist, Pledge.DoesNotExist, Outreach.DoesNotExist, Thread.DoesNotExist),
    Membership.DoesNotExist,
)


def get_talk(actor: Actor, topic: Topic, pk: int) -> Talk:
    """A thread that the actor takes part in. Raises one of ABSENT_TALK."""
    about = get_about(actor, topic, pk)
    voice = voice_of(actor, about)
    if voice is None:
        raise Thread.DoesNotExist
    return Talk(topic, about, voice, Thread.objects.filter(**{topic.value: about.pk}).first())


def get_about(actor: Actor, topic: Topic, pk: int) -> About:
    """What a thread is, or could be, about. Raises one of ABSENT_TALK."""
    return _GET[topic](actor, pk)


def voice_of(actor: Actor, about: About) -> Voice | None:
    """As what the actor speaks here; None for whoever may only look on, and for all before an outreach is sent."""
    if isinstance(about, Outreach) and about.state == OutreachState.PROPOSED:
        return None
    if isinstance(actor, Outsider):
        return Voice.OUTSIDER
    if isinstance(about, Membership):
        if about.pk in members_of(actor):
            return Voice.MEMBER
        # Any desk that finds them in the directory; another member speaks with them in a match.
        return Voice.DESK if actor.holds(*DESK_STANDINGS) else None
    if isinstance(about, Offer):
        if stands_as(actor, about.unit_id, about.giving_place_id, about.member_id):
            return Voice.GIVER
        # Any desk that sees it may ask about it; a unit that was asked to take it speaks in its match.
        return Voice.DESK if actor.holds(*DESK_STANDINGS) else None
    if isinstance(about, Pledge):
        standings = pledge_standings(actor, about)
        if Side.GIVER in standings or Side.RECEIVER in standings:
            return Voice.GIVER if Side.GIVER in standings else Voice.RECEIVER
        return Voice.DESK if standings & DESK_STANDINGS and _told(actor, about) else None
    need = about.need if isinstance(about, Outreach) else about
    if stands_as(actor, need.unit_id, need.receiving_place_id, need.member_id):
        return Voice.RECEIVER
    standings = outreach_standings(actor, about) if isinstance(about, Outreach) else need_standings(actor, need)
    return Voice.DESK if standings & DESK_STANDINGS else None


def _told(actor: Actor, pledge: Pledge) -> bool:
    """Whether the actor may know what the pledge is for: of a confidential need its own desk alone."""
    need = Need.objects.filter(Q(confidential=False) | needs_seen(actor))
    return pledge.match is None or need.filter(pk=pledge.match.need_id).exists()


def voices_in(about: About) -> tuple[Voice, ...]:
    """Who speaks in such a thread."""
    if isinstance(about, Membership):
        return (Voice.MEMBER, Voice.DESK)
    if isinstance(about, Offer):
        return (Voice.GIVER, Voice.DESK)
    if isinstance(about, Pledge):
        return (Voice.GIVER, Voice.RECEIVER)
    need = about.need if isinstance(about, Outreach) else about
    # A place's need is its desk's own.
    inside = [Voice.RECEIVER, Voice.DESK] if need.unit_id or need.member_id else [Voice.RECEIVER]
    return (*inside, Voice.OUTSIDER) if isinstance(about, Outreach) else tuple(inside)


def topic_of(thread: Thread) -> tuple[Topic, int]:
    """What a thread is about."""
    return next((topic, pk) for topic in Topic if (pk := getattr(thread, f"{topic.value}_id")))


def get_thread(actor: Actor, thread_id: int) -> Thread:
    """A thread by its own number, for a notice that leads there. Raises one of ABSENT_TALK."""
    thread = Thread.objects.get(pk=thread_id)
    get_talk(actor, *topic_of(thread))
    return thread


def said_in(actor: Actor, talk: Talk) -> list[Said]:
    """Every message, oldest first, each of one's own side with who has read it. Two queries."""
    if talk.thread is None:
        return []
    reads = ThreadRead.objects.filter(thread=talk.thread).values_list("voice").annotate(far=Max("up_to"))
    far = {Voice(voice): up_to for voice, up_to in reads}
    others = [voice for voice in voices_in(talk.about) if voice is not talk.voice]
    rows = Message.objects.filter(thread=talk.thread).select_related("said_by").order_by("pk")
    return [
        Said(
            one,
            mine=one.voice == talk.voice,
            read=tuple(voice for voice in others if far.get(voice, 0) >= one.pk),
            unread=tuple(voice for voice in others if far.get(voice, 0) < one.pk),
        )
        if one.voice == talk.voice
        else Said(one, mine=False)
        for one in rows
    ]


def unread_by_outsider(talk: Talk) -> bool:
    """Whether something was said to the outsider since they last said that they read it. One query."""
    read = ThreadRead.objects.filter(thread=OuterRef("thread"), person=None, up_to__gte=OuterRef("pk"))
    rows = Message.objects.filter(thread=talk.thread).exclude(voice=Voice.OUTSIDER.value)
    return talk.thread is not None and rows.filter(~Exists(read)).exists()


def _concerned(actor: Actor) -> QuerySet[Thread]:
    """The threads of the actor's own units and memberships, and of exactly the places whose desk they are at or lead; of
    an offer also those that they spoke in."""
    units, desks, members = units_of(actor), places_of(actor, DESK_STANDINGS), members_of(actor)

    def own(*sides: str) -> Q:
        found = NONE
        for side in sides:
            ids = desks if side.endswith("place") else members if side.endswith("member") else units
            found |= Q(**{f"{side}__in": ids})
        return found

    def here(prefix: str) -> Q:
        return Q(**{f"{prefix}community__in": desks}) | Q(
            **{f"{prefix}community": None, f"{prefix}subdistrict__in": desks}
        )

    spoke = Exists(Message.objects.filter(thread=OuterRef("pk"), said_by=actor.person_id or 0))
    told = (
        Q(pledge__match=None) | Q(pledge__match__need__confidential=False) | needs_seen(actor, "pledge__match__need__")
    )
    pledged = (f"pledge__{end}_{side}" for end in ("giver", "receiver") for side in ("unit", "member", "place"))
    needed = ("unit", "member", "receiving_place")
    return Thread.objects.filter(
        own(*(f"{need}__{side}" for need in ("need", "outreach__need") for side in needed))
        | own("offer__unit", "offer__member", "offer__giving_place", *pledged)
        | own("member", "member__network__place")
        | here("need__")
        | here("outreach__need__")
        | here("offer__")
        | (here("pledge__") & told)
        | (Q(offer__in=visible_offers(actor)) & Q(spoke))
    )


def _unread(actor: Actor) -> QuerySet[Message]:
    read = ThreadRead.objects.filter(thread=OuterRef("thread"), person=actor.person_id or 0, up_to__gte=OuterRef("pk"))
    return Message.objects.exclude(said_by=actor.person_id or 0).filter(~Exists(read))


def unread_count(actor: Actor) -> int:
    """How many messages the actor has not read, in all threads that concern them. One query."""
    return _unread(actor).filter(thread__in=_concerned(actor)).count()


def threads_of(actor: Actor) -> QuerySet[Thread]:
    """The threads that concern the actor, each with `last`, the moment of its last message, and `unread`. One query."""
    fresh = _unread(actor).filter(thread=OuterRef("pk")).order_by().values("thread").annotate(n=Count("pk")).values("n")
    last = Message.objects.filter(thread=OuterRef("pk")).order_by("-pk").values("said_at")[:1]
    rows = _concerned(actor).annotate(last=Subquery(last), unread=Coalesce(Subquery(fresh), 0))
    return rows.select_related("need", "offer", "pledge", "outreach", *MEMBER).order_by("-last", "-pk")
