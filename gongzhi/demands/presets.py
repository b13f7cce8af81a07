"""Time limits found in use elsewhere, as rows a district starts from and then edits. Pure.

Each row keeps the words of its source. Where a source names tiers without saying which matters belong to
them, the mapping onto our four urgencies is ours and the words say so by standing beside it.
"""

from collections.abc import Mapping

from gongzhi.demands.deadlines import Clock, Limit, Unit
from gongzhi.shared.moves import _

PRESET_LABELS = {
    "beijing-hotline": _("北京市民热线时限"),
    "xining-tiers": _("西宁四档时限"),
    "nanjing-gulou": _("南京鼓楼吹哨时限"),
    "yangzhou-guangling": _("扬州广陵时限"),
    "changzhou-zhonglou": _("常州钟楼小区时限"),
}

DEFAULT_PRESETS = ("beijing-hotline", "nanjing-gulou")  # together they cover the three clocks

_Row = tuple[Clock, int, Unit, str | None, str]

_ROWS: dict[str, tuple[_Row, ...]] = {
    "beijing-hotline": (
        ("answer", 2, "hours", "danger", "危及生命财产安全的，2小时"),
        ("answer", 24, "hours", "utility", "水、电、气、热，24小时"),
        ("answer", 7, "days", "ordinary", "一般诉求，7天"),
        ("answer", 15, "days", "complex", "疑难复杂诉求，15天"),
    ),
    "xining-tiers": (
        ("answer", 1, "days", "danger", "四档：1、3、7、11天"),
        ("answer", 3, "days", "utility", "四档：1、3、7、11天"),
        ("answer", 7, "days", "ordinary", "四档：1、3、7、11天；一般事项平均5天"),
        ("answer", 11, "days", "complex", "四档：1、3、7、11天"),
    ),
    # The source's third clock, turning up after a whistle, belongs to problems and not to a demand.
    "nanjing-gulou": (
        ("sign_in", 1, "hours", None, "1小时签收"),
        ("contact", 24, "hours", None, "24小时联系"),
    ),
    "yangzhou-guangling": (
        ("answer", 3, "days", "ordinary", "平均2至3天"),
        ("answer", 10, "working_days", "complex", "复杂的10个工作日"),
    ),
    # The visit back after a week is no clock of ours: the resident rates by link.
    "changzhou-zhonglou": (
        ("sign_in", 5, "minutes", None, "5分钟登记"),
        ("contact", 40, "minutes", None, "40分钟到场"),
        ("answer", 3, "hours", "ordinary", "小故障3小时"),
        ("answer", 2, "days", "complex", "复杂的2天内出方案"),
    ),
}

# Signing in is what a handler does, so that clock starts when the demand is handed over.
PRESETS: Mapping[str, tuple[Limit, ...]] = {
    name: tuple(
        Limit(
            clock=clock,
            amount=amount,
            unit=unit,
            starts="dispatched" if clock == "sign_in" else "received",
            preset=name,
            source=words,
            urgency=urgency,
        )
        for clock, amount, unit, urgency, words in rows
    )
    for name, rows in _ROWS.items()
}
