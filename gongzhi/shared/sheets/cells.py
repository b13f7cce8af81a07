"""One cell: as plain text, free of what must not be stored, and harmless when a spreadsheet opens it."""

import re
from datetime import date, datetime, time, timedelta

# What XML forbids: control characters but tab and line ends, halves of surrogate pairs, the two
# non-characters.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Besides, what hides or turns text: C1 controls, marks and overrides of direction, invisible blanks, the BOM.
# The joiners U+200C and U+200D stay: emoji and some scripts need them.
_HIDDEN = re.compile("[\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_LINE_END = re.compile("\r\n?|[\u2028\u2029]|\x85")
# Chinese and Japanese Excel take full-width signs for formulas too.
_FORMULA = "=+\\-@\t\r\n＝＋－＠"
_DANGEROUS = re.compile(f"[{_FORMULA}]")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?")
_APOSTROPHE = re.compile(f"'['\\d{_FORMULA}]")


def clean(text: str) -> str:
    """Drop control, direction-override and invisible characters; line ends become "\\n"."""
    if text.isascii() and text.isprintable():
        return text
    return _HIDDEN.sub("", _NOT_XML.sub("", _LINE_END.sub("\n", text)))


def storable(text: str) -> str:
    """The text as a spreadsheet can keep it: no character that XML forbids, line ends as "\\n"."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def is_formula(text: str) -> bool:
    """Whether Excel would take this text for a formula; a plain negative number is none."""
    return bool(_DANGEROUS.match(text)) and not _NUMBER.fullmatch(text)


def quoted(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run, or `unquoted` would cut."""
    return "'" + text if is_formula(text) or _APOSTROPHE.match(text) else text


def unquoted(text: str) -> str:
    """Take off the apostrophe that `quoted`, or a careful exporter, put before a formula or a number."""
    return text[1:] if text[:1] == "'" and _APOSTROPHE.match(text) else text


def plain_cell(value: object) -> str:
    """A workbook's cell as the text a person sees: 1.0 is "1", a date is "2020-01-06 12:09:38".

    Times are rounded to the second, for a workbook stores them as fractions of a day.
    """
    if isinstance(value, str) or value is None:
        return value or ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        whole_number = value.is_integer() and abs(value) < 1e21
        return str(int(value)) if whole_number else format(value, ".15g")
    if isinstance(value, datetime):
        whole = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        return whole.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
