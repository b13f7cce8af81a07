"""Refusals of the rooms as sentences for the person in front of the page."""

from django import forms
from django.utils.translation import gettext

from gongzhi.shared.moves import Missing, Refused


def in_words(refusal: Refused) -> str:
    """The reason of a refusal in the reader's language; the values that are texts of ours are translated too."""
    values = {
        name: gettext(value) if isinstance(value, str) and value else value for name, value in refusal.values.items()
    }
    return gettext(refusal.message) % values if values else gettext(refusal.message)


def blame(form: forms.Form, refusal: Refused) -> None:
    """Put a refusal beside the field that it is about, or at the top of the form where there is none such."""
    name = str(refusal.values.get("field", "")) if isinstance(refusal, Missing) else ""
    form.add_error(name if name in form.fields else None, in_words(refusal))
