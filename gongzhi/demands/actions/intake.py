"""Receiving demands: one, or a whole spreadsheet of them, by the same code."""

import errno
import secrets as random
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, OperationalError, transaction
from psycopg.errors import DiskFull

from gongzhi.demands import masking, words
from gongzhi.demands.actions import clocks, numbering
from gongzhi.demands.actions.steps import follow_link
from gongzhi.demands.models import Category, Clock, Demand, ImportFile, Photo
from gongzhi.demands.photos import Photo as Picture
from gongzhi.demands.rules import Channel, Kind, State, Urgency
from gongzhi.neighbourhood.actions import contact_cards
from gongzhi.neighbourhood.queries import district_name
from gongzhi.neighbourhood.rows import ContactCard, MemberUnit, Place
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import secrets, trail, writing
from gongzhi.shared.moves import Missing, Refused, _
from gongzhi.shared.reading import Statement

LONGEST = 20_000
MOST_PHOTOS = 6


@dataclass(frozen=True, kw_only=True)
class Intake:
    """One demand as it comes in by any channel. `once` makes the same form or row count once.

    Coordinates are WGS-84 degrees; `reported_at` is when it was first said where that was earlier than now;
    `historic` keeps an old order of another system without clocks, with what that system stated of it.
    """

    place: Place
    body: str = ""
    subject: str = ""
    kind: Kind = Kind.HELP
    channel: Channel = Channel.PAGE
    urgency: Urgency = Urgency.ORDINARY
    place_words: str = ""
    lon: float | None = None
    lat: float | None = None
    category: Category | None = None
    name: str = ""
    phone: str = ""
    email: str = ""
    confidential: bool = False
    photos: Sequence[Picture] = ()
    once: str = ""
    reported_at: datetime | None = None
    external_number: str = ""
    import_file: ImportFile | None = None
    historic: bool = False
    stated_handler: str = ""
    stated_in_time: bool | None = None
    stated_closed_at: datetime | None = None
    handler: MemberUnit | None = None


@dataclass(frozen=True)
class Received:
    """What the resident takes home: the number, the spoken code, the link. `again` where it was sent before."""

    demand: Demand
    code: str
    again: bool = False

    @property
    def link(self) -> str:
        """The signed address; signed when it is asked for, since few who take demands in show it."""
        return follow_link(self.demand.pk)


def receive_demand(actor: Actor, *, intake: Intake, now: datetime) -> Received:
    """Take one demand in: due times with their reasons, trail, link and code, deferred work; all or nothing.

    Raises `Refused` with the field in words for what cannot be taken.
    """
    return receive_demands(actor, intakes=[intake], now=now)[0]


def receive_demands(actor: Actor, *, intakes: Sequence[Intake], now: datetime) -> list[Received]:
    """Take many demands in, in the order given, in one transaction; those that were taken before are found."""
    cleaned = [_checked(intake) for intake in intakes]
    try:
        return _take(actor, cleaned, now)
    except IntegrityError as error:
        # Two senders of the same form at the same moment: the second now finds the first.
        if "once" not in str(error):
            raise
        return _take(actor, cleaned, now)
    except OperationalError as error:
        # The transaction is gone as a whole; the sender hears why instead of a broken page.
        if not isinstance(error.__cause__, DiskFull):
            raise
        raise Refused(_("服务器的磁盘满了，这次没有收下。请稍后再提交，或者打电话告诉社区。")) from error


def _checked(intake: Intake) -> Intake:
    from dataclasses import replace

    body = masking.clean_text(intake.body, LONGEST)
    subject = masking.clean_text(intake.subject, 200).replace("\n", " ").strip()
    if not body.strip() and not subject:
        raise Missing(_("请写一写是什么事。"), field="body")
    if len(intake.photos) > MOST_PHOTOS:
        raise Refused(_("最多%(most)d张照片。"), most=MOST_PHOTOS)
    return replace(
        intake,
        body=body,
        subject=subject or words.subject_from(body),
        place_words=masking.clean_text(intake.place_words, 300).strip(),
        name=_line(intake.name),
        phone=_line(intake.phone),
        email=_line(intake.email),
        external_number=_line(intake.external_number),
        stated_handler=_line(intake.stated_handler),
    )


def _line(text: str) -> str:
    """A short text in one line without what must not be stored, such as control signs and halves of letters."""
    return text if text.isprintable() else masking.clean_text(text, 1000).replace("\n", " ")


def _take(actor: Actor, intakes: list[Intake], now: datetime) -> list[Received]:
    keys = [intake.once or random.token_urlsafe(16) for intake in intakes]
    first: dict[str, Intake] = {}
    for key, intake in zip(keys, intakes, strict=True):
        first.setdefault(key, intake)
    # Not yet in the transaction: numbers are never handed out twice, and two who saw no `once` meet at its constraint.
    known, ids = numbering.reserve_numbers({key: _has_contact(intake) for key, intake in first.items()})
    fresh = {key: intake for key, intake in first.items() if key in ids}
    with _one_transaction(fresh):
        found = {demand.once: demand for demand in _write(actor, fresh, ids, now)}
    old = {row.once: row for row in Demand.objects.filter(pk__in=known.values()).defer("search")} if known else {}
    return [
        Received(
            found.get(key) or old[key],
            code=_code(key),
            again=key not in found,
        )
        for key in keys
    ]


