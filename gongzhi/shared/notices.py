"""Tell a person: a row in the outbox with what it tells of, delivered afterwards, tried again, listed when it fails."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import apprise
from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet

from gongzhi.shared import secrets, writing
from gongzhi.shared.models import Notice

log = logging.getLogger("gongzhi.notices")

# Minutes to wait after each failed try; after the last one the notice is listed as failed.
WAITS = (1, 5, 30, 120, 720)
# Channels that are a room full of staff, not a person: an Apprise address says which one, nobody's own is kept.
GROUPS = ("wecom", "dingtalk")
BATCH = 50


def notice(
    *, at: datetime, noun: str, noun_id: int, channel: str, subject: str, body: str, address: str = "",
    person_id: int | None = None,
) -> Notice:  # fmt: skip
    """An unsaved notice. Channel "desk" goes to a person's inbox on the pages, the others to an address."""
    return Notice(
        created_at=at,
        noun=noun,
        noun_id=noun_id,
        channel=channel,
        person_id=person_id,
        address_sealed=secrets.seal(address),
        subject=subject[:200],
        body=body,
        next_try_at=at,
        state="sent" if channel == "desk" else "queued",
        delivered_at=at if channel == "desk" else None,
    )


def tell(*notices: Notice) -> None:
    """Write the notices in one statement, inside the caller's transaction."""
    writing.write(notices)


def tell_people(
    noun: str, noun_id: int, person_ids: Iterable[int | None], subject: str, body: str, *, now: datetime
) -> None:
    """Put a line in these people's inboxes, one each; nobody is nobody."""
    tell(*to_people(noun, noun_id, person_ids, subject, body, now=now))


def to_people(
    noun: str, noun_id: int, person_ids: Iterable[int | None], subject: str, body: str, *, now: datetime
) -> list[Notice]:
    """The same lines, unsaved."""
    wanted = sorted({one for one in person_ids if one})
    about = {"at": now, "noun": noun, "noun_id": noun_id, "channel": "desk", "subject": subject, "body": body}
    return [notice(**about, person_id=one) for one in wanted]  # type: ignore[arg-type]


def group_channels() -> list[str]:
    """The groups of staff that this district has set up."""
    return [name for name in GROUPS if settings.NOTICE_CHANNELS.get(name)]


def understood(target: str) -> bool:
    """Whether an Apprise address can be read; sends nothing."""
    return bool(apprise.Apprise().add(target.replace("{address}", "13800138000")))


def inbox(person_id: int) -> QuerySet[Notice]:
    """What a member of staff was told on the pages, newest first."""
    return Notice.objects.filter(channel="desk", person_id=person_id).order_by("-id")


def troubled() -> QuerySet[Notice]:
    """Every notice that could not be delivered, newest first."""
    return Notice.objects.filter(state="failed").order_by("-id")


def counts() -> dict[str, int]:
    """How many notices stand in each state."""
    return dict(Notice.objects.values_list("state").annotate(Count("id")).order_by())


def try_again(notice_id: int, *, at: datetime) -> None:
    """Put a failed notice back in the queue."""
    Notice.objects.filter(pk=notice_id, state="failed").update(state="queued", attempts=0, next_try_at=at, error="")


def wipe(noun: str, noun_id: int) -> None:
    """Forget the addresses of everything that was told about one thing; what was said and when stays."""
    told = Notice.objects.filter(noun=noun, noun_id=noun_id)
    told.filter(state="queued").update(state="wiped")
    told.update(address_sealed=None)


def deliver_due(*, now: datetime, send: Callable[[str, str, str, str], None] | None = None) -> int:
    """Deliver what is due, each in its own transaction, so that one bad address holds up nobody.

    Returns how many were tried. `send(channel, address, subject, body)` raises on failure. A crash between sending
    and writing it down sends once more: a notice may come twice, never not at all.
    """
    tried = 0
    while tried < BATCH:
        with transaction.atomic():
            row = (
                Notice.objects.select_for_update(skip_locked=True)
                .filter(state="queued", next_try_at__lte=now)
                .order_by("next_try_at")
                .first()
            )
            if row is None:
                break
            _deliver(row, now, send or send_by_apprise)
        tried += 1
    return tried


def _deliver(row: Notice, now: datetime, send: Callable[[str, str, str, str], None]) -> None:
    row.attempts += 1
    try:
        send(row.channel, secrets.unseal(row.address_sealed), row.subject, row.body)
    # Whatever a provider raises, the outbox must live on.
    except Exception as error:
        row.error = f"{type(error).__name__}: {error}"[:500]
        if row.attempts > len(WAITS):
            row.state = "failed"
        else:
            row.next_try_at = now + timedelta(minutes=WAITS[row.attempts - 1])
    else:
        row.state, row.delivered_at, row.error = "sent", now, ""
    row.save(update_fields=["attempts", "state", "delivered_at", "error", "next_try_at"])


def send_by_apprise(channel: str, address: str, subject: str, body: str) -> None:
    """Send through the channel's configured Apprise address, where `{address}` stands for the recipient.

    A channel without one is written to the log, without the address. Raises RuntimeError when the provider refuses.
    """
    target = settings.NOTICE_CHANNELS.get(channel, "")
    if not target:
        log.info("notice by %s: %s", channel, subject)
        return
    provider = apprise.Apprise()
    if not provider.add(target.replace("{address}", address)):
        raise RuntimeError(f"the address of the channel {channel} is not understood")
    if not provider.notify(title=subject, body=body):
        raise RuntimeError(f"the provider of the channel {channel} did not take it")
