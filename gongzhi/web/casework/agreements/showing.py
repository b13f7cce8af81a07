"""An agreement as both sides read it: the list, and the page with each clause beside its proof."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from gongzhi.agreements import queries, rules
from gongzhi.agreements.proofs import Fact, in_words
from gongzhi.agreements.queries import Proven, Signing
from gongzhi.agreements.rows import Agreement, Party, QuarterReport
from gongzhi.agreements.rules import AgreementState, ProofKind, ReviewState, Side
from gongzhi.demands.masking import mask
from gongzhi.neighbourhood.rules import Actor, Right
from gongzhi.shared.moves import _
from gongzhi.web.casework.inbox import FOLDERS
from gongzhi.web.casework.paging import page_of
from gongzhi.web.casework.rows import seen_by
from gongzhi.web.entrance import actor_of
from gongzhi.web.who import now
from gongzhi.web.words import acted_by, named, office_names

LAYOUTS = {"/desk": "desk/layout.html", "/units": "units/layout.html"}
FACTS, PARTIES = 20, 12
_A = AgreementState
# Which states a list shows; without a choice those that somebody still has to do with.
SHOWS = {
    "open": (_("正在办的"), (_A.DRAFT, _A.SIGNED, _A.ACTIVE, _A.IN_REVIEW)),
    "sign": (_("签署中"), (_A.DRAFT,)),
    "active": (_("执行中"), (_A.ACTIVE, _A.IN_REVIEW)),
    "over": (_("已结束"), (_A.RENEWED, _A.ENDED, _A.EXPIRED)),
}
NOUN_WORDS = {
    "round": _("一期三张清单"),
    "conference": _("一次联席会议"),
    "pledge": _("一项承诺"),
    "whistle": _("一次吹哨"),
    "demand": _("一件诉求"),
    "need": _("一项需求"),
    "evidence": _("一次履约"),
}
LOOKS = {
    "draft": ("calm", "pencil-square"),
    "circulate": ("accent", "send"),
    "sign": ("good", "check-lg"),
    "amend": ("soon", "pencil"),
    "review": ("accent", "clipboard-check"),
    "keep": ("good", "check-circle"),
    "end": ("late", "x-circle"),
    "warn": ("soon", "bell"),
    "expire": ("rest", "clock-history"),
    "renew": ("good", "arrow-repeat"),
    "start": ("good", "check-circle"),
    "note": ("calm", "journal-text"),
    "report": ("calm", "file-earmark-text"),
}
# What is written in the trail and is no move of a table.
OTHER_DEEDS = {"draft": _("起草协议"), "report": _("写好季度报告"), "correct_report": _("改了季度报告")}


def found(request: HttpRequest, agreement_id: int) -> Agreement:
    """The agreement for whoever may see it; absent and not yours are the same 404."""
    try:
        return queries.get_agreement(actor_of(request), agreement_id)
    except ObjectDoesNotExist as error:
        raise Http404 from error


def line_of(row: Agreement, counts: tuple[int, int], today: date) -> dict[str, Any]:
    """One row of a list: where it stands, how long it lasts, how many have signed."""
    parties, signed = counts
    return {
        "row": row,
        "label": rules.AGREEMENT_LABELS[AgreementState(row.state)],
        "soon": row.state in {_A.ACTIVE, _A.IN_REVIEW} and row.until <= today + timedelta(days=row.warn_days),
        "signing": row.state == _A.DRAFT and row.offered_at is not None,
        "parties": parties,
        "signed": signed,
    }


def list_page(request: HttpRequest, *, base: str, **more: Any) -> HttpResponse:
    """The agreements in sight, those that end first at the top."""
    actor, today = actor_of(request), now().date()
    show = request.GET.get("show", "open")
    show = show if show in SHOWS else "open"
    rows = queries.visible_agreements(actor).filter(state__in=[one.value for one in SHOWS[show][1]])
    words = request.GET.get("q", "").replace("\0", "").strip()[:60]
    if words:
        rows = rows.filter(title__icontains=words)
    page = page_of(request, rows.select_related("place").order_by("until", "pk"))
    counts = queries.party_counts(page.rows)
    context = {
        "lines": [line_of(one, counts[one.pk], today) for one in page.rows],
        **page.turns,
        "shows": [(key, label, key == show) for key, (label, _states) in SHOWS.items()],
        "show": show,
        "words": words,
        "base": base,
        "layout": LAYOUTS[base],
        **more,
    }
    return render(request, "parts/agreement/list.html", context)


def party_name(party: Party) -> str:
    """What a party is called."""
    return str(party.unit.name if party.unit else party.place.name if party.place else "")


def agreement_page(request: HttpRequest, agreement_id: int, *, base: str, deeds: Iterable[str] = ()) -> HttpResponse:
    """Everything about one agreement: what each side owes with its proof so far, who signed, reviews, reports.

    A unit reads what it did itself on its own side; the others are not held up to it.
    """
    actor, today, row = actor_of(request), now().date(), found(request, agreement_id)
    signing = queries.signing_of(actor, row)
    own = own_party(signing, base)
    moves = queries.agreement_moves(actor, row, signing)
    drafting = "change" in moves
    clauses = clause_lines(actor, row, signing, base, today, drafting=drafting)
    reviews = [(one, rules.REVIEW_LABELS[ReviewState(one.state)]) for one in queries.reviews_of(row)]
    context = {
        **line_of(row, (len(signing.parties), len(signing.signed)), today),
        "sides": [
            (side.value, rules.SIDE_LABELS[side], [one for one in clauses if one["side"] is side]) for side in Side
        ],
        "drafting": drafting,
        "version_words": _version_words(row),
        "lacking": [
            (rules.CLAUSE_KIND_LABELS[kind], rules.SIDE_LABELS[side])
            for kind, side in rules.lacking((one["kind"], one["side"].value) for one in clauses)
        ],
        "to_sign": signing.unsigned if "sign" in moves else [],
        "may_note": "note" in moves and any(one["notes"] for one in clauses),
        "deeds": [(verb, move.label) for verb, move in moves.items() if verb in set(deeds)],
        "some_parties": [(party_name(one), signing.signed.get(one.pk)) for one in signing.parties[:PARTIES]],
        "more_parties": PARTIES,
        "reviews": reviews,
        "reports": queries.reports_of(row) if row.in_force else [],
        "may_report": bool(row.in_force) and "report" in set(deeds) and not drafting,
        "events": events(actor, row),
        "may_template": base == "/desk" and actor.may(Right.SET_UP),
        "own": own,
        "base": base,
        "layout": LAYOUTS[base],
        "thing": f"{base}/agreements/{row.pk}",
    }
    return render(request, "parts/agreement/page.html", context)


def _version_words(row: Agreement) -> str:
    if row.in_force and row.in_force < row.terms:
        words = gettext("正在改第 %(terms)s 版；各方签好以前，按第 %(in_force)s 版执行。")
        return words % {"terms": row.terms, "in_force": row.in_force}
    return gettext("第 %(terms)s 版") % {"terms": row.terms}


def own_party(signing: Signing, base: str) -> Party | None:
    """For which party a unit reads; the desk reads for nobody in particular."""
    return signing.own[0] if base == "/units" and signing.own else None


def clause_lines(
    actor: Actor, row: Agreement, signing: Signing, base: str, today: date, *, drafting: bool = False
) -> list[dict[str, Any]]:
    """Each clause as its card shows it; while one is written there is no proof yet."""
    if drafting or not row.in_force:
        return [_clause(one) for one in queries.clauses_of(row)]
    proven = queries.proofs_of(row, on=today, party=own_party(signing, base), parties=signing.parties)
    shown = [fact for one in proven for fact in one.proof.facts[-FACTS:]]
    names = _names(actor, shown, {queries.who(one): party_name(one) for one in signing.parties}, base)
    return [_clause(one.clause) | _proof(one, names) for one in proven]


def _clause(clause: Any) -> dict[str, Any]:
    kind, proof = rules.ClauseKind(clause.kind), ProofKind(clause.proof)
    return {
        "pk": clause.pk,
        "kind": clause.kind,
        "side": Side(clause.side),
        "two_way": kind is not rules.ClauseKind.OTHER,
        "measure": named(clause),
        "words": clause.words,
        "proof_label": rules.counted(proof, Side(clause.side)),
        "target": clause.target,
        "share": proof in rules.SHARES,
        "notes": proof is ProofKind.NOTED,
    }


def _proof(one: Proven, names: dict[tuple[str, str, int], dict[str, str]]) -> dict[str, Any]:
    facts = one.proof.facts
    lines = [{"fact": fact, **names[fact.who, fact.noun, fact.noun_id]} for fact in reversed(facts[-FACTS:])]
    return {
        "proof": one.proof,
        "proof_words": in_words(one.proof, gettext),
        "facts": lines,
        "cut": FACTS if len(facts) > FACTS else 0,
    }


def _names(
    actor: Actor, facts: list[Fact], parties: dict[str, str], base: str
) -> dict[tuple[str, str, int], dict[str, str]]:
    """Who did each of these, what it is called where the asker may know, and where it stands."""
    pledges = queries.seen_pledges(actor, (one.noun_id for one in facts if one.noun == "pledge"))
    found = {}
    for one in facts:
        what, folder = gettext(NOUN_WORDS[one.noun]), FOLDERS[base].get(one.noun)
        if one.noun == "evidence":
            what = seen_by(actor, one.words)
        elif one.noun == "pledge":
            what, folder = mask(pledges.get(one.noun_id, what)), folder if one.noun_id in pledges else None
        found[one.who, one.noun, one.noun_id] = {
            "name": parties.get(one.who, ""),
            "what": what,
            "url": f"{base}/{folder}/{one.noun_id}" if folder else "",
        }
    return found


def events(actor: Actor, row: Agreement) -> list[dict[str, Any]]:
    """What was done about an agreement, the newest first."""
    offices = office_names()
    return [
        {
            "when": one.at,
            "what": gettext(
                rules.AGREEMENT_MOVES[one.verb].label
                if one.verb in rules.AGREEMENT_MOVES
                else OTHER_DEEDS.get(one.verb, one.verb)
            ),
            "who": acted_by(one.actor_label, offices),
            "words": seen_by(actor, one.words),
            "tone": LOOKS.get(one.verb, ("rest", "dot"))[0],
            "icon": LOOKS.get(one.verb, ("rest", "dot"))[1],
        }
        for one in reversed(queries.agreement_trail(row))
    ]


def report_found(request: HttpRequest, report_id: int) -> tuple[QuarterReport, list[Any]]:
    """A report with its corrected texts, for whoever may see its agreement."""
    try:
        return queries.get_report(actor_of(request), report_id)
    except ObjectDoesNotExist as error:
        raise Http404 from error
