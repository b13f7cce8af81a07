"""Names for people and units that do not exist, the same at every load."""

from itertools import product

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
