"""A page of a list, found by how many rows stand before it; the pager keeps every other choice of the address."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

PAGE = 50
# Nobody turns so many pages.
FURTHEST = 100_000
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows, and what the pager is told of the next and the last page; empty where there is none."""

    rows: list[Row]
    after: str
    before: str

    @property
    def turns(self) -> dict[str, str]:
        """What a page's context holds for `{% pager after=after before=before %}`."""
        return {"after": self.after, "before": self.before}


def page_of(request: HttpRequest, rows: QuerySet[Row]) -> Page[Row]:
    """The page of these rows that the address asks for."""
    start = max(_number(request.GET.get("after", "")), _number(request.GET.get("before", "")))
    found = list(rows[start : start + PAGE + 1])
    after = str(start + PAGE) if len(found) > PAGE else ""
    return Page(found[:PAGE], after, str(max(start - PAGE, 0)) if start else "")


def _number(text: str) -> int:
    return min(int(text), FURTHEST) if text.isascii() and text.isdigit() and len(text) < 18 else 0
