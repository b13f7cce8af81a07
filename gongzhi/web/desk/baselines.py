"""How compounds stand (底数摸排): surveyed with all their problems in one pass, and told by who lives there."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongzhi.neighbourhood import registers
from gongzhi.neighbourhood.queries import ladder
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import COMPOUND_TYPE_LABELS, Actor, CompoundType, PlaceKind
from gongzhi.problems import visits
from gongzhi.problems.actions import field, stories
from gongzhi.problems.rows import Baseline
from gongzhi.shared.moves import NotAllowed, Refused
from gongzhi.web.casework import choices
from gongzhi.web.desk.field_forms import OPEN, ConsentForm, FindingForm, StoryForm, SurveyForm, finding_forms, findings
from gongzhi.web.desk.visits import problem_line
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now
from gongzhi.web.words import blame, in_words


def _type(place: Place) -> str:
    return COMPOUND_TYPE_LABELS[CompoundType(place.compound_type)] if place.compound_type else ""


@for_standing(*DESK)
@require_safe
def show_compounds(request: HttpRequest) -> HttpResponse:
    """The compounds of the actor's places with the day on which each was surveyed last."""
    actor = actor_of(request)
    words = request.GET.get("words", "")[:60]
    rows, after = registers.places_page(
        actor, kind=PlaceKind.COMPOUND.value, words=words, after=request.GET.get("after", "")
    )
    known = visits.last_surveyed(actor, [row.pk for row in rows])
    lines = [{"place": row, "type": _type(row), "last": known.get(row.pk)} for row in rows]
    return render(request, "desk/baselines/list.html", {"lines": lines, "after": after, "words": words})


def _compound(actor: Actor, place_id: int) -> Place:
    try:
        rows = registers.visible_places(actor).filter(kind=PlaceKind.COMPOUND.value)
        return rows.select_related("parent__parent").defer("boundary").get(pk=place_id)
    except Place.DoesNotExist as error:
        raise Http404 from error


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def show_baseline(request: HttpRequest, place_id: int) -> HttpResponse:
    """How one compound stands; sent, the form keeps a survey and raises its problems."""
    actor, moment = actor_of(request), now()
    place = _compound(actor, place_id)
    if request.method != "POST":
        return _page(request, actor, place)
    form = SurveyForm(request.POST, today=moment.date())
    rows = finding_forms(choices.categories(), request.POST)
    # Each row is looked at, so that everything wrong is said at once.
    wrong = [row for row in (form, *rows) if not row.is_valid()]
    if not wrong:
        given, found = form.values(), findings(rows)
        given["once"] = given["once"] or form["once"].initial
        try:
            field.survey_compound(actor, place=place, findings=found, now=moment, **given)
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("摸排记下了，立了 %(n)d 个问题。") % {"n": len(found)})
            return HttpResponseRedirect(reverse("desk-baseline", args=[place.pk]))
    return _page(request, actor, place, survey=form, rows=rows)


@for_standing(*WORKERS)
@require_POST
def correct(request: HttpRequest, place_id: int) -> HttpResponse:
    """Confirmed by who surveyed: the register says what the latest survey found."""
    actor = actor_of(request)
    place = _compound(actor, place_id)
    try:
        field.correct_compound(actor, place=place, now=now())
    except NotAllowed as error:
        raise PermissionDenied from error
    except Refused as refusal:
        messages.error(request, in_words(refusal))
    else:
        messages.success(request, _("小区登记已按摸排更正。"))
    return HttpResponseRedirect(reverse("desk-baseline", args=[place.pk]))


@for_standing(*WORKERS)
@require_POST
def tell_story(request: HttpRequest, place_id: int) -> HttpResponse:
    """Keep what a resident told, with the compound's latest survey."""
    actor, moment = actor_of(request), now()
    place = _compound(actor, place_id)
    surveys = visits.baselines_of(actor, place)
    form = StoryForm(request.POST, today=moment.date())
    if not surveys:
        raise Http404
    if form.is_valid():
        try:
            stories.tell_story(actor, baseline_id=surveys[0].pk, now=moment, **form.cleaned_data)
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("故事记下了。"))
            return HttpResponseRedirect(reverse("desk-baseline", args=[place.pk]) + "#stories")
    return _page(request, actor, place, story=form)


