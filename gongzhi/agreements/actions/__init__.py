"""What may be done here. Each action is one transaction: lock, decide by the table, write, trail, notice."""

from gongzhi.agreements.actions.drafting import (
    ClauseDetails,
    add_parties,
    change_days,
    draft_agreement,
    drop_clause,
    drop_party,
    keep_as_template,
    write_clause,
)
from gongzhi.agreements.actions.judging import drop_review, end_reviews, judge, start_review
from gongzhi.agreements.actions.keeping import correct_report, note_evidence, write_due_reports, write_report
from gongzhi.agreements.actions.lasting import end_agreement, keep_agreements, keep_on, renew_agreement
from gongzhi.agreements.actions.registry import Seen, look_at_parties, take_parties
from gongzhi.agreements.actions.setup import change_setting, load_defaults, set_measure
from gongzhi.agreements.actions.signing import amend_agreement, circulate, sign_agreement

__all__ = [
    "ClauseDetails",
    "Seen",
    "add_parties",
    "amend_agreement",
    "change_days",
    "change_setting",
    "circulate",
    "correct_report",
    "draft_agreement",
    "drop_clause",
    "drop_party",
    "drop_review",
    "end_agreement",
    "end_reviews",
    "judge",
    "keep_agreements",
    "keep_as_template",
    "keep_on",
    "load_defaults",
    "look_at_parties",
    "note_evidence",
    "renew_agreement",
    "set_measure",
    "sign_agreement",
    "start_review",
    "take_parties",
    "write_clause",
    "write_due_reports",
    "write_report",
]
