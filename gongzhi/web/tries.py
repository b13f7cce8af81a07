"""Limits on guessing and flooding, as pages ask for them; counted in the database by `shared.tries`."""

from django.http import HttpRequest
from django.utils import timezone

from gongzhi.shared import tries


def origin(request: HttpRequest) -> str:
    """Where a request comes from, for counting only; only a keyed fingerprint of it is kept, for an hour."""
    return request.META.get("REMOTE_ADDR", "") or "-"


def too_many(what: str, key: str, most: int) -> bool:
    """Whether this key has used up its tries of the last hour."""
    return tries.too_many(what, key, most, now=timezone.localtime())


def count_try(what: str, key: str) -> None:
    """Count one try; the hour begins with the first."""
    tries.take({(what, key): 0}, now=timezone.localtime())
