"""What desk and units do with an agreement alike: sign it, note how it is kept, judge the other side, print it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext

from gongzhi.agreements import actions, queries, rules
from gongzhi.agreements.rows import Agreement, Judgement
from gongzhi.agreements.rules import Side
from gongzhi.shared.moves import Refused
from gongzhi.web.casework.agreements.forms import JudgeForm, NoteForm, SignForm
from gongzhi.web.casework.agreements.showing import (
    LAYOUTS,
    agreement_page,
    clause_lines,
    found,
    party_name,
    report_found,
)
from gongzhi.web.casework.asking import fill_in, sent
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import now
from gongzhi.web.words import blame, named

__all__ = ["agreement_page", "ask", "judge_page", "note_page", "print_page", "report_page", "review_page", "sign_page"]
MOST_PARTIES = 200


def ask(
    request: HttpRequest, form: forms.Form, label: str, back: str, act: Callable[[dict[str, Any]], Any], *, base: str,
    text: str = "", onto: Callable[[Any], str] | None = None,
) -> HttpResponse:  # fmt: skip
    """A short form on a page of its own; what is not there is a 404."""
    try:
        return fill_in(
            request, form, label, back, act, template="parts/agreement/ask.html", onto=onto, layout=LAYOUTS[base], text=text
        )  # fmt: skip
    except ObjectDoesNotExist as error:
        raise Http404 from error


def sign_page(request: HttpRequest, agreement_id: int, party_id: int, *, base: str) -> HttpResponse:
    """The whole text, and under it the form that signs it for one party."""
    actor, row = actor_of(request), found(request, agreement_id)
    thing = f"{base}/agreements/{row.pk}"
    signing = queries.signing_of(actor, row)
    party = next((one for one in signing.own if one.pk == party_id), None)
    if party is None:
        raise Http404
    if party not in signing.unsigned or "sign" not in queries.agreement_moves(actor, row, signing):
        messages.warning(request, gettext("现在不用签署：已经签过，或者协议正在修改。"))
        return HttpResponseRedirect(thing)
    form = SignForm(sent(request), initial={"signed_on": now().date(), "terms": row.terms})
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            signed = actions.sign_agreement(
                actor, agreement_id=row.pk, party_id=party.pk, signer=given["signer"], signed_on=given["signed_on"],
                terms=given["terms"], now=now(),
            )  # fmt: skip
        except Refused as refusal:
            blame(form, refusal)
        else:
            done = gettext("已签署。") + (gettext("各方都签好了。") if signed.in_force == signed.terms else "")
            messages.success(request, done)
            return HttpResponseRedirect(thing)
    context = {
        "form": form, "row": row, "party": party_name(party), "thing": thing, "layout": LAYOUTS[base],
        "parties": [party_name(one) for one in signing.parties[:MOST_PARTIES]],
        "sides": _text_of(row),
    }  # fmt: skip
    return render(request, "parts/agreement/sign.html", context, status=422 if form.is_bound else 200)


def _text_of(row: Agreement) -> list[tuple[str, list[tuple[str, str]]]]:
    """The words of the present version, side by side."""
    clauses = queries.clauses_of(row)
    return [
        (rules.SIDE_LABELS[side], [(named(one), one.words) for one in clauses if one.side == side]) for side in Side
    ]


def note_page(request: HttpRequest, agreement_id: int, *, base: str) -> HttpResponse:
    """One time that a party kept a clause for which nothing else is counted."""
    actor, row = actor_of(request), found(request, agreement_id)
    signing = queries.signing_of(actor, row)
    if "note" not in queries.agreement_moves(actor, row, signing):
        raise PermissionDenied
    thing = f"{base}/agreements/{row.pk}"
    # The desk notes for anybody, a unit for itself and for the places.
    parties = [one for one in signing.parties if base == "/desk" or one.place_id or one in signing.own]
    form = NoteForm(sent(request), clause_lines(actor, row, signing, base, now().date()), parties)

    def act(given: dict[str, Any]) -> object:
        once = given["once"] or str(form["once"].initial)
        return actions.note_evidence(
            actor, agreement_id=row.pk, clause_id=given["clause"], party_id=given["party"], day=given["day"],
            words=given["words"], once=once, now=now(),
        )  # fmt: skip

    return ask(request, form, rules.AGREEMENT_MOVES["note"].label, thing, act, base=base)


# Reviews


def review_page(request: HttpRequest, review_id: int, *, base: str) -> HttpResponse:
    """One's own forms while it is sealed; everything that both sides said once it is opened, and what it proposes."""
    actor = actor_of(request)
    try:
        review = queries.get_review(actor, review_id)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    moves = queries.review_moves(actor, review)
    voices, judged = queries.voices_of(review)
    marks = [(mark.value, label) for mark, label in rules.MARK_LABELS.items()]
    context = {
        "review": review,
        "label": rules.REVIEW_LABELS[rules.ReviewState(review.state)],
        "row": review.agreement,
        "forms": [(one, party_name(one.party)) for one in queries.forms_to_fill(actor, review)] if "judge" in moves else [],
        "marks": [label for _mark, label in marks],
        "sides": [
            (rules.SIDE_LABELS[side], [_voice(actor, one, marks) for one in voices if one.side is side]) for side in Side
        ],
        "judged": [_judged(actor, one) for one in judged],
        "proposal": rules.WISH_LABELS[rules.Wish(review.proposal)] if review.proposal else "",
        "may_drop": "drop" in moves and base == "/desk",
        "may_renew": review.proposal in {"renew", "change"} and base == "/desk"
        and "renew" in queries.agreement_moves(actor, review.agreement),
        "base": base,
        "layout": LAYOUTS[base],
        "thing": f"{base}/agreements/{review.agreement_id}",
    }  # fmt: skip
    return render(request, "parts/agreement/review.html", context)


