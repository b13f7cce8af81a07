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
from gongzhi.neighbourhood.rows import Membership, MemberUnit, Network
from gongzhi.neighbourhood.rules import UNIT_KIND_LABELS, Actor, PlaceKind, Right, UnitKind
from gongzhi.shared.moves import Refused
from gongzhi.web.desk.setup.doors import looking, must_set_up, said


class JoinForm(forms.Form):
    """A unit that joins on a day."""

    unit = forms.ModelChoiceField(label=_("单位"), queryset=MemberUnit.objects.none())
    on = forms.DateField(label=_("哪天加入"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = queries.current_units()  # type: ignore[attr-defined]


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
    """One network: its units, its persons, and the form by which one more unit joins."""
    network = _network(actor, network_id)
    today = timezone.localdate()
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
                messages.success(request, gettext("“%(unit)s”已加入。") % {"unit": given["unit"].name})
                return HttpResponseRedirect(reverse("setup-network", args=[network.pk]))
    members = list(queries.members(network, on=today))
    context = {
        "network": network,
        "units": [(row, UNIT_KIND_LABELS[UnitKind(row.unit.kind)]) for row in members if row.unit],
        "persons": [row for row in members if row.person],
        "form": form,
        "today": today,
    }
    return render(request, "desk/setup/network.html", context, status=422 if form and form.errors else 200)


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
