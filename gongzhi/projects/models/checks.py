"""What several tables check alike."""

from enum import StrEnum

from django.db.models import Q


def one_of(field: str, kinds: type[StrEnum]) -> Q:
    """The column holds one of these values."""
    return Q((f"{field}__in", [kind.value for kind in kinds]))
