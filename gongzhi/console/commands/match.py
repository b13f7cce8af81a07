"""`gongzhi match PROBLEM.json --out PLAN.json`: who could meet which need. Needs no database; format: docs/matching.md."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from gongzhi.console import surroundings
from gongzhi.console.catalogues import messages
from gongzhi.exchange.matching import ASK_M, GAP, SECONDS, BadProblem, Plan, Stage, match
from gongzhi.exchange.matching_files import plan_to_json, read_problem, read_standing

NEEDS = "nothing"
ENGLISH = Path(__file__).resolve().parents[2] / "locale" / "en" / "LC_MESSAGES" / "django.po"


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    parser = subparsers.add_parser("match", help="需求与资源匹配 propose who could meet which need")
    parser.add_argument("file", type=Path, metavar="PROBLEM.json", help="docs/matching.md")
    parser.add_argument("--out", type=Path, required=True, metavar="PLAN.json")
    parser.add_argument("--seconds", type=_positive, default=SECONDS, help=f"大约用时 about how long ({SECONDS:g})")
    parser.add_argument("--gap", type=_share, default=GAP, help=f"离最优多近算够 share that is good enough ({GAP:g})")
    parser.add_argument(
        "--ask", type=_metres, default=ASK_M, help=f"每次请求折合多少米 metres that one ask counts ({ASK_M:g})"
    )
    parser.add_argument("--standing", type=Path, metavar="PLAN.json", help="尽量保留的先前建议 earlier plan to keep to")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="建议用哪种语言写 language of the sentences")


def run(args: argparse.Namespace) -> int:
    """Read, match, write, print how good the plan is. 0 done, 2 misused."""
    reading = args.standing
    try:
        standing = read_standing(reading.read_text(encoding="utf-8-sig")) if reading else ()
        reading = args.file
        problem = read_problem(reading.read_text(encoding="utf-8-sig"))
        plan = match(problem, seconds=args.seconds, gap=args.gap, ask_m=args.ask, standing=standing)
    except FileNotFoundError:
        surroundings.say(f"找不到文件 {reading}。There is no such file.")
        return 2
    except (OSError, UnicodeDecodeError):
        surroundings.say(f"无法读取 {reading}。Cannot read {reading} as UTF-8 text.")
        return 2
    except BadProblem as error:
        surroundings.say(f"{reading.name}：{error}。{_english()(error.message) % error.values}.")
        return 2
    written = plan_to_json(plan, _english() if args.lang == "en" else str)
    try:
        args.out.write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        surroundings.say(f"无法写入 {args.out}。Cannot write {args.out}: {error.strerror}.")
        return 2
    _print(plan, len(problem.needs), len(problem.offers), args.out)
    return 0


def _print(plan: Plan, needs: int, offers: int, out: Path) -> None:
    met = plan.met.value / plan.weight if plan.weight else 1.0
    bound = plan.met.bound / plan.weight if plan.weight else 1.0
    print(f"{needs} 项需求、{offers} 项资源：{len(plan.suggestions)} 条建议；{len(plan.unmet)} 项未满足或未全部满足。")
    print(f"{needs} needs, {offers} offers: {len(plan.suggestions)} suggestions, {len(plan.unmet)} needs left in part.")
    print(f"加权满足 weighted share met\t{met:.2%}\t最多 at most {bound:.2%}\t{_gap(plan.met)}")
    print(f"扣除路程与请求 less distance and asks\t{plan.sought.value:.2f}\t{_gap(plan.sought)}")
    print(f"距离合计 distance, km\t{plan.metres / 1000:.1f}")
    print(f"请求次数 asks\t{plan.asks}\t最多的一家 most of one giver, with the last 90 days\t{plan.most_asks}")
    if plan.overdue:
        print(f"已过期限 past their deadline\t{len(plan.overdue)}")
    print(f"已写入 {out}，用时 {plan.seconds:.1f} 秒。Written, {plan.seconds:.1f} s.")


def _gap(stage: Stage) -> str:
    return f"差距 gap {stage.gap:.2%}" + ("，到时停止 stopped by the clock" if stage.stopped else "")


def _english() -> Callable[[str], str]:
    known = messages(ENGLISH.read_text(encoding="utf-8")) if ENGLISH.exists() else {}
    return lambda text: known.get(text, text)


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError("应大于 0 must be above 0")
    return value


def _metres(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1e5:
        raise argparse.ArgumentTypeError("应在 0 与 100000 之间 must be between 0 and 100000")
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError("应在 0 与 1 之间 must be between 0 and 1")
    return value
