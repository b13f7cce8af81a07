"""A demand filed elsewhere after it was placed: what the engine keeps of it follows, and one alone is placed anew."""

import logging
from datetime import UTC, datetime, timedelta

from django.db import transaction

from gongzhi.demands import upstairs
from gongzhi.problems import finding
from gongzhi.problems.actions import belonging
from gongzhi.problems.actions.placing import place_demand
from gongzhi.problems.models import Report, Setting
from gongzhi.problems.spots import BY_WORDS

log = logging.getLogger("gongzhi.problems")

# Looked at once more at each sweep: an entry of the trail may be committed after a later one.
OVERLAP = timedelta(minutes=10)
# The row of settings that says up to which minute (since 1970) the trail was read; no number of the district's.
READ_UNTIL = "filed_until"
_BATCH = 500
_KEPT = ("community_id", "cell", "signature", "place_code", "area", "lon", "lat", "category_code")
_WHERE = {"cell", "place_code", "area", "lon", "lat"}


def refresh_filed(*, now: datetime) -> int:
    """Bring the reports of demands that were classified or filed elsewhere since the last time up to date.

    Reads of the trail what was written since, by its index on time, ten minutes of it twice: what that costs depends on
    how much was done lately, not on how many demands there are. Returns how many reports changed; a bad one (logged)
    stops nobody.
    """
    mark = Setting.objects.filter(code=READ_UNTIL).values_list("value", flat=True).first()
    since = None if mark is None else datetime.fromtimestamp(mark * 60, UTC) - OVERLAP
    changed, last = 0, None
    while rows := upstairs.filed_since(since, after=last, most=_BATCH):
        for demand_id in _differing({pk for _at, _entry, pk in rows}):
            try:
                changed += refresh_report(demand_id=demand_id, now=now)
            except Exception:
                log.exception("the report of demand %s could not be refreshed", demand_id)
        last = rows[-1][:2]
    # Everything was read up to the moment at which this began.
    Setting.objects.update_or_create(code=READ_UNTIL, defaults={"value": int(now.timestamp() // 60)})
    return changed


def _differing(demand_ids: set[int]) -> list[int]:
    """Those of which the report says otherwise than the demand; two queries."""
    kept = {row.demand_id: row for row in Report.objects.filter(demand__in=demand_ids)}
    words = upstairs.words_of_many(kept)
    return [one.demand for one in words if one.stands and _changes(kept[one.demand], belonging.report_row(one))]


def _changes(kept: Report, read: Report) -> dict[str, object]:
    """What is to be written of the kept report, by field.

    Where the engine put it by its words, it stays, while the demand itself still names no place and no other community.
    """
    names = set(_KEPT)
    by_words = kept.place_code.startswith(BY_WORDS) and not read.place_code and read.lon is None
    if by_words and kept.community_id == read.community_id:
        names -= _WHERE
    found = {name: getattr(read, name) for name in names}
    return {name: value for name, value in found.items() if _plain(getattr(kept, name)) != value}


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


@transaction.atomic
def refresh_report(*, demand_id: int, now: datetime) -> bool:
    """Let the report say where and what its demand is now. One that stands alone is placed anew; one in a problem stays.

    Whether anything changed.
    """
    words = upstairs.words_of(demand_id)
    kept = Report.objects.filter(demand=demand_id).first()
    if words is None or kept is None or not words.stands:
        return False
    belonging.hold([words.community, kept.community_id], finding.near(words).cells)
    kept = Report.objects.select_for_update().filter(demand=demand_id).first()
    changes = _changes(kept, belonging.report_row(words)) if kept else {}
    if kept is None or not changes:
        return False
    if kept.problem_id is None:
        kept.delete()
        place_demand(demand_id=demand_id, now=now)
        return True
    for name, value in changes.items():
        setattr(kept, name, value)
    kept.save(update_fields=list(changes))
    return True
