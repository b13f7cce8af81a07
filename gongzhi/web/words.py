"""Words for the person in front of the page: refusals of the rooms as sentences, names of rows in their language."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext

from gongzhi.shared.moves import Missing, Refused


def in_words(refusal: Refused) -> str:
    """The reason of a refusal in the reader's language; the values that are texts of ours are translated too."""
    values = {
        name: gettext(value) if isinstance(value, str) and value else value for name, value in refusal.values.items()
    }
    return gettext(refusal.message) % values if values else gettext(refusal.message)


def named(row: Any) -> str:
    """The name of a row that a district keeps, in the reader's language where the row has it; "" for no row."""
    return in_language(row.name, row.english) if row else ""


def in_language(chinese: str, english: str) -> str:
    """Which of the two this reader reads; a text of ours without an English of its own is translated."""
    return english if english and (get_language() or "").startswith("en") else gettext(chinese) if chinese else ""


def blame(form: forms.Form, refusal: Refused) -> None:
    """Put a refusal beside the field that it is about, or at the top of the form where there is none such."""
    name = str(refusal.values.get("field", "")) if isinstance(refusal, Missing) else ""
    form.add_error(name if name in form.fields else None, in_words(refusal))
