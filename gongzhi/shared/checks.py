"""What many tables check alike, as conditions of their constraints."""

from enum import StrEnum
from functools import reduce
from operator import or_

from django.db.models import Q


def one_of(field: str, kinds: type[StrEnum]) -> Q:
    """The column holds one of these values."""
    return Q((f"{field}__in", [kind.value for kind in kinds]))


def one_given(*fields: str) -> Q:
    """Exactly one of the columns is filled."""
    return reduce(or_, (Q(**{f"{one}__isnull": False}, **dict.fromkeys(set(fields) - {one})) for one in fields))
