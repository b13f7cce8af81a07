"""What residents are written about a problem, in plain words. Pure."""

from datetime import datetime

# So few that a number would point at somebody.
FEW = 5


def neighbours(others: int) -> str:
    """How many reported the same beside the reader; a small number is not said."""
    if others < 1:
        return ""
    return "几位邻居也反映了。" if others < FEW else f"{others}位邻居也反映了。"


def answer_text(*, reported_at: datetime, subject: str, others: int, answer: str) -> str:
    """The answer to one reporter: when and what they reported, who else did, what was done."""
    day = f"{reported_at.month}月{reported_at.day}日"
    also = neighbours(others)
    return f"您{day}反映的“{subject}”" + (f"，{also}" if also else "：") + f"\n{answer}"


def told_text(*, number: str, subject: str, answer: str) -> tuple[str, str]:
    """Head and text for somebody whose demand was answered before the whole problem was solved."""
    return f"您反映的问题解决了（{number}）", f"您反映的“{subject}”，编号{number}，整个问题解决了：\n{answer}"


def follower_text(*, number: str, title: str, answer: str) -> tuple[str, str]:
    """Head and text for a neighbour who followed."""
    return f"您关注的问题解决了（{number}）", f"您关注的“{title}”解决了：\n{answer}"
