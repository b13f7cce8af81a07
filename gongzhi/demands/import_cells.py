"""Reads single values of a demand from the text of a cell. Pure.

Each reader returns the value, or raises `SheetError` with the reason in words (without row and column,
which its caller knows).
"""

import re
import unicodedata

from gongzhi.shared.moves import _
from gongzhi.shared.sheets import SheetError

KINDS = {
    "咨询": "consult",
    "咨询类": "consult",
    "consult": "consult",
    "求助": "help",
    "求决": "help",
    "报修": "help",
    "help": "help",
    "投诉": "complaint",
    "complaint": "complaint",
    "举报": "report",
    "投诉举报": "report",
    "report": "report",
    "建议": "suggestion",
    "意见建议": "suggestion",
    "suggestion": "suggestion",
}
URGENCIES = {
    "特急": "danger",
    "危急": "danger",
    "危险": "danger",
    "danger": "danger",
    "紧急": "utility",
    "急": "utility",
    "加急": "utility",
    "utility": "utility",
    "一般": "ordinary",
    "普通": "ordinary",
    "正常": "ordinary",
    "平件": "ordinary",
    "ordinary": "ordinary",
    "normal": "ordinary",
    "疑难": "complex",
    "复杂": "complex",
    "complex": "complex",
}
_YES = frozenset({"1", "是", "yes", "true", "y", "按期", "按时", "未超期", "√"})
_NO = frozenset({"0", "否", "no", "false", "n", "超期", "逾期", "未按期", "×"})

_MOBILE = re.compile(r"(?:\+?0{0,2}86)?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"(?:(?:\+?0{0,2}86)?(0?10|0?2\d|0[3-9]\d{2}))?([2-9]\d{6,7})(?:(?:转|ext|#|x)(\d{1,6}))?")
_SERVICE = re.compile(r"([48]00)(\d{7})")
_EXTENSION = re.compile(r"(?<=\d{7})\s*[-—－]\s*(\d{1,6})$")
_PHONE_MARKS = re.compile(r"[\s\-—－().·]+")
_SEVERAL = re.compile(r"[/、,;，；\n]|(?<=\d{7})\s+(?=[01+])")
_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")
_LEVELS = re.compile(r"\s*(?:>+|/|\\|→|\||——|--|»|＞|\s-\s)\s*")


def read_phones(text: str) -> list[str]:
    """The telephone numbers of a cell: mobiles bare, land lines as "023-68900000-801"."""
    parts = [part for part in _SEVERAL.split(unicodedata.normalize("NFKC", text)) if part.strip()]
    return [_phone(part) for part in parts]


def _phone(written: str) -> str:
    text = written.strip().lower()
    bare = _PHONE_MARKS.sub("", text)
    if found := _MOBILE.fullmatch(bare):
        return found[1]
    if found := _SERVICE.fullmatch(bare):
        return f"{found[1]}-{found[2]}"
    for candidate in (bare, _PHONE_MARKS.sub("", _EXTENSION.sub(r"#\1", text))):
        if found := _LANDLINE.fullmatch(candidate):
            area, line, extension = found.groups()
            if area and not area.startswith("0"):
                area = "0" + area
            return "-".join(part for part in (area, line, extension) if part)
    raise SheetError(_("“%(value)s”不是电话号码：手机 11 位，座机请带区号。"), value=written.strip()[:40])


def read_email(text: str) -> str:
    """An e-mail address."""
    address = unicodedata.normalize("NFKC", text).strip()
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        raise SheetError(_("“%(value)s”不是电子邮箱地址。"), value=address[:40])
    return address


def read_flag(text: str) -> bool | None:
    """Yes or no; None where the word is neither."""
    word = text.strip().lower()
    return True if word in _YES else False if word in _NO else None


def read_category(text: str) -> tuple[str, ...]:
    """A category path such as "市容环卫/占道经营/店外经营", of three levels at most."""
    levels = tuple(level for level in _LEVELS.split(text.strip()) if level)
    if len(levels) > 3:
        raise SheetError(_("类别“%(value)s”多于三级。"), value=text[:60])
    return levels
