"""Names for people and units that do not exist, the same at every load."""

from itertools import product

from gongzhi.neighbourhood.rules import UnitKind

_FAMILY = "佘谌宓逄郜睢郏厍滑阙仉隗咎嵇荀蒯茹郁晏冼"
_FIRST = "知予沐言景舒屿澈昭棠"
_SECOND = "宁白川禾遥序"


def person_names(count: int) -> list[str]:
    """Distinct names of rare families, so that they meet no acquaintance of the reader."""
    made = [f"{family}{first}{second}" for first, second, family in product(_FIRST, _SECOND, _FAMILY)]
    return made[:count]


_FIELDS = ("机电", "纺织", "物流", "食品", "建材", "包装", "仪表", "园艺", "印务", "家政", "软件", "餐饮")
_BRANDS = ("渝岸", "嘉陵湾", "松青", "锦帆", "石林", "山溪", "翠屿", "江州", "云篆", "明月", "南滨", "星桥")
_OFFICES = ("工作站", "服务中心", "管理所", "执法队", "登记处")
_MATTERS = ("市政", "园林", "民政", "文化", "教育", "卫生", "人社", "司法", "应急", "住建", "交通", "水务")


def agency_names(count: int) -> list[str]:
    """Names of agencies and public institutions, marked as made up."""
    made = [f"大渡口区{matter}{office}{part}（演示）" for part, office, matter in product(_PARTS, _OFFICES, _MATTERS)]
    return made[:count]


def firm_names(count: int, form: str) -> list[str]:
    """Names of firms of a form such as `有限公司`, marked as made up."""
    made = [f"{brand}{field}{part}{form}（演示）" for part, brand, field in product(_PARTS, _BRANDS, _FIELDS)]
    return made[:count]


_PARTS = ("", "第二", "第三", "第四", "第五")

DONGZHENG, JIANSHENG, YUEJIN = "500104002017", "500104102000", "500104002000"
BUREAU, INSURER = "大渡口区城市管理局（演示）", "渝岸财产保险公司（演示）"
BANK, SCHOOL, CLINIC = "江州银行东正支行（演示）", "东正小学（演示）", "东正卫生服务站（演示）"
FACTORY, PROPERTY, SOFTWARE = "翠屿机电厂（演示）", "松青物业公司（演示）", "云杉软件公司（演示）"
# Units of the stories: what kind, name, and the official code of where they are registered. Dongzheng has seven.
PLACED = (
    (UnitKind.AGENCY, BUREAU, DONGZHENG),
    (UnitKind.INSTITUTION, SCHOOL, DONGZHENG),
    (UnitKind.INSTITUTION, CLINIC, DONGZHENG),
    (UnitKind.STATE_FIRM, BANK, DONGZHENG),
    (UnitKind.STATE_FIRM, FACTORY, DONGZHENG),
    (UnitKind.NON_PUBLIC_FIRM, INSURER, DONGZHENG),
    (UnitKind.NON_PUBLIC_FIRM, PROPERTY, DONGZHENG),
    (UnitKind.INSTITUTION, "建胜小学（演示）", JIANSHENG),
    (UnitKind.INSTITUTION, "建胜镇卫生院（演示）", JIANSHENG),
    (UnitKind.STATE_FIRM, "建胜粮油公司（演示）", JIANSHENG),
    (UnitKind.NON_PUBLIC_FIRM, "建胜锦帆物流公司（演示）", JIANSHENG),
    (UnitKind.NON_PUBLIC_FIRM, "建胜明月园艺公司（演示）", JIANSHENG),
    (UnitKind.NON_PUBLIC_FIRM, "建胜石林建材公司（演示）", JIANSHENG),
    (UnitKind.NON_PUBLIC_FIRM, SOFTWARE, YUEJIN),
)
