"""What the engine proposes for a community: put beside its needs, asked of nobody, and respecting what was declined."""

import pytest

from gongzhi.exchange import actions, queries
from gongzhi.exchange.models import Match
from gongzhi.shared.moves import NotAllowed
from tests.exchange.making import DAY, TODAY, asked, settle, state_need, state_offer, verified
from tests.town import NOW, Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk_town(town: Town) -> Town:
    settle(town)
    return town


def propose(town: Town, who: str = "dongzheng_shegong") -> actions.Proposed:
    return actions.propose_matches(town.actor(who), place=town.places["dongzheng"], now=NOW)


def test_what_fits_stands_beside_the_need_with_a_sentence_and_asks_nobody(desk_town: Town) -> None:
    need, offer = verified(desk_town), state_offer(desk_town)
    state_need(desk_town, title="还没核实的")
    proposed = propose(desk_town)
    match = Match.objects.get()
    assert proposed.matches == [match]
    assert (match.need_id, match.offer_id, match.quantity, match.state) == (need.pk, offer.pk, 4, "suggested")
    said = queries.why_suggested(match)
    assert "城市管理局" in said and "电工上门" in said and "4 小时" in said
    assert match.asked_at is None and match.reasons["given"] == 0


def test_asked_again_it_stands_anew_and_what_a_person_put_there_stays(desk_town: Town) -> None:
    need, offer = verified(desk_town), state_offer(desk_town)
    other = state_offer(desk_town, title="电工值班", quantity=2)
    by_hand = actions.suggest_match(
        desk_town.actor("dongzheng_shegong"), need_id=need.pk, offer_id=other.pk, quantity=1, now=NOW
    )
    first = propose(desk_town)
    second = propose(desk_town)
    assert second.withdrawn == len(first.matches) == 1
    assert [one.offer_id for one in second.matches] == [offer.pk]
    by_hand.refresh_from_db()
    assert by_hand.state == "suggested"


def test_what_was_declined_is_not_proposed_again(desk_town: Town) -> None:
    need, offer = verified(desk_town), state_offer(desk_town)
    match = asked(desk_town, need, offer)
    giver = desk_town.actor("chengguan_lianluo")
    actions.decline_match(giver, match_id=match.pk, reason="not_before", until=TODAY + DAY, now=NOW)
    assert propose(desk_town).matches == []
    later = NOW + 2 * DAY
    need_id = verified(desk_town, title="另一处楼道").pk
    found = actions.propose_matches(
        desk_town.actor("dongzheng_shegong"), place=desk_town.places["dongzheng"], now=later
    ).matches
    assert [one.need_id for one in found] == [need_id], "the day has come, but the pair stays declined"


def test_more_than_is_left_is_not_proposed(desk_town: Town) -> None:
    offer = state_offer(desk_town, quantity=5)
    for title in ("一号楼", "二号楼"):
        verified(desk_town, title=title)
    found = propose(desk_town).matches
    assert sum(one.quantity for one in found) <= offer.quantity and found
    assert queries.offer_left(offer) == 5, "a suggestion takes nothing away"


def test_only_the_desk_of_the_community_may_ask(desk_town: Town) -> None:
    for who in ("xinyu_shegong", "chengguan_lianluo", "qu_kanban"):
        with pytest.raises(NotAllowed):
            propose(desk_town, who)
