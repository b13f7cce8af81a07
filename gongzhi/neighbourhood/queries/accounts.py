"""Who a login is and where they stand."""

from datetime import date
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from gongzhi.neighbourhood.models import (
    Account,
    Appointment,
    Membership,
    Role,
)
from gongzhi.neighbourhood.rules import OWN_RIGHT, STRANGER, Actor, Office, PlaceKind, Right, Standing
from gongzhi.shared.reading import Question


def actor_for(account: Account | None, *, today: date, link: int | None = None) -> Actor:
    """Who this login is and where they stand today; a stranger without one. One query, or none after `known_login`."""
    if account is None:
        return Actor(label=STRANGER.label, link=link)
    if account.person_id is None:
        return Actor(label=STRANGER.label, account_id=account.pk, link=link)
    held: _Held | None = getattr(account, "_held", None)
    if held is None or held.day != today:
        held = _read_held(_LOGIN.ask(today, today, account.pk)[0], today)
    label = f"{held.name}（{held.offices[0].role}）" if held.offices else held.name
    return Actor(label, held.offices, account.person_id, account.pk, link)


def known_login(account_id: int, *, today: date) -> Account | None:
    """One login with the offices that it holds today, in one query; None where there is none such."""
    rows = _LOGIN.ask(today, today, account_id)
    if not rows:
        return None
    account = Account.from_db(connection.alias, _COLUMNS, rows[0][: len(_COLUMNS)])
    account.__dict__["_held"] = _read_held(rows[0], today)
    return account


class _Held(NamedTuple):
    """The offices of a day, kept with the account that they were read with."""

    day: date
    name: str
    offices: tuple[Office, ...]


def _read_held(row: tuple[Any, ...], today: date) -> _Held:
    *_account, name, offices, memberships = row
    own = [
        Office(Standing.UNIT, one["capacity"] or OWN_RIGHT, where=one["place"] or one["network"], member_id=one["pk"])
        for one in memberships
    ]
    return _Held(
        today,
        name or "",
        tuple(
            Office(
                standing=Standing(office["standing"]),
                role=office["role"],
                rights=frozenset(Right(right) for right in office["rights"]),
                place_id=office["place_id"],
                place_kind=PlaceKind(office["place_kind"]) if office["place_kind"] else None,
                unit_id=office["unit_id"],
                where=office["place"] or office["unit"] or "",
            )
            for office in offices
        )
        + tuple(own),
    )


_COLUMNS = [field.attname for field in Account._meta.concrete_fields]


_OFFICE = JSONObject(
    standing="role__standing", role="role__name", rights="role__rights", place_id="place", place_kind="place__kind",
    place="place__name", unit_id="unit", unit="unit__name",
)  # fmt: skip

_OWN = JSONObject(pk="pk", capacity="capacity", place="place__name", network="network__name")


# Asked on every page of the staff.
_LOGIN = Question(
    lambda since, until, pk: Account.objects.filter(pk=pk).values_list(
        *_COLUMNS,
        "person__name",
        ArraySubquery(
            Appointment.objects.filter(Q(until=None) | Q(until__gte=until), person=OuterRef("person"), since__lte=since)
            .order_by("id")
            .values(office=_OFFICE)
        ),
        ArraySubquery(
            Membership.objects.filter(
                Q(left_on=None) | Q(left_on__gt=until), person=OuterRef("person"), joined_on__lte=since
            )
            .order_by("id")
            .values(own=_OWN)
        ),
    ),
    date,
    date,
    int,
)


def actor_of_account(account_id: int, *, today: date) -> Actor:
    """Who a login is and where they stand today, for work done later in its name. Raises Account.DoesNotExist."""
    return actor_for(Account.objects.get(pk=account_id), today=today)


def role_names() -> dict[str, str]:
    """The English of each role's name that has one, by its Chinese. One query."""
    return dict(Role.objects.exclude(english="").values_list("name", "english"))
