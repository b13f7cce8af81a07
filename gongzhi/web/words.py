"""Words for the person in front of the page: refusals of the rooms as sentences, names of rows in their language."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext

from gongzhi.neighbourhood.queries import role_names
from gongzhi.shared.moves import Missing, Refused


def in_words(refusal: Refused) -> str:
    """The reason of a refusal in the reader's language; the values that are texts or refusals of ours are too."""
    values = {name: _in_words(value) for name, value in refusal.values.items()}
    return gettext(refusal.message) % values if values else gettext(refusal.message)


def _in_words(value: object) -> object:
    if isinstance(value, Refused):
        return in_words(value)
    return gettext(value) if isinstance(value, str) and value else value


def named(row: Any) -> str:
    """The name of a row that a district keeps, in the reader's language where the row has it; "" for no row."""
    return in_language(row.name, row.english) if row else ""


def in_language(chinese: str, english: str) -> str:
    """Which of the two this reader reads; a text of ours without an English of its own is translated."""
    return said_in(chinese, english, get_language() or "")


# The same few of a page's fifty rows, and of the next page's.
@lru_cache(maxsize=4096)
def said_in(chinese: str, english: str, language: str) -> str:
    """The same in a language that is known to be the one in use."""
    return english if english and language.startswith("en") else gettext(chinese) if chinese else ""


# The trail keeps who acted as words that last: a name, and the office in brackets.
OFFICE = re.compile(r"^(.*)（([^（）]+)）$")


def office_names() -> dict[str, str]:
    """What offices are called in the reader's language, by their Chinese; empty, and unasked, in Chinese itself."""
    return role_names() if (get_language() or "").startswith("en") else {}


def acted_by(label: str, names: Mapping[str, str]) -> str:
    """Who acted, as the trail says it, with the office in the reader's language where the role's row has it."""
    if not label:
        return ""
    if (found := OFFICE.match(label)) and found[2] in names:
        return f"{found[1]} ({names[found[2]]})"
    return gettext(label)


def office_in(label: str, names: Mapping[str, str]) -> str:
    """The office alone, for residents: they are not told the names of staff."""
    found = OFFICE.match(label)
    return names.get(found[2], found[2]) if found else ""


def blame(form: forms.Form, refusal: Refused) -> None:
    """Put a refusal beside the field that it is about, or at the top of the form where there is none such."""
    name = str(refusal.values.get("field", "")) if isinstance(refusal, Missing) else ""
    form.add_error(name if name in form.fields else None, in_words(refusal))
