"""The territorial ladder: to look through, to add to, to retire from; compounds and old buildings as registers."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from gongzhi.demands.queries import counts_by_compound_type
from gongzhi.neighbourhood import actions, registers
from gongzhi.neighbourhood.codes import valid_code
from gongzhi.neighbourhood.coordinates import TO_WGS, Point
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import (
    COMPOUND_TYPE_LABELS,
    PLACE_KIND_LABELS,
    Actor,
    CompoundType,
    PlaceKind,
    Right,
)
from gongzhi.shared.moves import Refused
from gongzhi.web.desk.setup.doors import looking, must_set_up, said

DATUMS = [
    ("gcj02", _("地图或手机（GCJ-02）")),
    ("wgs84", _("卫星定位（WGS-84）")),
    ("bd09", _("百度地图（BD-09）")),
]


class PlaceForm(forms.Form):
    """A new place below another."""

    kind = forms.ChoiceField(label=_("是什么"))
    name = forms.CharField(label=_("名称"), max_length=80)
    code = forms.CharField(
        label=_("代码"), max_length=20, required=False, help_text=_("官方12位代码；没有就不填，不要自己编。")
    )
    compound_type = forms.ChoiceField(
        label=_("小区类型"), choices=[("", "—"), *COMPOUND_TYPE_LABELS.items()], required=False
    )
    built_year = forms.IntegerField(label=_("建成年份"), min_value=1900, max_value=2100, required=False)
    old = forms.BooleanField(label=_("登记为老旧楼栋"), required=False)
    lon = forms.FloatField(label=_("经度"), min_value=73, max_value=136, required=False)
    lat = forms.FloatField(label=_("纬度"), min_value=3, max_value=54, required=False)
    datum = forms.ChoiceField(label=_("经纬度来自"), choices=DATUMS, required=False)

    def __init__(self, parent: Place, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = registers.kinds_below(parent)
        self.fields["kind"].choices = [(kind.value, PLACE_KIND_LABELS[kind]) for kind in kinds]  # type: ignore[attr-defined]
        if PlaceKind.COMPOUND not in kinds:
            del self.fields["compound_type"]
        if PlaceKind.BUILDING not in kinds:
            del self.fields["built_year"], self.fields["old"]

    def clean_code(self) -> str:
        """Only a code that the standard knows."""
        code = str(self.cleaned_data["code"]).strip()
        if code and not valid_code(code):
            raise forms.ValidationError(gettext("这不是区划代码：应为12位数字，网格为15位。"))
        return code

    def clean(self) -> dict[str, Any]:
        """A compound has a type, no other place has; a position has both numbers."""
        given = super().clean() or {}
        kind = given.get("kind")
        if kind == PlaceKind.COMPOUND and not given.get("compound_type"):
            self.add_error("compound_type", gettext("请选择小区类型。"))
        if (given.get("lon") is None) != (given.get("lat") is None):
            self.add_error("lat", gettext("经度和纬度要么都填，要么都不填。"))
        return given

    def values(self) -> dict[str, Any]:
        """What the action takes; the position as WGS-84."""
        given = self.cleaned_data
        kind = PlaceKind(given["kind"])
        values: dict[str, Any] = {"kind": kind, "name": given["name"].strip(), "code": given["code"] or None}
        if kind is PlaceKind.COMPOUND:
            values["compound_type"] = CompoundType(given["compound_type"])
        if kind is PlaceKind.BUILDING:
            values |= {"built_year": given["built_year"], "old": given["old"]}
        if given["lon"] is not None:
            values["lon"], values["lat"] = TO_WGS[given["datum"] or "gcj02"](Point(given["lon"], given["lat"]))
        return values


class RetireForm(forms.Form):
    """Ending a place."""

    on = forms.DateField(label=_("从哪天起撤销"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    reason = forms.CharField(label=_("依据"), max_length=300, help_text=_("例如文件名称和文号。"))


def place_of(actor: Actor, place_id: int) -> Place:
    """A place of the actor's scope, else 404."""
    try:
        return registers.visible_places(actor).select_related("parent__parent__parent__parent").get(pk=place_id)
    except Place.DoesNotExist as error:
        raise Http404 from error


