"""Taking a spreadsheet of demands in: handed in, previewed, and taken only when someone confirms."""

import errno
import hashlib
import secrets as random
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from procrastinate.contrib.django import app as background

from gongzhi.demands.actions.import_reading import (
    CHUNK,
    LIMITS,
    Choices,
    Finder,
    GoodRow,
    opened,
    path_of,
    read_rows,
)
from gongzhi.demands.actions.intake import Intake, receive_demands
from gongzhi.demands.actions.setup import add_category
from gongzhi.demands.importing import RowError, guess_mapping
from gongzhi.demands.models import Category, Demand, ImportFile
from gongzhi.demands.rules import Kind, Urgency
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.registers import scope_of
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor, Right
from gongzhi.shared import trail
from gongzhi.shared.moves import NotAllowed, Refused, WrongState, _
from gongzhi.shared.sheets import Limits

# More rows than this are taken by the worker, and the page shows how far it is.
AT_ONCE = 2_000
SAMPLES = 3
_LOOK = 200
# Categories that a file brought and the district added as rows of its own.
OWN_VERSION = "own"
_PIECE = 2**20


def _must_import(actor: Actor) -> None:
    if not actor.may(Right.IMPORT):
        raise NotAllowed(_("您没有导入表格的权限。"))


def visible_imports(actor: Actor) -> QuerySet[ImportFile]:
    """The files that the actor may see: all for the district's importers, else their own and those of their places."""
    files = ImportFile.objects.select_related("handed_in_by", "fallback_place").order_by("-id")
    if not actor.may(Right.IMPORT):
        return files.none()
    mine = scope_of(actor)
    if mine is None:
        return files
    where = Q(handed_in_by=actor.person_id) if actor.person_id else Q()
    for rung in ("subdistrict", "community"):
        where |= Q(**{f"fallback_place__{rung}__in": mine})
    return files.filter(where | Q(fallback_place__in=mine))


def places_to_choose(actor: Actor) -> list[Place]:
    """Where rows without a recognised place may go: places of the actor's scope down to communities."""
    wanted = ("district", "subdistrict", "community")
    mine = scope_of(actor)
    places = neighbourhood.current_places().filter(kind__in=wanted)
    return [place for place in places if mine is None or mine.intersection(neighbourhood.ladder(place))]


def hand_in_file(
    actor: Actor, *, name: str, source: BinaryIO | Path, now: datetime, limits: Limits = LIMITS
) -> ImportFile:
    """Keep a file under a name that cannot be guessed and guess what its columns hold; nothing is taken yet.

    Raises Refused, and keeps nothing, where it is no table that can be read.
    """
    _must_import(actor)
    stored_as = random.token_urlsafe(24)
    path = settings.DATA / "imports" / stored_as
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        digest = _store(source, path, limits)
        look = _look(path, limits)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    row = ImportFile.objects.create(
        name=Path(name).name[:200],
        digest=digest,
        stored_as=stored_as,
        handed_in_at=now,
        handed_in_by_id=actor.person_id,
        mapping=look,
    )
    trail.write(trail.entry(actor, at=now, noun="import", noun_id=row.pk, verb="hand_in", data={"digest": digest}))
    return row


