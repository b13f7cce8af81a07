"""Making a move from a page: the one view that shows and takes its form, and what a refusal looks like."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django_htmx.http import HttpResponseClientRedirect

from gongzhi.demands import queries, rules
from gongzhi.demands.rows import Demand
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.moves import Missing, Refused, _
from gongzhi.web.casework.forms import MoveForm
from gongzhi.web.casework.moves import BESIDE, DEEDS, deed_label, find_demand, open_deeds
from gongzhi.web.casework.page import Kept, demand_page
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import now
from gongzhi.web.words import blame, in_words

OVER = _("现在不能“%(label)s”：事项已到下一步，请先看最新情况。")
# What somebody may have taken the time to write, in the order in which it is looked for.
WRITTEN = ("answer", "question", "words", "reason", "duty_basis")


def move_response(request: HttpRequest, demand_id: int, verb: str, *, base: str) -> HttpResponse:
    """Show the form of one move, or make it: then back to the demand, or the form again with what is wrong."""
    if verb not in DEEDS:
        raise Http404
    actor, demand = actor_of(request), find_demand(request, demand_id)
    deeds = open_deeds(actor, demand)
    if request.method != "POST":
        if verb not in deeds:
            messages.warning(request, gettext(OVER) % {"label": deed_label(verb)})
            return leave(request, f"{base}/demands/{demand_id}")
        return _panel(request, demand, MoveForm(verb, actor, demand), base)
    form = MoveForm(verb, actor, demand, request.POST, request.FILES)
    valid = form.is_valid()
    if not valid and verb in deeds:
        return _panel(request, demand, form, base, status=422)
    try:
        if not valid:
            raise Refused(OVER, label=rules.MOVES[verb].label)
        _perform(actor, form)
    except queries.ABSENT as error:
        raise Http404 from error
    except Refused as refusal:
        return _refused(request, form, refusal, base)
    messages.success(request, gettext("已记下：%(label)s。") % {"label": gettext(rules.MOVES[verb].label)})
    still = queries.visible_demands(actor).filter(pk=demand_id).exists()
    return leave(request, f"{base}/demands/{demand_id}" if still else f"{base}/")


def _perform(actor: Actor, form: MoveForm) -> None:
    deed = DEEDS[form.verb]
    given: dict[str, Any] = form.arguments()
    if deed.guarded:
        given["seen"] = form.cleaned_data.get("seen")
    deed.act(actor, demand_id=form.demand.pk, now=now(), **given)


def _refused(request: HttpRequest, form: MoveForm, refusal: Refused, base: str) -> HttpResponse:
    """The form with the reason; where the demand has moved on meanwhile, the page as it stands now around it.

    What was typed is kept either way: in the form while the move is still open, else to be copied.
    """
    demand = find_demand(request, form.demand.pk)
    deeds = open_deeds(actor_of(request), demand)
    seen = form.cleaned_data.get("seen")
    moved_on = demand.version != (form.demand.version if seen is None else seen)
    if isinstance(refusal, Missing) or (form.verb in deeds and form.verb not in BESIDE and not moved_on):
        blame(form, refusal)
        return _panel(request, demand, form, base, status=422)
    typed = next((text for name in WRITTEN if (text := str(form.data.get(name, "")).strip())), "")
    again = None
    if form.verb in deeds and form.verb not in BESIDE:
        data = request.POST.copy()
        data["seen"] = str(demand.version)
        again = MoveForm(form.verb, form.actor, demand, data)
    kept = Kept(in_words(refusal), again, typed, bool(request.FILES))
    response = demand_page(request, demand, template=PAGES[base], base=base, kept=kept)
    response.status_code = 422
    if request.htmx:  # type: ignore[attr-defined]
        # The whole page is stale, not the form alone: state, clocks, trail and buttons are drawn anew.
        response["HX-Retarget"] = response["HX-Reselect"] = "#main"
        response["HX-Reswap"] = "outerHTML show:#refused:top"
    return response


PAGES = {"/desk": "desk/demand/page.html", "/units": "units/demand/page.html"}


def _panel(request: HttpRequest, demand: Demand, form: MoveForm, base: str, *, status: int = 200) -> HttpResponse:
    context = {
        "demand": demand,
        "number": rules.number(demand.pk),
        "form": form,
        "verb": form.verb,
        "label": deed_label(form.verb),
        "base": base,
        "thing": f"{base}/demands/{demand.pk}",
        "layout": "units/layout.html" if base == "/units" else "desk/layout.html",
    }
    whole = "parts/demand/panel.html" if request.htmx else "parts/demand/move.html"  # type: ignore[attr-defined]
    return render(request, whole, context, status=status)


def leave(request: HttpRequest, address: str) -> HttpResponse:
    """Go to another page, from a form that was opened in place as well."""
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)
