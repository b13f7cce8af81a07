"""Official codes: of places, grids and organisations, and the telephone numbers people give. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from gongzhi.shared.moves import Refused, _

Kind = Literal["subdistrict", "town", "township", "other"]

KIND_LABELS = {"subdistrict": _("街道"), "town": _("镇"), "township": _("乡"), "other": _("其他")}


class BadCode(Refused):
    """A code that cannot be one, with the reason in words."""


class BadPhone(Refused):
    """Something that is no telephone number, with an example in words."""


# Places. GB/T 2260 gives the first six digits, GB/T 10114 the next three, the rules of the National Bureau of
# Statistics the next three; GB/T 30428.1 adds three for a grid.

_PROVINCE = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])"


@dataclass(frozen=True)
class AreaCode:
    """A place's code taken apart; every part is the full code of that level, None where the code stops before."""

    district: str
    subdistrict: str | None = None
    community: str | None = None
    grid: str | None = None
    kind: Kind | None = None  # of the subdistrict

    @property
    def parent(self) -> str | None:
        """The code one level up; None for a district."""
        parts = [part for part in (self.district, self.subdistrict, self.community, self.grid) if part]
        return parts[-2] if len(parts) > 1 else None


def read_code(code: str) -> AreaCode:
    """Take apart a code of 6, 9, 12 or 15 digits; trailing levels of zeros mean "no such level".

    The code itself says nothing about whether the place exists. Raises BadCode.
    """
    plain = code.strip()
    if not re.fullmatch(r"[0-9]{6}(?:[0-9]{3}){0,3}", plain):
        raise BadCode(_("区划代码应为6、9、12或15位数字：%(code)s"), code=plain[:30])
    if not re.match(_PROVINCE, plain) or plain[4:6] == "00":
        raise BadCode(_("区划代码的前6位不是一个区县：%(code)s"), code=plain)
    while len(plain) > 6 and plain.endswith("000"):
        plain = plain[:-3]
    levels = [plain[:end] for end in (9, 12, 15) if len(plain) >= end]
    if any(level.endswith("000") for level in levels):
        raise BadCode(_("区划代码中间缺一级：%(code)s"), code=plain)
    subdistrict, community, grid = (*levels, None, None, None)[:3]
    kind = _kind(int(subdistrict[-3:])) if subdistrict else None
    return AreaCode(plain[:6], subdistrict, community, grid, kind)


def valid_code(code: str) -> bool:
    """Whether `read_code` takes it."""
    try:
        read_code(code)
    except BadCode:
        return False
    return True


def _kind(number: int) -> Kind:
    """By the ranges of GB/T 10114: 001–099 streets, 100–199 towns, 200–399 townships."""
    if number < 100:
        return "subdistrict"
    if number < 200:
        return "town"
    return "township" if number < 400 else "other"


# Organisations. GB 32100-2015: 31 signs without I, O, S, V, Z; weights are powers of 3, modulo 31.

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT = re.compile(f"[{_SIGNS}]{{2}}[0-9]{{6}}[{_SIGNS}]{{10}}")


def valid_credit_code(code: str) -> bool:
    """Whether it is a unified social credit code (统一社会信用代码): 18 signs with the right last one."""
    plain = code.strip().upper()
    return bool(_CREDIT.fullmatch(plain)) and _credit_sign(plain[:17]) == plain[17]


def make_credit_code(prefix17: str) -> str:
    """The code whose first 17 signs are given, for fictional units. Raises ValueError for other signs."""
    plain = prefix17.strip().upper()
    if not _CREDIT.fullmatch(plain + "0"):
        raise ValueError("17 signs of a credit code are needed: two, six digits, nine")
    return plain + _credit_sign(plain)


def _credit_sign(plain: str) -> str:
    total = sum(_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(plain))
    return _SIGNS[-total % 31]


# Telephones

_FULL_WIDTH = str.maketrans("０１２３４５６７８９＋－（）", "0123456789+-()")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(0(?:10|2\d|[3-9]\d\d))([2-9]\d{6,7})")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|[-#*])\s*(\d{1,6})$", re.IGNORECASE)


def normal_phone(text: str, *, area_code: str = "") -> str:
    """One spelling for a Chinese number: "13812345678", "023-68901234" or "023-68901234-801".

    Takes blanks, dashes, brackets, full-width digits and +86; `area_code` ("023") completes a local number.
    Raises BadPhone with words for who typed it.
    """
    plain = text.translate(_FULL_WIDTH).strip()
    plain = re.sub(r"^(?:\+|00)86[\s-]*", "", plain)
    if found := _EXTENSION.search(plain):
        main = _joined(plain[: found.start()], area_code)
        if main and "-" in main:
            return f"{main}-{found[1]}"
    if whole := _joined(plain, area_code):
        return whole
    raise BadPhone(_("电话号码不对：手机应为11位，如13812345678；座机请带区号，如023-68901234。"))


def _joined(text: str, area_code: str) -> str | None:
    """The normal spelling of a number without extension, or None."""
    if not re.fullmatch(r"[0-9\s()\-–—.]{7,40}", text, re.ASCII):
        return None
    digits = re.sub(r"[^0-9]", "", text)
    if re.fullmatch(r"861[3-9]\d{9}", digits):
        digits = digits[2:]
    if _MOBILE.fullmatch(digits):
        return digits
    if area_code and re.fullmatch(r"[2-9]\d{6,7}", digits):
        digits = area_code + digits
    found = _LANDLINE.fullmatch(digits)
    return f"{found[1]}-{found[2]}" if found else None
