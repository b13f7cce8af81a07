"""Every address, by everyone: the codes stand in doors.txt, one line for one address and method.

`GONGZHI_RECORD_DOORS=1` writes the codes anew for the lines that stand there; read the difference before you keep it.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import transaction
from django.http import Http404
from django.test import Client
from django.urls import resolve

from tests.house.setting import Setting, furnish, routes
from tests.town import Town

TABLE = Path(__file__).with_name("doors.txt")
LOGIN = "login"


@dataclass
class Door:
    """One line of the table."""

    method: str
    path: str
    codes: dict[str, str]


def read() -> tuple[list[str], list[Door]]:
    """The members of the cast in the order of the columns, and the lines."""
    lines = [line.split() for line in TABLE.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    people = lines[0][2:]
    return people, [Door(row[0], row[1], dict(zip(people, row[2:], strict=False))) for row in lines[1:]]


def knock(client: Client, method: str, path: str) -> str:
    """The code that this browser gets; a redirect to the login page is `login`."""
    response = client.get(path) if method == "GET" else client.post(path)
    if response.status_code == 302 and response["Location"].startswith("/login"):
        return LOGIN
    return str(response.status_code)


def codes_of(setting: Setting, door: Door, people: list[str]) -> dict[str, str]:
    """What everyone gets at this door; whatever is changed by knocking is undone."""
    path = door.path.format(**setting.things)
    found = {}
    for who in people:
        client = setting.client(who)
        with transaction.atomic():
            found[who] = knock(client, door.method, path)
            transaction.set_rollback(True)
    return found


def write(people: list[str], doors: list[Door]) -> None:
    """The table with aligned columns; the comments at its head stay."""
    head = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    wide = max(len(door.path) for door in doors) + 1
    widths = [max(len(who), 5) for who in people]
    rows = [["METHOD", "PATH", *people]] + [
        [door.method, door.path, *(door.codes[who] for who in people)] for door in doors
    ]
    body = [
        f"{row[0]:6} {row[1]:{wide}} "
        + " ".join(f"{code:{width}}" for code, width in zip(row[2:], widths, strict=True))
        for row in rows
    ]
    TABLE.write_text("\n".join([*head, *(line.rstrip() for line in body)]) + "\n", encoding="utf-8")


# Apart, so that several processes can share the knocking.
AUDIENCES = (
    "/desk/setup/",
    "/desk/demands/",
    "/desk/problems/",
    "/desk/exchange/",
    "/desk/conferences/",
    "/desk/projects/",
    "/desk/agreements/",
    "/desk/",
    "/units/",
    "/board/",
    "/",
)


# What belongs to one community or one unit.
ROWS = ("demand", "problem", "whistle", "referral", "pair", "match", "pledge", "offer", "need")
ROWS += ("desk_need", "desk_match", "desk_pledge", "task", "outreach", "thread", "liaison", "gift", "package", "unit")
ROWS += ("round", "head", "conference", "decision", "act", "matter", "space", "slot")
ROWS += ("project", "job", "appeal", "zoning", "asset", "proof")
ROWS += ("agreement", "going", "drafted", "review", "report")


def audience(door: Door) -> str:
    """The first of the beginnings that fits."""
    return next(begin for begin in AUDIENCES if door.path.startswith(begin))


@pytest.mark.parametrize("begin", AUDIENCES)
def test_every_address_by_everyone(town: Town, begin: str) -> None:
    setting = furnish(town)
    people, lines = read()
    doors = [door for door in lines if audience(door) == begin]
    assert set(people) == set(setting.people), "the table's columns are the cast"
    if os.environ.get("GONGZHI_RECORD_DOORS"):
        for door in doors:
            door.codes = codes_of(setting, door, people)
        write(people, lines)
        return
    wrong = []
    for door in doors:
        found = codes_of(setting, door, people)
        wrong += [
            f"{door.method} {door.path} by {who}: {code}, the table says {door.codes.get(who)}"
            for who, code in found.items()
            if code != door.codes.get(who)
        ]
    assert wrong == []


def test_no_address_is_missing_from_the_table(town: Town) -> None:
    setting = furnish(town)
    listed = set()
    for door in read()[1]:
        try:
            listed.add(resolve(door.path.format(**setting.things).partition("?")[0]).route)
        except Http404:
            raise AssertionError(f"{door.path} leads nowhere any more: take it out of doors.txt") from None
    assert set(routes()) - listed == set(), "add these to doors.txt"


def test_what_is_behind_a_login_sends_a_stranger_there() -> None:
    """Pages of work never answer a stranger, and never say whether a thing exists."""
    staff = ("/desk/", "/units/", "/board/")
    open_to_strangers = [
        f"{door.method} {door.path}"
        for door in read()[1]
        if door.path.startswith(staff) and door.codes["stranger"] not in {LOGIN, "405"}
    ]
    assert open_to_strangers == []


def test_another_communitys_row_is_absent() -> None:
    """Who may open a demand's page at all gets 404 for one that lies elsewhere."""
    for door in read()[1]:
        inside = any(f"{{{thing}}}" in door.path for thing in ROWS)
        if inside and door.path.startswith(("/desk/", "/units/")) and door.codes["stranger"] == LOGIN:
            for who in ("xinyu_shegong", "xinyu_shuji", "xingsheng_shegong", "baoxian_lianluo", "resident"):
                assert door.codes[who] in {"404", "403", "405"}, (door.method, door.path, who)
