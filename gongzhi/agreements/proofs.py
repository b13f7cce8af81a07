"""What the facts that were gathered say of a clause: so many of so many, and whether the target is reached. Pure.

A proof stands beside its clause. Proofs are never added up over clauses or parties: nobody is scored.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from gongzhi.agreements.rules import SHARES, ProofKind
from gongzhi.shared.moves import _


@dataclass(frozen=True)
class Fact:
    """One thing that fell due or was done: by whom ("u3", "p4"), when, whether it was kept, where it stands; and what was
    noted of it, if anything."""

    who: str
    day: date
    kept: bool
    noun: str
    noun_id: int
    words: str = ""


@dataclass(frozen=True)
class Proof:
    """`kept` of `of`; `target` in percent or times. `reached` None: nothing fell due yet, or there is time left."""

    kind: ProofKind
    kept: int
    of: int
    target: int
    reached: bool | None
    facts: tuple[Fact, ...]


def prove(kind: ProofKind, target: int, facts: Iterable[Fact], *, over: bool) -> Proof:
    """The proof of one clause; `over` says that the time in which it can be kept has passed."""
    found = tuple(sorted(facts, key=lambda one: (one.day, one.noun, one.noun_id)))
    kept = sum(one.kept for one in found)
    if kind in SHARES:
        reached = kept * 100 >= target * len(found) if found else None
    else:
        reached = True if kept >= target else False if over else None
    return Proof(kind, kept, len(found), target, reached, found)


Translate = Callable[[str], str]


def in_words(proof: Proof, translate: Translate = str) -> str:
    """The proof as people say it."""
    if proof.kind in SHARES:
        if not proof.of:
            return translate(_("这段时间没有到期的事项"))
        words = translate(_("应做 %(of)s 件，做到 %(kept)s 件（目标 %(target)s%%）"))
    else:
        words = translate(_("已有 %(kept)s 次（目标 %(target)s 次）"))
    return words % {"of": proof.of, "kept": proof.kept, "target": proof.target}


@dataclass(frozen=True)
class Line:
    """One clause in a report: who owes what, and its proof in words."""

    side: str
    measure: str
    words: str
    proof: str
    reached: bool | None


def report_text(title: str, since: date, until: date, lines: Iterable[Line], translate: Translate = str) -> str:
    """The draft of a report on a period: one sentence a clause, those that lag last, so that nobody overlooks them."""
    found = list(lines)
    head = translate(_("%(since)s 至 %(until)s，《%(title)s》执行情况如下。")) % {
        "since": since.isoformat(), "until": until.isoformat(), "title": title,
    }  # fmt: skip
    sentence = translate(_("%(side)s：%(measure)s，%(proof)s。"))
    ordered = [one for one in found if one.reached is not False] + [one for one in found if one.reached is False]
    body = [sentence % {"side": one.side, "measure": one.measure, "proof": one.proof} for one in ordered]
    lag = sum(one.reached is False for one in found)
    tail = translate(_("%(lag)s 条没有达到目标，请双方商量怎么办。")) % {"lag": lag} if lag else ""
    return "\n".join([head, *body, *([tail] if tail else [])])


def quarter_of(day: date) -> tuple[date, date]:
    """The first and the last day of the quarter in which a day lies."""
    since = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    following = date(day.year + (since.month == 10), (since.month + 2) % 12 + 1, 1)
    return since, date.fromordinal(following.toordinal() - 1)
