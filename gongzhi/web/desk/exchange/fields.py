"""What each move of this room asks for: the fields by the names of the tables of moves, and what they are called."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongzhi.exchange import queries, rules
from gongzhi.exchange.quantities import shown
from gongzhi.web.casework.tabled import Maker, text_maker
from gongzhi.web.desk.exchange import giving_fields as giving
from gongzhi.web.desk.exchange.phoned import side_field
from gongzhi.web.who import now

# What may be added to a move beyond what it needs, and what an action needs that no table says.
ALSO = {
    ("matches", "offer"): ("due_on",),
    ("matches", "decline"): ("side", "until", "words"),
    ("pledges", "deliver"): ("words",),
    ("pledges", "confirm"): ("words",),
    ("outreaches", "accept"): ("words",),
    ("outreaches", "report"): ("brought",),
    **giving.ALSO,
}
BESIDES = {
    ("pledges", "correct"): frozenset({"quantity", "day"}),
    ("pledges", "confirm"): frozenset({"delivery"}),
    ("pledges", "dispute"): frozenset({"delivery"}),
    **giving.BESIDES,
}
# The name of a field, and what the action calls it.
NAMES = {"frees": "frees_id", "delivery": "delivery_id", "use": "use_id"}
LABELS = {
    ("offer", "due_on"): _("希望哪天前到位"),
    ("withdraw", "words"): _("为什么撤销"),
    ("meet", "words"): _("怎么满足的"),
    ("end", "words"): _("为什么不再提供"),
    ("correct", "words"): _("哪里写错了"),
    ("correct", "quantity"): _("应当是多少"),
    ("dispute", "words"): _("哪里不对"),
    ("close", "words"): _("为什么不再等"),
    ("do", "words"): _("问过了什么、接下来怎么办"),
    ("refuse", "words"): _("为什么不同意"),
    ("restate", "deadline"): _("新的截止日期"),
    ("put_off", "words"): _("为什么要延期"),
    ("keep_day", "words"): _("为什么不同意"),
    ("talk", "day"): _("哪天谈的"),
    ("talk", "words"): _("谁在场、谈了什么、说定了什么"),
    ("ask", "words"): _("对方想知道什么"),
    ("accept", "words"): _("对方怎么说"),
    ("report", "words"): _("结果是什么"),
    ("object", "words"): _("为什么不同意"),
    **giving.LABELS,
    ("postpone", "due_on"): _("新的截止日期"),
}
HINTS = {
    ("offer", "due_on"): _("不填就用需求的截止日期。"),
    ("decline", "until"): _("只有选“某日之前不行”时才填。"),
    ("talk", "words"): _("两边社区都看得到。只写单位和职务，不写居民是谁。"),
    ("do", "words"): _("例如：已上门问过，暂时没有需要；或者已替对方登记一项需求。"),
    **giving.HINTS,
}
# Beside the button: what happens then.
EFFECTS = {
    ("matches", "offer"): _("双方的联络员会收到通知，各自答复；都同意了才算数。这个数量先给这项需求留着。"),
    ("matches", "give"): _("这是替您这一方答应提供。对方也同意后，承诺成立，要按期兑现。"),
    ("matches", "take"): _("这是替您这一方答应接受。对方也同意后，承诺成立。"),
    ("pledges", "confirm"): _("确认以后，这一部分算已收到。"),
    ("pledges", "put_off"): _("对方同意以前，日期不变；两个日期都留在记录里。"),
    ("pledges", "agree_day"): _("同意以后按新的日期提醒；原来的日期留在记录里。"),
    ("needs", "verify"): _("核实以后，才可以去征求别人的意见。"),
    ("outreaches", "agree"): _("对方会看到上面这些话，不会看到别的。"),
    ("outreaches", "renew"): _("以前发出去的链接从此打不开。有电话或邮箱的，新链接会自动发出。"),
    ("outreaches", "withdraw"): _("对方手里的链接从此打不开。"),
    ("outreaches", "confirm"): _("确认以后，带来的数量计入“从外面得到的”。"),
    **giving.EFFECTS,
    ("rounds", "close"): _("结束以后不能再填；已经填的留在清单上。"),
    ("introductions", "agree"): _("对方社区从此看得到这家单位愿意向外提供的资源。"),
}


# How much may be written where it is more than a few sentences.
LONGEST = {"talk": 2000}


def _day(name: str, label: Any) -> Maker:
    def make(form: Any, needed: bool) -> dict[str, forms.Field]:
        box = forms.DateInput({"type": "date"}, "%Y-%m-%d")
        start = now().date() if name == "day" else None
        return {name: forms.DateField(label=label, required=needed, widget=box, initial=start)}

    return make


def _quantity(form: Any, needed: bool) -> dict[str, forms.Field]:
    thing = form.thing
    measure = thing.offer.measure if hasattr(thing, "offer") else thing.measure
    box = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    field = forms.CharField(
        label=_("数量（%(measure)s）") % {"measure": measure},
        required=needed,
        max_length=20,
        widget=box,
        initial=shown(thing.quantity),
    )
    return {"quantity": field}


def _frees(form: Any, needed: bool) -> dict[str, forms.Field]:
    rows = queries.visible_needs(form.actor).filter(state__in=sorted(rules.NEED_OPEN)).exclude(pk=form.thing.pk)
    found = rows.order_by("-urgency", "-pk").values_list("pk", "title")[:200]
    field = forms.TypedChoiceField(
        label=_("办结后可以提哪一项"),
        choices=[(pk, f"{rules.number(pk)} {title}") for pk, title in found],
        coerce=int,
        required=needed,
    )
    return {"frees": field}


def _reason(form: Any, needed: bool) -> dict[str, forms.Field]:
    chosen = [(key.value, _(label)) for key, label in rules.REFUSAL_LABELS.items()]
    return {"reason": forms.ChoiceField(label=_("原因"), choices=chosen, required=needed, widget=forms.RadioSelect)}


def _delivery(form: Any, needed: bool) -> dict[str, forms.Field]:
    """Those that the move can be about: the last of each chain, and to be answered only what was not answered."""
    rows = queries.deliveries_of(form.actor, form.thing.pk)
    corrected = {one.corrects_id for one, _said in rows}
    chosen = [
        (one.pk, f"{one.delivered_on:%Y-%m-%d} · {shown(one.quantity)} {form.thing.measure}")
        for one, said in rows
        if one.pk not in corrected and (form.verb == "correct" or said is None)
    ]
    field = forms.TypedChoiceField(
        label=_("哪一次"),
        choices=chosen,
        coerce=int,
        required=needed,
        widget=forms.RadioSelect,
        initial=chosen[0][0] if len(chosen) == 1 else None,
    )
    return {"delivery": field}


def _brought(form: Any, needed: bool) -> dict[str, forms.Field]:
    box = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    label = _("带来多少（%(measure)s）") % {"measure": form.thing.need.measure}
    hint = _("说得出数量才填。")
    return {"brought": forms.CharField(label=label, required=False, max_length=20, widget=box, help_text=hint)}


# Each need of the tables and the field that asks for it, in the order in which a form shows them.
MAKERS: dict[str, Maker] = {
    **giving.FIRST,
    "delivery": _delivery,
    "quantity": _quantity,
    "day": _day("day", _("哪天兑现的")),
    "due_on": _day("due_on", _("到位日期")),
    "later_on": _day("later_on", _("改到哪天")),
    "deadline": _day("deadline", _("截止日期")),
    "frees": _frees,
    "side": side_field,
    "reason": _reason,
    "until": _day("until", _("从哪天起可以")),
    **giving.BEFORE_WORDS,
    "words": lambda form, needed: text_maker("words", _("说明"), 3, LONGEST.get(form.verb, 500))(form, needed),
    "brought": _brought,
}
