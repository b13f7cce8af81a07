"""Official codes and telephone numbers, as they are written in real lists and by real people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.neighbourhood.codes import (
    AreaCode,
    BadCode,
    BadPhone,
    make_credit_code,
    normal_phone,
    read_code,
    valid_code,
    valid_credit_code,
)

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
prefixes = st.from_regex(f"[{SIGNS}]{{2}}[0-9]{{6}}[{SIGNS}]{{9}}", fullmatch=True)


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("500104", AreaCode("500104")),
        ("500104000000", AreaCode("500104")),
        ("500104002", AreaCode("500104", "500104002", kind="subdistrict")),
        ("500104101", AreaCode("500104", "500104101", kind="town")),
        ("500104201", AreaCode("500104", "500104201", kind="township")),
        ("500104401", AreaCode("500104", "500104401", kind="other")),
        ("500104002000", AreaCode("500104", "500104002", kind="subdistrict")),
        ("500104002017", AreaCode("500104", "500104002", "500104002017", kind="subdistrict")),
        (
            " 500104002017003 ",
            AreaCode("500104", "500104002", "500104002017", "500104002017003", kind="subdistrict"),
        ),
    ],
)
def test_a_code_is_taken_apart(code, parts):
    assert read_code(code) == parts


def test_every_code_but_a_districts_has_one_above_it():
    assert read_code("500104002017003").parent == "500104002017"
    assert read_code("500104002017").parent == "500104002"
    assert read_code("500104002").parent == "500104"
    assert read_code("500104").parent is None


@pytest.mark.parametrize(
    "code",
    [
        "",
        "5001",
        "50010400201",
        "5001040020170031",
        "50010400201A",
        "990104002017",
        "500100",
        "500104000017",
        "５００１０４",
    ],
)
def test_what_cannot_be_a_code_is_refused_in_words(code):
    assert not valid_code(code)
    with pytest.raises(BadCode, match="区划代码"):
        read_code(code)


def test_a_credit_code_known_to_be_right():
    # Widely given as the example of GB 32100-2015.
    assert make_credit_code("91350100M000100Y4") == "91350100M000100Y43"
    assert valid_credit_code(" 91350100m000100y43 ")


@given(prefixes, st.integers(0, 17), st.sampled_from(SIGNS))
def test_one_wrong_sign_is_always_found(prefix, place, sign):
    code = make_credit_code(prefix)
    assert valid_credit_code(code)
    wrong = code[:place] + sign + code[place + 1 :]
    assert valid_credit_code(wrong) is (wrong == code)


@pytest.mark.parametrize("prefix", ["", "9150010", "91350100M000100YI", "9135010XM000100Y4"])
def test_a_credit_code_needs_its_signs(prefix):
    with pytest.raises(ValueError, match="17 signs"):
        make_credit_code(prefix)
    assert not valid_credit_code(prefix)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("13812345678", "13812345678"),
        (" 138 1234 5678 ", "13812345678"),
        ("+86-138-1234-5678", "13812345678"),
        ("8613812345678", "13812345678"),
        ("008613812345678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("02368901234", "023-68901234"),
        ("（023）68901234", "023-68901234"),
        ("023-6890 1234", "023-68901234"),
        ("023-68901234转801", "023-68901234-801"),
        ("023-68901234-801", "023-68901234-801"),
        ("0831-2345678", "0831-2345678"),
        ("0831-2345678-1", "0831-2345678-1"),
        ("010 62345678", "010-62345678"),
    ],
)
def test_one_spelling_for_every_number(typed, normal):
    assert normal_phone(typed) == normal
    assert normal_phone(normal) == normal


def test_a_local_number_needs_its_area():
    assert normal_phone("68901234", area_code="023") == "023-68901234"
    with pytest.raises(BadPhone):
        normal_phone("68901234")


@pytest.mark.parametrize(
    "typed", ["", "1381234567", "138123456789", "12812345678", "没有电话", "13812345678\x00", "1" * 10_000, "0236890"]
)
def test_what_is_no_number_is_refused_with_an_example(typed):
    with pytest.raises(BadPhone, match="13812345678"):
        normal_phone(typed)


@given(st.text(max_size=30))
def test_any_text_gives_a_number_or_words(typed):
    try:
        normal = normal_phone(typed)
    except BadPhone:
        return
    assert normal_phone(normal) == normal
