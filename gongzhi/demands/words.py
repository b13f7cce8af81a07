"""What residents are written, in plain words. Pure."""

import re

from gongzhi.shared.moves import _

_HEADS = {
    "ask": _("请您补充情况"),
    "grant_extension": _("办理时间延长了"),
    "park": _("暂时办不了，已登记在册"),
    "answer": _("您反映的事有答复了"),
    "reopen": _("您反映的事重新办理"),
}
_SENTENCE_END = re.compile(r"[。！？!?\n；;]")


def message(verb: str, number: str, subject: str, told: str, link: str) -> tuple[str, str]:
    """Head and text of a message to a resident about one move."""
    head = f"{_HEADS[verb]}（{number}）"
    lines = [f"您反映的“{subject}”，编号{number}：", _HEADS[verb] + "。"]
    if told:
        lines.append(told)
    lines.append(f"查看和回复：{link}")
    return head, "\n".join(lines)


def group_message(subject: str, number: str, place: str, address: str) -> tuple[str, str]:
    """Head and text of a line to a group of staff: number and place, not a word of the resident's."""
    return f"{subject}（{number}）", f"{place}\n请登录办理：{address}/login"


def subject_from(body: str, *, longest: int = 40) -> str:
    """A subject made of the first sentence of what was said."""
    first = _SENTENCE_END.split(body.strip(), 1)[0].strip(" ，,、：:")
    return first if len(first) <= longest else first[: longest - 1] + "…"
