"""What a handed-in file would become: each row with its place and category, or with what is wrong. Writes nothing."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from gongzhi.demands import queries
from gongzhi.demands.actions import numbering
from gongzhi.demands.importing import Draft, RowError, read_drafts
from gongzhi.demands.models import Category, ImportFile
from gongzhi.demands.rules import Channel
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.coordinates import TO_WGS, Point
from gongzhi.neighbourhood.registers import scope_of
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.shared.moves import Refused, _
from gongzhi.shared.sheets import Limits, Sheet, SheetError, read_sheet

# What a page takes at once; a larger file is to be cut. Streaming keeps memory flat, but people wait for a preview.
LIMITS = Limits(size=50 * 2**20, rows=200_000)
SHOWN = 20
ERRORS_SHOWN = 50
CHUNK = 500

DATUMS = {
    "gcj02": _("高德、腾讯地图或手机定位（GCJ-02）"),
    "wgs84": _("国家坐标或卫星定位（WGS-84）"),
    "bd09": _("百度地图（BD-09）"),
}

# Where a demand came from, by the words of other systems.
_CHANNELS = (
    (re.compile("电话|热线|来电|12345|110|phone|hotline", re.I), Channel.TELEPHONE),
    (re.compile("窗口|来访|接待|巡查|走访|网格", re.I), Channel.DESK),
    (re.compile("网|微信|app|小程序|邮箱|邮件|web|信箱", re.I), Channel.PAGE),
)
_SUFFIX = re.compile("(街道办事处|街道|社区居委会|居委会|村委会|社区|镇|乡|村)$")


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What was chosen for one file: which column (from 0) holds which field, and where rows without a place go."""

    columns: Mapping[str, int]
    fallback: Place
    historic: bool = False
    add_categories: bool = False
    datum: str = "gcj02"


@dataclass(frozen=True)
class GoodRow:
    """One row as it would be taken. `fell_back` where no place was recognised and the chosen one stands in."""

    draft: Draft
    place: Place
    category: Category | None
    channel: Channel
    fell_back: bool
    lon: float | None = None
    lat: float | None = None
    known: bool = False

    @property
    def key(self) -> str:
        """The key by which the same row is known again."""
        return f"row-{self.draft.source_key}"


