"""`gongzhi group INPUT --out OUT.csv`: which demands of a spreadsheet are one problem. Needs no database."""

import argparse
import math
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from gongzhi.console import surroundings
from gongzhi.problems.grouping import Grouping, Report, group, hot
from gongzhi.shared.sheets import SheetError, parse_moment, read_sheet, recognise_columns, write_csv

NEEDS = "nothing"
NEEDED = ("demand_id", "reported_at", "subject", "body")
COLUMNS = {
    "demand_id": ["demand_id", "诉求编号", "工单编号", "留言编号", "编号"],
    "reported_at": ["reported_at", "反映时间", "来电时间", "留言时间", "受理时间"],
    "subject": ["subject", "标题", "主题", "留言主题"],
    "body": ["body", "内容", "诉求内容", "留言详情"],
    "place": ["place", "地点代码", "地点", "社区"],
    "lon": ["lon", "lng", "longitude", "经度"],
    "lat": ["lat", "latitude", "纬度"],
    "category": ["category", "类别", "类别代码"],
}
ZONE = ZoneInfo("Asia/Shanghai")


class _Misused(Exception):
    """The command was given what it cannot use; the message is for people."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    parser = subparsers.add_parser("group", help="归并诉求 find which demands are one problem")
    parser.add_argument("file", type=Path, metavar="INPUT", help=f".xlsx .xls .csv: {', '.join(COLUMNS)}")
    parser.add_argument("--out", type=Path, required=True, metavar="OUT.csv", help="demand_id, problem_id")
    parser.add_argument("--hot", type=int, default=10, metavar="N", help="列出几个热点 hot problems to print (10)")
    parser.add_argument("--days", type=float, default=30.0, help="热点的天数窗口 days of the busiest window (30)")


def run(args: argparse.Namespace) -> int:
    """Read, group, write, print what is hot and how quick it was. 0 done, 2 misused."""
    if not args.file.is_file():
        surroundings.say(f"找不到文件 {args.file}。There is no such file.")
        return 2
    begun, used = time.perf_counter(), time.process_time()
    try:
        reports = list(_reports(args.file))
        grouping = group(reports, progress=_progress if sys.stderr.isatty() else None)
        _write(args.out, grouping, [one.demand_id for one in reports])
    except (SheetError, _Misused) as error:
        surroundings.say(str(error))
        return 2
    _print_hot(grouping, args.hot, args.days)
    took, spent = max(time.perf_counter() - begun, 1e-6), max(time.process_time() - used, 1e-6)
    found = len(grouping.members)
    repeated = sum(len(members) > 1 for members in grouping.members.values())
    print(f"{len(reports)} 条诉求，{found} 个问题，其中 {repeated} 个有多条诉求；已写入 {args.out}")
    print(f"{len(reports)} demands, {found} problems, {repeated} of them with several demands; {took:.1f} s,", end=" ")
    print(f"{len(reports) / took:.0f} demands/s, {len(reports) / spent:.0f} per CPU-second")
    return 0


def _reports(path: Path) -> Iterator[Report]:
    """The rows of the file. Raises _Misused or SheetError with a sentence for people."""
    seen: dict[str, int] = {}
    with read_sheet(path) as sheet:
        places = recognise_columns(sheet.header, COLUMNS)
        missing = [name for name in NEEDED if name not in places]
        if missing:
            raise _Misused(
                f"文件里缺少这些列 columns are missing: {', '.join(missing)}。现有 it has: {', '.join(sheet.header)}。"
            )
        for row in sheet.rows:
            report = _report({name: row.cells[place] for name, place in places.items()}, row.number)
            if report.demand_id in seen:
                raise _Misused(
                    f"第 {row.number} 行的编号 {report.demand_id} 与第 {seen[report.demand_id]} 行重复。"
                    f"Row {row.number} repeats the demand_id of row {seen[report.demand_id]}."
                )
            seen[report.demand_id] = row.number
            yield report


def _report(cells: dict[str, str], number: int) -> Report:
    demand_id = cells["demand_id"].strip()
    if not demand_id:
        raise _Misused(f"第 {number} 行没有编号。Row {number} has no demand_id.")
    try:
        moment = parse_moment(cells["reported_at"], ZONE)
    except SheetError as error:
        raise _Misused(f"第 {number} 行 reported_at：{error} Row {number}: reported_at is no date.") from error
    lon, lat = _degrees(cells, "lon", 180, number), _degrees(cells, "lat", 90, number)
    place, category = (cells.get(name, "").strip() for name in ("place", "category"))
    return Report(demand_id, moment, cells["subject"], cells["body"], place, lon, lat, category)


def _degrees(cells: dict[str, str], name: str, most: float, number: int) -> float | None:
    text = cells.get(name, "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= most:
        raise _Misused(f"第 {number} 行 {name}“{text[:20]}”不是度数。Row {number}: {name} is no number of degrees.")
    return value


def _write(path: Path, grouping: Grouping, ids: Sequence[str]) -> None:
    """One row per demand, in the order of the input."""
    try:
        with path.open("wb") as file:
            file.writelines(write_csv(["demand_id", "problem_id"], ([one, grouping.problem_of[one]] for one in ids)))
    except OSError as error:
        raise _Misused(f"无法写入 {path}。Cannot write {path}: {error.strerror}.") from error


def _print_hot(grouping: Grouping, most: int, days: float) -> None:
    rows = hot(grouping, most=most, window_days=days)
    if not rows:
        print("没有重复反映的问题。No problem was reported more than once.")
        return
    print(f"热点问题 hot problems（热度：最集中的 {days:g} 天内每条计 1，其余每条计 0.5")
    print(f"heat: 1 for each report within the busiest {days:g} days, 0.5 for each other)")
    print("排名 rank\t热度 heat\t诉求 reports\t时间 from–to\t地点或人群 place or group\t问题 description")
    for row in rows:
        span = f"{row.since:%Y-%m-%d}–{row.until:%Y-%m-%d}"
        about = " ".join(row.description.split())[:60]
        print(f"{row.rank}\t{row.heat:g}\t{row.reports}\t{span}\t{row.where or '–'}\t{about}")


def _progress(done: int, total: int) -> None:
    width = 40
    filled = done * width // total
    end = "\n" if done == total else ""
    print(f"\r[{'#' * filled}{'.' * (width - filled)}] {done * 100 // total}%", end=end, file=sys.stderr, flush=True)
