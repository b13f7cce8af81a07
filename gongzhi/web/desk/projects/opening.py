"""Opening and changing a project, adding and changing a task: the longer forms."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.problems import queries as problems
from gongzhi.projects import actions, queries, rules
from gongzhi.projects.actions import Details, TaskDetails
from gongzhi.projects.rows import Appeal, Project, Task
from gongzhi.shared.moves import Refused
from gongzhi.web.casework import choices
from gongzhi.web.casework import project_fields as fields
from gongzhi.web.casework.asking import sent
from gongzhi.web.casework.fields import UnitField
from gongzhi.web.casework.making import OVER
from gongzhi.web.casework.project_fields import TaskFields
from gongzhi.web.casework.projected import Doing, ask, found, take
from gongzhi.web.casework.stating import text_area
from gongzhi.web.desk.exchange.whose import at_work, key_of, new_key
from gongzhi.web.desk.projects.making import APPEALS, PROJECTS, TASKS
from gongzhi.web.who import DESK, for_standing, now
from gongzhi.web.words import blame

LAYOUT = "desk/layout.html"
RECEIVING = (PlaceKind.COMMUNITY, PlaceKind.SUBDISTRICT)


class ProjectForm(forms.Form):
    """What a project is; where it is and by when are asked of a new one alone."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    place = forms.TypedChoiceField(label=_("在哪个社区、街道（镇）"), coerce=int)
    title = fields.line(_("项目叫什么"), 80)
    due_on = fields.day(_("哪天以前一定要做完"), _("从这一天往回排。"))
    words = forms.CharField(label=_("要做成什么样"), max_length=5000, required=False, widget=text_area(4, 5000))
    strands = forms.MultipleChoiceField(
        label=_("属于“五共”里的哪些"), choices=fields.labelled(rules.STRAND_LABELS), widget=forms.CheckboxSelectMultiple,
        help_text=_("至少选一个。"), error_messages={"required": _("请至少选一个“五共”。")},
    )  # fmt: skip
    goals = forms.MultipleChoiceField(
        label=_("为了什么"),
        choices=fields.labelled(rules.GOAL_LABELS),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    owner = UnitField(
        label=_("哪家单位牵头"), required=False, help_text=_("写名称的一部分，从列出的名称里选。空着就是社区自己。")
    )
    budget = fields.MoneyField(label=_("预算（元）"), required=False, min_value=0)

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        scope = choices.scope_of(actor)
        self.places: dict[int, Place] = {
            one.pk: one for one in (*scope.own, *scope.below) if PlaceKind(one.kind) in RECEIVING
        }
        place: Any = self.fields["place"]
        place.choices = [(pk, one.name) for pk, one in self.places.items()]

    def details(self, project: Project | None = None) -> Details:
        """What the action takes."""
        data = self.cleaned_data
        names = ("title", "words", "strands", "goals", "owner", "budget")
        due_on = project.due_on if project else data["due_on"]
        return Details(**{name: data[name] for name in names}, due_on=due_on)


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def open_project(request: HttpRequest) -> HttpResponse:
    """A project of one's own, or for an appeal or a problem, which the address names."""
    actor = at_work(request)
    appeal, problem_id = _appeal(actor, request.GET.get("appeal", "")), _number(request.GET.get("problem", ""))
    initial: dict[str, Any] = dict(new_key())
    if appeal:
        initial |= {"title": appeal.title, "words": appeal.words, "due_on": appeal.due_on, "place": appeal.place_id}
    if problem_id:
        try:
            initial["title"] = problems.get_problem(actor, problem_id).title
        except problems.ABSENT as error:
            raise Http404 from error
    form = ProjectForm(actor, sent(request), initial=initial)
    if appeal:
        del form.fields["place"]
    if form.is_bound and form.is_valid():
        place = appeal.place if appeal else form.places[form.cleaned_data["place"]]
        try:
            row = actions.open_project(
                actor, place=place, details=form.details(), now=now(), once=key_of(form),
                appeal_id=appeal.pk if appeal else None, problem_id=problem_id or None,
            )  # fmt: skip
        except Refused as refusal:
            blame(form, refusal)
        else:
            messages.success(request, gettext("已立项。接着把要做的事一项一项添上。"))
            return HttpResponseRedirect(reverse("desk-project", args=[row.pk]))
    lead = gettext("承接“%(unit)s”的求助。") % {"unit": appeal.unit.name} if appeal else ""
    back = reverse("desk-appeal", args=[appeal.pk]) if appeal else reverse("desk-projects")
    return ask(request, form, gettext("立项"), back, layout=LAYOUT, lead=lead)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _appeal(actor: Actor, text: str) -> Appeal | None:
    number = _number(text)
    row: Appeal | None = found(APPEALS, actor, number) if number else None
    return row


def _written(
    request: HttpRequest,
    actor: Actor,
    doing: Doing,
    row: Any,
    verb: str,
    make: Callable[[], Any],
    act: Callable[[Any], object],
) -> HttpResponse:
    """The page of one of the longer moves: its form, or what came of it; back with the words for it where it is not open."""
    back, label = f"/desk{doing.page(row)}", gettext(doing.table[verb].label)
    if verb not in doing.moves(actor, row):
        messages.warning(request, gettext(OVER) % {"label": label})
        return HttpResponseRedirect(back)
    form = make()
    return take(
        request, form, label, back, lambda: act(form), lambda: found(doing, actor, row.pk).version, layout=LAYOUT
    )


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def change_project(request: HttpRequest, pk: int) -> HttpResponse:
    """Other words, owner, strands, goals or budget."""
    actor = at_work(request)
    row: Project = found(PROJECTS, actor, pk)

    def make() -> ProjectForm:
        names = ("title", "words", "strands", "goals", "budget")
        initial = {name: getattr(row, name) for name in names}
        initial |= {"seen": row.version, "owner": row.owner.name if row.owner else ""}
        form = ProjectForm(actor, sent(request), initial=initial)
        del form.fields["place"], form.fields["due_on"]
        return form

    def act(form: ProjectForm) -> object:
        seen = form.cleaned_data["seen"]
        return actions.change_project(actor, project_id=pk, details=form.details(row), now=now(), seen=seen)

    return _written(request, actor, PROJECTS, row, "change", make, act)


def _task_form(request: HttpRequest, project: Project, initial: dict[str, Any], task: Task | None = None) -> TaskFields:
    drawn = queries.drawn(project, now().date())
    others = [(one.pk, one.title) for one in drawn.tasks if task is None or one.pk != task.pk]
    if task:
        after = drawn.after.get(task.pk, [])
        initial |= {"after": [one.before_id for one in after], "lag": max((one.lag for one in after), default=0)}
        initial |= {f"crew_{one.crew_id}": one.hands for one in drawn.crews.get(task.pk, [])}
    return TaskFields(others, queries.crews_of(project), sent(request), initial=initial)


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def add_task(request: HttpRequest, pk: int) -> HttpResponse:
    """One task more."""
    actor = at_work(request)
    project: Project = found(PROJECTS, actor, pk)

    def act(form: TaskFields) -> object:
        details = TaskDetails(**form.details())
        return actions.add_task(actor, project_id=pk, details=details, now=now(), once=key_of(form))

    return _written(
        request, actor, PROJECTS, project, "add_task", lambda: _task_form(request, project, new_key() | {"lag": 0}), act
    )


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def change_task(request: HttpRequest, pk: int) -> HttpResponse:
    """Another owner, other days, another order, other crews."""
    actor = at_work(request)
    row: Task = found(TASKS, actor, pk)

    def make() -> TaskFields:
        names = ("title", "stream", "days", "proof_kind", "earliest", "latest")
        initial = {name: getattr(row, name) for name in names}
        initial |= {"seen": row.version, "owner": row.owner.name if row.owner else ""}
        return _task_form(request, row.project, initial, row)

    def act(form: TaskFields) -> object:
        details, seen = TaskDetails(**form.details()), form.cleaned_data["seen"]
        return actions.change_task(actor, task_id=pk, details=details, now=now(), seen=seen)

    return _written(request, actor, TASKS, row, "change", make, act)
