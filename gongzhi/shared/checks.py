"""What many tables check alike, as conditions of their constraints."""

from enum import StrEnum

from django.db.models import Q


def one_of(field: str, kinds: type[StrEnum]) -> Q:
    """The column holds one of these values."""
    return Q((f"{field}__in", [kind.value for kind in kinds]))


def one_given(first: str, second: str) -> Q:
    """Exactly one of the two columns is filled."""
    return Q(**{f"{first}__isnull": False, second: None}) | Q(**{first: None, f"{second}__isnull": False})
