"""What kinds of places, units and standings there are, and who stands where. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from gongzhi.shared.moves import _


class PlaceKind(StrEnum):
    """The territorial ladder, from the top; a grid lies beside the compound, between community and building."""

    DISTRICT = "district"
    SUBDISTRICT = "subdistrict"
    COMMUNITY = "community"
    GRID = "grid"
    COMPOUND = "compound"
    BUILDING = "building"


PLACE_KIND_LABELS = {
    PlaceKind.DISTRICT: _("区"),
    PlaceKind.SUBDISTRICT: _("街道（镇）"),
    PlaceKind.COMMUNITY: _("社区（村）"),
    PlaceKind.GRID: _("网格"),
    PlaceKind.COMPOUND: _("小区"),
    PlaceKind.BUILDING: _("楼栋"),
}

# Which kind may lie directly in which.
PARENTS = {
    PlaceKind.DISTRICT: frozenset[PlaceKind](),
    PlaceKind.SUBDISTRICT: frozenset({PlaceKind.DISTRICT}),
    PlaceKind.COMMUNITY: frozenset({PlaceKind.SUBDISTRICT}),
    PlaceKind.GRID: frozenset({PlaceKind.COMMUNITY}),
    PlaceKind.COMPOUND: frozenset({PlaceKind.COMMUNITY}),
    PlaceKind.BUILDING: frozenset({PlaceKind.COMPOUND, PlaceKind.COMMUNITY}),
}


class CompoundType(StrEnum):
    """The four estate types that lie interleaved in one district."""

    LEGACY_ENTERPRISE = "legacy_enterprise"
    RESETTLEMENT = "resettlement"
    PUBLIC_RENTAL = "public_rental"
    COMMODITY = "commodity"


COMPOUND_TYPE_LABELS = {
    CompoundType.LEGACY_ENTERPRISE: _("企业老旧小区"),
    CompoundType.RESETTLEMENT: _("拆迁安置小区"),
    CompoundType.PUBLIC_RENTAL: _("公租房小区"),
    CompoundType.COMMODITY: _("商品房小区"),
}


class UnitKind(StrEnum):
    """What a member unit is."""

    AGENCY = "agency"
    INSTITUTION = "institution"
    STATE_FIRM = "state_firm"
    NON_PUBLIC_FIRM = "non_public_firm"
    SOCIAL = "social"


UNIT_KIND_LABELS = {
    UnitKind.AGENCY: _("机关"),
    UnitKind.INSTITUTION: _("事业单位"),
    UnitKind.STATE_FIRM: _("国有企业"),
    UnitKind.NON_PUBLIC_FIRM: _("非公企业"),
    UnitKind.SOCIAL: _("社会组织"),
}


class Standing(StrEnum):
    """In what capacity someone acts. Role names are rows of a district; each role carries one of these."""

    RESIDENT = "resident"
    DESK = "desk"
    LEAD = "lead"
    UNIT = "unit"
    READER = "reader"
    OPERATOR = "operator"
    CLOCK = "clock"


class Right(StrEnum):
    """What a role may see or do beside its standing."""

    SEE_CONTACTS = "see_contacts"
    IMPORT = "import"
    EXPORT = "export"
    SET_UP = "set_up"


# Who works for a place, of whatever kind, and sees what belongs to it.
PLACE_STANDINGS = frozenset({Standing.DESK, Standing.LEAD, Standing.READER, Standing.OPERATOR})


@dataclass(frozen=True)
class Office:
    """One appointment that holds now: a standing at a place (with everything below it) or in a unit; or a membership
    in one's own right, which stands as a unit does and for nothing but itself."""

    standing: Standing
    role: str
    rights: frozenset[Right] = frozenset()
    place_id: int | None = None
    place_kind: PlaceKind | None = None
    unit_id: int | None = None
    # The name of the place or unit, for page heads.
    where: str = ""
    member_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """Who is acting. `label` is what the trail will say for ever; `link` is the demand a signed link stands for."""

    label: str
    offices: tuple[Office, ...] = ()
    person_id: int | None = None
    account_id: int | None = None
    link: int | None = None

    @property
    def rights(self) -> frozenset[Right]:
        """Every right of every office."""
        return frozenset[Right]().union(*(office.rights for office in self.offices))

    def may(self, right: Right) -> bool:
        """Whether any office carries this right."""
        return right in self.rights

    def reach(self, right: Right) -> frozenset[int] | None:
        """The places at and below which this right was given; None for the whole district."""
        offices = [office for office in self.offices if right in office.rights]
        if any(office.place_kind is PlaceKind.DISTRICT for office in offices):
            return None
        return frozenset(office.place_id for office in offices if office.place_id)

    def may_everywhere(self, right: Right) -> bool:
        """Whether every office carries this right, so that it holds for all that the actor sees."""
        return bool(self.offices) and all(right in office.rights for office in self.offices)

    def may_at(self, right: Right, ladder: Iterable[int | None], unit_id: int | None = None) -> bool:
        """Whether an office that counts at a place with this ladder of ids, or for this unit, carries the right."""
        return any(right in office.rights for office in self._offices_at(ladder, unit_id))

    def holds(self, *standings: Standing) -> bool:
        """Whether any office carries one of these standings."""
        return any(office.standing in standings for office in self.offices)

    def standings_at(self, ladder: Iterable[int | None], unit_id: int | None = None) -> frozenset[Standing]:
        """The standings that count for something at a place with this ladder of ids; the district's count anywhere."""
        return frozenset(office.standing for office in self._offices_at(ladder, unit_id))

    def _offices_at(self, ladder: Iterable[int | None], unit_id: int | None) -> list[Office]:
        places = set(ladder)
        return [
            office
            for office in self.offices
            if office.standing is Standing.CLOCK
            or office.place_kind is PlaceKind.DISTRICT
            or (office.place_id is not None and office.place_id in places)
            or (office.unit_id is not None and office.unit_id == unit_id)
        ]


# What somebody is called who is a member in their own right and head of nothing that is named.
OWN_RIGHT = _("个人成员")

CLOCK = Actor(label=_("系统"), offices=(Office(Standing.CLOCK, "clock"),))
STRANGER = Actor(label=_("居民"))


LOGIN = r"[\w.-]{3,30}"
WRONG_LOGIN = _("登录名要 3 到 30 个字，只用字母、数字、汉字、点、横线。")


def valid_login(text: str) -> bool:
    """Whether someone can log in by this name."""
    return re.fullmatch(LOGIN, text) is not None


def number(row: int) -> str:
    """The number that people use for a row: its id and two check digits (ISO 7064, mod 97-10), to be read aloud."""
    return f"{row:07d}-{98 - row * 100 % 97:02d}"


def read_number(text: str) -> int | None:
    """The id behind a number as people type it; None where it cannot be one."""
    digits = "".join(sign for sign in text if sign.isdecimal())
    if not 3 <= len(digits) <= 18:
        return None
    row = int(digits[:-2])
    return row if 98 - row * 100 % 97 == int(digits[-2:]) else None
