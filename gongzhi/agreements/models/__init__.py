"""The tables of agreements: what was agreed, by whom it was signed, how it was kept and judged."""

from gongzhi.agreements.models.judging import Judgement, Review, Verdict
from gongzhi.agreements.models.keeping import Evidence, QuarterReport, ReportText
from gongzhi.agreements.models.signing import (
    Agreement,
    AgreementSetting,
    Clause,
    Measure,
    Party,
    Signature,
    Template,
    TemplateClause,
)

__all__ = [
    "Agreement",
    "AgreementSetting",
    "Clause",
    "Evidence",
    "Judgement",
    "Measure",
    "Party",
    "QuarterReport",
    "ReportText",
    "Review",
    "Signature",
    "Template",
    "TemplateClause",
    "Verdict",
]
