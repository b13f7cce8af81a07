"""`python -m tests.mechanisms`: the rows of docs/mechanisms.md, each with the tests that prove it and what they say.

Exit code 1 when a test that proves a row fails; a row without a test yet is said so and fails nothing.
"""

import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

TABLE = Path(__file__).resolve().parents[1] / "docs" / "mechanisms.md"
_ROW = re.compile(r"^\| (M\d+) \| ([^|]+?) \| ([^|]+?) \|$", re.MULTILINE)
NO_TEST, PROVEN, FAILED, NOT_RUN = "no test yet 未有测试", "proven 已验证", "FAILED 未通过", "not run here 未运行"


def rows() -> dict[str, tuple[str, str]]:
    """Every row's number with its English and its Chinese line, in order."""
    return {number: (english, chinese) for number, english, chinese in _ROW.findall(TABLE.read_text(encoding="utf-8"))}


@dataclass(eq=False)
class Proofs:
    """A pytest plugin that keeps only the tests marked with a row and remembers what came of them."""

    of: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    outcome: dict[str, str] = field(default_factory=dict)

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out every test that proves no row."""
        kept = []
        for item in items:
            marks = {str(name) for mark in item.iter_markers("mechanism") for name in mark.args}
            for row in sorted(marks):
                self.of[row].append(item.nodeid)
            if marks:
                kept.append(item)
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test passes when its call passes and nothing around it fails."""
        if report.failed:
            self.outcome[report.nodeid] = FAILED
        elif report.skipped:
            self.outcome.setdefault(report.nodeid, NOT_RUN)
        elif report.when == "call":
            self.outcome.setdefault(report.nodeid, PROVEN)

    def verdict(self, row: str) -> str:
        """What may be said of a row: the worst of its tests."""
        found = {self.outcome.get(test, NOT_RUN) for test in self.of.get(row, [])}
        return next((one for one in (FAILED, NOT_RUN, PROVEN) if one in found), NO_TEST)


def lines(proofs: Proofs, table: dict[str, tuple[str, str]]) -> list[str]:
    """What is printed: one line a row, its tests below it, the sum at the end."""
    told = []
    for row, (english, chinese) in table.items():
        told.append(f"{row:4} {proofs.verdict(row):22} {english} · {chinese}")
        told += [f"       {proofs.outcome.get(test, NOT_RUN):18} {test}" for test in proofs.of.get(row, [])]
    unknown = sorted(set(proofs.of) - set(table))
    told += [f"{row}: a test proves this row, but docs/mechanisms.md does not list it" for row in unknown]
    verdicts = [proofs.verdict(row) for row in table]
    told.append(
        f"{len(table)} mechanisms: {verdicts.count(PROVEN)} proven, {verdicts.count(FAILED)} failed, "
        f"{verdicts.count(NOT_RUN)} not run here, {verdicts.count(NO_TEST)} without a test yet"
    )
    return told


def main(arguments: list[str]) -> int:
    """Run what proves rows and print the table."""
    proofs = Proofs()
    # The plugin of the database must be loaded as for the tests, so pytest's own settings are used unchanged.
    ended = pytest.main(["-q", "--no-header", "-m", "mechanism", *arguments], plugins=[proofs])
    table = rows()
    print("\n".join(lines(proofs, table)))
    broken = int(ended) not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
    return int(broken or bool(set(proofs.of) - set(table)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
