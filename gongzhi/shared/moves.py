"""Reads a room's lifecycle table: what may be done, by whom, from where, and what it needs. Pure.

A table is a mapping from a verb to a `Move`. Buttons, permissions, required fields, the printed diagram and the
exhaustive test all come from it, so a rule about a state stands in one place.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


def _(text: str) -> str:
    """Mark a screen text for translation; the page that shows it translates it."""
    return text


class Refused(Exception):
    """A move that may not be made, with the reason in words.

    `message` is a translatable text with named placeholders, `values` what fills them; both are plain, so the same
    refusal can be shown on a page, in a command or by the API.
    """

    def __init__(self, message: str, **values: object) -> None:
        self.message, self.values = message, values
        super().__init__(message % values if values else message)


class NotAllowed(Refused):
    """The actor's standing does not include this move."""


class WrongState(Refused):
    """The move does not start from where the thing stands now."""


class Missing(Refused):
    """Something that the move needs was not given; `values["field"]` names it."""


@dataclass(frozen=True)
class Move:
    """One row of a lifecycle table. `target` is None where the state stays as it is."""

    sources: frozenset[StrEnum]
    target: StrEnum | None
    who: frozenset[StrEnum]
    needs: frozenset[str] = frozenset()
    label: str = ""
    told: str = ""
    others: frozenset[StrEnum] = field(default_factory=frozenset)

    def targets(self, source: StrEnum) -> frozenset[StrEnum]:
        """Every state that this move can lead to from `source`."""
        return frozenset({self.target or source}) | self.others


def move(
    sources: Iterable[StrEnum],
    target: StrEnum | None,
    *,
    who: Iterable[StrEnum],
    needs: Iterable[str] = (),
    label: str = "",
    told: str = "",
    others: Iterable[StrEnum] = (),
) -> Move:
    """Write one row of a lifecycle table.

    `needs` names the values that must be given, `label` is the button's text, `told` is what the timeline says to
    the person concerned (empty: not shown), `others` are further states that the action may decide on.
    """
    return Move(frozenset(sources), target, frozenset(who), frozenset(needs), label, told, frozenset(others))


Table = Mapping[str, Move]


def open_moves(table: Table, state: StrEnum, standings: Collection[StrEnum]) -> dict[str, Move]:
    """The moves that someone with these standings may make from `state`, in the table's order."""
    return {verb: row for verb, row in table.items() if state in row.sources and not row.who.isdisjoint(standings)}


def check_move(
    table: Table, verb: str, state: StrEnum, standings: Collection[StrEnum], given: Mapping[str, object]
) -> StrEnum:
    """Return the state that `verb` leads to, or raise `Refused` with the reason.

    Order matters: who is asked first, so that a stranger learns nothing of the state; then where; then what.
    """
    row = table[verb]
    if row.who.isdisjoint(standings):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=row.label or verb)
    if state not in row.sources:
        raise WrongState(_("现在不能“%(label)s”：事项已到下一步，请先看最新情况。"), label=row.label or verb)
    for name in sorted(row.needs):
        if given.get(name) in (None, "", (), []):
            raise Missing(_("“%(label)s”还缺一项内容，请补上。"), label=row.label or verb, field=name)
    return row.target or state


def diagram(table: Table, first: StrEnum) -> str:
    """The table as a Mermaid state diagram, for the documentation."""
    lines = ["stateDiagram-v2", f"    [*] --> {first.value}"]
    for verb, row in table.items():
        who = "/".join(sorted(standing.value for standing in row.who))
        for source in sorted(row.sources):
            lines.extend(
                f"    {source.value} --> {target.value}: {verb} ({who})" for target in sorted(row.targets(source))
            )
    return "\n".join(lines)