def _one_transaction(fresh: dict[str, Intake]) -> AbstractContextManager[None]:
    """Begin and commit around what `_write` does in several trips.

    Without photos it is the one trip of `writing.write`, which PostgreSQL takes as one transaction by itself; BEGIN and
    COMMIT would be two more.
    """
    several = transaction.get_connection().in_atomic_block or any(intake.photos for intake in fresh.values())
    return transaction.atomic() if several else nullcontext()


def _write(actor: Actor, fresh: dict[str, Intake], ids: numbering.Numbers, now: datetime) -> list[Demand]:
    left = {key: (intake.name, intake.phone, intake.email) for key, intake in fresh.items()}
    numbers = {key: card for key, (_demand, card) in ids.items()}
    cards = contact_cards(left, purpose="demand", now=now, numbers=numbers)
    demands = [_row(key, ids[key][0], intake, cards.get(key), actor, now) for key, intake in fresh.items()]
    limits = clocks.Limits(now) if any(not intake.historic for intake in fresh.values()) else None
    running: list[Clock] = []
    for demand, intake in zip(demands, fresh.values(), strict=True):
        if limits and not intake.historic:
            mine = limits.clocks(demand, clocks.FROM_RECEIPT, now)
            clocks.show(demand, mine)
            running += mine
    entries = [
        trail.entry(
            actor,
            at=now,
            noun="demand",
            noun_id=demand.pk,
            verb="receive",
            to_state=demand.state,
            data={"channel": demand.channel},
        )
        for demand in demands
    ]
    writing.write(list(cards.values()), demands, running, entries, then=_later(demands))
    for demand, intake in zip(demands, fresh.values(), strict=True):
        keep_photos(demand, intake.photos, now=now)
    return demands


def _has_contact(intake: Intake) -> bool:
    return bool(intake.name or intake.phone or intake.email)


def _row(key: str, pk: int, intake: Intake, card: ContactCard | None, actor: Actor, now: datetime) -> Demand:
    place = intake.place
    rungs = {
        rung: place.pk if place.kind == rung else getattr(place, f"{rung}_id")
        for rung in ("subdistrict", "community", "compound")
    }
    return Demand(
        pk=pk,
        state=(State.ARCHIVED if intake.historic else State.RECEIVED).value,
        kind=intake.kind.value,
        channel=intake.channel.value,
        urgency=intake.urgency.value,
        subject=intake.subject,
        body=intake.body,
        place_words=f"{place.full_name} {intake.place_words}".strip()[:300],
        place=place,
        **{f"{rung}_id": pk for rung, pk in rungs.items()},
        lon=intake.lon if intake.lon is not None else place.lon,
        lat=intake.lat if intake.lat is not None else place.lat,
        category=intake.category,
        accountable_id=rungs["community"] or rungs["subdistrict"] or place.pk,
        handler=intake.handler,
        reported_at=intake.reported_at or now,
        received_at=now,
        closed_at=now if intake.historic else None,
        contact=card,
        account_id=actor.account_id if not actor.offices else None,
        confidential=intake.confidential,
        code_hash=secrets.hashed_code(_code(key)),
        once=key,
        external_number=intake.external_number[:60],
        import_file=intake.import_file,
        stated_handler=intake.stated_handler[:120],
        stated_in_time=intake.stated_in_time,
        stated_closed_at=intake.stated_closed_at,
    )


def _code(key: str) -> str:
    """The spoken code: made of the form's key, so that sending the form again gives the same one."""
    return secrets.spoken_code(key)


def _later(demands: list[Demand]) -> list[Statement]:
    """The work that may take longer, left to the background; rolled back with the demands."""
    given = [
        {"district": district_name(), "demand_id": demand.pk}
        for demand in demands
        if demand.category_id is None and demand.state == State.RECEIVED
    ]
    return [writing.jobs("demands.suggest_category", queue="text", given=given)] if given else []


def keep_photos(demand: Demand, pictures: Sequence[Picture], *, now: datetime, by_resident: bool = True) -> None:
    """Store cleaned pictures under names that cannot be guessed; files of a rolled-back demand are only orphans.

    Raises Refused where the disk is full; what was stored of these pictures goes again.
    """
    rows: list[Photo] = []
    for picture in pictures:
        name = f"{random.token_urlsafe(24)}.jpg"
        try:
            default_storage.save(_path(name), ContentFile(picture.data))
        except OSError as error:
            for kept in (name, *(row.name for row in rows)):
                with suppress(OSError):
                    default_storage.delete(_path(kept))
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            message = _("服务器的磁盘满了，照片没有收下。请先不带照片提交，或者打电话告诉社区。")
            raise Refused(message) from error
        rows.append(
            Photo(
                demand=demand,
                name=name,
                digest=picture.sha256,
                width=picture.width,
                height=picture.height,
                added_at=now,
                by_resident=by_resident,
            )
        )
    if rows:
        Photo.objects.bulk_create(rows)


def _path(name: str) -> str:
    return f"photos/{name[:2]}/{name}"
