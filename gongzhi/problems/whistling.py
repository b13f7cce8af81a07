"""吹哨: who may blow a whistle, when its steps are due, and which are late. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gongzhi.neighbourhood.rules import PlaceKind, Standing
from gongzhi.shared.moves import _
from gongzhi.shared.workdays import Calendar

# What a called unit must do in time, in this order.
STEPS = ("sign", "contact", "on_site")
LATE = {
    "sign": _("吹哨超时未签收"),
    "contact": _("吹哨超时未联系"),
    "on_site": _("吹哨超时未到场"),
}


@dataclass(frozen=True)
class Preset:
    """An occasion to start from; a district edits its own rows."""

    name: str
    standings: tuple[Standing, ...]
    levels: tuple[PlaceKind, ...]
    sign_hours: int = 1
    contact_hours: int = 24
    on_site_days: int = 3


# After Nanjing Gulou: sign in 1 h, contact in 24 h, turn up in 3 working days, 5 for hard problems; leaders blow.
PRESETS = (
    Preset(_("超出街道职权"), (Standing.LEAD,), (PlaceKind.COMMUNITY, PlaceKind.SUBDISTRICT), on_site_days=5),
    Preset(_("联合执法"), (Standing.LEAD,), (PlaceKind.SUBDISTRICT, PlaceKind.DISTRICT)),
    Preset(
        _("应急处置"),
        (Standing.DESK, Standing.LEAD),
        (PlaceKind.COMMUNITY, PlaceKind.SUBDISTRICT, PlaceKind.DISTRICT),
    ),
)
# What an occasion may name.
BLOWERS = (Standing.DESK, Standing.LEAD)
LEVELS = (PlaceKind.COMMUNITY, PlaceKind.SUBDISTRICT, PlaceKind.DISTRICT)

NOT_YOURS = _("“%(occasion)s”不能由您吹哨：要由%(levels)s的%(standings)s吹。")
BLOWER_LABELS = {Standing.DESK: _("工作人员"), Standing.LEAD: _("负责人")}


def may_blow(
    standings: Collection[str], levels: Collection[str], held: Iterable[tuple[Standing, PlaceKind | None]]
) -> bool:
    """Whether one of the offices held, (standing, kind of its place), is among those who may blow."""
    return any(standing in standings and kind is not None and kind in levels for standing, kind in held)


@dataclass(frozen=True)
class Due:
    """By when each step is to be done."""

    sign: datetime
    contact: datetime
    on_site: datetime


def due(blown_at: datetime, calendar: Calendar, *, sign_hours: int, contact_hours: int, on_site_days: int) -> Due:
    """Hours run by the clock, nights and rest days too; days are working days and end with the office's closing."""
    return Due(
        calendar.add_hours(blown_at, sign_hours, working_hours_only=False),
        calendar.add_hours(blown_at, contact_hours, working_hours_only=False),
        calendar.add_working_days(blown_at, on_site_days),
    )


class Blown(Protocol):
    """A whistle, as far as its times are read."""

    @property
    def signed_at(self) -> datetime | None: ...
    @property
    def contacted_at(self) -> datetime | None: ...
    @property
    def on_site_at(self) -> datetime | None: ...
    @property
    def sign_due_at(self) -> datetime: ...
    @property
    def contact_due_at(self) -> datetime: ...
    @property
    def on_site_due_at(self) -> datetime: ...


def times(whistle: Blown) -> dict[str, tuple[datetime, datetime | None]]:
    """Each step with when it is due and when it was done."""
    return {
        "sign": (whistle.sign_due_at, whistle.signed_at),
        "contact": (whistle.contact_due_at, whistle.contacted_at),
        "on_site": (whistle.on_site_due_at, whistle.on_site_at),
    }


def late_steps(whistle: Blown, now: datetime) -> list[str]:
    """The steps whose time is up and that are not done, in order."""
    return [step for step, (due_at, done_at) in times(whistle).items() if done_at is None and due_at < now]


def in_time(due_at: datetime, done_at: datetime | None, now: datetime) -> bool | None:
    """Whether a step was done in time; None while it is neither done nor due."""
    if done_at is None:
        return False if due_at < now else None
    return done_at <= due_at
