"""Finds the nearest demands with some words, in bounded time, be they in every tenth one or in none."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, DateTimeField, ExpressionWrapper, F, Q, QuerySet, Value

from gongzhi.demands import rules
from gongzhi.demands.models import Demand
from gongzhi.shared.texts import HasWords, of_weeks, rarest_pair, weeks_holding

# How many of the nearest rows are looked through one by one where nothing is known of the words, or of their meeting.
LOOK = 4000
# So many rows are looked at sooner than the lists of the other pairs of the words.
FEW = 500
# So few rows are walked as quickly as those of a week are collected; in more weeks than these walking costs no more.
QUICK, MOST_WEEKS = 2500, 16


class Search(NamedTuple):
    """The first `wanted` of some rows that have these words, by a moment.

    `rows(by_place)` makes the rows anew, with or without an index of places to find them by; all of them lie in `area`,
    a community or subdistrict, where there is one.
    """

    rows: Callable[[bool], QuerySet[Demand]]
    words: str
    area: int | None
    column: str
    downwards: bool
    wanted: int

    def nearest(self, many: int, start: datetime | None) -> list[int]:
        """Their ids. `many` is about how many rows there are, `start` the moment behind which they come, None the latest.

        The database knows how often each pair stands, not how often several stand together, and a wrong guess makes it
        either walk the whole table in order or collect half of it. So: the nearest rows are walked for the commonest words;
        of less common ones those of the nearest weeks are collected, as many weeks as should fill the page. Where these
        do not fill it, all that have the words are collected by the index of pairs and sorted; words with a rare pair
        are at once. By due time there are no weeks.
        """
        pair, share = rarest_pair(Demand._meta.db_table, "search", self.words) or ("", None)
        look = int(2 * self.wanted / share) if share else LOOK
        # How often several words meet is not known: perhaps as often as the rarest stands, perhaps never.
        if len(self.words.split()) > 1:
            look = max(look, LOOK)
        if share is not None and share * many <= FEW:
            return self._collected(led_by=pair)
        weeks: list[int] = []
        if share is not None and self.column == "received_at" and look > QUICK:
            weeks = weeks_holding("demand_search", look / many, start, downwards=self.downwards, most=MOST_WEEKS)
        found: list[int] = []
        if weeks:
            found = self._collected(of_weeks(self.column, weeks))
        # Walking should end half-way; collecting touches that share of the rows.
        elif share is None or share * many >= look / 2:
            found = self._walked(look)
        return found if len(found) == self.wanted else self._collected()

    def _collected(self, among: Q | None = None, *, led_by: str = "") -> list[int]:
        """All that have the words, sorted; by the index of pairs, which knows the area: that of places would be read
        whole beside it."""
        rows = self.rows(not self.area).filter(with_words_of(self.words, area=self.area, led_by=led_by))
        # Ordered by an expression, which no index holds: the rows must be collected first.
        still = ExpressionWrapper(F(self.column) + Value(timedelta(0)), output_field=DateTimeField())
        by_moment = still.desc() if self.downwards else still.asc()
        rows = (rows.filter(among) if among else rows).order_by(by_moment, in_order(self.column, self.downwards)[1])
        return list(rows.values_list("pk", flat=True)[: self.wanted])

    def _walked(self, look: int) -> list[int]:
        """Those among the `look` nearest rows.

        Django cannot select from a limited selection; so the rows come one by one until enough are found.
        """
        hit = ExpressionWrapper(with_words_of(self.words, walking=True), output_field=BooleanField())
        near = self.rows(True).annotate(hit=hit).order_by(*in_order(self.column, self.downwards))
        try:
            statement, values = near.values_list("pk", self.column, "hit")[:look].query.sql_with_params()
        except EmptyResultSet:
            return []
        way = "DESC" if self.downwards else "ASC"
        chosen = f"WHERE hit ORDER BY moment {way}, id {way} LIMIT %s"
        with connection.cursor() as cursor:
            # Only Django's own words.
            cursor.execute(
                f"SELECT id FROM ({statement}) AS near (id, moment, hit) {chosen}",  # noqa: S608
                [*values, self.wanted],
            )
            return [row[0] for row in cursor.fetchall()]


def in_order(column: str, downwards: bool) -> tuple[str, str]:
    """How rows are sorted by a moment."""
    return (f"-{column}", "-id") if downwards else (column, "id")


def with_words_of(words: str, *, area: int | None = None, walking: bool = False, led_by: str = "") -> Q:
    """A filter for demands with these words, or with the number that they are; the rest is as for `HasWords`."""
    chosen = Q(
        HasWords("search", ("subject", "body", "place_words"), words, place_id=area, walking=walking, led_by=led_by)
    )
    demand_id = rules.read_number(words)
    if demand_id is not None and words.replace("-", "").replace(" ", "").isdigit():
        return chosen | Q(pk=demand_id) | Q(external_number=words.strip())
    return chosen
