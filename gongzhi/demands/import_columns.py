"""Which column of somebody's spreadsheet holds which field of a demand. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence

from gongzhi.shared.moves import _
from gongzhi.shared.sheets import SheetError, parse_moment, recognise_columns

# What each field is called on our screens.
FIELDS: Mapping[str, str] = {
    "external_number": _("编号"),
    "reported_at": _("反映时间"),
    "subject": _("标题"),
    "body": _("内容"),
    "place_name": _("地址"),
    "subdistrict": _("街道（镇）"),
    "community": _("社区"),
    "category": _("类别"),
    "category_1": _("一级类别"),
    "category_2": _("二级类别"),
    "category_3": _("三级类别"),
    "kind": _("诉求类型"),
    "source": _("来源"),
    "urgency": _("紧急程度"),
    "reporter_name": _("反映人"),
    "phone": _("联系电话"),
    "email": _("电子邮箱"),
    "lon": _("经度"),
    "lat": _("纬度"),
    "handler": _("承办单位"),
    "closed_at": _("办结时间"),
    "in_time": _("按期办结"),
    "overtime": _("超期办结"),
    "state_note": _("办理情况"),
}

# The better word first: where a file has columns for several, the first one found is taken.
_TABLE = """
external_number: 工单编号 工单号 诉求编号 受理编号 案件编号 案件号 事件编号 留言编号 信件编号 投诉编号
    业务编号 任务编号 订单编号 工单流水号 流水号 编号 demand_id order_id order_no ticket_id ticket_no
    case_id case_no rec_id report_num external_number id
reported_at: 来电时间 反映时间 诉求时间 投诉时间 留言时间 上报时间 受理时间 登记时间 提交时间 创建时间
    建单时间 来件时间 来信时间 发生时间 反映日期 来电日期 受理日期 登记日期 reported_at report_time
    reported_time create_time created_at call_time submit_time 时间 日期 time date
subject: 标题 诉求标题 工单标题 留言标题 留言主题 事件标题 信件标题 主题 事由 诉求概述 问题概述 内容摘要
    subject title
body: 诉求内容 反映内容 来电内容 工单内容 留言内容 留言详情 投诉内容 事件描述 问题描述 诉求描述 详细内容
    诉求详情 问题内容 内容 详情 描述 正文 body content description text detail
place_name: 事发地址 事发地点 发生地址 发生地点 诉求地址 问题地址 事件地址 具体地址 详细地址 事发位置 地址
    地点 位置 occur_place place_name address place location
subdistrict: 所属街道 街道名称 事发街道 街道 镇街 街镇 街道镇 街道乡镇 所属镇街 所属街镇 乡镇街道 乡镇
    street_name subdistrict street
community: 所属社区 社区名称 事发社区 社区 社区村 村社区 村居 所属村居 社区居委会 community_name community
category: 问题类别 诉求类别 问题分类 诉求分类 事项分类 事项类别 事件类别 工单分类 类别 分类 问题类型
    事件类型 category category_name
category_1: 一级类别 一级分类 一级标签 问题一级分类 问题大类 事项大类 大类 大类名称 event_type_name
    category_1 category1
category_2: 二级类别 二级分类 二级标签 问题二级分类 问题中类 中类 main_type_name category_2 category2
category_3: 三级类别 三级分类 三级标签 问题三级分类 问题小类 事项小类 小类 小类名称 sub_type_name
    category_3 category3
kind: 诉求类型 诉求性质 工单类型 工单性质 事件性质 信件类型 来电类型 诉求目的 类型 性质
    event_property_name kind demand_type type
source: 诉求来源 工单来源 事件来源 来源渠道 受理渠道 诉求渠道 来电渠道 来源 渠道 event_src_name source
    channel
