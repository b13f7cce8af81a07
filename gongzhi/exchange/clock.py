"""What happens to offers, needs and promises because time passed.

Every sweep looks at everything that is due, so that a step missed while the server was down is taken at the next one;
every step is made by its action, so that two sweeps at once do it once.
"""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from gongzhi.exchange import actions
from gongzhi.neighbourhood.queries import district_name


@app.periodic(cron="* * * * *", periodic_id="exchange")
@app.task(name="exchange.sweep", queue="time", queueing_lock="exchange.sweep")
def sweep(timestamp: int) -> None:
    """Take every step that time has brought."""
    take_steps(now=timezone.localtime())


@app.periodic(cron="41 3 * * *", periodic_id="exchange_night")
@app.task(name="exchange.look_for_quiet", queue="time", queueing_lock="exchange.look_for_quiet")
def look_for_quiet(timestamp: int) -> None:
    """Once a night: find the units that have received nothing for long."""
    actions.raise_quiet(now=timezone.localtime())


@app.task(name="exchange.propose", queue="imports")
def propose(district: str, place_id: int, account_id: int, agreed: list[int] | None) -> None:
    """Find for all needs below a place what could meet them, as the one who pressed."""
    if district == district_name():
        now = timezone.localtime()
        actions.propose_in_background(place_id=place_id, account_id=account_id, agreed=agreed, now=now)


def take_steps(*, now: datetime) -> dict[str, int]:
    """End what has run out, tell of what nobody answered or delivered. Returns how many of each were done."""
    reminded, climbed = actions.remind_late(now=now)
    return {
        "ended": actions.end_expired(now=now),
        "lapsed": actions.lapse_due(now=now),
        "unanswered": actions.climb_unanswered(now=now),
        "reminded": reminded,
        "climbed": climbed,
        "outreaches": actions.climb_outreaches(now=now),
        "silent": actions.climb_silent(now=now),
        "wiped": actions.wipe_parties(now=now),
        "rounds": actions.keep_rounds(now=now),
    }
