"""Keeping a district's own rules in order: days, failed notices, and trying a limit out before it holds."""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from gongzhi.demands import deadlines, queries
from gongzhi.demands.actions.clocks import as_rule
from gongzhi.demands.actions.import_reading import path_of
from gongzhi.demands.models import Category, Demand, ImportFile
from gongzhi.neighbourhood.registers import scope_of
from gongzhi.neighbourhood.rules import CLOCK, Actor, Right, Standing
from gongzhi.shared import days, notices, trail
from gongzhi.shared.moves import NotAllowed, Refused, _
from gongzhi.shared.rows import Notice


def _must_set_up(actor: Actor) -> None:
    if not actor.may(Right.SET_UP):
        raise NotAllowed(_("您没有设置本区资料的权限。"))


@transaction.atomic
def set_day(actor: Actor, *, day: date, working: bool, name: str, source: str, now: datetime) -> None:
    """Say that one day is worked or not. What runs already is counted anew only when it is touched again."""
    _must_set_up(actor)
    if not name.strip():
        raise Refused(_("请写明是什么日子，例如“端午节”。"))
    days.set_day(day=day, working=working, name=name.strip()[:40], source=source.strip()[:80])
    trail.write(
        trail.entry(
            actor, at=now, noun="day", noun_id=day.toordinal(), verb="set", words=name, data={"working": working}
        )
    )


@transaction.atomic
def load_days(actor: Actor, *, now: datetime) -> int:
    """Write the official days that are not there yet; what the district changed stays. Returns how many were added."""
    _must_set_up(actor)
    added = days.load_official_days()
    trail.write(trail.entry(actor, at=now, noun="district", noun_id=0, verb="load_days", data={"n": added}))
    return added


def troubled_notices(actor: Actor, *, limit: int = 100) -> list[Notice]:
    """Notices that could not be delivered, of the demands that the actor may see; newest first."""
    rows = notices.troubled()
    if scope_of(actor) is not None:
        # The demands of failed notices are few; asking for them first keeps the question small.
        wanted = rows.filter(noun="demand").values_list("noun_id", flat=True)[:2000]
        seen: list[int] = list(queries.visible_demands(actor).filter(pk__in=list(wanted)).values_list("pk", flat=True))
        rows = rows.filter(noun="demand", noun_id__in=seen)
    return list(rows[:limit])


@transaction.atomic
def retry_notice(actor: Actor, *, notice_id: int, now: datetime) -> None:
    """Put a failed notice back in the queue. Raises Demand.DoesNotExist for one that the actor may not see."""
    if not (actor.may(Right.SET_UP) or actor.holds(Standing.DESK, Standing.LEAD)):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=_("重新发送"))
    if notice_id not in {row.pk for row in troubled_notices(actor, limit=2000)}:
        raise Demand.DoesNotExist
    notices.try_again(notice_id, at=now)
    trail.write(trail.entry(actor, at=now, noun="notice", noun_id=notice_id, verb="retry"))


def explained_due(
    *, clock: str, urgency: str, category: Category | None, at: datetime
) -> tuple[datetime, deadlines.Phrase] | None:
    """When a demand received at `at` would be due, and the sentence that says why; None where no limit covers it."""
    rules = [as_rule(row) for row in queries.current_limits(at)]
    codes = queries.category_codes(category)
    try:
        rule = deadlines.choose_limit(rules, clock=clock, category_codes=codes, urgency=urgency, day=at.date())
    except deadlines.NoLimit:
        return None
    due = deadlines.due(rule, at, days.calendar())
    return due.at, deadlines.explain(due.why)


@transaction.atomic
def forget_file(*, import_file_id: int, now: datetime) -> None:
    """Delete the stored spreadsheet of an import, which may hold names and numbers; what was taken of it stays."""
    row = ImportFile.objects.select_for_update().exclude(stored_as="").get(pk=import_file_id)
    path_of(row).unlink(missing_ok=True)
    row.stored_as = ""
    row.state = "dropped" if row.state == "preview" else row.state
    row.save(update_fields=["stored_as", "state"])
    trail.write(trail.entry(CLOCK, at=now, noun="import", noun_id=row.pk, verb="forget"))


def forget_strays(*, before: datetime) -> int:
    """Delete spreadsheets that were looked at and never taken, older than `before`. Returns how many."""
    gone = 0
    folder = settings.DATA / "imports"
    for path in folder.iterdir() if folder.exists() else ():
        if path.is_file() and path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    return gone