urgency: 紧急程度 缓急程度 紧急等级 优先级 缓急 urgency priority
reporter_name: 来电人姓名 诉求人姓名 反映人姓名 联系人姓名 市民姓名 来电人 诉求人 反映人 投诉人 联系人
    姓名 留言人 reporter_name caller_name caller contact_name contact name
phone: 联系电话 来电号码 手机号码 手机号 联系手机 电话号码 来电电话 反映人电话 诉求人电话 联系方式 电话
    手机 phone phone_number mobile telephone tel
email: 电子邮箱 电子邮件 邮箱 email e_mail mail
lon: 经度 事发经度 lon lng longitude
lat: 纬度 事发纬度 lat latitude
handler: 承办单位 主办单位 处置单位 办理单位 责任单位 承办部门 处置部门 责任部门 主责单位
    dispose_unit_name handler handling_unit department
closed_at: 办结时间 结案时间 归档时间 完成时间 办结日期 结案日期 closed_at close_time finish_time
    archive_time
in_time: 是否按期办结 是否按时办结 按期办结 按时办结 是否按期 是否按时 intime_archive_num in_time
overtime: 是否超期 是否逾期 是否超时 超期办结 overtime_archive_num overtime overdue
state_note: 办理情况 办理结果 处理结果 处理情况 答复内容 工单状态 办理状态 处理状态 状态 state_note state
    status result
"""


def _words(table: str) -> dict[str, tuple[str, ...]]:
    """Read a table of `field: word word …`, whose indented lines go on with the field above."""
    fields = (entry.split(":", 1) for entry in table.strip().replace("\n    ", " ").split("\n"))
    return {name: tuple(words.split()) for name, words in fields}


SYNONYMS: Mapping[str, Sequence[str]] = _words(_TABLE)

_WORD = re.compile(r"[^\W\d_]")


def guess_mapping(header: Sequence[str], sample_rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Say which column (counted from 0) holds which field of `FIELDS`, by the header's words.

    The sample has a veto: a column of times must read as times, numbers must differ from row to row (a
    column of counts is called "number" too), coordinates must be numbers. Unknown columns are left out.
    """
    columns = [[row[place].strip() for row in sample_rows if place < len(row)] for place in range(len(header))]

    def fits(field: str, column: int) -> bool:
        given = [text for text in columns[column] if text and text not in NOT_GIVEN]
        return not given or _VETOES.get(field, _anything)(given)

    mapping = recognise_columns(header, SYNONYMS, fits)
    if {"category_1", "category_2", "category_3"} & mapping.keys():
        mapping.pop("category", None)
    if "in_time" in mapping:
        mapping.pop("overtime", None)
    return {field: mapping[field] for field in FIELDS if field in mapping}


# How exports write "nothing here".
NOT_GIVEN = frozenset({"-", "--", "—", "——", "/", "\\", "无", "空", "null", "NULL", "None", "N/A", "n/a", "NaN"})


def _anything(given: Sequence[str]) -> bool:
    return bool(given)


def _are_moments(given: Sequence[str]) -> bool:
    from datetime import UTC

    read = 0
    for text in given:
        try:
            parse_moment(text, UTC)
            read += 1
        except SheetError:
            continue
    return read * 2 >= len(given)


def _are_identifiers(given: Sequence[str]) -> bool:
    return len(set(given)) * 10 >= len(given) * 6


def _are_numbers(given: Sequence[str]) -> bool:
    return sum(1 for text in given if _WORD.search(text)) * 2 < len(given)


def _are_words(given: Sequence[str]) -> bool:
    return sum(1 for text in given if _WORD.search(text)) * 2 >= len(given)


_VETOES: Mapping[str, Callable[[Sequence[str]], bool]] = {
    "external_number": _are_identifiers,
    "reported_at": _are_moments,
    "closed_at": _are_moments,
    "lon": _are_numbers,
    "lat": _are_numbers,
    "phone": _are_numbers,
    "subject": _are_words,
    "body": _are_words,
    "category": _are_words,
    "kind": _are_words,
}
