"""What may be done here. Each action is one transaction: lock, decide by the table, write, trail, notice."""

from gongzhi.conferences.actions.acting import (
    answer_mobilisation,
    end_mobilisation,
    mark_turnout,
    mobilise,
    wipe_rosters,
)
from gongzhi.conferences.actions.agenda import agree_topic, drop_topic, set_aside_topic, table_topic
from gongzhi.conferences.actions.deciding import (
    Decided,
    change_decision,
    decide,
    finish_decision,
    give_up_decision,
    strike_decision,
)
from gongzhi.conferences.actions.feeds import renew_feed
from gongzhi.conferences.actions.meeting import (
    ask_to_bring,
    call_roll,
    cancel_conference,
    close_conference,
    invite_unit,
    move_conference,
    notify_conference,
    open_conference,
    remind_due,
)
from gongzhi.conferences.actions.pavilion import (
    carry_out_deliberation,
    check_deliberation,
    discuss_deliberation,
    drop_deliberation,
    raise_deliberation,
    send_back_deliberation,
    settle_deliberation,
)
from gongzhi.conferences.actions.planning import Urgent, call_urgently, plan_conference, propose_due, set_rhythm
from gongzhi.conferences.actions.signing import sign_minutes

__all__ = [
    "Decided",
    "Urgent",
    "agree_topic",
    "answer_mobilisation",
    "ask_to_bring",
    "call_roll",
    "call_urgently",
    "cancel_conference",
    "carry_out_deliberation",
    "change_decision",
    "check_deliberation",
    "close_conference",
    "decide",
    "discuss_deliberation",
    "drop_deliberation",
    "drop_topic",
    "end_mobilisation",
    "finish_decision",
    "give_up_decision",
    "invite_unit",
    "mark_turnout",
    "mobilise",
    "move_conference",
    "notify_conference",
    "open_conference",
    "plan_conference",
    "propose_due",
    "raise_deliberation",
    "remind_due",
    "renew_feed",
    "send_back_deliberation",
    "set_aside_topic",
    "set_rhythm",
    "settle_deliberation",
    "sign_minutes",
    "strike_decision",
    "table_topic",
    "wipe_rosters",
]
