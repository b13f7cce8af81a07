"""留言: written, read, and told to the leaders where nobody answers."""

from datetime import datetime
from typing import Any

from django.db import transaction

from gongzhi.demands import masking
from gongzhi.exchange import queries
from gongzhi.exchange.actions import links, outreaches, steps, telling
from gongzhi.exchange.models import Message, Need, Offer, Outreach, Pledge, Thread, ThreadRead
from gongzhi.exchange.queries import About, Talk
from gongzhi.exchange.talk_rules import Topic, Voice
from gongzhi.neighbourhood.lists import member_name
from gongzhi.neighbourhood.rows import Membership
from gongzhi.neighbourhood.rules import CLOCK, Actor
from gongzhi.shared import notices, trail
from gongzhi.shared.days import calendar
from gongzhi.shared.moves import Missing, _

LABEL = _("留言")


def write_message(
    actor: Actor, *, topic: Topic, about_id: int, words: str, now: datetime, once: str, asks: bool = True
) -> Message:
    """Say something to the others; where it `asks`, the leaders hear of it once if nobody answers in time.

    The same form sent twice is one message. Raises one of queries.ABSENT_TALK, or Missing without words.
    """
    talk = queries.get_talk(actor, topic, about_id)
    key = f"{topic.value}{about_id}-{talk.voice.value}{actor.person_id or 0}-{once}"[:80]
    if not (said := masking.clean_text(words, 2000)):
        raise Missing(_("“%(label)s”还缺一项内容，请补上。"), label=LABEL, field="words")
    return steps.once(Message.objects.filter(once=key), lambda: _write(actor, talk, said, now, key, asks))[0]


def _write(actor: Actor, talk: Talk, words: str, now: datetime, key: str, asks: bool) -> Message:
    made, _new = Thread.objects.get_or_create(**_column(talk))
    thread = Thread.objects.select_for_update().get(pk=made.pk)
    if thread.waiting and thread.waiting != talk.voice:
        thread.waiting, thread.due_at, thread.climbed_at = "", None, None
    if asks and not thread.waiting:
        days = queries.settings()["message_days"]
        thread.waiting, thread.due_at = talk.voice.value, calendar().add_working_days(now, days)
        thread.climbed_at = None
    thread.save()
    message = Message.objects.create(
        thread=thread, voice=talk.voice.value, words=words, asks=asks, said_at=now, said_by_id=actor.person_id, once=key
    )
    _mark(actor, talk.voice, thread.pk, message.pk, now)
    trail.write(trail.entry(actor, at=now, noun="thread", noun_id=thread.pk, verb="write"))
    hearing = _hearing(thread, talk, now) - {actor.person_id or 0}
    notices.tell_people("thread", thread.pk, hearing, _("有新留言"), _named(talk.about), now=now)
    others = [one for one in _members_in(talk.about) if one.person_id != actor.person_id]
    links.tell_by_link(others, _("您有一条新留言"), _named(talk.about), now=now)
    if isinstance(talk.about, Outreach) and talk.voice is not Voice.OUTSIDER:
        outreaches.send_link(talk.about, now, _("您有一条新留言"))
    return message


def _column(talk: Talk) -> dict[str, Any]:
    return {talk.topic.value: talk.about}


@transaction.atomic
def ask_more(actor: Actor, *, outreach_id: int, words: str, now: datetime, once: str) -> Outreach:
    """The outsider wants to know more first: it stands in the thread, and waits there for an answer."""
    message = write_message(actor, topic=Topic.OUTREACH, about_id=outreach_id, words=words, now=now, once=once)
    if message.said_at != now:
        return queries.get_outreach(actor, outreach_id)
    return outreaches.answer_outreach(actor, outreach_id=outreach_id, verb="ask", words=words, now=now)


def _hearing(thread: Thread, talk: Talk, now: datetime) -> set[int]:
    """Those who speak for the sides, and whoever has spoken here before."""
    about = talk.about
    spoke = Message.objects.filter(thread=thread, said_by__isnull=False).values_list("said_by", flat=True)
    people = {one for one in spoke if one}
    if isinstance(about, Membership):
        return people | {about.person_id or 0} - {0} | set(telling.desk_of(about, now))
    if isinstance(about, Offer):
        return people | set(telling.giver_of(about, now)) | set(telling.desk_of(about, now))
    if isinstance(about, Pledge):
        return people | set(telling.sides_of(about, now))
    need = _need_of(about)
    return people | set(telling.receiver_of(need, now)) | set(telling.desk_of(need, now))


def _members_in(about: About) -> list[Membership]:
    """The members in their own right on the sides of a thread, who may have no login to read it with."""
    if isinstance(about, Membership):
        return [about]
    if isinstance(about, Pledge):
        sides = [about.giver_member, about.receiver_member]
    else:
        sides = [about.member if isinstance(about, Offer) else _need_of(about).member]
    return [one for one in sides if one is not None]


def _need_of(about: Need | Outreach) -> Need:
    return about.need if isinstance(about, Outreach) else about


def _named(about: About) -> str:
    """What the thread is about, for an inbox; nothing of a confidential need."""
    if isinstance(about, Membership):
        return member_name(about)
    if isinstance(about, Offer):
        return about.title
    if isinstance(about, Pledge):
        return about.what
    need = _need_of(about)
    return "" if need.confidential else need.title


def read_talk(actor: Actor, *, talk: Talk, now: datetime) -> None:
    """Everything said so far was read by this reader; writes nothing where nothing is new."""
    if talk.thread is None:
        return
    last = Message.objects.filter(thread=talk.thread).order_by("-pk").values_list("pk", flat=True).first()
    known = ThreadRead.objects.filter(thread=talk.thread, person=actor.person_id, up_to__gte=last or 0)
    if last and not known.exists():
        _mark(actor, talk.voice, talk.thread.pk, last, now)


def _mark(actor: Actor, voice: Voice, thread_id: int, up_to: int, now: datetime) -> None:
    read = ThreadRead(thread_id=thread_id, person_id=actor.person_id, voice=voice.value, up_to=up_to, read_at=now)
    ThreadRead.objects.bulk_create(
        [read],
        update_conflicts=True,
        unique_fields=["thread", "person"],
        update_fields=["voice", "up_to", "read_at"],
    )


def climb_silent(*, now: datetime) -> int:
    """For the clock: tell the leaders, once, of every message that asks and was not answered. Returns how many."""
    rows = Thread.objects.filter(due_at__lt=now, climbed_at=None)
    return steps.each(rows.order_by("pk").values_list("pk", flat=True), lambda pk: _climb(pk, now))


@transaction.atomic
def _climb(thread_id: int, now: datetime) -> bool:
    thread = Thread.objects.select_for_update().get(pk=thread_id)
    if thread.climbed_at or thread.due_at is None or thread.due_at >= now:
        return False
    about = queries.get_about(CLOCK, *queries.topic_of(thread))
    thread.climbed_at = now
    thread.save(update_fields=["climbed_at"])
    trail.write(trail.entry(CLOCK, at=now, noun="thread", noun_id=thread.pk, verb="climb"))
    heads = telling.heads_of(about.need if isinstance(about, Outreach) else about, now)
    notices.tell_people("thread", thread.pk, heads, _("留言没有人答复"), _named(about), now=now)
    return True
