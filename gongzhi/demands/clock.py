"""What happens to demands because time passed, and the work that an intake left for later.

Every sweep looks at everything that is due, so a step missed while the server was down is taken at the next one;
every step is made by its action, so that two sweeps at once do it once.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from gongzhi.demands import actions, queries, rules
from gongzhi.demands.models import Clock, Demand, ImportFile, Pause
from gongzhi.demands.rules import State
from gongzhi.demands.suggestions import model
from gongzhi.neighbourhood.queries import district_name
from gongzhi.neighbourhood.rules import CLOCK
from gongzhi.shared.moves import Refused, _

# How many of a kind one sweep takes; the next one, a minute later, goes on.
MOST = 500


# A database that restarts is back within minutes; both tasks leave out what was done before.
AGAIN = RetryStrategy(max_attempts=10, wait=30)


class ElsewhereError(Exception):
    """A job of another district reached this one."""


def _here(district: str) -> None:
    if district != district_name():
        raise ElsewhereError(f"this worker serves {district_name()}, the job is for {district}")


@app.task(name="demands.suggest_category", queue="text", retry=AGAIN)
def suggest_category(district: str, demand_id: int) -> None:
    """Store what the model makes of a new demand's words; the desk sees it with its confidence."""
    _here(district)
    actions.suggest_category(demand_id=demand_id, model=model())


@app.task(name="demands.take_file", queue="imports", retry=AGAIN)
def take_file(district: str, import_file_id: int, account_id: int) -> None:
    """Take a large spreadsheet in, as the one who confirmed it; a second run takes what the first left."""
    _here(district)
    actions.take_in_background(import_file_id=import_file_id, account_id=account_id, now=timezone.localtime())


@app.periodic(cron="* * * * *", periodic_id="demands")
@app.task(name="demands.sweep", queue="time", queueing_lock="demands.sweep")
def sweep(timestamp: int) -> None:
    """Take every step that time has brought."""
    take_steps(now=timezone.localtime())


def take_steps(*, now: datetime) -> dict[str, int]:
    """Lapse, resume, go on without a reply, archive, wipe, warn. Returns how many of each were done."""
    limits = queries.thresholds()

    def before(code: str) -> datetime:
        return now - timedelta(days=limits[code])

    states = {State.REPLIED.value, State.CALLED_BACK.value}
    rows = Demand.objects.order_by("pk")
    unrated = rows.filter(state__in=states, answered_at__lt=before("rating_days"))
    parked = rows.filter(state=State.ON_REGISTER.value, review_on__lte=now.date())
    silent = Pause.objects.filter(ended_at=None, demand__state=State.WAITING.value, asked_at__lt=before("waiting_days"))
    closed = rows.filter(state=State.CLOSED.value, closed_at__lt=before("archive_days"))
    old = rows.filter(contact__isnull=False, contact__wiped_at=None, closed_at__lt=before("contact_days"))
    files = ImportFile.objects.exclude(stored_as="").filter(handed_in_at__lt=before("import_days")).order_by("pk")
    no_reply = _("居民在期限内没有补充，继续办理")
    return {
        "lapsed": _each(_ids(unrated), lambda pk: actions.lapse_demand(demand_id=pk, now=now)),
        "resumed": _each(_ids(parked), lambda pk: actions.resume_demand(CLOCK, demand_id=pk, now=now)),
        "went_on": _each(
            list(silent.values_list("demand", flat=True)[:MOST]),
            lambda pk: actions.stop_waiting(CLOCK, demand_id=pk, reason=no_reply, now=now),
        ),
        "archived": _each(_ids(closed), lambda pk: actions.archive_demand(CLOCK, demand_id=pk, now=now)),
        "wiped": _each(_ids(old), lambda pk: actions.wipe_contact_of(demand_id=pk, now=now)),
        "forgotten": _each(_ids(files), lambda pk: actions.forget_file(import_file_id=pk, now=now)),
        "strays": actions.forget_strays(before=before("import_days")),
        "warned": _warn(now, timedelta(hours=limits["warn_hours"])),
    }


def _warn(now: datetime, ahead: timedelta) -> int:
    running = Clock.objects.filter(
        met_at=None, demand__state__in=sorted(state.value for state in rules.UNANSWERED - {State.WAITING})
    ).exclude(demand__state=State.ON_REGISTER.value)
    late = running.filter(due_at__lt=now, late_told_at=None)
    near = running.filter(due_at__gte=now, due_at__lt=now + ahead, warned_at=None)
    ids = list(late.values_list("pk", flat=True)[:MOST]) + list(near.values_list("pk", flat=True)[:MOST])
    return _each(ids, lambda pk: actions.warn_of_due(clock_id=pk, now=now))


def _ids(rows: QuerySet[Any]) -> list[int]:
    return [row.pk for row in rows.only("pk")[:MOST]]


def _each(ids: Iterable[int], step: Callable[[int], object]) -> int:
    """Take a step for each; one that was taken meanwhile by someone else is passed over."""
    done = 0
    for pk in ids:
        try:
            step(pk)
        except (Refused, Demand.DoesNotExist, Clock.DoesNotExist, ImportFile.DoesNotExist):
            continue
        done += 1
    return done
