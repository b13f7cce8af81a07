"""`gongzhi secrets`: fresh keys for a new installation."""

import argparse

from gongzhi.console import surroundings

NEEDS = "nothing"


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    subparsers.add_parser("secrets", help="生成新的密钥 print fresh keys for the environment")


def run(_args: argparse.Namespace) -> int:
    """Print one NAME=value a line, ready for an environment file."""
    for name, value in surroundings.fresh_keys().items():
        print(f"{name}={value}")
    return 0
