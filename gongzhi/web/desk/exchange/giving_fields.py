"""What each move on a contribution asks for; `fields` puts this among the rest."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongzhi.exchange import giving_rules
from gongzhi.exchange.giving_rules import Giver, Openness, Qualifier
from gongzhi.exchange.quantities import shown
from gongzhi.exchange.queries import giving as queries
from gongzhi.web.casework.tabled import Maker, line_maker
from gongzhi.web.who import now

AMOUNT_HINT = _("写数就行，如12000；说不准的照原话写，如近20万、20余万、约300。")
WHAT_FOR_HINT = _("一句话。提供方同意后会公开，不写人名、门牌和电话。")
ALSO = {
    ("giving", "use"): ("voucher",),
    ("giving", "correct_use"): ("voucher",),
    ("giving", "correct_entry"): ("until",),
    ("giving", "agree"): ("name",),
}
# Whoever writes down for somebody else that they agreed says when and how.
BESIDES = {("giving", "agree"): frozenset({"day", "words"})}
LABELS = {
    ("use", "day"): _("哪天用的"),
    ("use", "what"): _("用在哪里"),
    ("correct_use", "what"): _("用在哪里"),
    ("correct_use", "day"): _("哪天用的"),
    ("correct_use", "words"): _("哪里写错了"),
    ("correct_entry", "what"): _("给来做什么"),
    ("correct_entry", "day"): _("哪天收到的"),
    ("correct_entry", "until"): _("分几次收到的，到哪天"),
    ("correct_entry", "words"): _("哪里写错了"),
    ("agree", "day"): _("哪天同意的"),
    ("agree", "words"): _("怎么同意的"),
}
HINTS = {
    ("use", "what"): WHAT_FOR_HINT,
    ("correct_use", "quantity"): _("一点没用就写0。"),
    ("agree", "words"): _("例如“单位来函”“电话里说的”。不写人名。"),
}
EFFECTS = {
    ("giving", "use"): _("提供方会收到通知；提供方同意公开的，公开页上也看得到。"),
    ("giving", "agree"): _("公开页上马上看得到。提供方可以随时撤回。"),
    ("giving", "withdraw"): _("公开页上不再有这一笔，也不再计入那里的合计；个人的称呼同时删去。"),
    ("giving", "correct_entry"): _("原来写的留着，以这一条为准。"),
    ("giving", "correct_use"): _("原来写的留着，以这一条为准。"),
}


def _use(form: Any, needed: bool) -> dict[str, forms.Field]:
    """Which use; what stands there is filled in where one was picked."""
    lines = queries.uses_of([form.thing.pk])[form.thing.pk]
    picked = next((one.row for one in lines if str(one.first) == str(form.initial.get("use"))), None)
    if picked:
        form.initial |= {"quantity": shown(picked.quantity), "day": picked.used_on, "what": picked.what}
        form.initial["voucher"] = picked.voucher
    chosen = [
        (one.first, f"{one.row.used_on:%Y-%m-%d} · {shown(one.row.quantity)} {form.thing.measure} · {one.row.what}")
        for one in lines
    ]
    box = forms.RadioSelect
    return {"use": forms.TypedChoiceField(label=_("哪一次"), choices=chosen, coerce=int, required=needed, widget=box)}


def _amount(form: Any, needed: bool) -> dict[str, forms.Field]:
    row = form.thing
    form.initial |= {"day": row.came_on, "until": row.came_until, "what": row.what_for}
    field = forms.CharField(
        label=_("数额（%(measure)s）") % {"measure": row.measure},
        max_length=20,
        required=needed,
        initial=giving_rules.typed(row.quantity, Qualifier(row.qualifier)),
        help_text=_("%(hint)s 一点没有收到就写0。") % {"hint": AMOUNT_HINT},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    return {"amount": field}


def _openness(form: Any, needed: bool) -> dict[str, forms.Field]:
    labels = giving_rules.OPENNESS_LABELS
    chosen = [(key.value, _(labels[key])) for key in (Openness.NAMED, Openness.UNNAMED)]
    form.initial.setdefault("day", now().date())
    box = forms.RadioSelect
    return {"openness": forms.ChoiceField(label=_("公开到什么程度"), choices=chosen, required=needed, widget=box)}


def _name(form: Any, needed: bool) -> dict[str, forms.Field]:
    """How a person wants to be called; of all others the name is known."""
    if form.thing.giver != Giver.PERSON:
        return {}
    hint = _("按本人的意思写，例如“老周”。只在选了署名时填；撤回公开时删去。")
    return line_maker("name", _("署什么名"), hint, 60)(form, needed)


FIRST: dict[str, Maker] = {"use": _use, "amount": _amount, "openness": _openness, "name": _name}
BEFORE_WORDS: dict[str, Maker] = {
    "what": line_maker("what", _("用途"), most=200),
    "voucher": line_maker("voucher", _("凭证号"), _("发票、收据上的号，方便查。公开页上没有。"), 40),
}
