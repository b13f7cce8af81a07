"""A form built from what a table of moves says that the move needs; shared by the pages of demands and of problems."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms

from gongzhi.web.casework.fields import PlaceForm

# Of a form and whether the move needs it: the field or fields that ask for one thing.
Maker = Callable[[Any, bool], dict[str, forms.Field]]


class TabledForm(PlaceForm):
    """The form of one verb; `seen` is the version of the thing that the page showed.

    `heading` says what it is for (not `title`, which a template would take for the field of that name), `effect` in one
    sentence what happens then.
    """

    place_required = False
    verb: str
    heading: Any
    effect: Any
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def furnish(
        self,
        names: list[str],
        needs: frozenset[str],
        makers: Mapping[str, Maker],
        *,
        labels: Mapping[tuple[str, str], Any],
        hints: Mapping[tuple[str, str], Any],
        heading: Any,
        effect: Any,
    ) -> None:
        """Add the fields for these names, each called and explained as fits the verb; and say what all of it is for."""
        self.heading, self.effect = heading, effect
        for name in names:
            for key, field in makers[name](self, name in needs).items():
                field.label = labels.get((self.verb, key), field.label)
                field.help_text = hints.get((self.verb, key), field.help_text)
                self.fields[key] = field


def text_maker(name: str, label: Any, rows: int = 4, most: int = 2000) -> Maker:
    """A box for a longer text."""

    def make(form: Any, needed: bool) -> dict[str, forms.Field]:
        box = forms.Textarea(attrs={"rows": rows})
        # Left to the table and the action, which say it in the room's own words.
        return {name: forms.CharField(label=label, required=needed, max_length=most, widget=box)}

    return make


def line_maker(name: str, label: Any, hint: Any = "", most: int = 120) -> Maker:
    """A line for a few words."""

    def make(form: Any, needed: bool) -> dict[str, forms.Field]:
        box = forms.TextInput(attrs={"autocomplete": "off"})
        return {name: forms.CharField(label=label, required=needed, max_length=most, widget=box, help_text=hint)}

    return make
