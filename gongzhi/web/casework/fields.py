"""Form fields that mean a row: a unit by its name, a place by typing; both work without JavaScript."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.urls import reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.demands.rows import Category
from gongzhi.neighbourhood.queries import current_units
from gongzhi.neighbourhood.rows import MemberUnit, Place
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.casework.choices import Tree, category_tree
from gongzhi.web.casework.options import drawn_groups
from gongzhi.web.casework.places import chosen_place


class CategorySelect(forms.Select):
    """A select of all categories, drawn at once: Django's own draws each option by a template."""

    tree: Tree = ()
    empty: Any = "—"

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The select with the chosen one."""
        drawn = flatatt({**self.attrs, **(attrs or {}), "name": name})
        options = drawn_groups(self.tree, str(value or ""))
        return format_html('<select{}><option value="">{}</option>{}</select>', drawn, self.empty, options)


class CategoryField(forms.Field):
    """A category out of those in force; cleaned, it is the row, or None where none was chosen."""

    def __init__(self, rows: list[Category], *, empty: Any = "—", **kwargs: Any) -> None:
        super().__init__(widget=CategorySelect, **kwargs)
        self.rows = rows
        self.widget.tree, self.widget.empty = category_tree(rows), empty

    def to_python(self, value: Any) -> Category | None:
        """The row of an id. Raises ValidationError for one that is not offered."""
        if not value:
            return None
        row = next((row for row in self.rows if str(row.pk) == value), None)
        if row is None:
            raise ValidationError(_("没有这个类别，请重新选。"))
        return row


class UnitField(forms.CharField):
    """A unit by its whole name, or by a part that only one unit has; names are fetched once it is entered."""

    def __init__(self, **kwargs: Any) -> None:
        names = {
            "list": "unit-names",
            "autocomplete": "off",
            "hx-get": reverse_lazy("desk-unit-names"),
            "hx-trigger": "focus once",
            "hx-target": "#unit-names",
            "hx-swap": "innerHTML",
        }
        super().__init__(max_length=120, widget=forms.TextInput(attrs=names), **kwargs)

    def clean(self, value: Any) -> MemberUnit | None:
        """The unit meant. Raises ValidationError with the names that it could be."""
        words = super().clean(value)
        if not words:
            return None
        found = list(current_units().filter(name__icontains=words)[:6])
        exact = [unit for unit in found if unit.name == words]
        if len(exact) == 1 or len(found) == 1:
            return (exact or found)[0]
        if not found:
            raise ValidationError(_("没有找到这个单位，请从列出的名称里选。"))
        names = gettext("、").join(unit.name for unit in found[:5])
        raise ValidationError(_("有几个单位都像：%(names)s。请写全名。"), params={"names": names})


class PlaceForm(forms.Form):
    """A form with a place: `place_typed` is what was typed, `place` the id of a suggestion that was picked.

    After a valid clean `cleaned_data["place"]` is a Place, or None where nothing was typed and none is required.
    """

    place_required = True
    actor: Actor
    candidates: list[Place]

    def place_fields(self, label: Any) -> dict[str, forms.Field]:
        """The two fields, in their order."""
        pick = {"data-place-pick": "place", "data-search": reverse_lazy("desk-places"), "autocomplete": "off"}
        return {
            "place": forms.CharField(required=False, max_length=20, widget=forms.HiddenInput),
            "place_typed": forms.CharField(
                label=label, required=self.place_required, max_length=300, widget=forms.TextInput(attrs=pick)
            ),
        }

    def clean_place_typed(self) -> str:
        """Find the place; where several are meant, keep them in `candidates` to be chosen from."""
        typed, chosen = self.cleaned_data.get("place_typed") or "", self.cleaned_data.get("place") or ""
        self.candidates = []
        self.found: Place | None = None
        if not typed.strip():
            return ""
        self.found, self.candidates = chosen_place(self.actor, chosen, typed)
        if self.found is None:
            raise ValidationError(
                _("有几个地方都像，请在下面选一个。")
                if self.candidates
                else _("没有找到这个地方。可以只写社区或小区名，再在“具体位置”里写清楚。")
            )
        return self.found.full_name

    def clean(self) -> dict[str, Any] | None:
        """Put the place itself where its id stood."""
        self.cleaned_data["place"] = getattr(self, "found", None)
        return self.cleaned_data
