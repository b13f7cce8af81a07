"""议事亭: the life of a deliberation among neighbours in one table. Pure."""

from enum import StrEnum

from gongzhi.neighbourhood.rules import Standing
from gongzhi.shared.moves import Table, _, move


class DeliberationState(StrEnum):
    """Where a deliberation stands."""

    RAISED = "raised"
    DISCUSSED = "discussed"
    DECIDED = "decided"
    CARRIED_OUT = "carried_out"
    CHECKED = "checked"
    DROPPED = "dropped"


DELIBERATION_LABELS = {
    DeliberationState.RAISED: _("已提出"),
    DeliberationState.DISCUSSED: _("已商议"),
    DeliberationState.DECIDED: _("已议定"),
    DeliberationState.CARRIED_OUT: _("已落实"),
    DeliberationState.CHECKED: _("已查看"),
    DeliberationState.DROPPED: _("不再议"),
}

_DESK = {Standing.DESK, Standing.LEAD}
_S = DeliberationState

DELIBERATION_MOVES: Table = {
    "discuss": move({_S.RAISED, _S.DISCUSSED}, _S.DISCUSSED, who=_DESK, needs={"day", "words"}, label=_("记一次商议")),
    "settle": move({_S.DISCUSSED}, _S.DECIDED, who=_DESK, needs={"what", "owner", "due_on"}, label=_("记下怎么定的")),
    "carry_out": move({_S.DECIDED}, _S.CARRIED_OUT, who=_DESK, needs={"day", "words"}, label=_("记下落实")),
    "check": move({_S.CARRIED_OUT}, _S.CHECKED, who=_DESK, needs={"day", "words"}, label=_("查看过了，办到位")),
    "send_back": move({_S.CARRIED_OUT}, _S.DECIDED, who=_DESK, needs={"words"}, label=_("没有办到位")),
    "drop": move({_S.RAISED, _S.DISCUSSED}, _S.DROPPED, who=_DESK, needs={"words"}, label=_("不再议")),
}
