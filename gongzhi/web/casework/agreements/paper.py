"""An agreement and its quarterly report on paper, in the reader's language."""

from typing import Any

from django.utils.translation import gettext

from gongzhi.agreements import queries, rules
from gongzhi.agreements.printing import Document, Grid, printed
from gongzhi.agreements.rows import Agreement, QuarterReport
from gongzhi.agreements.rules import Side
from gongzhi.web.casework.agreements.showing import party_name
from gongzhi.web.words import named


def agreement_paper(row: Agreement) -> bytes:
    """The text that is signed, a table for each side, and who has signed."""
    terms = row.terms
    clauses = queries.clauses_of(row, terms)
    head = (gettext("措施"), gettext("条款"))
    grids: list[Any] = [
        Grid(
            gettext("%(side)s一方") % {"side": gettext(rules.SIDE_LABELS[side])},
            head,
            (1, 4),
            [(named(one), one.words) for one in clauses if one.side == side],
        )
        for side in Side
    ]
    signed = queries.signatures_of(row, terms)
    rows = []
    for party in queries.parties_of(row):
        one = signed.get(party.pk)
        rows.append((party_name(party), one.signer if one else "", one.signed_on.isoformat() if one else ""))
    grids.append(Grid(gettext("签署"), (gettext("各方"), gettext("签署人"), gettext("签署日期")), (3, 2, 2), rows))
    period = gettext("%(since)s 至 %(until)s，第 %(terms)s 版") % {
        "since": row.since.isoformat(), "until": row.until.isoformat(), "terms": terms,
    }  # fmt: skip
    return printed(Document(row.title, period, (), grids))


def report_paper(report: QuarterReport, words: str) -> bytes:
    """The text as it stands now, and the table it was written from."""
    head = (gettext("哪一方"), gettext("措施"), gettext("条款"), gettext("证明"))
    rows = [(gettext(one["side"]), one["measure"], one["words"], one["proof"]) for one in report.lines]
    period = f"{report.since.isoformat()} – {report.until.isoformat()}"
    foot = gettext("表中的数字由系统按实际发生的事项计数，写于 %(day)s。") % {"day": report.made_at.date().isoformat()}
    grid = Grid(gettext("逐条证明"), head, (1, 1, 3, 2), rows)
    return printed(
        Document(f"{report.agreement.title} · {gettext('季度报告')}", period, words.split("\n"), [grid], foot)
    )
