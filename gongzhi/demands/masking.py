"""Hides numbers that lead to a person in free text, and cleans what people type. Pure.

Hidden: mobile and landline numbers (with blanks, dashes, brackets, full-width digits or Chinese numerals),
identity card numbers of 18 and 15 places, bank cards, e-mail addresses. The first and last places stay, so
that two readers can tell which number is meant. Left alone: dates, sums, years, house numbers, plates,
service lines such as 12345 or 400-…, and whatever has fewer than seven digits.

Where in doubt a long number is hidden: who has the right sees the whole text anyway.
"""

from __future__ import annotations

import re
from datetime import date

from gongzhi.shared.moves import Missing, Refused, _

_FULL_WIDTH = "０１２３４５６７８９"
# Digits as people spell them out; 幺 is how "one" is said on the telephone.
_CHINESE = "〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
_PLAIN = str.maketrans(_FULL_WIDTH + _CHINESE + "xＸｘ", "0123456789" + "001234567891123456789" + "XXX")

_DIGIT = f"[0-9{_FULL_WIDTH}]"
_BETWEEN = r"[ \t\u3000\u00a0\-‐‑‒–—―－·.．_]{1,3}"  # how people group the digits of one number
_GAP = f"(?:{_BETWEEN})?"
_RUN = re.compile(f"{_DIGIT}(?:{_GAP}{_DIGIT})*")
_ENDS_IN_X = re.compile(f"(?<!{_DIGIT}){_DIGIT}(?:{_GAP}{_DIGIT}){{16}}{_GAP}[XxＸｘ](?![A-Za-z0-9])")
_SAID = re.compile(f"[{_CHINESE}](?:{_GAP}[{_CHINESE}]){{9,}}")
_BRACKETED = re.compile(
    rf"(?P<area>[(（\[][ ]?[0０]{_DIGIT}{{2,3}}[ ]?[)）\]][ \-－]?)"
    rf"(?P<rest>{_DIGIT}(?:{_GAP}{_DIGIT}){{6,7}})(?!{_DIGIT})"
)
_MAIL = re.compile(
    r"(?<![A-Za-z0-9._%+\-])([A-Za-z0-9._%+\-]{1,64})([@＠][A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,6})"
)

# Letters of Hangul that show nothing: alone, they would stand for words.
_FILLERS = "\u115f\u1160\u3164\uffa0"

_MOBILE = re.compile(r"(?:86|0086)?1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:86|0086)?0(?:10|2\d|[3-9]\d\d)[2-9]\d{6,7}(?:\d{1,4})?")  # with an extension
_LOCAL_LINE = re.compile(r"[2-9]\d{6,7}")
_COMPACT_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_WRITTEN_DATE = re.compile(r"(?:19|20)\d\d[-.]\d{1,2}[-.]\d{1,2}(?: \d{1,4})?")
# What a number of seven or eight digits must stand beside to be read as a telephone number.
_CALL_WORDS = re.compile(r"(?:电话|座机|号码|固话|致电|拨打|联系方式|联系|[Tt][Ee][Ll]|☎|📞)[^0-9０-９。；;\n]{0,6}$")
_MOST_PIECES = 12  # of one number; keeps a text made of single digits from being tried in every way


def mask(text: str) -> str:
    """The text with those numbers hidden by `*`; every character keeps its place."""
    text = _MAIL.sub(lambda m: m[1][0] + "*" * (len(m[1]) - 1) + m[2], text)
    text = _ENDS_IN_X.sub(lambda m: _starred(m[0], 3, 2), text)
    text = _BRACKETED.sub(lambda m: m["area"] + _starred(m["rest"], 0, 2), text)
    text = _RUN.sub(_hide_run, text)
    return _SAID.sub(_hide_said, text)


def _hide_said(found: re.Match[str]) -> str:
    # Searched, not matched whole: 一 also begins the next word, as in …八八一直没人接.
    plain = _digits(found[0])
    spoken = _MOBILE.search(plain) or _LANDLINE.search(plain) or _looks_like_identity(plain)
    return _starred(found[0], 3, 4) if spoken else found[0]


def _hide_run(found: re.Match[str]) -> str:
    """One stretch of digits and gaps: as one number, else as several that stand side by side."""
    run = found[0]
    if len(run) < 7:
        return run
    before = found.string[max(0, found.start() - 14) : found.start()]
    called = bool(_CALL_WORDS.search(before))
    parts = re.split(f"({_BETWEEN})", run)
    result, first = [], 0
    while first < len(parts):
        farthest = min(len(parts) - 1, first + 2 * (_MOST_PIECES - 1))
        for last in range(farthest - (farthest - first) % 2, first - 1, -2):
            piece = "".join(parts[first : last + 1])
            if kept := _kept(piece, called=called):
                result.append(_starred(piece, *kept))
                break
        else:
            last = first
            result.append(parts[first])
        result.extend(parts[last + 1 : last + 2])
        first = last + 2
    return "".join(result)