def _store(source: BinaryIO | Path, path: Path, limits: Limits) -> str:
    digest, size = hashlib.sha256(), 0
    stream = source.open("rb") if isinstance(source, Path) else source
    try:
        with path.open("xb") as kept:
            while piece := stream.read(_PIECE):
                size += len(piece)
                if size > limits.size:
                    raise Refused(_("文件超过%(most)d MB，请拆成几个文件。"), most=limits.size // 2**20)
                digest.update(piece)
                kept.write(piece)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Refused(_("服务器的磁盘满了，文件没有收下。请联系系统管理员。")) from error
        raise
    finally:
        if isinstance(source, Path):
            stream.close()
    return digest.hexdigest()


def _look(path: Path, limits: Limits) -> dict[str, object]:
    """The header, the guess and some sample values, kept so that pages need not open the file again."""
    with opened(path, limits) as sheet:
        rows = [row.cells for _place, row in zip(range(_LOOK), sheet.rows, strict=False)]
        if not rows:
            raise Refused(_("文件只有表头，没有内容。"))
        return {
            "header": list(sheet.header),
            "samples": [_samples(rows, column) for column in range(len(sheet.header))],
            "columns": guess_mapping(sheet.header, rows),
            "kind": sheet.kind,
            "encoding": sheet.encoding,
            "sheets": list(sheet.names),
        }


def _samples(rows: list[tuple[str, ...]], column: int) -> list[str]:
    values = dict.fromkeys(row[column].strip() for row in rows if column < len(row) and row[column].strip())
    return [value[:60] for value in list(values)[:SAMPLES]]


def taken_before(row: ImportFile) -> ImportFile | None:
    """The same file, letter for letter, taken in earlier."""
    return ImportFile.objects.filter(digest=row.digest, state="taken").exclude(pk=row.pk).order_by("-id").first()


@transaction.atomic
def choose_columns(actor: Actor, *, import_file: ImportFile, choices: Choices, now: datetime) -> ImportFile:
    """Remember what was chosen for a file that is not taken yet. Raises Refused for what cannot be."""
    _must_import(actor)
    row = ImportFile.objects.select_for_update().get(pk=import_file.pk)
    _must_be_open(row)
    header = row.mapping.get("header", [])
    if any(not 0 <= column < len(header) for column in choices.columns.values()):
        raise Refused(_("没有这一列，请重新选择。"))
    if not {"subject", "body", "category", "category_1"} & choices.columns.keys():
        raise Refused(_("请指明哪一列是诉求的标题、内容或类别，至少一项。"))
    mine = scope_of(actor)
    if mine is not None and not mine.intersection(neighbourhood.ladder(choices.fallback)):
        raise NotAllowed(_("“%(place)s”不在您负责的范围内。"), place=choices.fallback.name)
    row.mapping |= {
        "columns": dict(choices.columns),
        "datum": choices.datum,
        "add_categories": choices.add_categories,
        "chosen": True,
    }
    row.historic, row.fallback_place = choices.historic, choices.fallback
    row.save(update_fields=["mapping", "historic", "fallback_place"])
    return row


def chosen(row: ImportFile) -> Choices:
    """What was chosen for a file. Raises Refused before that."""
    if not row.mapping.get("chosen") or row.fallback_place is None:
        raise Refused(_("请先核对各列的含义。"))
    return Choices(
        columns=row.mapping["columns"],
        fallback=row.fallback_place,
        historic=row.historic,
        add_categories=row.mapping["add_categories"],
        datum=row.mapping["datum"],
    )


def _must_be_open(row: ImportFile) -> None:
    if row.state == "taken":
        raise WrongState(_("这个文件已经导入过了。"))
    if row.state == "dropped":
        raise WrongState(_("这个文件已经作废。"))


def take_file(
    actor: Actor,
    *,
    import_file: ImportFile,
    now: datetime,
    limits: Limits = LIMITS,
    progress: Callable[[int], None] | None = None,
) -> ImportFile:
    """Take the good rows of a file in, as was chosen; rows that were taken before, from whatever file, are left out.

    Each chunk is one transaction that holds the file's row, so that a run after a crash takes the rest, and two runs
    at once take each row once. `progress` is told how many rows were read.
    """
    _must_import(actor)
    row = visible_imports(actor).get(pk=import_file.pk)
    _must_be_open(row)
    choices = chosen(row)
    if choices.add_categories:
        _add_unknown_categories(actor, row, choices, now=now, limits=limits)
    bad: set[int] = set()
    read = known = 0
    for chunk in _chunks(read_rows(actor, row, choices, now=now, limits=limits), bad):
        known += _take_chunk(actor, row, choices, chunk, now=now)
        read += len(chunk)
        if progress:
            progress(read)
    return _finish(actor, row.pk, known=known, bad=len(bad), now=now)


def _chunks(rows: Iterator[GoodRow | RowError], bad: set[int]) -> Iterator[list[GoodRow]]:
    chunk: list[GoodRow] = []
    for row in rows:
        if isinstance(row, RowError):
            bad.add(row.row)
            continue
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


@transaction.atomic
def _take_chunk(actor: Actor, import_file: ImportFile, choices: Choices, chunk: list[GoodRow], *, now: datetime) -> int:
    """Take one chunk; returns how many of it were known from elsewhere."""
    held = ImportFile.objects.select_for_update(of=("self",)).get(pk=import_file.pk)
    _must_be_open(held)
    intakes = [_intake(row, import_file, choices) for row in chunk]
    received = receive_demands(actor, intakes=intakes, now=now)
    held.rows_taken += sum(not one.again for one in received)
    held.save(update_fields=["rows_taken"])
    return sum(one.again and one.demand.import_file_id != held.pk for one in received)


def _intake(row: GoodRow, import_file: ImportFile, choices: Choices) -> Intake:
    draft = row.draft
    words = [draft.place_name]
    if row.fell_back or not draft.community:
        words = [draft.subdistrict, draft.community, draft.place_name]
    elif row.place.kind != "community":
        words = [draft.community, draft.place_name]
    body = draft.body
    if choices.historic and draft.state_note:
        body = f"{body}\n\n【原办理情况】{draft.state_note}".strip()
    return Intake(
        place=row.place,
        body=body,
        subject=draft.subject,
        kind=Kind(draft.kind) if draft.kind else Kind.HELP,
        channel=row.channel,
        urgency=Urgency(draft.urgency) if draft.urgency else Urgency.ORDINARY,
        place_words=" ".join(word for word in words if word),
        lon=row.lon,
        lat=row.lat,
        category=row.category,
        name=draft.reporter_name,
        phone=draft.phone,
        email=draft.email,
        once=row.key,
        reported_at=draft.reported_at,
        external_number=draft.external_number,
        import_file=import_file,
        historic=choices.historic,
        stated_handler=draft.handler,
        stated_in_time=draft.in_time,
        stated_closed_at=draft.closed_at,
    )


@transaction.atomic
def _finish(actor: Actor, pk: int, *, known: int, bad: int, now: datetime) -> ImportFile:
    row = ImportFile.objects.select_for_update().get(pk=pk)
    if row.state == "taken":
        return row
    row.state, row.taken_at = "taken", now
    # Counted, not summed: an earlier run that broke off took some of them.
    row.rows_taken = Demand.objects.filter(import_file=pk).count()
    row.rows_good, row.rows_known, row.rows_bad = row.rows_taken + known, known, bad
    row.mapping.pop("failure", None)
    row.save()
    counts = {"taken": row.rows_taken, "known": known, "bad": bad}
    trail.write(trail.entry(actor, at=now, noun="import", noun_id=pk, verb="take", data=counts))
    return row


@transaction.atomic
def _add_unknown_categories(actor: Actor, row: ImportFile, choices: Choices, *, now: datetime, limits: Limits) -> None:
    """Write the categories of the file that nobody knows as rows of the district's own, level by level."""
    finder = Finder(actor, choices)
    paths = {
        found.draft.category
        for found in read_rows(actor, row, choices, now=now, limits=limits)
        if isinstance(found, GoodRow) and found.draft.category and found.category is None
    }
    own = Category.objects.filter(version=OWN_VERSION)
    number = own.count()
    made: dict[tuple[str, ...], Category] = {}
    for path in sorted(paths):
        above: Category | None = None
        for depth in range(1, len(path) + 1):
            step = path[:depth]
            found = made.get(step) or finder.category_at(step)
            if found is None:
                number += 1
                found = add_category(
                    actor, version=OWN_VERSION, code=f"B{number:04d}", name=step[-1][:60], parent=above, now=now
                )
                made[step] = found
            above = found


def take_later(actor: Actor, *, import_file: ImportFile, rows: int, now: datetime) -> None:
    """Leave the taking to the worker, deferred in one transaction with the note that it was asked for.

    `rows` is how many are expected, for the page that shows how far it is.
    """
    _must_import(actor)
    with transaction.atomic():
        row = ImportFile.objects.select_for_update(of=("self",)).get(pk=import_file.pk)
        _must_be_open(row)
        chosen(row)
        row.mapping = {key: value for key, value in row.mapping.items() if key != "failure"}
        row.mapping |= {"asked_at": now.isoformat(), "rows": rows}
        row.save(update_fields=["mapping"])
        background.configure_task("demands.take_file", queue="imports").defer(
            district=neighbourhood.district_name(), import_file_id=row.pk, account_id=actor.account_id
        )


def take_in_background(*, import_file_id: int, account_id: int, now: datetime) -> None:
    """What the worker does for `take_later`: take the file as the one who asked; a refusal is kept for the page."""
    actor = neighbourhood.actor_of_account(account_id, today=now.date())
    row = ImportFile.objects.get(pk=import_file_id)
    try:
        take_file(actor, import_file=row, now=now)
    except WrongState:
        return
    except Refused as refusal:
        with transaction.atomic():
            row = ImportFile.objects.select_for_update().get(pk=import_file_id)
            row.mapping["failure"] = str(refusal)
            row.save(update_fields=["mapping"])


@transaction.atomic
def drop_file(actor: Actor, *, import_file: ImportFile, now: datetime) -> None:
    """Set a file aside that nobody will take; what stands on disk goes."""
    _must_import(actor)
    row = ImportFile.objects.select_for_update(of=("self",)).get(pk=import_file.pk)
    _must_be_open(row)
    row.state = "dropped"
    row.save(update_fields=["state"])
    trail.write(trail.entry(actor, at=now, noun="import", noun_id=row.pk, verb="drop"))
    transaction.on_commit(lambda: path_of(row).unlink(missing_ok=True))
