"""Limits on guessing and flooding, counted in the database: they hold over processes, and over restarts."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection

from gongzhi.shared import secrets
from gongzhi.shared.models import TryCount

HOUR = timedelta(hours=1)
Key = tuple[str, str]


def too_many(what: str, key: str, most: int, *, now: datetime) -> bool:
    """Whether this key has used up its tries of the last hour; counts nothing."""
    row = TryCount.objects.filter(what=what, mark=secrets.mark(key), began_at__gt=now - HOUR)
    return (row.values_list("count", flat=True).first() or 0) >= most


def take(limits: Mapping[Key, int], *, now: datetime) -> bool:
    """Count one try for each (what, key), in one trip; False where one of them is beyond its most.

    Counted before the try is made, so that many at the same moment cannot slip through together. The hour of a key
    begins with its first try.
    """
    marked = sorted((what, secrets.mark(key), most) for (what, key), most in limits.items())
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [[what for what, _mark, _most in marked], [mark for _what, mark, _most in marked], now])
        counted = {(what, mark): count for what, mark, count in cursor.fetchall()}
    return all(counted[what, mark] <= most for what, mark, most in marked)


def give_back(*keys: Key) -> None:
    """Undo one count for each: the try was right, and only wrong ones count."""
    marked = sorted((what, secrets.mark(key)) for what, key in keys)
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [[what for what, _mark in marked], [mark for _what, mark in marked]])


def forget(*, now: datetime) -> int:
    """Delete what is over; returns how many rows that were."""
    return TryCount.objects.filter(began_at__lte=now - HOUR).delete()[0]


# In the order of the keys, so that two at the same moment do not wait for one another.
_TAKE = """
INSERT INTO shared_trycount AS t (what, mark, began_at, count)
SELECT k.what, k.mark, given.now, 1
FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS k(what, mark, place), (SELECT %s::timestamptz AS now) AS given
ORDER BY k.place
ON CONFLICT (what, mark) DO UPDATE SET
    count = CASE WHEN t.began_at <= excluded.began_at - interval '1 hour' THEN 1 ELSE t.count + 1 END,
    began_at = CASE WHEN t.began_at <= excluded.began_at - interval '1 hour' THEN excluded.began_at ELSE t.began_at END
RETURNING t.what, t.mark, t.count
"""
_GIVE_BACK = """
UPDATE shared_trycount AS t SET count = t.count - 1
FROM unnest(%s::text[], %s::text[]) AS k(what, mark)
WHERE t.what = k.what AND t.mark = k.mark AND t.count > 0
"""
