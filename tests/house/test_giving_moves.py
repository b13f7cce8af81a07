"""Every move of a contribution, by everyone, from every openness."""

import pytest

from gongzhi.exchange.actions import giving
from gongzhi.exchange.giving_rules import GIVING_MOVES, Openness
from gongzhi.exchange.models import Contribution, Entry, Use
from gongzhi.exchange.rules import Side
from gongzhi.neighbourhood.rules import Standing
from gongzhi.shared.models import TrailEntry
from gongzhi.shared.moves import Refused
from tests.exchange.making import INSURER, TODAY, settle
from tests.house.test_exchange_moves import LATER, Do, Sight, _everyone
from tests.town import NOW, Town

_DAYS = {"day": TODAY, "now": LATER}


def _use_of(pk: int) -> int:
    return Use.objects.filter(contribution=pk).values_list("pk", flat=True).first() or 0


VERBS: dict[str, Do] = {
    "use": lambda a, pk: giving.use_contribution(a, contribution_id=pk, quantity=1, what="买树苗", **_DAYS),
    "agree": lambda a, pk: giving.agree_public(a, contribution_id=pk, openness="unnamed", words="来函", **_DAYS),
    "withdraw": lambda a, pk: giving.withdraw_public(a, contribution_id=pk, now=LATER),
    "correct_entry": lambda a, pk: giving.correct_contribution(
        a, contribution_id=pk, amount="90", what="绿化", words="点错了", **_DAYS
    ),
    "correct_use": lambda a, pk: giving.correct_use(
        a, contribution_id=pk, use_id=_use_of(pk), quantity=2, what="买树苗", words="写错了", **_DAYS
    ),
}
BLANK: dict[str, Do] = {
    "use": lambda a, pk: giving.use_contribution(a, contribution_id=pk, quantity=1, what="　", **_DAYS),
    "agree": lambda a, pk: giving.agree_public(a, contribution_id=pk, openness="", words="来函", **_DAYS),
    "correct_entry": lambda a, pk: giving.correct_contribution(
        a, contribution_id=pk, amount="90", what="绿化", words="\n", **_DAYS
    ),
    "correct_use": lambda a, pk: giving.correct_use(
        a, contribution_id=pk, use_id=_use_of(pk), quantity=2, what="买树苗", words=" ", **_DAYS
    ),
}
# What the insurer gave Dongzheng: who stands how towards it.
SIGHT: Sight = {
    "qu_kanban": {Standing.READER}, "qu_fuze": {Standing.LEAD}, "guanli": {Standing.OPERATOR},
    "yuejin_shuji": {Standing.LEAD}, "yuejin_jiedao": {Standing.DESK}, "dongzheng_shuji": {Standing.LEAD},
    "dongzheng_shegong": {Standing.DESK}, "baoxian_lianluo": {Side.GIVER}, "clock": {Standing.CLOCK},
    "xinyu_shuji": None, "xinyu_shegong": None, "xingsheng_shegong": None, "chengguan_lianluo": None, "stranger": None,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _settled(request: pytest.FixtureRequest) -> None:
    if "town" in request.fixturenames:
        settle(request.getfixturevalue("town"))


def _put(town: Town, state: str) -> Contribution:
    place, said = (
        town.places["dongzheng"],
        {"quantity": 100, "qualifier": "exact", "came_on": TODAY, "what_for": "绿化"},
    )
    row = Contribution.objects.create(
        giver="unit", giver_unit=town.units[INSURER], receiving_place=place, community=place,
        subdistrict=place.subdistrict, kind="funds", measure="元", noted_at=NOW, once=state, state=state,
        agreed_on=None if state == "closed" else TODAY, **said,
    )  # fmt: skip
    Entry.objects.create(contribution=row, noted_at=NOW, **said)
    Use.objects.create(contribution=row, quantity=10, used_on=TODAY, what="买树苗", noted_at=NOW)
    return row


def test_every_verb_of_the_table_has_its_action() -> None:
    assert set(VERBS) == set(GIVING_MOVES)
    assert set(BLANK) == {verb for verb, row in GIVING_MOVES.items() if row.needs}


@pytest.mark.parametrize("state", list(Openness))
def test_every_move_by_everyone(town: Town, state: str) -> None:
    row = _put(town, state)
    row.refresh_from_db()
    _everyone(GIVING_MOVES, "contribution", town, SIGHT, VERBS, row)


@pytest.mark.parametrize("verb", sorted(BLANK))
def test_what_a_move_needs_cannot_be_left_out(town: Town, verb: str) -> None:
    row, before = _put(town, "closed"), TrailEntry.objects.count()
    with pytest.raises(Refused):
        BLANK[verb](town.actor("dongzheng_shuji"), row.pk)
    assert TrailEntry.objects.count() == before


def test_the_giver_decides_who_is_told_and_never_what_the_books_say() -> None:
    assert {verb for verb, row in GIVING_MOVES.items() if Side.GIVER in row.who} == {"agree", "withdraw"}
