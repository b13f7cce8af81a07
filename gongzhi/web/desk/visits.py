"""The visit log (民情日志): written down at the door, looked through by week, followed up, made into something."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import is_valid_path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.demands import rules as demand_rules
from gongzhi.demands.words import subject_from
from gongzhi.exchange import queries as exchange
from gongzhi.neighbourhood.queries import current_place
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.problems import field_rules, rules, visits
from gongzhi.problems.actions import field
from gongzhi.problems.field_rules import FollowUp
from gongzhi.problems.visits import Entry
from gongzhi.shared.moves import Refused
from gongzhi.web.casework import choices
from gongzhi.web.desk.field_forms import DemandForm, FollowUpForm, ProblemForm, VisitForm, near_choices, short_place
from gongzhi.web.desk.forms import plain_number
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import WORKERS, for_standing, now
from gongzhi.web.words import blame

LOOKS = {
    FollowUp.NONE: ("rest", "dash-circle"),
    FollowUp.OPEN: ("soon", "clock"),
    FollowUp.LATE: ("late", "exclamation-triangle-fill"),
    FollowUp.DONE: ("good", "check-circle"),
}
FIRST = date(2000, 1, 3)


def asked_week(request: HttpRequest, today: date) -> date:
    """The Monday of the week that the address names by any of its days; this week where it names none."""
    try:
        day = date.fromisoformat(request.GET.get("week", ""))
    except ValueError:
        day = today
    return field_rules.monday_of(min(max(day, FIRST), today + timedelta(days=7)))


def asked_place(request: HttpRequest, scope: choices.Scope) -> Place | None:
    """The place that the address names, where this person works there; None for all of theirs."""
    asked = request.GET.get("place", "")
    return scope.find(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None


def line(entry: Entry, prefix: str = "") -> dict[str, Any]:
    """One entry with the words and signs of its kind and of its follow-up."""
    tone, sign = LOOKS[entry.follow_up]
    return {
        "entry": entry,
        "place": short_place(entry.place, prefix),
        "kind": rules.VISIT_LABELS[entry.kind],
        "follow_up": _follow_up_words(entry),
        "tone": tone,
        "sign": sign,
        "number": demand_rules.number(entry.demand_id) if entry.demand_id else "",
        "problem": problem_line(entry.problem) if entry.problem else None,
    }


def _follow_up_words(entry: Entry) -> str:
    """How the follow-up stands, with its day while it is open."""
    words = _(field_rules.FOLLOW_UP_LABELS[entry.follow_up])
    if entry.follow_up_on and entry.follow_up in {FollowUp.OPEN, FollowUp.LATE}:
        words += f" {entry.follow_up_on:%m-%d}"
    return words


def problem_line(problem: Any) -> dict[str, Any]:
    """A problem's number and title, and its address where there is such a page."""
    address = f"/desk/problems/{problem.pk}"
    return {
        "row": problem,
        "number": rules.number(problem.pk),
        "address": address if is_valid_path(address) else "",
        "state": problem.state,
        "state_label": rules.STATE_LABELS[rules.State(problem.state)],
    }


