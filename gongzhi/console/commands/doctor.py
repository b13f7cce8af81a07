"""`gongzhi doctor`: looks at a deployment and says in words what is wrong and what to do."""

import argparse
from collections.abc import Iterator

from gongzhi.console.checkup import Finding, examine

MARKS = {"ok": "正常 ok  ", "warn": "注意 warn", "bad": "错误 bad "}


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    subparsers.add_parser("doctor", help="检查部署 check a deployment")


def run(_args: argparse.Namespace) -> int:
    """Print one line per check; 1 when anything is wrong, a warning alone is not."""
    findings = list(examine())
    for line in report(findings):
        print(line)
    return 1 if any(finding.level == "bad" for finding in findings) else 0


def report(findings: list[Finding]) -> Iterator[str]:
    """One line a finding, and one that sums up."""
    for finding in findings:
        yield f"{MARKS[finding.level]} {finding.words}"
    bad, warn = (sum(finding.level == level for finding in findings) for level in ("bad", "warn"))
    yield f"{len(findings)} 项检查，{bad} 项错误，{warn} 项注意。{len(findings)} checks, {bad} bad, {warn} warnings."