def _voice(actor: Any, one: queries.Voice, marks: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "measure": named(one.clause),
        "clause": one.clause.words,
        "marks": [(label, one.marks[mark]) for mark, label in marks],
        "words": [seen_by(actor, words) for words in one.words],
    }


def _judged(actor: Any, one: Judgement) -> dict[str, Any]:
    return {
        "name": party_name(one.party),
        "wish": rules.WISH_LABELS[rules.Wish(one.wish)],
        "words": seen_by(actor, one.words),
    }


def judge_page(request: HttpRequest, review_id: int, party_id: int, *, base: str) -> HttpResponse:
    """One party's form, which nobody else reads before the opening."""
    actor = actor_of(request)
    try:
        review = queries.get_review(actor, review_id)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    back = f"{base}/agreements/reviews/{review.pk}"
    asked = next((one for one in queries.forms_to_fill(actor, review) if one.party.pk == party_id), None)
    if asked is None:
        raise Http404
    if "judge" not in queries.review_moves(actor, review):
        messages.warning(request, gettext("评议已经结束，不能再交。"))
        return HttpResponseRedirect(back)
    form = JudgeForm(sent(request), asked)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            done = actions.judge(
                actor, review_id=review.pk, party_id=party_id, marks=form.marks(), wish=given["wish"],
                words=given["words"], now=now(),
            )  # fmt: skip
        except Refused as refusal:
            blame(form, refusal)
        else:
            opened = done.state == rules.ReviewState.OPENED
            after = gettext("双方都交齐了，现在一起打开。") if opened else gettext("已密封，打开以前可以改。")
            messages.success(request, gettext("已交。") + after)
            return HttpResponseRedirect(back)
    lines = [(form[f"mark{one.pk}"], form[f"words{one.pk}"]) for one in asked.clauses]
    context = {
        "form": form, "lines": lines, "row": review.agreement, "party": party_name(asked.party), "back": back,
        "layout": LAYOUTS[base],
    }  # fmt: skip
    return render(request, "parts/agreement/judge.html", context, status=422 if form.is_bound else 200)


# Reports and paper


def report_page(request: HttpRequest, report_id: int, *, base: str) -> HttpResponse:
    """A report: as people corrected it, the draft that wrote itself beside it, and the table it stands on."""
    report, texts = report_found(request, report_id)
    actor = actor_of(request)
    context = {
        "report": report,
        "row": report.agreement,
        "words": seen_by(actor, texts[0].words if texts else report.drafted),
        "texts": texts,
        "may_correct": base == "/desk"
        and not {"desk", "lead"}.isdisjoint(queries.agreement_standings(actor, report.agreement)),
        "base": base,
        "layout": LAYOUTS[base],
        "thing": f"{base}/agreements/{report.agreement_id}",
    }
    return render(request, "parts/agreement/report.html", context)


def print_page(request: HttpRequest, agreement_id: int, report_id: int | None = None, *, kind: str) -> HttpResponse:
    """An agreement, or one of its reports, as PDF or Word."""
    # The typesetter is loaded where it is used.
    from gongzhi.conferences.filing import KINDS
    from gongzhi.web.casework.agreements.paper import agreement_paper, report_paper

    row = found(request, agreement_id)
    if kind not in KINDS:
        raise Http404
    mime, make = KINDS[kind]
    if report_id is None:
        paper = agreement_paper(row)
    else:
        report, texts = report_found(request, report_id)
        paper = report_paper(report, seen_by(actor_of(request), texts[0].words if texts else report.drafted))
    response = HttpResponse(make(paper), content_type=mime)
    name = f"agreement-{row.pk}" if report_id is None else f"report-{report_id}"
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response
