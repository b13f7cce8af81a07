"""The picture of growth shows every figure of the README's table, and is drawn from it."""

from xml.etree import ElementTree

import pytest

from bench import growth

TEXT = (growth.HERE / "README.md").read_text()


def test_every_figure_of_the_table_is_written_beside_its_point() -> None:
    grown = growth.read(TEXT)
    assert [one.rows for one in grown] == [10_000, 30_000, 100_000, 300_000, 1_000_000]
    words = {one.text for one in ElementTree.fromstring(growth.draw(grown)).iter() if one.tag.endswith("text")}
    for one in grown:
        assert {f"{one.each:,.4g}", f"{one.seconds:,.4g}", f"{one.megabytes:,.4g}"} <= words


def test_the_picture_that_is_kept_is_that_of_the_table() -> None:
    assert (growth.HERE / "growth.svg").read_text() == growth.draw(growth.read(TEXT))


def test_a_text_without_the_table_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="no table of growth"):
        growth.read("Growth of nothing")
