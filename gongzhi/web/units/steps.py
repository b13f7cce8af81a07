"""One press for each step: the same way for whistles and for coordination."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext

from gongzhi.neighbourhood.rules import Standing
from gongzhi.shared.moves import Missing, Refused, Table, WrongState, open_moves
from gongzhi.shared.rows import TrailEntry
from gongzhi.web.entrance import actor_of
from gongzhi.web.units.forms import LABELS, StepForm
from gongzhi.web.who import now
from gongzhi.web.words import acted_by, blame, in_words, office_names

# What the trail says beyond the moves of the two tables: sign and tone for the eye, the rest is the table's word.
LOOKS = {
    "blow": ("soon", "megaphone"),
    "refer": ("calm", "send"),
    "sign": ("accent", "check2-square"),
    "receive": ("accent", "check2-square"),
    "contact": ("accent", "telephone"),
    "arrive": ("accent", "geo-alt"),
    "finish": ("good", "check-circle"),
    "coordinate": ("good", "check-circle"),
    "rate": ("good", "star"),
    "close": ("rest", "archive"),
    "call_off": ("rest", "x-circle"),
    "late": ("late", "exclamation-triangle"),
}


@dataclass(frozen=True)
class Kept:
    """A step that did not go through: its form with the reason, or words that came too late, to be copied."""

    verb: str
    form: StepForm
    typed: str = ""


def open_to_unit(table: Table, state: StrEnum) -> list[tuple[str, str]]:
    """What the called unit may do from this state: verb and label, the natural one first."""
    return [(verb, gettext(row.label)) for verb, row in open_moves(table, state, {Standing.UNIT}).items()]


def forms_of(steps: list[tuple[str, str]], kept: Kept | None) -> list[dict[str, Any]]:
    """Each open step with its form; the one that was refused as it was sent."""
    return [
        {"verb": verb, "label": label, "form": kept.form if kept and kept.verb == verb else fresh(verb)}
        for verb, label in steps
    ]


def fresh(verb: str) -> StepForm:
    """An empty form; its prefix keeps two of them on one page apart."""
    return StepForm(verb, prefix=verb)


def take_step(
    request: HttpRequest,
    verb: str,
    act: Mapping[str, Callable[..., object]],
    table: Table,
    back: str,
    show: Callable[[Kept], HttpResponse],
    **given: Any,
) -> HttpResponse:
    """Make one step and go back to the page; refused, the page as it stands now with the reason and the words."""
    if verb not in act:
        raise Http404
    form = StepForm(verb, request.POST, prefix=verb)
    form.is_valid()
    words = {"words": form.cleaned_data.get("words", "")} if verb in LABELS else {}
    try:
        act[verb](actor_of(request), now=now(), **given, **words)
    except WrongState:
        messages.warning(request, gettext("这一步已经办过了，请看下面的最新情况。"))
        if not words.get("words", "").strip():
            return HttpResponseRedirect(back)
        return _refused(show(Kept("", form, words["words"])))
    except Missing:
        if not form.errors:
            form.add_error("words", gettext("请写一两句。"))
        return _refused(show(Kept(verb, form)))
    except Refused as refusal:
        if words:
            form.add_error("words", in_words(refusal))
        else:
            blame(form, refusal)
        return _refused(show(Kept(verb, form)))
    messages.success(request, gettext("已记下：%(label)s。") % {"label": gettext(table[verb].label)})
    return HttpResponseRedirect(back)


def _refused(answer: HttpResponse) -> HttpResponse:
    answer.status_code = 422
    return answer


def events_of(entries: list[TrailEntry], table: Table, others: Mapping[str, str]) -> list[dict[str, Any]]:
    """The trail in words, newest first; `others` names what is no move of the table."""
    offices = office_names()
    found = []
    for entry in entries:
        label = table[entry.verb].label if entry.verb in table else others.get(entry.verb, "")
        if label:
            tone, icon = LOOKS.get(entry.verb, ("rest", "dot"))
            who = acted_by(entry.actor_label, offices)
            line = {"when": entry.at, "what": gettext(label), "who": who, "words": entry.words}
            found.append(line | {"tone": tone, "icon": icon})
    return found[::-1]
