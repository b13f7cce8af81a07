"""The rows that rooms upstairs may name, in annotations and in what they keep; asking and writing stay down here."""

from gongzhi.agreements.models import (
    Agreement,
    AgreementSetting,
    Clause,
    Evidence,
    Judgement,
    Measure,
    Party,
    QuarterReport,
    ReportText,
    Review,
    Signature,
    Template,
    TemplateClause,
    Verdict,
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
