"""`gongzhi import demands|places|units FILE`: take a spreadsheet in, by the same code as the page."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gongzhi.console import registry, surroundings

if TYPE_CHECKING:
    from gongzhi.demands.actions.import_reading import Choices, Preview
    from gongzhi.demands.rows import ImportFile
    from gongzhi.neighbourhood.rows import Place
    from gongzhi.neighbourhood.rules import Actor


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    parser = subparsers.add_parser("import", help="导入表格 take a spreadsheet in")
    parser.add_argument("what", choices=["demands", "places", "units"], help="导入什么 what the rows are")
    parser.add_argument("file", type=Path, help=".xlsx .xls .csv")
    parser.add_argument("--yes", action="store_true", help="不再询问 take the good rows without asking")
    parser.add_argument(
        "--map", nargs="+", default=[], metavar="FIELD=COLUMN", help="列名或列号 columns by name or letter"
    )
    parser.add_argument(
        "--place", default="", metavar="CODE", help="无法识别地点时归入 code of the place to fall back on"
    )
    parser.add_argument(
        "--as-history", action="store_true", help="历史工单：只存档不计时 keep as archived, without clocks"
    )
    parser.add_argument("--add-categories", action="store_true", help="新增未知类别 add unknown categories as own rows")
    parser.add_argument(
        "--system",
        "--datum",
        dest="datum",
        choices=["gcj02", "wgs84", "bd09"],
        default="gcj02",
        help="坐标系 datum of coordinates",
    )


def run(args: argparse.Namespace) -> int:
    """Preview, ask, take. 0 taken or nothing new, 1 refused or declined, 2 misused."""
    from django.utils import timezone

    from gongzhi.shared.moves import Refused

    if not args.file.is_file():
        surroundings.say(f"找不到文件 {args.file}。There is no such file.")
        return 2
    try:
        if args.what == "demands":
            return _demands(args)
        return registry.take_register(args, _operator(), now=timezone.localtime())
    except Refused as refusal:
        surroundings.say(str(refusal))
        return 1


def _operator() -> "Actor":
    from gongzhi.neighbourhood.rules import Actor, Office, PlaceKind, Right, Standing

    office = Office(Standing.OPERATOR, "命令行", frozenset(Right), place_kind=PlaceKind.DISTRICT)
    return Actor("命令行", (office,))


def _demands(args: argparse.Namespace) -> int:
    from django.utils import timezone

    from gongzhi.demands import actions
    from gongzhi.demands.actions.import_reading import Choices
    from gongzhi.demands.importing import FIELDS
    from gongzhi.shared.sheets import Limits

    actor, now, limits = _operator(), timezone.localtime(), Limits()
    fallback = _place(args.place)
    if fallback is None:
        return 2
    row = actions.hand_in_file(actor, name=args.file.name, source=args.file, now=now, limits=limits)
    columns = registry.chosen_columns(args.map, row.mapping["header"], row.mapping["columns"], FIELDS)
    if columns is None:
        return 2
    choices = Choices(
        columns=columns,
        fallback=fallback,
        historic=args.as_history,
        add_categories=args.add_categories,
        datum=args.datum,
    )
    row = actions.choose_columns(actor, import_file=row, choices=choices, now=now)
    seen = actions.preview_file(actor, row, choices, now=now, limits=limits)
    _print_mapping(row.mapping["header"], columns)
    _print_preview(row, choices, seen)
    if not seen.good:
        actions.drop_file(actor, import_file=row, now=now)
        print("没有新的行可导入。Nothing new to take in.")
        return 0 if seen.known else 1
    if not args.yes and not registry.confirmed(seen.good):
        actions.drop_file(actor, import_file=row, now=now)
        return 1
    row = actions.take_file(actor, import_file=row, now=now, limits=limits, progress=_progress)
    print(f"\n已导入 {row.rows_taken} 行，已有 {row.rows_known} 行，未收 {row.rows_bad} 行。")
    print(f"{row.rows_taken} taken, {row.rows_known} known before, {row.rows_bad} not taken.")
    return 0


def _place(code: str) -> "Place | None":
    from gongzhi.neighbourhood.queries import current_places, district
    from gongzhi.neighbourhood.rows import Place

    try:
        return current_places().get(code=code) if code else district()
    except Place.DoesNotExist:
        surroundings.say(f"没有代码为 {code or '（区）'} 的地点。There is no place with this code.")
        return None


def _print_mapping(header: list[str], columns: dict[str, int]) -> None:
    from gongzhi.demands.importing import FIELDS

    print("各列的含义 columns:")
    for name, column in columns.items():
        print(f"  {FIELDS[name]} {name} ← {header[column]}")


def _print_preview(row: "ImportFile", choices: "Choices", seen: "Preview") -> None:
    from gongzhi.demands import actions

    print(f"可导入 {seen.good} 行 good；已有 {seen.known} 行 known；有误 {seen.bad} 行 bad（{seen.errors_in_all} 处）")
    print(f"未识别地点、归入“{choices.fallback.name}”的 {seen.fell_back} 行 without a place of ours")
    if before := actions.taken_before(row):
        print(f"这个文件曾于 {before.taken_at:%Y-%m-%d} 导入过。This very file was taken in before.")
    if seen.unknown_categories:
        print(f"未知类别 unknown categories: {len(seen.unknown_categories)}")
        for words, count in seen.unknown_categories.most_common(10):
            print(f"  {words}（{count}）")
    for error in seen.errors[:20]:
        print(f"  第 {error.row} 行 {error.letter} {error.column_name}：{error}")
    if seen.errors_in_all > 20:
        print(f"  ……另有 {seen.errors_in_all - 20} 处 more")


def _progress(read: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{read}", end="", file=sys.stderr, flush=True)
