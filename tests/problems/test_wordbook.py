"""How common words are is counted once, added up, and kept without any text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.problems import actions, queries
from gongzhi.problems.models import WordCounts
from gongzhi.problems.short_grams import read_short, run_number
from gongzhi.problems.wordbook import UnreadableBook, Wordbook, count_words, nothing, shipped_words
from tests.problems.neighbours import placed
from tests.town import NOW, Town

Said = list[tuple[str, str, str]]
said = st.lists(
    st.tuples(st.text("漏水电梯灯", max_size=6), st.sampled_from(["", "A", "B"]), st.sampled_from(["", "x", "y"])),
    max_size=8,
)


def book(rows: Said) -> Wordbook:
    texts, areas, kinds = ([row[at] for row in rows] for at in range(3))
    return count_words(read_short(texts, least=1), areas, kinds, least=1)


@given(said, said)
def test_two_books_together_say_how_often_all_of_them_do(one: Said, other: Said) -> None:
    both, whole = book(one) + book(other), book(one + other)
    assert both.reports == whole.reports and both.listed.tolist() == whole.listed.tolist()
    assert both.often.tolist() == whole.often.tolist()
    assert both.told.sum() == whole.told.sum() and set(both.kinds) == set(whole.kinds)


@given(said)
def test_a_book_is_read_as_it_was_kept(rows: Said) -> None:
    kept = book(rows)
    again = Wordbook.load(kept.save())
    assert again.kinds == kept.kinds and (again.reports, again.areas) == (kept.reports, kept.areas)
    assert np.array_equal(again.told, kept.told) and np.array_equal(again.spread, kept.spread)
    assert again.save() == kept.save()


@pytest.mark.parametrize("kept", [b"", b"no book", shipped_words().save()[:-50]])
def test_anything_else_is_no_book(kept: bytes) -> None:
    with pytest.raises(UnreadableBook):
        Wordbook.load(kept)


def test_the_name_of_one_place_is_told_from_a_word_of_many() -> None:
    rows = [(f"{'云岭' if at % 4 == 0 else ''}漏水", f"A{at % 4}", "") for at in range(40)]
    counted = book(rows)
    listed, known, _speaks = counted.tables
    said = dict(zip(listed.tolist(), known.tolist(), strict=True))
    assert [said.get(run_number(run)) for run in ("云岭", "漏水", "没有")] == [[10, 1], [40, 4], None]
    assert (counted + nothing()).save() == counted.save()


def test_the_clock_counts_what_the_district_says_and_placing_uses_it(town: Town) -> None:
    assert actions.count_words(now=NOW) == 0 and queries.wordbook().reports == shipped_words().reports
    for number in range(3):
        placed(town, number, now=NOW)
    assert actions.count_words(now=NOW) == 3 and actions.count_words(now=NOW) == 3
    assert WordCounts.objects.get().reports == 3
    assert queries.wordbook().reports == shipped_words().reports + 3
    text = "漏水".encode()
    assert text not in bytes(WordCounts.objects.get().content)
