"""Search: Python folds a question exactly as the database folds what it stores."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.shared.texts import plain, question

pytestmark = pytest.mark.django_db

TEXTS = st.text(
    alphabet=st.one_of(
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.sampled_from("ＡｂＺ０９，。！？ 　\t\n·—…“”‘’《》-_/\\'\"()（）[]aZ09é😀"),
    ),
    max_size=30,
)


def asked(sql: str, *values: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", values)
        return cursor.fetchone()[0]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS)
def test_both_sides_fold_alike(text: str) -> None:
    assert asked("gongzhi_plain(%s)", text) == plain(text)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, st.integers(0, 30), st.integers(1, 6))
def test_every_part_of_a_text_is_found_in_it(text: str, start: int, length: int) -> None:
    part = plain(text)[start : start + length]
    if part:
        assert asked("gongzhi_pairs(%s) @@ %s::tsquery", text, question(part))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS)
def test_stored_are_the_pairs_of_neighbours_and_the_last_sign(text: str) -> None:
    folded = plain(text)
    pairs = {folded[place : place + 2] for place in range(len(folded))}
    assert asked("tsvector_to_array(gongzhi_pairs(%s))", text) == sorted(pairs, key=str.encode)


def test_a_pair_that_is_not_there_is_not_found() -> None:
    assert asked("gongzhi_pairs(%s) @@ %s::tsquery", "楼道灯坏了", question("坏灯")) is False


def test_nothing_to_ask_asks_nothing() -> None:
    assert question("，。 ！") == ""


def test_a_dump_is_restored_with_an_empty_search_path() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), set_config('search_path', '', true)")
        schema, _path = cursor.fetchone()
    assert asked(f'"{schema}".gongzhi_pairs(%s)::text', "楼道灯") == "'楼道' '灯' '道灯'"
