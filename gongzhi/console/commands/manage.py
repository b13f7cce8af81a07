"""`gongzhi manage …`: Django's own management commands."""

import argparse


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    parser = subparsers.add_parser("manage", help="Django 管理命令 pass through to Django", add_help=False)
    parser.add_argument("words", nargs=argparse.REMAINDER)


def run(args: argparse.Namespace) -> int:
    """Run the command as `manage.py` would."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["gongzhi manage", *args.words])
    return 0