def _head(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """What the log and the digest both show at their top: the week, the place, the ways to others."""
    today = now().date()
    scope = choices.scope_of(actor)
    monday, place = asked_week(request, today), asked_place(request, scope)
    keep = f"&place={place.pk}" if place else ""
    return {
        "today": today,
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "scope": scope,
        "place": place,
        "before": f"?week={monday - timedelta(days=7)}{keep}",
        "later": f"?week={monday + timedelta(days=7)}{keep}" if monday + timedelta(days=7) <= today else "",
        "week_query": f"?week={monday}{keep}",
        "place_query": f"?{keep[1:]}" if keep else "",
    }


@for_standing(*WORKERS)
@require_safe
def show_log(request: HttpRequest) -> HttpResponse:
    """The entries of one week, or what is still to be followed up of any."""
    actor = actor_of(request)
    head = _head(request, actor)
    today, place, after = head["today"], head["place"], request.GET.get("after", "")
    waiting = request.GET.get("show") == "waiting"
    open_, late = visits.follow_up_counts(actor, today=today, place=place)
    context: dict[str, Any] = {**head, "waiting": waiting, "open": open_, "late": late}
    if waiting:
        page = visits.follow_up_log(actor, today=today, place=place, after=after)
        context["lines"] = [line(one, head["scope"].prefix) for one in page.entries]
    else:
        page = visits.week_log(actor, monday=head["monday"], today=today, place=place, after=after)
        context["digest"] = visits.weekly_digest(actor, place, head["monday"], today=today)
        context["strip"] = strip(context["digest"])
        context["days"] = _by_day(page.entries, head["scope"].prefix)
    context |= {"after": page.after, "new_address": reverse("desk-visit-new") + head["place_query"]}
    return render(request, "desk/visits/log.html", context)


def _by_day(entries: list[Entry], prefix: str) -> list[tuple[date, list[dict[str, Any]]]]:
    days: dict[date, list[dict[str, Any]]] = {}
    for entry in entries:
        days.setdefault(entry.visited_at.date(), []).append(line(entry, prefix))
    return list(days.items())


# How high the bars of the week are drawn, in the picture's own units.
HIGH = 40


def strip(digest: field_rules.Digest) -> list[dict[str, Any]]:
    """The days of a week as bars; the number stands beside each."""
    most = max(digest.busiest, 1)
    return [{"day": day, "top": HIGH - (bar := round(HIGH * day.entries / most)), "bar": bar} for day in digest.days]


@for_standing(*WORKERS)
@require_safe
def show_week(request: HttpRequest) -> HttpResponse:
    """The weekly digest (走访周报), to be read and printed."""
    actor = actor_of(request)
    head = _head(request, actor)
    found = visits.weekly_digest(actor, head["place"], head["monday"], today=head["today"])
    own = head["scope"].own
    prefix = head["scope"].prefix
    context = {
        **head,
        "digest": found,
        "strip": strip(found),
        "where": (head["place"] or (own[0] if own else None)),
        "kinds": [(rules.VISIT_LABELS[kind], n) for kind, n in found.kinds.items()],
        "by_day": [(day, [(rules.VISIT_LABELS[kind], day.kinds[kind]) for kind in found.kinds]) for day in found.days],
        "loads": [(load, [(day.on, n) for day, n in zip(found.days, load.days, strict=True)]) for load in found.loads],
        "places": [(pk, short_place(name, prefix), n) for pk, name, n in found.places],
        "follow_ups": {state.value: n for state, n in found.follow_ups.items()},
        "asked": found.entries - found.follow_ups[FollowUp.NONE],
    }
    return render(request, "desk/visits/week.html", context)


def _near(actor: Actor, asked: str) -> list[tuple[str, str]]:
    """Places for one press: the one that was asked for, those where this person was last, their own compounds."""
    scope = choices.scope_of(actor)
    first = current_place(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
    places = [first] if first else []
    places += visits.recent_places(actor)
    places += [place for place in scope.below if place.kind == PlaceKind.COMPOUND][: max(0, 6 - len(places))]
    return near_choices(places, scope.prefix)


@for_standing(*WORKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_visit(request: HttpRequest) -> HttpResponse:
    """The form at the door; sent, it writes the visit down."""
    actor, moment = actor_of(request), now()
    near = _near(actor, request.GET.get("place", ""))
    form = VisitForm(actor, near, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            noted = field.note_visit(
                actor,
                place=data["place"],
                kind=rules.VisitKind(data["kind"]),
                words=data["words"],
                now=moment,
                visited_at=data["visited_at"],
                household=data["household"],
                measure=data["measure"],
                follow_up_on=form.due(moment.date()),
                once=data["once"] or form["once"].initial,
            )
        except Refused as refusal:
            blame(form, refusal)
        else:
            _say(request, noted)
            return HttpResponseRedirect(reverse("desk-visit", args=[noted.visit.pk]))
    wrong = {"measure", "follow_up_on", "visited_at"} & set(form.errors)
    context = {"form": form, "more_wrong": bool(wrong)}
    return render(request, "desk/visits/new.html", context, status=422 if form.errors else 200)


def _say(request: HttpRequest, noted: field.Noted) -> None:
    if noted.again:
        messages.warning(request, _("这张表刚才已经交过，没有重复登记。"))
    else:
        messages.success(request, _("记下了。"))


def _entry(request: HttpRequest, visit_id: int) -> Entry:
    try:
        return visits.get_entry(actor_of(request), visit_id, today=now().date())
    except visits.ABSENT as error:
        raise Http404 from error


@for_standing(*WORKERS)
@require_safe
def show_visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """One entry, and what may come of it."""
    return _page(request, _entry(request, visit_id), FollowUpForm())


def _page(request: HttpRequest, entry: Entry, form: FollowUpForm) -> HttpResponse:
    prefix = choices.scope_of(actor_of(request)).prefix
    need = exchange.need_of_visit(actor_of(request), entry.pk)
    context = {"line": line(entry, prefix), "entry": entry, "form": form, "need": need}
    return render(request, "desk/visits/page.html", context, status=422 if form.errors else 200)


@for_standing(*WORKERS)
@require_POST
def follow_up(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Write down what came of it."""
    entry, form = _entry(request, visit_id), FollowUpForm(request.POST)
    if form.is_valid():
        try:
            field.follow_up(actor_of(request), visit_id=visit_id, words=form.cleaned_data["words"], now=now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("跟进记下了。"))
            return HttpResponseRedirect(reverse("desk-visit", args=[visit_id]))
    return _page(request, entry, form)


@for_standing(*WORKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def make_demand(request: HttpRequest, visit_id: int) -> HttpResponse:
    """A demand of what was heard: everything is filled in, one press sends it."""
    entry = _entry(request, visit_id)
    back = reverse("desk-visit", args=[visit_id])
    if entry.demand_id:
        messages.info(request, _("这次走访已经转为诉求。"))
        return HttpResponseRedirect(back)
    filled = {
        "words": "\n".join(one for one in (entry.words, entry.measure) if one),
        "place_words": entry.household,
    }
    form = DemandForm(request.POST) if request.method == "POST" else DemandForm(initial=filled)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            demand = field.demand_from_visit(
                actor_of(request),
                visit_id=visit_id,
                words=data["words"],
                place_words=data["place_words"],
                kind=demand_rules.Kind(data["kind"]),
                urgency=demand_rules.Urgency(data["urgency"]),
                name=data["name"].strip(),
                phone=plain_number(data["phone"]),
                now=now(),
            )
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("已转为诉求 %(number)s。") % {"number": demand_rules.number(demand.pk)})
            return HttpResponseRedirect(f"/desk/demands/{demand.pk}")
    return _confirm(
        request,
        form,
        back,
        title=_("转为诉求"),
        text=_("地点：%(place)s") % {"place": entry.place},
        action=_("转为诉求"),
    )


@for_standing(*WORKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def make_problem(request: HttpRequest, visit_id: int) -> HttpResponse:
    """A problem of what was seen, before anybody reports it."""
    entry = _entry(request, visit_id)
    back = reverse("desk-visit", args=[visit_id])
    if entry.problem:
        messages.info(request, _("这次走访已经转为问题。"))
        return HttpResponseRedirect(problem_line(entry.problem)["address"] or back)
    title = subject_from(entry.words)
    form = ProblemForm(request.POST) if request.method == "POST" else ProblemForm(initial={"title": title})
    if request.method == "POST" and form.is_valid():
        try:
            problem = field.problem_from_visit(
                actor_of(request), visit_id=visit_id, title=form.cleaned_data["title"], now=now()
            )
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("已转为问题 %(number)s。") % {"number": rules.number(problem.pk)})
            return HttpResponseRedirect(problem_line(problem)["address"] or back)
    text = _("没有人反映也可以先成案，计入主动发现。地点：%(place)s") % {"place": entry.place}
    return _confirm(request, form, back, title=_("转为问题"), text=text, action=_("转为问题"))


def _confirm(request: HttpRequest, form: Any, back: str, **words: str) -> HttpResponse:
    context = {"layout": "desk/layout.html", "form": form, "back": back, **words}
    return render(request, "parts/confirm.html", context, status=422 if form.errors else 200)