@looking
@require_GET
def show_places(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The top of the actor's tree, or a list narrowed by kind, type and words."""
    asked = {name: request.GET.get(name, "") for name in ("kind", "compound_type", "words", "after")}
    tops = registers.top_places(actor)
    context: dict[str, Any] = {
        "kinds": PLACE_KIND_LABELS,
        "types": COMPOUND_TYPE_LABELS,
        "asked": asked,
        "may_set_up": actor.may(Right.SET_UP),
        "tops": [(place, counted(place)) for place in tops[:8]],
    }
    if any(asked.values()):
        rows, after = registers.places_page(actor, **asked)
        context |= {"rows": [(row, PLACE_KIND_LABELS[PlaceKind(row.kind)]) for row in rows], "after": after}
    elif len(tops) == 1:
        return HttpResponseRedirect(reverse("setup-place", args=[tops[0].pk]))
    return render(request, "desk/setup/places.html", context)


def counted(place: Place) -> list[tuple[str, int]]:
    """Label and number of each kind below a place."""
    return [(gettext(PLACE_KIND_LABELS[PlaceKind(kind)]), n) for kind, n in registers.counts_in(place).items()]


@looking
def show_place(request: HttpRequest, actor: Actor, place_id: int) -> HttpResponse:
    """One place: what lies in it, and the form for one more."""
    place = place_of(actor, place_id)
    form = None
    if actor.may(Right.SET_UP) and not place.valid_to and registers.kinds_below(place):
        form = PlaceForm(place, request.POST or None)
    if request.method == "POST":
        must_set_up(actor)
        if form and form.is_valid() and _register(actor, place, form):
            messages.success(request, gettext("已添加“%(name)s”。") % {"name": form.cleaned_data["name"]})
            return HttpResponseRedirect(reverse("setup-place", args=[place.pk]))
    context = {
        "place": place,
        "above": _above(place),
        "kind": PLACE_KIND_LABELS[PlaceKind(place.kind)],
        "type": COMPOUND_TYPE_LABELS.get(CompoundType(place.compound_type)) if place.compound_type else "",
        "counts": counted(place),
        "rungs": [
            (rung.place, PLACE_KIND_LABELS[PlaceKind(rung.place.kind)], _labelled(rung.counts))
            for rung in registers.rungs_below(place)
        ],
        "form": form,
        "may_set_up": actor.may(Right.SET_UP),
    }
    return render(request, "desk/setup/place.html", context, status=422 if form and form.errors else 200)


def _labelled(counts: Any) -> list[tuple[str, int]]:
    return [(label, counts[kind.value]) for kind, label in PLACE_KIND_LABELS.items() if kind.value in counts]


def _above(place: Place) -> list[Place]:
    above, step = [], place.parent
    while step:
        above.append(step)
        step = step.parent
    return above[::-1]


def _register(actor: Actor, parent: Place, form: PlaceForm) -> bool:
    try:
        with transaction.atomic():
            actions.register_place(actor, parent=parent, now=timezone.localtime(), **form.values())
    except Refused as refused:
        form.add_error(None, said(refused))
    except IntegrityError:
        form.add_error("name", gettext("这里已有同名的地点，或这个代码用过了；代码永不重用。"))
    else:
        return True
    return False


@looking
def retire(request: HttpRequest, actor: Actor, place_id: int) -> HttpResponse:
    """Ask once more, then end a place."""
    must_set_up(actor)
    place = place_of(actor, place_id)
    address = reverse("setup-place", args=[place.pk])
    form = RetireForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.retire_place(
                actor,
                place=place,
                on=form.cleaned_data["on"],
                reason=form.cleaned_data["reason"],
                now=timezone.localtime(),
            )
        except (Refused, IntegrityError) as error:
            form.add_error(None, said(error) if isinstance(error, Refused) else gettext("撤销的日子早于设立的日子。"))
        else:
            return HttpResponseRedirect(address)
    context = {
        "layout": "desk/layout.html",
        "title": gettext("撤销“%(name)s”") % {"name": place.name},
        "text": gettext("撤销后不能再选它，但代码永远保留，以前的诉求照样看得到。"),
        "action": gettext("撤销"),
        "back": address,
        "danger": True,
        "form": form,
    }
    return render(request, "parts/confirm.html", context)


@looking
@require_GET
def show_buildings(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Compounds by type with the demands of each, and the flagged old buildings by street."""
    demands = counts_by_compound_type(actor)
    compounds = registers.compound_counts(actor)
    types = [
        {"key": kind.value, "label": label, "compounds": compounds.get(kind, 0), "demands": demands.get(kind, 0)}
        for kind, label in COMPOUND_TYPE_LABELS.items()
    ]
    streets = registers.old_buildings_by_street(actor)
    context = {
        "types": types,
        "outside": demands.get("", 0),
        "total": sum(demands.values()),
        "compounds": sum(compounds.values()),
        "streets": streets.items(),
        "old": sum(len(buildings) for buildings in streets.values()),
    }
    return render(request, "desk/setup/buildings.html", context)
