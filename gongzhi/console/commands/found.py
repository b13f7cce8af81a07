"""`gongzhi found`: a district of its own on an empty, migrated database, with its first operator."""

import argparse
import os
from getpass import getpass

from gongzhi.console import surroundings

PASSWORD = "GONGZHI_FIRST_PASSWORD"  # noqa: S105 - the name of a variable


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    parser = subparsers.add_parser("found", help="建区 found a district with its first operator")
    parser.add_argument("--code", required=True, help="6位区划代码 the district's official code")
    parser.add_argument("--name", required=True, help="区名 the district's name")
    parser.add_argument("--login", required=True, help="管理员登录名 login of the first operator")
    parser.add_argument("--person", default="系统管理员", metavar="姓名", help="管理员姓名 name of the first operator")


def run(args: argparse.Namespace) -> int:
    """Ask for the password, found, and say what comes next. 0 founded, 1 refused."""
    from django.core.exceptions import ValidationError
    from django.utils import timezone

    from gongzhi.console import founding
    from gongzhi.shared.moves import Refused

    try:
        founding.must_be_unfounded()
        first = founding.First(args.person, args.login, _password())
        founding.found_district(code=args.code, name=args.name, first=first, now=timezone.localtime())
    except (Refused, ValidationError) as error:
        surroundings.say(*founding.reasons(error), "没有建区。Nothing was founded.")
        return 1
    surroundings.say(
        f"“{args.name}”已建好，管理员登录名 {args.login}。The district stands; its first operator can log in.",
        "接着导入街道和社区 next, take its places in: gongzhi import places FILE",
    )
    return 0


def _password() -> str:
    """The first operator's password, typed twice at the terminal or left in the environment by a script.

    Raises RefusalError where both times differ or there is nobody to ask.
    """
    if given := os.environ.get(PASSWORD):
        return given
    try:
        typed, again = getpass("管理员密码 password: "), getpass("再输一次 once more: ")
    except EOFError as error:
        message = f"没有可以输入密码的终端：请设置 {PASSWORD}。There is no terminal to ask at: set {PASSWORD}."
        raise surroundings.RefusalError(message) from error
    if typed != again:
        raise surroundings.RefusalError("两次输入的密码不一样。The two passwords differ.")
    return typed
