"""What a member in their own right says by telephone and the desk writes down: whose word it is, said on the form."""

from enum import StrEnum
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.exchange import queries, rules
from gongzhi.exchange.rows import Match, Pledge
from gongzhi.exchange.rules import Side
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.casework.promised import ACCEPTING

# The desk itself, among those who may decline.
OWN = "own"


def names_of(thing: Match | Pledge) -> dict[Side, str]:
    """What the two sides are called."""
    if isinstance(thing, Pledge):
        return dict(zip(Side, queries.pledge_names(thing), strict=True))
    return {Side.GIVER: queries.giver_name(thing.offer), Side.RECEIVER: queries.asker_name(thing.need)}


def spoken_for(actor: Actor, verb: str, thing: Any) -> str:
    """The name of whom this move is written down for; empty where it is the actor's own."""
    who: frozenset[StrEnum]
    phoned: frozenset[Side]
    if isinstance(thing, Match) and verb in ACCEPTING:
        who, phoned = frozenset({ACCEPTING[verb]}), queries.match_phoned(actor, thing)
        own = queries.match_standings(actor, thing)
    elif isinstance(thing, Pledge):
        who, phoned = rules.PLEDGE_MOVES[verb].who, queries.pledge_phoned(actor, thing)
        own = queries.pledge_standings(actor, thing)
    else:
        return ""
    found = sorted(phoned & who) if own.isdisjoint(who) else []
    return names_of(thing)[found[0]] if found else ""


def effect_of(actor: Actor, verb: str, thing: Any) -> str:
    """Beside the button of a move that is another's word."""
    if not (name := spoken_for(actor, verb, thing)):
        return ""
    return gettext("这是替“%(name)s”记下的。记录里写明：对方在电话里说的，由您记下。") % {"name": name}


def side_field(form: Any, needed: bool) -> dict[str, forms.Field]:
    """Who declines, where somebody may have said so by telephone."""
    phoned, names = queries.match_phoned(form.actor, form.thing), names_of(form.thing)
    own = queries.match_standings(form.actor, form.thing) & rules.MATCH_MOVES["decline"].who
    said = [(side.value, gettext("%(name)s，电话里说的") % {"name": names[side]}) for side in Side if side in phoned]
    if not said:
        return {}
    chosen = [*([(OWN, gettext("我方"))] if own else []), *said]
    field = forms.TypedChoiceField(
        label=_("谁谢绝"), choices=chosen, coerce=lambda side: None if side == OWN else Side(side),
        widget=forms.RadioSelect, initial=chosen[0][0], error_messages={"required": _("请选是谁谢绝的。")},
    )  # fmt: skip
    return {"side": field}
