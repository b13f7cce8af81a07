"""What may be done about a problem. Each action is one transaction: lock, decide by the table, write, trail, notice."""

from gongzhi.problems.actions.following import follow, follow_link, read_follow_link, wipe_followers
from gongzhi.problems.actions.placing import place_demand, place_new
from gongzhi.problems.actions.setup import change_setting, load_defaults, set_alert_rule, set_rung
from gongzhi.problems.actions.sorting import (
    NO_SUGGESTION,
    accept_suggestion,
    decline_suggestion,
    drop_problem,
    join_demands,
    merge_problems,
    raise_problem,
    split_demands,
    take_out,
)
from gongzhi.problems.actions.watching import climb_due, cool, recount, recount_problem

__all__ = [
    "NO_SUGGESTION",
    "accept_suggestion",
    "change_setting",
    "climb_due",
    "cool",
    "decline_suggestion",
    "drop_problem",
    "follow",
    "follow_link",
    "join_demands",
    "load_defaults",
    "merge_problems",
    "place_demand",
    "place_new",
    "raise_problem",
    "read_follow_link",
    "recount",
    "recount_problem",
    "set_alert_rule",
    "set_rung",
    "split_demands",
    "take_out",
    "wipe_followers",
]
