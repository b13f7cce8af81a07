"""帮扶: a survey of one receiver makes a package of needs, one of each kind; each then goes the way of every need."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from gongzhi.demands import masking
from gongzhi.exchange.actions import needs, steps
from gongzhi.exchange.actions.needs import NeedDetails
from gongzhi.exchange.models import Package, PackageNeed
from gongzhi.exchange.queries import packages as queries
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import MemberUnit, Place
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import trail
from gongzhi.shared.moves import Refused, _

LABEL = _("登记帮扶")
# A survey of longer ago says little of today.
_BACK = timedelta(days=366)


def make_package(
    actor: Actor,
    *,
    surveyor: str,
    surveyed_on: date,
    words: str,
    parts: Sequence[NeedDetails],
    now: datetime,
    once: str,
    unit: MemberUnit | None = None,
    place: Place | None = None,
    programme: str = "",
) -> Package:
    """Write down what a survey found that a unit, or a programme of a place, needs; the same form sent twice is one.

    Whoever may verify its needs may do this. Raises Refused.
    """
    if not parts:
        raise Refused(_("至少写一项要帮的。"))
    package = Package(
        **_receiver(unit, place, programme, timezone.localtime(now).date()),
        surveyor=steps.needed(surveyor, 120, "surveyor", LABEL),
        surveyed_on=_must_be_recent(surveyed_on, timezone.localtime(now).date()),
        words=masking.clean_text(words, 5000),
        noted_at=now,
        noted_by_id=actor.person_id,
        once=steps.key(actor, once),
    )
    return _keep(actor, package, parts, now, once)


def _keep(actor: Actor, package: Package, parts: Sequence[NeedDetails], now: datetime, once: str) -> Package:
    """Keep a package with all its needs, or nothing; where the same was kept before, that one."""

    def keep() -> Package:
        package.save()
        for count, details in enumerate(parts):
            _bind(actor, package, details, now, f"{once[:40]}-{count}")
        _note(actor, package, "survey", now)
        return package

    return steps.once(Package.objects.filter(once=package.once), keep)[0]


def _receiver(unit: MemberUnit | None, place: Place | None, programme: str, today: date) -> dict[str, Any]:
    """Whom the package is for and where it belongs, as columns."""
    name = masking.line(programme, 120)
    if (unit is None) == (place is None) or bool(name) != bool(place):
        raise Refused(_("帮扶给一家单位，或者给一个社区的一项工作，请只选一项。"))
    home = neighbourhood.home_of(unit, on=today) if unit else place
    return {"unit": unit, "receiving_place": place, "programme": name, **neighbourhood.belonging(home)}


def _must_be_recent(day: date, today: date) -> date:
    if not today - _BACK <= day <= today:
        raise Refused(_("调研的日期要在今天以前、一年以内。"))
    return day


@transaction.atomic
def add_to_package(actor: Actor, *, package_id: int, details: NeedDetails, now: datetime, once: str) -> Package:
    """One kind more. Raises Package.DoesNotExist, Refused for a kind that is there already."""
    queries.get_package(actor, package_id)
    package = (
        Package.objects.select_for_update(of=("self",)).select_related("unit", "receiving_place").get(pk=package_id)
    )
    if _bind(actor, package, details, now, once):
        _note(actor, package, "add", now)
    return package


def _bind(actor: Actor, package: Package, details: NeedDetails, now: datetime, once: str) -> bool:
    """State a need of the receiver and bind it; it counts as verified, for somebody was there. False for one that is
    bound already."""
    whose = {"unit": package.unit, "place": package.receiving_place, "programme": package.programme}
    stated = needs.state_need(actor, details=details, now=now, once=once, **whose)  # type: ignore[arg-type]
    bound = PackageNeed.objects.filter(package=package)
    if stated.again and bound.filter(need=stated.need).exists():
        return False
    if bound.filter(need__kind=stated.need.kind).exists():
        raise Refused(_("每一类只写一项，请把同一类的合在一起。"))
    needs.verify_need(actor, need_id=stated.need.pk, now=now)
    PackageNeed.objects.create(package=package, need=stated.need)
    return True


def _note(actor: Actor, package: Package, verb: str, now: datetime) -> None:
    trail.write(trail.entry(actor, at=now, noun="package", noun_id=package.pk, verb=verb))
