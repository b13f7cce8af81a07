"""The sentence of a suggestion, as a secretary reads it out."""

import pytest

from gongzhi.console.catalogues import messages
from gongzhi.exchange.fitting import LOOKS
from gongzhi.exchange.matching import ALL_USED, NOT_ENOUGH, Giver, Window, sentence
from gongzhi.exchange.rules import KIND_LABELS
from gongzhi.exchange.saying import WHY_LABELS, Suggestion, why_unmet
from tests.exchange.problems import need, north, offer, planned
from tests.house.test_languages import CATALOGUE

TUESDAY = (Window(2, 19 * 60, 21 * 60),)


def suggested(mine: dict[str, object], theirs: dict[str, object], giver: Giver) -> Suggestion:
    """The one suggestion of a plan."""
    return planned([need(**mine)], [offer(**theirs)], [giver]).suggestions[0]


def test_everything_known_is_said() -> None:
    giver = Giver("U-1", "某某单位", 2, in_time=5, late=1, failed=0, given=3, received=0, agreement=True)
    place = {"kind": "place", "measure": "场次", "quantity": 2}
    one = suggested(place | {"windows": TUESDAY}, place | {"position": north(390), "title": "会议室"}, giver)
    assert sentence(one) == (
        "某某单位（距您约 400 米）能提供会议室（场地），所需的 2 场次都能给，每周二 19:00 至 21:00 可用；"
        "已签共建协议；近一年按时兑现 5 次，逾期 1 次；今年给出 3 次、得到 0 次；近 90 天已问过对方 2 次。"
    )


def test_little_known_is_said_as_little() -> None:
    one = suggested({"quantity": 5, "position": None}, {"quantity": 3}, Giver("U-1"))
    assert sentence(one) == (
        "U-1（没有写明地点，不知多远）能提供技术力量，能给 3 人次（共需 5），时间不限；近一年还没有兑现记录；"
        "今年还没有给出或得到过。"
    )


def test_an_agreement_is_spoken_of_only_where_it_is_known() -> None:
    for signed, words in ((True, "；已签共建协议；"), (False, "；尚未签共建协议；"), (None, "")):
        said = sentence(suggested({"quantity": 1}, {"quantity": 1}, Giver("U-1", agreement=signed)))
        assert words in said and ("协议" in said) is (signed is not None)


@pytest.mark.parametrize(
    ("windows", "words"),
    [
        ((*TUESDAY, Window(5, 540, 630)), "每周二 19:00 至 21:00 和每周五 9:00 至 10:30 可用，每周共 3.5 小时"),
        (tuple(Window(day, 540, 600) for day in (1, 2, 3)), "每周有 3 段时间合得上，共 3 小时"),
    ],
)
def test_the_times_of_a_week(windows: tuple[Window, ...], words: str) -> None:
    assert words in sentence(suggested({}, {"windows": windows}, Giver("U-1")))


def test_far_is_said_in_kilometres_and_next_door_is_not_said_as_nothing() -> None:
    assert "约 2.3 公里" in sentence(suggested({}, {"position": north(2345)}, Giver("U-1")))
    assert "约 50 米" in sentence(suggested({}, {}, Giver("U-1")))


def test_a_pledge_that_failed_is_said() -> None:
    assert "按时兑现 0 次，未兑现 2 次" in sentence(suggested({}, {}, Giver("U-1", failed=2)))


def test_the_sentence_is_english_where_english_is_asked() -> None:
    english = messages(CATALOGUE.read_text(encoding="utf-8"))
    giver = Giver("U-1", "Unit", 1, in_time=1, late=1, failed=1, given=3, agreement=True)
    theirs = {"position": north(390), "windows": TUESDAY, "title": "electrician", "measure": "visits"}
    said = sentence(suggested({"measure": "visits"}, theirs, giver), lambda text: english[text])
    assert said == (
        "Unit (about 400 m from you) offers electrician (Skills): can give all that is needed, 1 visits, free every Tue "
        "19:00 to 21:00; has signed the agreement; pledges of the last year kept in time: 1, late: 1, not "
        "kept: 1; gave 3 and received 0 this year; asks in the last 90 days: 1."
    )


def test_every_reason_and_every_kind_has_its_words() -> None:
    assert set(WHY_LABELS) == {*LOOKS, NOT_ENOUGH, ALL_USED}
    assert all(why_unmet(why) for why in WHY_LABELS) and len(KIND_LABELS) == 8
