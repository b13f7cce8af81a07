"""`gongzhi migrate`: bring the tables up to this version."""

import argparse


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    subparsers.add_parser("migrate", help="升级数据表 bring the tables up to this version")


def run(_args: argparse.Namespace) -> int:
    """Apply the migrations that are not applied yet."""
    from django.core.management import call_command

    call_command("migrate", interactive=False)
    return 0
