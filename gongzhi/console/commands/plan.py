"""`gongzhi plan PROJECT.json --out PLAN.json`: can the day be kept, and how. Needs no database; format: docs/planning.md."""

import argparse
import json
from pathlib import Path

from gongzhi.console import surroundings
from gongzhi.console.catalogues import messages
from gongzhi.projects.planning import SECONDS, BadPlan, Plan, plan
from gongzhi.projects.planning_files import plan_to_json, read_project

NEEDS = "nothing"
ENGLISH = Path(__file__).resolve().parents[2] / "locale" / "en" / "LC_MESSAGES" / "django.po"


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    parser = subparsers.add_parser("plan", help="从定死的日子倒排项目 draw a project back from its fixed day")
    parser.add_argument("file", type=Path, metavar="PROJECT.json", help="docs/planning.md")
    parser.add_argument("--out", type=Path, required=True, metavar="PLAN.json")
    parser.add_argument("--seconds", type=_positive, default=SECONDS, help=f"最多用时 at most so long ({SECONDS:g})")
    parser.add_argument("--schedules", type=int, help="只试这么多种排法，每次结果相同 try so many, the same each time")


def run(args: argparse.Namespace) -> int:
    """Read, plan, write, say whether the day can be kept. 0 done, 2 misused."""
    try:
        found = plan(
            read_project(args.file.read_text(encoding="utf-8-sig")), seconds=args.seconds, schedules=args.schedules
        )
    except FileNotFoundError:
        surroundings.say(f"找不到文件 {args.file}。There is no such file.")
        return 2
    except (OSError, UnicodeDecodeError):
        surroundings.say(f"无法读取 {args.file}。Cannot read {args.file} as UTF-8 text.")
        return 2
    except BadPlan as error:
        english = messages(ENGLISH.read_text(encoding="utf-8")) if ENGLISH.exists() else {}
        told = english.get(error.message, error.message) % error.values
        surroundings.say(f"{args.file.name}：{error}。{told}.")
        return 2
    try:
        args.out.write_text(json.dumps(plan_to_json(found), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        surroundings.say(f"无法写入 {args.out}。Cannot write {args.out}: {error.strerror}.")
        return 2
    _print(found, args.out)
    return 0


def _print(found: Plan, out: Path) -> None:
    if found.kept:
        print(f"能按时完成，余量 {found.margin} 天。The day can be kept, with {found.margin} days to spare.")
    elif found.out_of_reach:
        print(f"无论怎么排都不能按时，最早 {found.best}。Out of reach: {found.best} at the earliest.")
    else:
        print(f"没有找到能按时的排法，最早 {found.finish}。No plan found that keeps it; the best ends {found.finish}.")
    for one in found.overloads:
        print(
            f"人手不够 overloaded\t{one.crew}\t{one.since} – {one.until}\t要 needs {one.needed}\t有 has {one.capacity}"
        )
    for change in found.changes:
        print(f"要移动 to be moved\t{change.id}\t{change.planned} → {change.start}\t{change.days:+d}")
    critical = [one.id for one in found.lines if one.critical]
    print(f"关键任务 critical\t{len(critical)}\t{', '.join(critical[:12])}{' …' if len(critical) > 12 else ''}")
    print(f"已写入 {out}，用时 {found.seconds:.1f} 秒。Written, {found.seconds:.1f} s.")


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError("应大于 0 must be above 0")
    return value
