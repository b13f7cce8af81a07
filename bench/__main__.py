"""Every benchmark, or those named: `make bench`, `python -m bench intake lists`.

Each runs in a process of its own. What a name's own options are, `python -m bench.NAME --help` says.
"""

import argparse
import subprocess
import sys

NAMES = (
    "intake",
    "map",
    "lists",
    "imports",
    "categories",
    "grouping",
    "grouping_speed",
    "stream",
    "matching",
    "picture",
    "planning",
)


def main() -> int:
    """Run them in turn; the exit code is the number of those that missed a goal or could not run."""
    asked = argparse.ArgumentParser(prog="bench", description=__doc__)
    asked.add_argument("names", nargs="*", choices=[*NAMES, []], metavar="NAME", help=", ".join(NAMES))
    missed = 0
    for name in asked.parse_args().names or NAMES:
        print(f"\n== {name}", flush=True)
        missed += subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode != 0
    return missed


if __name__ == "__main__":
    raise SystemExit(main())
