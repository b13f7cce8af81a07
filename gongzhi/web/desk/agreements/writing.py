"""Writing an agreement at the desk: drafting, its clauses and parties, the moves, the report."""

import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from gongzhi.agreements import actions, queries, rules
from gongzhi.agreements.actions import ClauseDetails
from gongzhi.agreements.proofs import quarter_of
from gongzhi.agreements.rows import Agreement, Clause
from gongzhi.neighbourhood.rules import Actor, PlaceKind, Right
from gongzhi.shared.moves import Refused
from gongzhi.web.casework import choices
from gongzhi.web.casework.agreements.doing import ask
from gongzhi.web.casework.agreements.forms import TEXT, ReportForm, day
from gongzhi.web.casework.agreements.showing import found, report_found
from gongzhi.web.casework.asking import press, sent
from gongzhi.web.casework.fields import UnitField
from gongzhi.web.desk.handed import error_words
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import DESK, WORKERS, for_standing, now
from gongzhi.web.words import named

BASE = "/desk"
_KEEPING = {PlaceKind.DISTRICT, PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY}


def _thing(row: Agreement) -> str:
    return reverse("desk-agreement", args=[row.pk])


def draft_of(request: HttpRequest, agreement_id: int) -> Agreement:
    """A draft that the asker may change."""
    row = found(request, agreement_id)
    if "change" not in queries.agreement_moves(actor_of(request), row):
        raise PermissionDenied
    return row


class DaysForm(forms.Form):
    """What it is called, from when to when it lasts, and when it is reviewed."""

    title = forms.CharField(label=_("协议名称"), max_length=120, widget=TEXT)
    since = day(_("从哪天开始"))
    until = day(_("到哪天为止"))
    review_on = day(_("哪天开始双向评议"), required=False, hint=_("到这天自动请各方评议；不填可以随时手动开始。"))


class NewForm(DaysForm):
    """A draft: whose desk keeps it, and what it starts from."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    place = forms.TypedChoiceField(label=_("由哪里牵头"), coerce=int)
    template = forms.TypedChoiceField(label=_("用哪个范本"), coerce=int)
    field_order = ("place", "template", "title", "since", "until", "review_on")

    def __init__(self, actor: Actor, data: Any) -> None:
        today = now().date()
        until = today.replace(year=today.year + 1, day=min(today.day, 28))
        super().__init__(data, initial={"once": secrets.token_urlsafe(16), "since": today, "until": until})
        scope = choices.scope_of(actor)
        self.places = {one.pk: one for one in (*scope.own, *scope.below) if PlaceKind(one.kind) in _KEEPING}
        self.templates = {one.pk: one for one in queries.templates()}
        fields: Any = self.fields
        fields["place"].choices = [(pk, one.name) for pk, one in self.places.items()]
        version = gettext("%(name)s（第 %(version)s 版）")
        fields["template"].choices = [
            (pk, version % {"name": one.name, "version": one.version}) for pk, one in self.templates.items()
        ]


@for_standing(*WORKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """A new draft from a template."""
    actor = actor_of(request)
    form = NewForm(actor, sent(request))

    def act(given: dict[str, Any]) -> Agreement:
        days = {name: given[name] for name in ("title", "since", "until", "review_on")}
        return actions.draft_agreement(
            actor, place=form.places[given["place"]], template=form.templates[given["template"]], now=now(),
            once=given["once"] or str(form["once"].initial), **days,
        )  # fmt: skip

    text = gettext("范本里的条款会抄进草稿，可以再改；接着加上要签署的单位。")
    return ask(
        request, form, gettext("起草协议"), reverse("desk-agreements"), act, base=BASE, text=text, onto=_thing
    )  # fmt: skip


@for_standing(*WORKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Its name and days."""
    row = draft_of(request, agreement_id)
    kept = {name: getattr(row, name) for name in ("title", "since", "until", "review_on")}
    form = DaysForm(sent(request), initial=kept)
    act = partial(_with, actions.change_days, actor_of(request), row)
    return ask(request, form, rules.AGREEMENT_MOVES["change"].label, _thing(row), act, base=BASE)


def _with(action: Callable[..., Any], actor: Actor, row: Agreement, given: dict[str, Any]) -> Any:
    return action(actor, agreement_id=row.pk, now=now(), **given)


# Clauses and parties


