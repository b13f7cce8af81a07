"""Founding a district: its place, official days, categories, limits and roles, and its first operator."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from gongzhi.agreements import actions as agreements
from gongzhi.demands import actions as demands
from gongzhi.neighbourhood import actions, queries
from gongzhi.neighbourhood.import_cells import read_official_code
from gongzhi.neighbourhood.rows import Account, Place, Role
from gongzhi.neighbourhood.rules import WRONG_LOGIN, Actor, Office, PlaceKind, Right, Standing, valid_login
from gongzhi.problems import actions as problems
from gongzhi.shared.days import load_official_days
from gongzhi.shared.moves import Refused, _
from gongzhi.shared.sheets import SheetError

# Who sets a district up before anybody has an office.
FOUNDER = Actor("系统", (Office(Standing.OPERATOR, "系统", frozenset(Right), place_kind=PlaceKind.DISTRICT),))


@dataclass(frozen=True)
class RoleRow:
    """What someone can be here; a district edits these rows."""

    code: str
    name: str
    english: str
    standing: Standing
    rights: frozenset[Right] = frozenset()


DESK_RIGHTS = frozenset({Right.SEE_CONTACTS, Right.IMPORT, Right.EXPORT})
OPERATOR = RoleRow("operator", "系统管理员", "Operator", Standing.OPERATOR, frozenset({Right.SET_UP, Right.IMPORT}))
ROLES = (
    RoleRow("district_reader", "区委组织部看板", "District reader", Standing.READER, frozenset({Right.EXPORT})),
    RoleRow("district_lead", "区治理中心负责人", "District lead", Standing.LEAD, DESK_RIGHTS),
    OPERATOR,
    RoleRow("subdistrict_lead", "街道党工委书记", "Subdistrict secretary", Standing.LEAD, DESK_RIGHTS),
    RoleRow("subdistrict_desk", "街道工作人员", "Subdistrict officer", Standing.DESK, DESK_RIGHTS),
    RoleRow("community_lead", "社区党委书记", "Community secretary", Standing.LEAD, DESK_RIGHTS),
    RoleRow("community_desk", "社区工作者", "Community worker", Standing.DESK, DESK_RIGHTS),
    RoleRow("liaison", "单位联络员", "Unit liaison", Standing.UNIT),
)


@dataclass(frozen=True)
class First:
    """The first operator of a district."""

    person: str
    login: str
    password: str


def load_roles(*, now: datetime) -> dict[str, Role]:
    """Write the roles that are not there yet; a district's own names stay."""
    return {
        row.code: actions.add_role(
            FOUNDER,
            code=row.code,
            name=row.name,
            english=row.english,
            standing=row.standing,
            rights=row.rights,
            now=now,
        )
        for row in ROLES
    }


def must_be_unfounded() -> None:
    """Raise Refused where a district stands already: one deployment serves one."""
    standing = queries.current_places(PlaceKind.DISTRICT).first()
    if standing:
        raise Refused(_("“%(name)s”已经建好了；一套系统只管一个区。"), name=standing.name)


def district_code(code: str) -> str:
    """A district's official code of six digits, however it is written. Raises Refused for any other."""
    try:
        spelled, kind, _above = read_official_code(code.strip())
    except SheetError as error:
        raise Refused(error.message, **error.values) from error
    if kind is not PlaceKind.DISTRICT:
        raise Refused(_("%(code)s不是区县的代码，应为6位数字。"), code=code)
    return spelled


@transaction.atomic
def found_district(*, code: str, name: str, first: First, now: datetime) -> Account:
    """Make everything a district needs before its first spreadsheet, and the login of its first operator.

    One transaction. Raises Refused where a district stands, the code is none of a district, or a name is empty or
    too long; ValidationError for a weak password.
    """
    must_be_unfounded()
    name, person, login = name.strip(), first.person.strip(), first.login.strip()
    if not (1 <= len(name) <= 80 and 1 <= len(person) <= 60):
        raise Refused(_("区名应在1到80字之间，姓名应在1到60字之间。"))
    if not valid_login(login):
        raise Refused(WRONG_LOGIN)
    validate_password(first.password)
    place: Place = actions.register_place(
        FOUNDER, kind=PlaceKind.DISTRICT, name=name, parent=None, code=district_code(code), now=now
    )
    load_official_days()
    demands.load_categories(FOUNDER, now=now)
    demands.load_limits(FOUNDER, now=now)
    problems.load_defaults(FOUNDER, now=now)
    agreements.load_defaults(FOUNDER, now=now)
    roles = load_roles(now=now)
    operator = actions.register_person(FOUNDER, name=person, now=now)
    actions.appoint(FOUNDER, person=operator, role=roles[OPERATOR.code], place=place, since=now.date(), now=now)
    return actions.open_account(login=login, password=first.password, now=now, person=operator)


def reasons(error: ValidationError | Refused) -> list[str]:
    """Why founding was refused, a sentence each."""
    return list(error.messages) if isinstance(error, ValidationError) else [str(error)]