@dataclass
class Preview:
    """What confirming would do. A bad row may have several errors; `errors` holds the first of them all."""

    good: int = 0
    bad: int = 0
    known: int = 0
    errors_in_all: int = 0
    fell_back: int = 0
    first: list[GoodRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    unknown_categories: Counter[str] = field(default_factory=Counter)
    not_understood: Counter[tuple[str, str]] = field(default_factory=Counter)


def path_of(row: ImportFile) -> Path:
    """Where the file lies."""
    return settings.DATA / "imports" / row.stored_as


@contextmanager
def opened(path: Path, limits: Limits = LIMITS) -> Iterator[Sheet]:
    """The file as a table. Raises Refused, also while its rows are read, with the reason in words."""
    try:
        with read_sheet(path, limits=limits) as sheet:
            yield sheet
    except SheetError as error:
        raise Refused(error.message, **error.values) from error
    except FileNotFoundError as error:
        raise Refused(_("这个文件已不在服务器上，请重新上传。")) from error


def read_rows(
    actor: Actor, row: ImportFile, choices: Choices, *, now: datetime, limits: Limits = LIMITS
) -> Iterator[GoodRow | RowError]:
    """Each row of a file in its order, good or with one or more errors. Raises Refused where the file breaks off."""
    finder = Finder(actor, choices)
    with opened(path_of(row), limits) as sheet:
        zone = timezone.get_default_timezone()
        for draft in read_drafts(sheet.rows, choices.columns, zone=zone, now=now, header=sheet.header):
            yield draft if isinstance(draft, RowError) else finder.place_draft(draft, sheet.header)


def preview(actor: Actor, row: ImportFile, choices: Choices, *, now: datetime, limits: Limits = LIMITS) -> Preview:
    """What confirming this file would do: counts, the first rows, the first errors, what was not recognised."""
    seen = Preview()
    bad_rows: set[int] = set()
    waiting: list[GoodRow] = []
    for found in read_rows(actor, row, choices, now=now, limits=limits):
        if isinstance(found, RowError):
            bad_rows.add(found.row)
            seen.errors_in_all += 1
            if len(seen.errors) < ERRORS_SHOWN:
                seen.errors.append(found)
            continue
        waiting.append(found)
        if len(waiting) >= 2 * CHUNK:
            _count(seen, waiting)
            waiting = []
    _count(seen, waiting)
    seen.bad = len(bad_rows)
    return seen


def _count(seen: Preview, rows: list[GoodRow]) -> None:
    from dataclasses import replace

    known = numbering.known_rows([row.key for row in rows])
    for row in rows:
        here = row.key in known
        seen.known += here
        seen.good += not here
        seen.fell_back += row.fell_back and not here
        if row.category is None and row.draft.category and not here:
            seen.unknown_categories[" / ".join(row.draft.category)] += 1
        seen.not_understood.update((name, text) for name, text in row.draft.unread if name not in {"phone", "email"})
        if len(seen.first) < SHOWN:
            seen.first.append(replace(row, known=here))


class Finder:
    """Finds places and categories by their words; reads both tables once for a whole file."""

    def __init__(self, actor: Actor, choices: Choices) -> None:
        self.choices = choices
        self._mine = scope_of(actor)
        self._subdistricts: dict[str, Place] = {}
        self._communities: dict[str, list[Place]] = {}
        for place in neighbourhood.current_places():
            if place.kind == PlaceKind.SUBDISTRICT:
                self._subdistricts[_short(place.name)] = place
            elif place.kind == PlaceKind.COMMUNITY:
                self._communities.setdefault(_short(place.name), []).append(place)
        rows = list(queries.current_categories())
        self._paths, self._single = _by_path(rows), _by_word(rows)
        self._places: dict[tuple[str, str], Place | None] = {}
        self._to_wgs = TO_WGS.get(choices.datum)

    def place_draft(self, draft: Draft, header: tuple[str, ...]) -> GoodRow | RowError:
        """The draft with its place and category, or the error of a place that is somebody else's."""
        words = (draft.subdistrict, draft.community)
        if words not in self._places:
            self._places[words] = self._place(*words)
        place = self._places[words]
        if place and self._mine is not None and not self._mine.intersection(neighbourhood.ladder(place)):
            if place.pk not in neighbourhood.ladder(self.choices.fallback):
                return self._not_mine(draft, header, place)
            # Only the street above was named: that says no more than the chosen place does.
            place = None
        lon, lat = self._position(draft)
        return GoodRow(
            draft=draft,
            place=place or self.choices.fallback,
            category=self.category(draft.category),
            channel=channel_of(draft.source),
            fell_back=place is None,
            lon=lon,
            lat=lat,
        )

    def category(self, words: tuple[str, ...]) -> Category | None:
        """The category of these names from the top, or of this name or code where only one has it."""
        return (self._paths.get(words) or self._single.get(words[-1])) if words else None

    def category_at(self, path: tuple[str, ...]) -> Category | None:
        """The category of exactly this path from the top."""
        return self._paths.get(path)

    def _place(self, subdistrict: str, community: str) -> Place | None:
        above = self._subdistricts.get(_short(subdistrict))
        found = self._communities.get(_short(community), []) if community else []
        if above:
            found = [place for place in found if place.subdistrict_id == above.pk]
        elif subdistrict:
            # Another district's street: a community of the same name there is not ours.
            found = []
        return found[0] if len(found) == 1 else above

    def _position(self, draft: Draft) -> tuple[float | None, float | None]:
        if draft.lon is None or draft.lat is None or self._to_wgs is None:
            return draft.lon, draft.lat
        return self._to_wgs(Point(draft.lon, draft.lat))

    def _not_mine(self, draft: Draft, header: tuple[str, ...], place: Place) -> RowError:
        columns = self.choices.columns
        column = columns.get("community", columns.get("subdistrict", 0))
        return RowError(
            draft.row,
            column + 1,
            header[column] if column < len(header) else "",
            _("“%(place)s”不在您负责的范围内。"),
            place.name,
            {"place": place.name},
        )


def channel_of(source: str) -> Channel:
    """The channel that another system's words mean; a plain import where they say nothing."""
    return next((channel for pattern, channel in _CHANNELS if pattern.search(source)), Channel.IMPORT)


def _short(name: str) -> str:
    """A place's name as compared: without blanks and without the word for its kind."""
    text = "".join(unicodedata.normalize("NFKC", name).split())
    return _SUFFIX.sub("", text) or text


def _by_path(rows: list[Category]) -> dict[tuple[str, ...], Category]:
    paths: dict[tuple[str, ...], Category] = {}
    for row in rows:
        path: tuple[str, ...] = ()
        step: Category | None = row
        while step:
            path = (step.name, *path)
            step = step.parent
        paths.setdefault(path, row)
    return paths


def _by_word(rows: list[Category]) -> dict[str, Category]:
    """Every name or code that belongs to one row alone."""
    alone: dict[str, list[Category]] = {}
    for row in rows:
        for word in {row.name, row.code}:
            alone.setdefault(word, []).append(row)
    return {word: found[0] for word, found in alone.items() if len(found) == 1}
