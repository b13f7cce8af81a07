"""The `gongzhi` command. Each module of `commands/` adds one sub-command by `add(subparsers)` and `run(args)`.

A module may say `NEEDS`: "nothing", "database" (the default: Django is set up and the database runs).
"""

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from gongzhi import __version__
from gongzhi.console import commands, surroundings
from gongzhi.console.postgres import PostgresError


def modules(argv: Sequence[str] = ()) -> dict[str, ModuleType]:
    """The modules of the sub-commands by name, in alphabetical order; those alone that these words name, if any.

    To load them all takes a second and more memory than some commands need.
    """
    names = sorted(found.name for found in pkgutil.iter_modules(commands.__path__))
    asked = [name for name in names if name.rstrip("_") in argv]
    return {name: importlib.import_module(f"{commands.__name__}.{name}") for name in asked or names}


def parser(found: dict[str, ModuleType]) -> argparse.ArgumentParser:
    """The command line, made of what each module adds."""
    top = argparse.ArgumentParser(prog="gongzhi", description="共治：一个区的社区共治 · neighbourhood co-governance")
    top.add_argument("--version", action="version", version=f"gongzhi {__version__}")
    top.add_argument("--data", type=Path, help="数据目录 data folder (GONGZHI_DATA, var)")
    subparsers = top.add_subparsers(required=True, metavar="COMMAND")
    for module in found.values():
        before = set(subparsers.choices)
        module.add(subparsers)
        for name in set(subparsers.choices) - before:
            subparsers.choices[name].set_defaults(module=module)
    return top


def main(argv: list[str] | None = None) -> int:
    """Run one sub-command and return its exit code: 0 done, 1 refused or found wrong, 2 misused."""
    argv = sys.argv[1:] if argv is None else argv
    args = parser(modules(argv)).parse_args(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.settings")
    try:
        if getattr(args.module, "NEEDS", "database") == "database":
            surroundings.prepare(args.data)
            import django

            django.setup()
        return int(args.module.run(args) or 0)
    except (surroundings.RefusalError, PostgresError) as refusal:
        surroundings.say(str(refusal))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
