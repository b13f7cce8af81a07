"""The guides show what there is: every picture named exists and is named, both languages, no dead links."""

import re
from pathlib import Path

import pytest

GUIDES = Path(__file__).parents[2] / "docs" / "guide"
PICTURES = GUIDES / "pictures"
AUDIENCES = ("resident", "desk", "unit", "board", "set-up")
LARGEST, LARGEST_FOLDER = 150_000, 3_000_000


def named(text: str) -> list[str]:
    """The pictures that a guide shows, in their order."""
    return re.findall(r'<img src="pictures/([^"]+)"', text)


def pages() -> dict[str, str]:
    """Every page of the folder by its name."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(GUIDES.glob("*.md"))}


def test_every_picture_named_exists_and_every_picture_is_named() -> None:
    shown = {name for text in pages().values() for name in named(text)}
    assert shown == {path.name for path in PICTURES.iterdir()}


def test_pictures_are_small_enough_to_be_opened_on_a_phone() -> None:
    sizes = {path.name: path.stat().st_size for path in PICTURES.iterdir()}
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}
    assert sum(sizes.values()) < LARGEST_FOLDER


def test_every_picture_says_in_words_what_it_shows() -> None:
    for name, text in pages().items():
        for tag in re.findall(r"<img [^>]*>", text):
            assert re.search(r'alt="[^"]+"', tag), f"{name}: {tag}"


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_guide_for_each_audience_in_both_languages(audience: str) -> None:
    text = pages()[f"{audience}.md"]
    chinese, english = text.split("\n---\n")
    assert named(chinese), "the Chinese half shows the pages"
    assert "出了问题怎么办" in chinese and "| you see |" in english
    assert len(re.findall(r"[\u4e00-\u9fff]", english)) == 0
    # As many troubles are answered in one language as in the other.
    rows = [len(re.findall(r"^\| (?!看到什么|you see)[^-|]", half, re.M)) for half in (chinese, english)]
    assert rows[0] == rows[1], rows


def test_links_of_the_guides_lead_somewhere() -> None:
    for name, text in pages().items():
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (GUIDES / target).exists(), f"{name}: {target}"
    index = pages()["README.md"]
    assert all(f"({name})" in index for name in pages() if name != "README.md")
