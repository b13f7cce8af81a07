"""An agreement and its quarterly report on paper, in the reader's language."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext

from gongzhi.agreements import queries, rules
from gongzhi.agreements.rows import Agreement, Party, QuarterReport
from gongzhi.agreements.rules import Side
from gongzhi.conferences.filing import Paper, Part
from gongzhi.web.casework.agreements.showing import party_name
from gongzhi.web.words import named

# With more of them on one side, they are named where they sign.
FEW = 6


def agreement_paper(row: Agreement) -> Paper:
    """The text that is signed: parties, what each side owes, the term, who has signed, and lines for who has not."""
    parties, signed = list(queries.parties_of(row)), queries.signatures_of(row, row.terms)
    clauses = queries.clauses_of(row)
    facts, parts = [], []
    for side, title in ((Side.LOCAL, gettext("一、街道、社区的责任")), (Side.UNIT, gettext("二、单位的责任"))):
        facts.append((gettext(rules.SIDE_LABELS[side]), _names(one for one in parties if queries.side_of(one) is side)))
        owed = [one for one in clauses if one.side == side]
        parts.append(Part(title, [f"{n}. {named(one)}{gettext('：')}{one.words}" for n, one in enumerate(owed, 1)]))
    term = gettext("本协议从 %(since)s 起，到 %(until)s 止。修改条款，各方要重新签署。") % {
        "since": row.since.isoformat(), "until": row.until.isoformat(),
    }  # fmt: skip
    parts.append(Part(gettext("三、期限"), [term]))
    if signed:
        head = (gettext("各方"), gettext("签署人"), gettext("签署日期"))
        rows = [
            (party_name(one), signed[one.pk].signer, signed[one.pk].signed_on.isoformat())
            for one in parties if one.pk in signed
        ]  # fmt: skip
        parts.append(Part(gettext("四、已经签署"), (), [head, *rows]))
    facts.append((gettext("版本"), gettext("第 %(terms)s 版") % {"terms": row.terms}))
    lines = [line for one in parties if one.pk not in signed for line in _to_sign(one)]
    return Paper(row.title, facts, parts, lines)


def _names(parties: Iterable[Party]) -> str:
    found = [party_name(one) for one in parties]
    more = gettext("%(names)s等 %(n)s 方，名称见签署处") % {"names": found[0] if found else "", "n": len(found)}
    return more if len(found) > FEW else gettext("、").join(found)


def _to_sign(party: Party) -> tuple[str, str]:
    return gettext("%(name)s（盖章）") % {"name": party_name(party)}, gettext("负责人签字、日期")


def report_paper(report: QuarterReport, words: str) -> Paper:
    """The text as it stands now, and the table it was written from."""
    head = (gettext("哪一方"), gettext("措施"), gettext("条款"), gettext("证明"))
    rows = [(gettext(one["side"]), one["measure"], one["words"], one["proof"]) for one in report.lines]
    day = timezone.localtime(report.made_at).date().isoformat()
    foot = gettext("表中的数字由系统按实际发生的事项计数，写于 %(day)s。") % {"day": day}
    facts = [(gettext("时间"), f"{report.since.isoformat()} – {report.until.isoformat()}")]
    parts = [
        Part(gettext("一、执行情况"), [line for line in words.split("\n") if line.strip()]),
        Part(gettext("二、逐条证明"), [foot], [head, *rows]),
    ]
    return Paper(f"{report.agreement.title} · {gettext('季度报告')}", facts, parts, ())