class ClauseForm(forms.Form):
    """A clause: of which measure, owed by whom, in which words, proven by what."""

    measure = forms.TypedChoiceField(label=_("属于哪项措施"), coerce=int)
    side = forms.ChoiceField(
        label=_("由哪一方做"), choices=[(one.value, _(label)) for one, label in rules.SIDE_LABELS.items()],
        widget=forms.RadioSelect,
    )  # fmt: skip
    words = forms.CharField(label=_("条款"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    proof = forms.ChoiceField(
        label=_("用什么证明"), choices=[(one.value, _(label)) for one, label in rules.PROOF_LABELS.items()]
    )
    target = forms.IntegerField(
        label=_("目标"), min_value=1, max_value=rules.MOST_TIMES,
        help_text=_("前四种填百分之几（1到100）；按次数的，填协议期内至少几次。"),
    )  # fmt: skip

    def __init__(self, data: Any, clause: Clause | None) -> None:
        names = ("side", "words", "proof", "target")
        kept = {name: getattr(clause, name) for name in names} | {"measure": clause.measure_id} if clause else None
        super().__init__(data, initial=kept)
        # What a clause comes from stays open to it, also when nothing new comes from it any more.
        own = [clause.measure] if clause and not clause.measure.active else []
        self.measures = {one.pk: one for one in (*queries.measures(), *own)}
        fields: Any = self.fields
        fields["measure"].choices = [(pk, named(one)) for pk, one in self.measures.items()]


@for_standing(*WORKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def clause(request: HttpRequest, agreement_id: int, clause_id: int | None = None) -> HttpResponse:
    """A further clause, or another wording of one."""
    row = draft_of(request, agreement_id)
    standing = next((one for one in queries.clauses_of(row) if one.pk == clause_id), None)
    if clause_id and standing is None:
        raise Http404
    form = ClauseForm(sent(request), standing)

    def act(given: dict[str, Any]) -> object:
        details = ClauseDetails(**given | {"measure": form.measures[given["measure"]]})
        return actions.write_clause(
            actor_of(request), agreement_id=row.pk, clause_id=clause_id, details=details, now=now()
        )

    label = gettext("修改条款") if clause_id else gettext("加一条")
    return ask(request, form, label, _thing(row), act, base=BASE)


@for_standing(*WORKERS)
@require_POST
def drop_clause(request: HttpRequest, agreement_id: int, clause_id: int) -> HttpResponse:
    """Take a clause out."""
    row = draft_of(request, agreement_id)
    return _drop(request, gettext("去掉这一条"), _thing(row), lambda actor: actions.drop_clause(
        actor, agreement_id=row.pk, clause_id=clause_id, now=now()
    ))  # fmt: skip


@for_standing(*WORKERS)
@require_POST
def drop_party(request: HttpRequest, agreement_id: int, party_id: int) -> HttpResponse:
    """Take a party out."""
    row = draft_of(request, agreement_id)
    back = reverse("desk-agreement-parties", args=[row.pk])
    return _drop(request, gettext("去掉这一方"), back, lambda actor: actions.drop_party(
        actor, agreement_id=row.pk, party_id=party_id, now=now()
    ))  # fmt: skip


def _drop(request: HttpRequest, label: str, back: str, act: Callable[[Actor], object]) -> HttpResponse:
    try:
        return press(request, label, back, partial(act, actor_of(request)))
    except ObjectDoesNotExist as error:
        raise Http404 from error


class PartyForm(forms.Form):
    """One unit, or one street or community more."""

    unit = UnitField(label=_("哪家单位"), required=False, help_text=_("写名称的一部分，从列出的名称里选。"))
    place = forms.TypedChoiceField(
        label=_("或哪个街道（镇）、社区（村）"), coerce=int, required=False, empty_value=None
    )

    def __init__(self, actor: Actor, data: Any) -> None:
        super().__init__(data)
        scope = choices.scope_of(actor)
        self.places = {one.pk: one for one in (*scope.own, *scope.below) if PlaceKind(one.kind) in _KEEPING}
        fields: Any = self.fields
        fields["place"].choices = [("", "—"), *((pk, one.name) for pk, one in self.places.items())]

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        data = super().clean() or {}
        if not self.errors and not (data.get("unit") or data.get("place")):
            raise forms.ValidationError(gettext("请写一家单位，或选一个街道（镇）、社区（村）。"))
        return data


@for_standing(*WORKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def add_party(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """A unit, street or community more."""
    row, actor = draft_of(request, agreement_id), actor_of(request)
    form = PartyForm(actor, sent(request))

    def act(given: dict[str, Any]) -> object:
        units = [given["unit"]] if given["unit"] else []
        places = [form.places[given["place"]]] if given["place"] else []
        return actions.add_parties(actor, agreement_id=row.pk, units=units, places=places, now=now())

    return ask(request, form, gettext("加一方"), reverse("desk-agreement-parties", args=[row.pk]), act, base=BASE)


# Moves


class WordsForm(forms.Form):
    """Why."""

    words = forms.CharField(label=_("原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class UntilForm(forms.Form):
    """Until when the one that follows lasts."""

    until = day(_("续签到哪天"))


class NameForm(forms.Form):
    """What the template is called."""

    name = forms.CharField(label=_("范本名称"), max_length=80, widget=TEXT)


MOVES: dict[str, tuple[Callable[..., Any], type[forms.Form], Any]] = {
    "circulate": (actions.circulate, forms.Form, _("各方会收到通知，看全文后签署。送出后要改，先收回。")),
    "amend": (
        actions.amend_agreement,
        WordsForm,
        _("已有人签过的，改成新的一版，各方重新签；签好以前按原来的版本执行。"),
    ),
    "review": (actions.start_review, forms.Form, _("双方各填一张对应的表，逐条评价对方；双方交齐后同时打开。")),
    "keep": (actions.keep_on, forms.Form, _("评议已打开，协议照原样继续。")),
    "renew": (actions.renew_agreement, UntilForm, _("照现在的各方和条款起草下一份，改好后请各方签署。")),
    "end": (actions.end_agreement, WordsForm, _("终止后不能恢复，各方都会收到通知。")),
}


@for_standing(*WORKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, agreement_id: int, verb: str) -> HttpResponse:
    """One move of an agreement, with what it needs."""
    if verb not in MOVES:
        raise Http404
    actor, row = actor_of(request), found(request, agreement_id)
    label = rules.AGREEMENT_MOVES[verb].label
    if verb not in queries.agreement_moves(actor, row):
        messages.warning(
            request, gettext("现在不能“%(label)s”：事项已到下一步，请先看最新情况。") % {"label": gettext(label)}
        )
        return HttpResponseRedirect(_thing(row))
    action, make, text = MOVES[verb]
    form = make(sent(request))
    act = partial(_with, action, actor, row)
    onto = _thing if verb == "renew" else None
    return ask(request, form, label, _thing(row), act, base=BASE, text=text, onto=onto)


@for_standing(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def keep_template(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Keep its clauses as the next version of a template."""
    row = found(request, agreement_id)
    if not actor_of(request).may(Right.SET_UP):
        raise PermissionDenied
    form = NameForm(sent(request), initial={"name": row.template.name if row.template else row.title})
    act = partial(_with, actions.keep_as_template, actor_of(request), row)
    text = gettext("现在的条款存成范本的新一版，以后起草从这一版开始；已经签的协议不受影响。")
    return ask(request, form, gettext("存为范本"), _thing(row), act, base=BASE, text=text)


@for_standing(*WORKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def drop_review(request: HttpRequest, review_id: int) -> HttpResponse:
    """A leader no longer waits."""
    actor = actor_of(request)
    try:
        review = queries.get_review(actor, review_id)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    back = reverse("desk-review", args=[review.pk])
    label = rules.REVIEW_MOVES["drop"].label
    text = gettext("已交的表不会打开，谁也看不到；协议继续执行。")
    return ask(request, WordsForm(sent(request)), label, back, lambda given: actions.drop_review(
        actor, review_id=review.pk, words=given["words"], now=now()
    ), base=BASE, text=text)  # fmt: skip


# Reports


@for_standing(*WORKERS)
@require_POST
def write_report(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """The report on the quarter that runs, as things stand today."""
    row, today = found(request, agreement_id), now().date()
    try:
        report = actions.write_report(actor_of(request), agreement_id=row.pk, since=quarter_of(today)[0], now=now())
    except Refused as refusal:
        messages.warning(request, error_words(refusal))
        return HttpResponseRedirect(_thing(row))
    return HttpResponseRedirect(reverse("desk-report", args=[report.pk]))


@for_standing(*WORKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def correct_report(request: HttpRequest, report_id: int) -> HttpResponse:
    """Another wording."""
    report, texts = report_found(request, report_id)
    form = ReportForm(sent(request), initial={"words": texts[0].words if texts else report.drafted})
    back = reverse("desk-report", args=[report.pk])
    return ask(request, form, gettext("修改报告"), back, lambda given: actions.correct_report(
        actor_of(request), report_id=report.pk, words=given["words"], now=now()
    ), base=BASE, text=gettext("系统写的原稿和每次修改都会留着。"))  # fmt: skip
