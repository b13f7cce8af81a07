"""公共场地 at the desk: the week of a square, a pavilion, a court; who uses it when, and what is free."""

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from gongzhi.conferences import space_rules
from gongzhi.conferences.actions import spaces as actions
from gongzhi.conferences.queries import spaces as queries
from gongzhi.conferences.rows import PublicSpace, SpaceSlot
from gongzhi.conferences.space_rules import REPEAT_LABELS, Repeat
from gongzhi.demands.masking import mask
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.casework.asking import fill_in, sent
from gongzhi.web.casework.hours import DAYS
from gongzhi.web.casework.paging import page_of
from gongzhi.web.casework.stating import day_box
from gongzhi.web.desk.conferences.fields import Keyed, PlaceChoice, line
from gongzhi.web.desk.conferences.listing import WRITE
from gongzhi.web.desk.exchange.whose import at_work, key_of, seen_in
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now

WEEK = timedelta(days=7)


def _hour(label: Any) -> forms.TimeField:
    wrong = {"invalid": _("请写时间，如19:00。")}
    return forms.TimeField(label=label, widget=forms.TimeInput({"type": "time"}, "%H:%M"), error_messages=wrong)


def _minutes(hour: time) -> int:
    return hour.hour * 60 + hour.minute


class SpaceForm(PlaceChoice):
    """A public space of a place."""

    name = line(_("场地叫什么"), 60, help_text=_("如“中心广场”“议事亭”。"))
    words = line(_("在那里要注意什么"), 200, required=False, help_text=_("如“晚上九点以后不放音响”。"))


class SlotForm(Keyed):
    """Who uses it when, and for what."""

    user = line(_("谁用"), 60, help_text=_("写队伍或单位，不写个人姓名。"))
    what = line(_("做什么"), 60)
    day = forms.DateField(label=_("从哪天起"), widget=day_box())
    repeat = forms.ChoiceField(
        label=_("哪些天用"), widget=forms.RadioSelect, initial=Repeat.WEEKLY.value,
        choices=[(one.value, _(label)) for one, label in REPEAT_LABELS.items()],
    )  # fmt: skip
    first = _hour(_("几点开始"))
    last = _hour(_("几点结束"))
    until = forms.DateField(
        label=_("用到哪天为止"), widget=day_box(), required=False, help_text=_("空着就一直用下去。")
    )

    def given(self) -> dict[str, Any]:
        """What the action takes; an end at nought is the end of the day."""
        data = self.cleaned_data
        said = {name: data[name] for name in ("user", "what", "day", "repeat", "until")}
        return said | {"first": _minutes(data["first"]), "last": _minutes(data["last"]) or 1440}


class DayForm(forms.Form):
    """A day."""

    day = forms.DateField(label=_("哪天"), widget=day_box())


Act = Callable[..., object]
FORMS: Mapping[str, tuple[type[forms.Form], Act, Any]] = {
    "skip": (DayForm, actions.skip_slot, _("那一天空出来，下一周照常。")),
    "end": (DayForm, actions.end_slot, _("到这天为止，以后的时间空出来。")),
    "give_up": (forms.Form, actions.give_up_slot, _("这个时段马上空出来，别人可以用。")),
}


def address(row: PublicSpace) -> str:
    """The page of a space."""
    return reverse("desk-space", args=[row.pk])


def _find(request: HttpRequest, space_id: int) -> tuple[Actor, PublicSpace]:
    actor = actor_of(request)
    try:
        return actor, queries.get_space(actor, space_id)
    except queries.ABSENT as error:
        raise Http404 from error


@for_standing(*DESK)
@require_safe
def show_spaces(request: HttpRequest) -> HttpResponse:
    """The public spaces in sight, by place and name."""
    actor = actor_of(request)
    page = page_of(request, queries.visible_spaces(actor).select_related("place").order_by("place", "name"))
    context = {"rows": page.rows, **page.turns, "may_work": actor.holds(*WORKERS), "tab": "spaces"}
    return render(request, "desk/conferences/spaces.html", context)


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Write down a space."""
    actor = at_work(request)
    form = SpaceForm(actor, sent(request))

    def act(given: dict[str, Any]) -> PublicSpace:
        place = form.places[given["place"]]
        return actions.register_space(actor, place=place, name=given["name"], words=given["words"], now=now())

    return fill_in(request, form, actions.LABEL, reverse("desk-spaces"), act, template=WRITE, onto=address)


@for_standing(*DESK)
@require_safe
def show_space(request: HttpRequest, space_id: int) -> HttpResponse:
    """One week of a space, this one or the one that the address names by a day."""
    actor, row = _find(request, space_id)
    today = now().date()
    shown = _day(request.GET.get("day", "")) or today
    monday = shown - timedelta(days=shown.weekday())
    context = {
        "row": row,
        "week": [
            {"day": day, "name": DAYS[day.weekday()], "today": day == today, "slots": [_slot(actor, one) for one in slots]}
            for day, slots in queries.week_of(row, monday)
        ],
        "before": monday - WEEK,
        "after": monday + WEEK,
        "current": monday <= today < monday + WEEK,
        "may_work": actor.holds(*WORKERS),
    }  # fmt: skip
    return render(request, "desk/conferences/space.html", context)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def _slot(actor: Actor, row: SpaceSlot) -> dict[str, Any]:
    return {
        "row": row,
        "user": mask(row.user),
        "what": mask(row.what),
        "first": space_rules.clock(row.first),
        "last": space_rules.clock(row.last),
        "weekly": row.since != row.until,
        "moves": [(verb, one.label) for verb, one in queries.slot_moves(actor, row).items()],
    }


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: HttpRequest, space_id: int) -> HttpResponse:
    """Keep hours of a space for somebody."""
    at_work(request)
    actor, row = _find(request, space_id)
    day = _day(request.GET.get("day", "")) or now().date()
    form = SlotForm(sent(request), initial={"day": day})
    return fill_in(
        request, form, actions.HOLD, f"{address(row)}?day={day:%Y-%m-%d}",
        lambda _given: actions.hold_slots(actor, space_id=row.pk, **form.given(), now=now(), once=key_of(form)),
        template=WRITE, lead=row.name,
    )  # fmt: skip


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def on_slot(request: HttpRequest, slot_id: int, verb: str) -> HttpResponse:
    """Leave out one day, end it, give it up."""
    at_work(request)
    actor = actor_of(request)
    try:
        row = queries.get_slot(actor, slot_id)
    except queries.ABSENT as error:
        raise Http404 from error
    if verb not in queries.slot_moves(actor, row):
        raise Http404
    make, act, effect = FORMS[verb]
    form = make(sent(request), initial={"day": _day(request.GET.get("day", ""))})
    return fill_in(
        request, form, space_rules.SLOT_MOVES[verb].label, address(row.space),
        lambda given: act(actor, slot_id=row.pk, now=now(), seen=seen_in(request), **given), template=WRITE,
        lead=f"{row.space.name} · {mask(row.user)}", effect=effect, seen=row.version,
    )  # fmt: skip
