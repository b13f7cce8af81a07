"""Stating a need for a community, a programme, a problem, of what was heard at a door, or on behalf of a unit."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from gongzhi.demands.masking import mask
from gongzhi.demands.words import subject_from
from gongzhi.exchange import actions, queries, rules
from gongzhi.exchange.rows import Need
from gongzhi.exchange.rules import Asker
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.problems import queries as problems
from gongzhi.problems import visits
from gongzhi.problems.rows import Problem
from gongzhi.problems.rules import number as problem_number
from gongzhi.problems.visits import Entry
from gongzhi.web.casework.asking import fill_in, sent
from gongzhi.web.casework.stating import NeedFields, as_it_is, stay_where_it_is
from gongzhi.web.desk.exchange.making import NEEDS, over
from gongzhi.web.desk.exchange.needs import find_need
from gongzhi.web.desk.exchange.whose import OnBehalf, at_work, key_of, new_key, seen_in
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, for_standing, now

RECEIVING = {PlaceKind.COMMUNITY, PlaceKind.SUBDISTRICT, PlaceKind.DISTRICT}
WHOSE = (Asker.COMMUNITY, Asker.PROGRAMME, Asker.UNIT, Asker.MEMBER)
FORM = "desk/exchange/write.html"
LONGEST_NUMBER = 17


class NeedForm(NeedFields, OnBehalf):
    """What is needed, how much, until when, where; and whose it is, where that is not known already."""

    def __init__(self, actor: Actor, data: Any, first: dict[str, Any], *, known: bool, of_unit: bool = False) -> None:
        super().__init__(data, initial=new_key() | first)
        self.place_asked(actor, _("在哪里用"), _("小区、楼栋或社区，写字或拼音首字母都行。"))
        self.fields["title"].label = _("需要什么")
        self.fields["title"].help_text = _("一句话，例如“楼道照明检修”。不写人名、门牌和电话。")
        if known:
            self.whose_known()
        else:
            self.whose_asked(actor, WHOSE, RECEIVING)
        if known and not of_unit:
            del self.fields["confidential"]
        else:
            self.fields["confidential"].help_text = _("只有替单位提时才能选：只有本社区和单位自己的人看得到。")


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def state_need(request: HttpRequest) -> HttpResponse:
    """The form, and the need that it makes; `problem` or `visit` in the address names what it comes of."""
    actor = at_work(request)
    problem, entry = _problem(request, actor), _visit(request, actor)
    if entry and (made := queries.need_of_visit(actor, entry.pk)):
        messages.info(request, gettext("这次走访已经转为需求。"))
        return HttpResponseRedirect(reverse("desk-need", args=[made.pk]))
    if entry and problem is None and entry.problem:
        problem = entry.problem
    form = NeedForm(actor, sent(request), _first(problem, entry, actor), known=problem is not None)

    def act(_given: dict[str, Any]) -> Need:
        whose: dict[str, Any] = {"problem_id": problem.pk} if problem else form.side()
        given: dict[str, Any] = {"details": form.need_details(place=form.cleaned_data["place"]), "once": key_of(form)}
        if entry:
            return actions.need_from_visit(actor, visit_id=entry.pk, now=now(), **given, **whose).need
        return actions.state_need(actor, now=now(), **given, **whose).need

    return fill_in(
        request, form, gettext("登记需求"), _origin(problem, entry), act, template=FORM,
        onto=lambda need: reverse("desk-need", args=[need.pk]),
        lead=gettext("写清楚要什么、要多少、什么时候要；有人核实以后，才能去征求别人的意见。"),
        of={"problem": _problem_line(problem), "visit": entry},
    )  # fmt: skip


def _origin(problem: Problem | None, entry: Entry | None) -> str:
    if entry:
        return reverse("desk-visit", args=[entry.pk])
    return reverse("desk-problem", args=[problem.pk]) if problem else reverse("desk-exchange")


def _problem_line(problem: Problem | None) -> dict[str, Any] | None:
    if problem is None:
        return None
    return {"pk": problem.pk, "number": problem_number(problem.pk), "title": mask(problem.title)}


def _first(problem: Problem | None, entry: Entry | None, actor: Actor) -> dict[str, Any]:
    """What is known already: of the problem its title and place, of the visit also what was heard, numbers hidden."""
    if entry:
        found = {"title": mask(subject_from(entry.words)), "words": mask(entry.words), "place": entry.place_id}
        place = neighbourhood.current_place(entry.place_id)
        receiver = (place.community_id or place.pk) if place else None
        return found | {"place_typed": entry.place, "receiver": receiver}
    if problem:
        return {"title": mask(problem.title), "place": problem.place_id, "place_typed": problem.place.full_name}
    return {}


def _asked(request: HttpRequest, name: str) -> int | None:
    """The number that the address or the form gives by this name. Raises Http404 for what is none."""
    asked = (request.POST if request.method == "POST" else request.GET).get(name, "")
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_NUMBER):
        raise Http404
    return int(asked) if asked else None


def _problem(request: HttpRequest, actor: Actor) -> Problem | None:
    """The problem that the need is of. Raises Http404 for one that is absent or not theirs."""
    pk = _asked(request, "problem")
    try:
        return problems.get_problem(actor, pk) if pk is not None else None
    except problems.ABSENT as error:
        raise Http404 from error


def _visit(request: HttpRequest, actor: Actor) -> Entry | None:
    """The visit at which it was heard. Raises Http404 for one that is absent or not theirs."""
    pk = _asked(request, "visit")
    try:
        return visits.get_entry(actor, pk, today=now().date()) if pk is not None else None
    except visits.ABSENT as error:
        raise Http404 from error


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def change_need(request: HttpRequest, need_id: int) -> HttpResponse:
    """The form with what stands there now, and the change that it makes."""
    actor = actor_of(request)
    need = find_need(actor, need_id)
    if "change" not in queries.need_moves(actor, need):
        return over(request, NEEDS, need.pk, "change")
    where = {"place": need.place_id, "place_typed": need.place.full_name} if need.place else {}
    form = NeedForm(actor, sent(request), as_it_is(need) | where, known=True, of_unit=need.asker == Asker.UNIT)

    def act(given: dict[str, Any]) -> object:
        details = form.need_details(place=given["place"], **stay_where_it_is(need, given["place"]))
        return actions.change_need(actor, need_id=need.pk, details=details, now=now(), seen=seen_in(request))

    back = NEEDS.address(need.pk)
    return fill_in(request, form, rules.NEED_MOVES["change"].label, back, act, template=FORM, seen=need.version)
