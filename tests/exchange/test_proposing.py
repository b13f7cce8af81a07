"""What the engine proposes for a community: put beside its needs, asked of nobody, and respecting what was declined."""

import pytest

from gongzhi.console.catalogues import messages
from gongzhi.exchange import actions, queries
from gongzhi.exchange.models import Match, Offer
from gongzhi.shared.moves import NotAllowed, Refused
from tests.exchange.making import DAY, TODAY, asked, settle, state_need, state_offer, verified
from tests.house.test_languages import CATALOGUE
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


def test_each_reader_is_told_in_their_language_why_and_old_rows_keep_their_words(desk_town: Town) -> None:
    verified(desk_town)
    state_offer(desk_town, windows=[(1, 540, 660)])
    (match,) = propose(desk_town).matches
    match.refresh_from_db()
    english = messages(CATALOGUE.read_text(encoding="utf-8"))
    said = queries.why_suggested(match, lambda text: english[text])
    assert "offers 电工上门 (Skills)" in said and "can give all that is needed, 4 小时" in said
    assert "free every Tue 9:00 to 11:00" in said and "能提供" not in said
    assert "每周二 9:00 至 11:00 可用" in queries.why_suggested(match) and match.sentence == ""
    Match.objects.update(reasons={"given": 0}, sentence="从前写下的话。")
    match.refresh_from_db()
    assert queries.why_suggested(match, lambda text: english[text]) == "从前写下的话。"


def test_what_a_giver_and_an_asker_say_of_parts_is_kept_to(desk_town: Town) -> None:
    need = verified(desk_town, quantity=8, most_offers=2)
    for quantity in (4, 3, 2):
        state_offer(desk_town, title=f"{quantity}小时", quantity=quantity)
    assert sorted(one.quantity for one in propose(desk_town).matches) == [3, 4], "of three, two at most"
    taken = asked(desk_town, need, state_offer(desk_town, title="先到", quantity=1), 1)
    assert [one.quantity for one in propose(desk_town).matches] == [4], "one of the two is found already"
    Match.objects.filter(state="suggested").delete()
    second = asked(desk_town, need, state_offer(desk_town, title="再来", quantity=1), 1)
    assert propose(desk_town).matches == [] and {taken.state, second.state} == {"offered"}
    with pytest.raises(Refused, match="最多由"):
        asked(desk_town, need, state_offer(desk_town, title="又来", quantity=1), 1)


def test_an_offer_that_goes_only_so_far_is_proposed_so_far(desk_town: Town) -> None:
    verified(desk_town, quantity=10)
    small = verified(desk_town, quantity=1, title="一小时的活")
    state_offer(desk_town, quantity=20, most_per_need=6)
    assert sorted(one.quantity for one in propose(desk_town).matches) == [1, 6]
    Offer.objects.update(smallest=3)
    assert [one.quantity for one in propose(desk_town).matches if one.need_id != small.pk] == [6]


def test_what_must_come_whole_is_not_put_together_from_parts(desk_town: Town) -> None:
    whole = verified(desk_town, quantity=5, whole_only=True)
    for quantity in (3, 2):
        state_offer(desk_town, title=f"{quantity}小时", quantity=quantity)
    assert propose(desk_town).matches == []
    offer = state_offer(desk_town, title="都能给", quantity=5)
    assert [(one.need_id, one.offer_id) for one in propose(desk_town).matches] == [(whole.pk, offer.pk)]