def _kept(piece: str, *, called: bool) -> tuple[int, int] | None:
    """How many digits to show at either end, or None for a number that is nobody's."""
    digits = _digits(piece)
    if len(digits) < 7 or _WRITTEN_DATE.fullmatch(piece.translate(_PLAIN)):
        return None
    if _MOBILE.fullmatch(digits):
        return len(digits) - 8, 4
    if _looks_like_identity(digits) or _LANDLINE.fullmatch(digits):
        return 3, 2
    if _looks_like_card(digits) or (len(digits) >= 20 and piece.isdigit()):
        return 4, 4
    if called and _LOCAL_LINE.fullmatch(digits) and not _COMPACT_DATE.fullmatch(digits):
        return 2, 2
    return None


def is_identity_number(text: str) -> bool:
    """Whether it is an identity card number: 18 places with date and check digit, or the old 15 with its date.

    Source: GB 11643-1999; check digit by ISO 7064 MOD 11-2.
    """
    if len(text) == 15:
        return _looks_like_identity(text)
    if not _looks_like_identity(text):
        return False
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(text[:17]))
    return "10X98765432"[total % 11] == text[17]


def _looks_like_identity(digits: str) -> bool:
    """By region and birthday alone: a number with one digit mistyped still leads to its owner."""
    if re.fullmatch(r"[1-8]\d{16}[\dX]", digits, re.ASCII):
        return _is_birthday(digits[6:14])
    return bool(re.fullmatch(r"[1-8]\d{14}", digits, re.ASCII)) and _is_birthday("19" + digits[6:12])


def _is_birthday(digits: str) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return 1900 <= born.year < 2100


def _looks_like_card(digits: str) -> bool:
    """16 to 19 digits: UnionPay's by its 62, others by their check digit (Luhn, ISO/IEC 7812-1)."""
    if not re.fullmatch(r"[3-69]\d{15,18}", digits):
        return False
    doubled = [int(d) * (2 if place % 2 else 1) for place, d in enumerate(reversed(digits))]
    return digits.startswith("62") or sum(d // 10 + d % 10 for d in doubled) % 10 == 0


def _digits(run: str) -> str:
    return "".join(char for char in run.translate(_PLAIN) if char in "0123456789X")


def _starred(run: str, head: int, tail: int) -> str:
    """Every digit a star but the first `head` and the last `tail`; what parts them stays."""
    places = [at for at, char in enumerate(run.translate(_PLAIN)) if char in "0123456789X"]
    hidden = set(places[head : len(places) - tail])
    return "".join("*" if at in hidden else char for at, char in enumerate(run))


# Cleaning

# Marks that turn the direction of what follows, or cannot be seen and keep a search from finding a word.
# The joiners of emoji (U+200D, U+FE0F) are not among them.
_UNSEEN = dict.fromkeys(
    map(ord, "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad")
)
_BREAKS = re.compile("\r\n?|[\u0085\u2028\u2029\v\f]")
# Control characters but tab and newline, lone surrogates and code points that are no characters (not: emoji newer
# than us).
_NO_CHARACTERS = "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_CONTROL = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_NO_CHARACTERS}]")


class TooLong(Refused):
    """A text over its limit, with both numbers in words."""


def clean_text(text: str, limit: int) -> str:
    """What somebody typed, fit to be stored: newlines as \\n, no NUL, control or direction marks, trimmed.

    Emoji stay. `limit` counts characters of the cleaned text. Raises TooLong.
    """
    # Megabytes of blanks are refused before they are worked through.
    _check_length(len(text), limit, most=limit * 4 + 1000)
    # A printable text is one line without any of what is taken out below.
    clean = (text.strip() if text.isprintable() else _clean(text)).strip(_FILLERS)
    _check_length(len(clean), limit, most=limit)
    return clean


def line(text: str, limit: int) -> str:
    """The same in one line; may be empty."""
    return " ".join(clean_text(text, limit).split())


def needed(text: str, limit: int, field: str, label: str) -> str:
    """The same of a text that must be there; `label` is what is done with it. Raises Missing."""
    cleaned = line(text, limit)
    if not cleaned:
        raise Missing(_("“%(label)s”还缺一项内容，请补上。"), label=label, field=field)
    return cleaned


def _clean(text: str) -> str:
    kept = _CONTROL.sub("", _BREAKS.sub("\n", text).translate(_UNSEEN))
    lines = [line.rstrip(" \t\u3000") for line in kept.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _check_length(length: int, limit: int, *, most: int) -> None:
    if length > most:
        message = _("文字太长：最多%(limit)d字，您写了%(length)d字。请删减后再提交。")
        raise TooLong(message, limit=limit, length=length)
