"""A spreadsheet of demands: previewed, taken on confirmation, and never doubled."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gongzhi.demands import actions
from gongzhi.demands.actions import import_reading, importing
from gongzhi.demands.actions.import_reading import Choices
from gongzhi.demands.models import Clock, Demand, ImportFile
from gongzhi.shared.models import TrailEntry
from gongzhi.shared.moves import NotAllowed, Refused, WrongState
from tests.town import NOW, Town


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


HEADER = "工单编号,来电时间,诉求内容,所属街道,所属社区,问题类别,诉求类型,联系电话,承办单位"
ROWS = (
    "A-1,2026-06-01 09:00,三号楼的声控灯不亮,跃进村街道,东正社区,车库漏水,求助,13800138000,城管局",
    "A-2,2026/6/2,垃圾没有人收,建胜镇,新雨社区,没有的类别,投诉,,",
    "A-3,昨天,时间看不懂,跃进村街道,东正社区,,,,",
    "A-4,2026年6月3日,别处的街道,远方街道,远方社区,,,,",
)


def sheet(*rows: str, header: str = HEADER) -> io.BytesIO:
    """A CSV file as a resident hotline exports it."""
    return io.BytesIO("\n".join((header, *(rows or ROWS))).encode("gb18030"))


def hand_in(town: Town, source: io.BytesIO | None = None, *, who: str = "guanli", name: str = "工单.csv") -> ImportFile:
    return actions.hand_in_file(town.actor(who), name=name, source=source or sheet(), now=NOW)


def choose(town: Town, row: ImportFile, *, who: str = "guanli", place: str = "district", **more: Any) -> ImportFile:
    choices = Choices(columns=row.mapping["columns"], fallback=town.places[place], **more)
    return actions.choose_columns(town.actor(who), import_file=row, choices=choices, now=NOW)


def look(town: Town, row: ImportFile, *, who: str = "guanli") -> actions.Preview:
    return actions.preview_file(town.actor(who), row, importing.chosen(row), now=NOW)


def test_nothing_is_taken_before_someone_confirms(town: Town) -> None:
    row = choose(town, hand_in(town))
    seen = look(town, row)
    assert (seen.good, seen.bad, seen.known, seen.fell_back) == (3, 1, 0, 1)
    assert [(error.row, error.column_name) for error in seen.errors] == [(4, "来电时间")]
    assert list(seen.unknown_categories) == ["没有的类别"]
    assert not Demand.objects.exists()


def test_good_rows_are_taken_with_place_category_time_and_what_was_stated(town: Town) -> None:
    row = actions.take_file(town.actor("guanli"), import_file=choose(town, hand_in(town)), now=NOW)
    assert (row.state, row.rows_taken, row.rows_bad, row.rows_known) == ("taken", 3, 1, 0)
    first = Demand.objects.get(external_number="A-1")
    assert first.place == town.places["dongzheng"] and first.category == town.category("0101")
    assert (first.stated_handler, first.kind, first.state) == ("城管局", "help", "received")
    assert first.reported_at.astimezone(NOW.tzinfo).isoformat() == "2026-06-01T01:00:00+00:00"
    assert first.contact and Clock.objects.filter(demand=first).exists()
    far = Demand.objects.get(external_number="A-4")
    assert far.place == town.places["district"] and "远方社区" in far.place_words
    assert TrailEntry.objects.filter(noun="demand", verb="receive").count() == 3


def test_history_is_kept_without_clocks(town: Town) -> None:
    row = actions.take_file(town.actor("guanli"), import_file=choose(town, hand_in(town), historic=True), now=NOW)
    assert row.rows_taken == 3 and not Clock.objects.exists()
    assert set(Demand.objects.values_list("state", flat=True)) == {"archived"}


def test_the_same_file_again_adds_nothing_and_says_so(town: Town) -> None:
    first = actions.take_file(town.actor("guanli"), import_file=choose(town, hand_in(town)), now=NOW)
    again = choose(town, hand_in(town, name="另一个名字.csv"))
    assert actions.taken_before(again) == first
    seen = look(town, again)
    assert (seen.good, seen.known) == (0, 3)
    again = actions.take_file(town.actor("guanli"), import_file=again, now=NOW)
    assert (again.rows_taken, again.rows_known) == (0, 3) and Demand.objects.count() == 3
    with pytest.raises(WrongState):
        actions.take_file(town.actor("guanli"), import_file=again, now=NOW)


def test_a_run_that_broke_off_is_finished_by_the_next_without_doubles(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    lines = [f"B-{n},2026-06-01,第{n}件事,跃进村街道,东正社区,,,," for n in range(7)]
    row = choose(town, hand_in(town, sheet(*lines)))

    class PowerCut(Exception):
        pass

    def cut(read: int) -> None:
        if read >= 4:
            raise PowerCut

    with pytest.raises(PowerCut):
        actions.take_file(town.actor("guanli"), import_file=row, now=NOW, progress=cut)
    row.refresh_from_db()
    assert (row.state, row.rows_taken, Demand.objects.count()) == ("preview", 4, 4)
    row = actions.take_file(town.actor("guanli"), import_file=row, now=NOW + timedelta(hours=1))
    assert (row.rows_taken, row.rows_known, Demand.objects.count()) == (7, 0, 7)


def test_unknown_categories_become_the_districts_own_rows_when_asked(town: Town) -> None:
    line = "C-1,2026-06-01,事情,跃进村街道,东正社区,市容环卫/占道经营,,,"
    row = choose(town, hand_in(town, sheet(line)), add_categories=True)
    actions.take_file(town.actor("guanli"), import_file=row, now=NOW)
    category = Demand.objects.get().category
    assert category and (category.name, category.parent and category.parent.name) == ("占道经营", "市容环卫")


def test_a_community_takes_in_only_its_own(town: Town) -> None:
    who = "dongzheng_shegong"
    row = choose(town, hand_in(town, who=who), who=who, place="dongzheng")
    seen = look(town, row, who=who)
    assert {error.row for error in seen.errors} == {3, 4}
    with pytest.raises(NotAllowed):
        choose(town, row, who=who, place="xinyu")
    with pytest.raises(ImportFile.DoesNotExist):
        actions.take_file(town.actor("xinyu_shegong"), import_file=row, now=NOW)
    assert not actions.visible_imports(town.actor("xinyu_shegong")).exists()
    assert actions.visible_imports(town.actor("yuejin_jiedao")).get() == row


def test_without_the_right_nothing_is_taken(town: Town) -> None:
    with pytest.raises(NotAllowed):
        hand_in(town, who="chengguan_lianluo")


def bomb() -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"0" * (700 * 2**20))
    return io.BytesIO(file.getvalue())


@pytest.mark.parametrize(
    "source",
    [
        b"",
        HEADER.encode(),
        b"<html><body><table><tr><td>1</td></tr></table></body></html>",
        b"PK\x03\x04 not a workbook",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        b"%PDF-1.7",
    ],
    ids=["empty", "header only", "page named xls", "broken xlsx", "picture", "pdf"],
)
def test_what_is_no_table_is_refused_in_words_and_not_kept(town: Town, source: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        hand_in(town, io.BytesIO(source), name="工单.xls")
    assert str(refusal.value)
    assert not ImportFile.objects.exists() and not _kept()


def test_a_zip_bomb_and_a_file_too_large_are_refused(town: Town) -> None:
    with pytest.raises(Refused):
        hand_in(town, bomb(), name="工单.xlsx")
    with pytest.raises(Refused, match="50"):
        hand_in(town, io.BytesIO(b"a,b\n" * (13 * 2**20)))
    assert not _kept()


def test_too_many_rows_are_refused_before_anything_is_taken(town: Town) -> None:
    lines = [f"D-{n},2026-06-01,事{n},,,,,," for n in range(30)]
    row = choose(town, hand_in(town, sheet(*lines)))
    few = import_reading.Limits(rows=20)
    with pytest.raises(Refused):
        actions.preview_file(town.actor("guanli"), row, importing.chosen(row), now=NOW, limits=few)


def test_a_dropped_file_leaves_nothing_behind(town: Town, django_capture_on_commit_callbacks: Any) -> None:
    row = hand_in(town)
    with django_capture_on_commit_callbacks(execute=True):
        actions.drop_file(town.actor("guanli"), import_file=row, now=NOW)
    assert not import_reading.path_of(row).exists()
    with pytest.raises(WrongState):
        choose(town, row)


def _kept() -> list[object]:
    folder = import_reading.path_of(ImportFile(stored_as="x")).parent
    return list(folder.iterdir()) if folder.exists() else []
