"""Networks of units and persons around one place: who belongs since when, and one more joining."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from gongzhi.neighbourhood import actions, queries, registers
from gongzhi.neighbourhood.rows import Membership, MemberUnit, Network, Place
from gongzhi.neighbourhood.rules import UNIT_KIND_LABELS, Actor, PlaceKind, Right, UnitKind
from gongzhi.shared.moves import Refused
from gongzhi.web.desk.setup.doors import looking, must_set_up, said
from gongzhi.web.desk.setup.people import NumberForm


class JoinForm(forms.Form):
    """A unit that joins on a day."""

    unit = forms.ModelChoiceField(label=_("单位"), queryset=MemberUnit.objects.none())
    on = forms.DateField(label=_("哪天加入"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = queries.current_units()  # type: ignore[attr-defined]


class AdmitForm(NumberForm):
    """Somebody who joins in their own right."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    capacity = forms.CharField(label=_("以什么身份"), max_length=40, help_text=_("如“物业企业负责人”“业委会负责人”。"))
    place = forms.ModelChoiceField(label=_("负责哪个小区"), queryset=Place.objects.none(), required=False)
    on = forms.DateField(label=_("哪天加入"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    field_order = ("name", "capacity", "place", "phone", "on")
    # The page holds another form with a day.
    prefix = "person"

    def __init__(self, network: Network, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = queries.current_places(PlaceKind.COMPOUND, under=network.place)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]


def _network(actor: Actor, network_id: int) -> Network:
    try:
        return registers.visible_networks(actor).get(pk=network_id)
    except Network.DoesNotExist as error:
        raise Http404 from error


@looking
@require_GET
def show_networks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every network of the scope; units and persons stand in columns of their own."""
    units = queries.unit_counts()
    context = {
        "networks": registers.visible_networks(actor),
        "may_set_up": actor.may(Right.SET_UP),
        "whole": registers.scope_of(actor) is None,
        "kinds": [(label, units.get(kind, 0)) for kind, label in UNIT_KIND_LABELS.items()],
        "units": sum(units.values()),
        "persons": queries.person_member_count(on=timezone.localdate()),
        "communities": queries.current_places(PlaceKind.COMMUNITY).count(),
    }
    return render(request, "desk/setup/networks.html", context)


@looking
def show_network(request: HttpRequest, actor: Actor, network_id: int) -> HttpResponse:
    """One network: its units, its persons, and the forms by which one more of either joins."""
    network, today = _network(actor, network_id), timezone.localdate()
    form = JoinForm(request.POST or None, initial={"on": today}) if actor.may(Right.SET_UP) else None
    if request.method == "POST":
        must_set_up(actor)
        if form and form.is_valid():
            given = form.cleaned_data
            try:
                actions.join_network(
                    actor, network=network, unit=given["unit"], on=given["on"], now=timezone.localtime()
                )
            except Refused as refused:
                form.add_error("unit", said(refused))
            else:
                return _joined(request, network, given["unit"].name)
    return _page(request, network, form, AdmitForm(network, initial={"on": today}) if form else None)


@looking
@require_POST
def admit(request: HttpRequest, actor: Actor, network_id: int) -> HttpResponse:
    """Somebody joins in their own right."""
    must_set_up(actor)
    network = _network(actor, network_id)
    form = AdmitForm(network, request.POST)
    if not form.is_valid():
        return _page(request, network, JoinForm(initial={"on": timezone.localdate()}), form)
    actions.admit_person(actor, network=network, now=timezone.localtime(), **form.cleaned_data)
    return _joined(request, network, form.cleaned_data["name"])


def _joined(request: HttpRequest, network: Network, name: str) -> HttpResponse:
    messages.success(request, gettext("“%(unit)s”已加入。") % {"unit": name})
    return HttpResponseRedirect(reverse("setup-network", args=[network.pk]))


def _page(request: HttpRequest, network: Network, form: JoinForm | None, admitting: AdmitForm | None) -> HttpResponse:
    members = list(queries.members(network, on=timezone.localdate()))
    context = {
        "network": network,
        "units": [(row, UNIT_KIND_LABELS[UnitKind(row.unit.kind)]) for row in members if row.unit],
        "persons": [row for row in members if row.person],
        "form": form,
        "admitting": admitting,
    }
    wrong = (form and form.errors) or (admitting and admitting.errors)
    return render(request, "desk/setup/network.html", context, status=422 if wrong else 200)


@looking
@require_POST
def leave(request: HttpRequest, actor: Actor, network_id: int, membership_id: int) -> HttpResponse:
    """End a membership today; the row stays."""
    must_set_up(actor)
    network, today = _network(actor, network_id), timezone.localdate()
    try:
        membership = queries.members(network, on=today).get(pk=membership_id)
    except Membership.DoesNotExist as error:
        raise Http404 from error
    actions.leave_network(actor, membership=membership, on=today, now=timezone.localtime())
    return HttpResponseRedirect(reverse("setup-network", args=[network.pk]))
