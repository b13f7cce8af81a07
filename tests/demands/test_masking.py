"""Numbers that lead to a person are hidden in free text; everything else stays as written."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gongzhi.demands.masking import TooLong, clean_text, is_identity_number, mask

# Made up; the identity numbers carry right check digits for nobody's birthday.
IDENTITY = "50010419000101001"


def with_check(first: str) -> str:
    return first + next(c for c in "0123456789X" if is_identity_number(first + c))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13812345678，请回电", "电话138****5678，请回电"),
        ("138 1234 5678", "138 **** 5678"),
        ("138-1234-5678或139-0000-1111", "138-****-5678或139-****-1111"),
        ("１３８１２３４５６７８", "１３８****５６７８"),
        ("一三八一二三四五六七八", "一三八****五六七八"),
        ("手机一三八一二三四五六七八一直没人接", "手机一三八*****六七八一直没人接"),
        ("幺三八 一二三四 五六七八", "幺三八 **** 五六七八"),
        ("+86 138 1234 5678", "+86 138 **** 5678"),
        ("13812345678 13987654321", "138****5678 139****4321"),
        ("13812345678x", "138****5678x"),
        ("2026-11-22 13812345678", "2026-11-22 138****5678"),
        ("023-68901234", "023-******34"),
        ("(023)68901234", "(023)******34"),
        ("（0831）2345678", "（0831）*****78"),
        ("02368901234", "023******34"),
        ("座机是68901234", "座机是68****34"),
        ("50010419000101001X。", "500*************1X。"),
        ("500104 19000101 0010", "500*** ******** **10"),
        ("500104900101001", "500**********01"),
        ("卡号6222 0212 3456 7890 123", "卡号6222 **** **** ***0 123"),
        ("卡号4111111111111111", "卡号4111********1111"),
        ("写信到resident.one@example.com吧", "写信到r***********@example.com吧"),
        ("13812345678@example.com", "1**********@example.com"),
        ("1381234567813987654321", "1381**************4321"),
    ],
)
def test_hidden(text, shown):
    assert mask(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2026年11月22日下午3点",
        "2026-11-22 1830",
        "20261122",
        "2026.11.22到2026.12.01",
        "欠费1234567.89元，共12,345,678元",
        "3栋2单元15-3号，面积98.5平方米",
        "订单123456",
        "渝A12345的车占道，渝AD12345也在",
        "拨打12345热线，或400-123-4567",
        "社区编码500104002017，网格500104002017001",
        "公元一九九八年至二〇二六年",
        "流水号2026112200001234",
        "",
        "没有数字",
    ],
)
def test_untouched(text):
    assert mask(text) == text


def test_identity_numbers_are_known_by_their_check_digit():
    good = with_check(IDENTITY)
    assert is_identity_number(good)
    assert not is_identity_number(good[:-1] + ("0" if good[-1] != "0" else "1"))
    assert not is_identity_number("50010419001301001X")  # no thirteenth month
    assert is_identity_number("500104900101001")
    assert not is_identity_number("1380013800")


words = st.text(st.sampled_from("楼道灯坏了，。；\n栋单元ABXx:：/元年月日"), max_size=8)
gaps = st.sampled_from(["", " ", "-", "－", "—", "　", " - "])
mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@given(words, mobiles, st.lists(gaps, min_size=2, max_size=2), words, st.booleans())
def test_every_way_of_writing_a_mobile_number_is_hidden(before, number, between, after, full_width):
    written = number[:3] + between[0] + number[3:7] + between[1] + number[7:]
    if full_width:
        written = written.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    shown = mask(before + written + after)
    assert number not in re.sub(r"\D", "", shown)
    assert shown.count("*") == 4
    assert shown.startswith(before)
    assert shown.endswith(after)


@given(
    st.from_regex(r"[1-8][0-9]{5}", fullmatch=True),
    st.dates().filter(lambda d: 1900 <= d.year < 2100),
    st.from_regex(r"[0-9]{3}", fullmatch=True),
    words.filter(lambda w: not w.startswith(("A", "B", "X", "x"))),
)
def test_every_identity_number_is_hidden(region, born, order, after):
    number = with_check(f"{region}{born:%Y%m%d}{order}")
    shown = mask("身份证" + number + after)
    assert shown == "身份证" + number[:3] + "*" * 13 + number[-2:] + after


@given(st.text(st.sampled_from("0123456789０９一八零 -.()（）@aX渝元年\n电话"), max_size=60))
@example("1 " * 30)
def test_every_character_keeps_its_place(text):
    shown = mask(text)
    assert len(shown) == len(text)
    assert all(new in (old, "*") for old, new in zip(text, shown, strict=True))


@given(st.from_regex(r"[0-9]{1,6}", fullmatch=True), words)
def test_short_numbers_stay(number, after):
    assert mask("电话" + number + after) == "电话" + number + after


@pytest.mark.parametrize("piece", ["1", "1 ", "1-", "一", "(023)", "a@", "a.", "138 "])
def test_a_hundred_thousand_characters_are_masked(piece):
    text = piece * (100_000 // len(piece))
    assert len(mask(text)) == len(text)


# Cleaning


def test_what_people_type_is_cleaned():
    assert (
        clean_text("  楼道灯\r\n\r\n\r\n\r\n坏了 \x00\x07\u202e！\u2028好\x1b[0m\t ", 100) == "楼道灯\n\n坏了 ！\n好[0m"
    )


@pytest.mark.parametrize("text", ["👨‍👩‍👧‍👦", "❤️", "👍🏽", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🫨", "𠮷", "<script>alert(1)</script>", "=1+1"])
def test_emoji_rare_characters_and_markup_stay(text):
    assert clean_text(text, 100) == text


def test_too_long_is_said_in_words():
    assert clean_text("字" * 10, 10) == "字" * 10
    with pytest.raises(TooLong, match="最多10字，您写了11字"):
        clean_text("字" * 11, 10)
    with pytest.raises(TooLong):
        clean_text(" " * 100_000, 10)


@given(st.text(max_size=200))
def test_cleaned_text_can_be_stored_and_stays_clean(text):
    clean = clean_text(text, 200)
    clean.encode("utf-8")
    assert "\x00" not in clean
    assert clean_text(clean, 200) == clean
