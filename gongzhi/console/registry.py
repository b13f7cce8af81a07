"""What `gongzhi import` asks at a terminal, and its taking of places and member units: look, ask, take."""

import argparse
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from gongzhi.console import surroundings
from gongzhi.shared.moves import Refused
from gongzhi.shared.sheets import SheetError, column_letter

if TYPE_CHECKING:
    from gongzhi.neighbourhood.actions import Taken
    from gongzhi.neighbourhood.rules import Actor

SHOWN = 20


def take_register(args: argparse.Namespace, actor: "Actor", *, now: datetime) -> int:
    """Show what `args.file` holds as `args.what` ("places", "units"), ask unless `args.yes`, and take the new rows.

    `args.datum` is what positions are in, `args.map` columns given by hand. 0 taken or nothing new, 1 refused,
    declined or nothing good, 2 misused.
    """
    from gongzhi.neighbourhood import actions

    given: dict[str, Any] = {"what": args.what, "path": args.file, "now": now, "system": args.datum}
    try:
        columns = _columns(args)
        if columns is None:
            return 2
        seen = actions.look_at_register(actor, columns=columns, **given)
        _print_seen(seen)
        if not seen.good:
            print("没有新的行可导入。Nothing new to take in.")
            return 0 if seen.known else 1
        if not args.yes and not confirmed(seen.added):
            return 1
        taken = actions.take_register(actor, columns=columns, name=args.file.name, **given)
    except (SheetError, Refused) as refusal:
        surroundings.say(str(refusal))
        return 1
    print(f"已登记 {taken.added} 行，已有 {taken.known} 行，未收 {taken.bad} 行。")
    print(f"{taken.added} registered, {taken.known} known before, {taken.bad} not taken.")
    return 0


def _columns(args: argparse.Namespace) -> dict[str, int] | None:
    """Which column holds which field: guessed, and corrected by hand."""
    from gongzhi.neighbourhood import actions

    fields = actions.REGISTER_FIELDS[args.what]
    header, guessed = actions.read_columns(args.file, what=args.what)
    columns = chosen_columns(args.map, header, guessed, fields)
    if columns is not None:
        print("各列的含义 columns:")
        for name, column in columns.items():
            print(f"  {fields[name]} {name} ← {header[column]}")
    return columns


def chosen_columns(
    given: Iterable[str], header: list[str], guessed: Mapping[str, int], fields: Mapping[str, str]
) -> dict[str, int] | None:
    """The guessed columns with what was given by hand as "field=column"; `field=` alone leaves a field out.

    None, with the reason said, where a field or a column is not known.
    """
    columns = dict(guessed)
    letters = {column_letter(place + 1): place for place in range(len(header))}
    for pair in given:
        name, _sep, column = pair.partition("=")
        place = header.index(column) if column in header else letters.get(column.upper())
        if name not in fields or (column and place is None):
            surroundings.say(f"看不懂 {pair}。字段 fields: {', '.join(fields)}；列 columns: {', '.join(header)}")
            return None
        columns.pop(name, None)
        if place is not None:
            columns[name] = place
    return columns


def _print_seen(seen: "Taken") -> None:
    print(f"可登记 {seen.added} 行 new；已有 {seen.known} 行 known；有误 {seen.bad} 行 bad")
    _print_some(f"  第 {error.row} 行 {error.letter} {error.column_name}：{error}" for error in seen.errors)
    if seen.differences:
        print(f"与登记不同、保持原样的 {seen.different} 行 differ from what stands, which is kept:")
    _print_some(
        f"  第 {one.row} 行 {one.name} {one.label}：现为“{one.stands}”，文件为“{one.given}”" for one in seen.differences
    )


def _print_some(lines: Iterable[str]) -> None:
    more = 0
    for place, line in enumerate(lines):
        if place < SHOWN:
            print(line)
        else:
            more += 1
    if more:
        print(f"  ……另有 {more} 处 more")


def confirmed(count: int) -> bool:
    """Whether whoever sits at the terminal says yes."""
    try:
        return input(f"导入这 {count} 行？Take these {count} rows? [y/N] ").strip().lower() in {"y", "yes", "是"}
    except EOFError:
        return False