@for_standing(*WORKERS)
@require_POST
def give_consent(request: HttpRequest, place_id: int, story_id: int) -> HttpResponse:
    """Write down that the resident agreed, and how."""
    actor = actor_of(request)
    place = _compound(actor, place_id)
    form = ConsentForm(request.POST)
    if form.is_valid():
        try:
            stories.give_consent(actor, story_id=story_id, consent_words=form.cleaned_data["consent_words"], now=now())
        except visits.NO_STORY as error:
            raise Http404 from error
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, _("已记下居民同意，上级也看得到了。"))
            return HttpResponseRedirect(reverse("desk-baseline", args=[place.pk]) + "#stories")
    return _page(request, actor, place, consent=(story_id, form))


@for_standing(*WORKERS)
@require_POST
def withdraw_consent(request: HttpRequest, place_id: int, story_id: int) -> HttpResponse:
    """Hide a story again."""
    actor = actor_of(request)
    place = _compound(actor, place_id)
    try:
        stories.withdraw_consent(actor, story_id=story_id, now=now())
    except visits.NO_STORY as error:
        raise Http404 from error
    except Refused as refusal:
        messages.error(request, in_words(refusal))
    else:
        messages.success(request, _("已撤回，现在只有本社区看得到。"))
    return HttpResponseRedirect(reverse("desk-baseline", args=[place.pk]) + "#stories")


def _page(
    request: HttpRequest,
    actor: Actor,
    place: Place,
    *,
    survey: SurveyForm | None = None,
    rows: list[FindingForm] | None = None,
    story: StoryForm | None = None,
    consent: tuple[int, ConsentForm] | None = None,
) -> HttpResponse:
    today = now().date()
    surveys = visits.baselines_of(actor, place)
    may_survey = not visits.WORKERS.isdisjoint(actor.standings_at(ladder(place)))
    categories = choices.categories() if may_survey else []
    rows, facts = rows or finding_forms(categories), _facts(place, surveys)
    wrong = next((form for form in (survey, story, consent and consent[1]) if form is not None), None)
    context = {
        "place": place,
        "type": _type(place),
        "surveys": _surveys(actor, surveys),
        "facts": facts,
        "may_correct": may_survey and any(fact["differs"] for fact in facts),
        "stories": [_story(one, consent) for one in visits.stories_of(actor, place)],
        "may_survey": may_survey,
        "is_keeper": visits.is_keeper(actor, place),
        "survey": survey or SurveyForm(today=today),
        "open_rows": rows[:OPEN],
        "more_rows": rows[OPEN:],
        "more_wrong": any(row.is_bound and (row.errors or row.data.get(f"{row.prefix}-title")) for row in rows[OPEN:]),
        "all_rows": rows,
        "categories": sorted({row.name for row in categories}),
        "surveying": survey is not None or not surveys,
        "story": story or StoryForm(today=today),
        "telling": story is not None,
    }
    return render(request, "desk/baselines/page.html", context, status=422 if wrong is not None else 200)


def _surveys(actor: Actor, surveys: list[Baseline]) -> list[dict[str, Any]]:
    """The surveys with what each raised, in the order in which it was written."""
    found: dict[int, list[dict[str, Any]]] = {}
    for problem in visits.problems_found(actor, [one.pk for one in surveys]):
        found.setdefault(problem.baseline_id or 0, []).append(problem_line(problem))
    return [{"row": one, "problems": found.get(one.pk, [])} for one in surveys]


def _facts(place: Place, surveys: list[Baseline]) -> list[dict[str, Any]]:
    """What the register says of firm and committee beside what the latest survey found."""
    last = surveys[0] if surveys else None
    facts = (("has_property_firm", _("物业")), ("has_owners_committee", _("业委会")))
    return [
        {"label": label, "kept": kept, "found": found, "differs": found is not None and found != kept}
        for name, label in facts
        for kept, found in [(getattr(place, name), getattr(last, name) if last else None)]
    ]


def _story(one: visits.Story, consent: tuple[int, ConsentForm] | None) -> dict[str, Any]:
    refused = consent[1] if consent and consent[0] == one.pk else None
    # Several such forms stand on one page: each has fields of its own names for the browser.
    return {"row": one, "form": refused or ConsentForm(auto_id=f"id_{one.pk}_%s"), "refused": refused is not None}
