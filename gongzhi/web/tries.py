"""Limits on guessing and flooding, counted in the cache; a process counts for itself."""

from django.core.cache import cache
from django.http import HttpRequest

HOUR = 3600


def origin(request: HttpRequest) -> str:
    """Where a request comes from, for counting only; never stored in a table."""
    return request.META.get("REMOTE_ADDR", "")


def too_many(what: str, key: str, most: int) -> bool:
    """Whether this key has used up its tries of the last hour."""
    return int(cache.get(f"tries:{what}:{key}", 0)) >= most


def count_try(what: str, key: str) -> None:
    """Count one try; the hour begins with the first."""
    name = f"tries:{what}:{key}"
    if not cache.add(name, 1, HOUR):
        try:
            cache.incr(name)
        except ValueError:
            cache.set(name, 1, HOUR)
