"""Every page stands in a layout, every form that posts carries its token, nothing is fetched from elsewhere."""

import re

from tests.house import source

# Pages that are drawn when nothing else works stand alone.
ALONE = {"desk/conferences/wall.html", "base.html", "500.html"}
FORM = re.compile(r"<form\b[^>]*\bmethod=[\"']?post\b[^>]*>(.*?)</form>", re.IGNORECASE | re.DOTALL)


def _pages() -> dict[str, str]:
    texts = {
        path.relative_to(source.TEMPLATES).as_posix(): path.read_text(encoding="utf-8") for path in source.templates()
    }
    return {name: text for name, text in texts.items() if name not in ALONE}


# What a page fetches by itself while somebody types, or includes by a name that its view gives.
FETCHED = {"desk/caller/", "desk/worklist/counts.html", "board/bulletin_actions.html", "board/overview_actions.html"}


def test_every_page_extends_a_layout() -> None:
    """Fragments lie in a folder `parts`, are included by a page, or are fetched by one."""
    pages = _pages()
    included = {name for text in pages.values() for name in re.findall(r"{% include \"([^\"]+)\"", text)}
    wrong = [
        name
        for name, text in pages.items()
        if not text.lstrip().startswith("{% extends")
        and "parts/" not in name
        and name not in included
        and not name.startswith(tuple(FETCHED))
    ]
    assert wrong == []


def test_every_form_that_posts_carries_its_token() -> None:
    wrong = []
    for path in source.templates():
        for form in FORM.findall(path.read_text(encoding="utf-8")):
            if "{% csrf_token %}" not in form:
                wrong.append(path.relative_to(source.TEMPLATES).as_posix())
    assert wrong == []


def test_nothing_is_fetched_from_elsewhere() -> None:
    wrong = [name for name, text in _pages().items() if re.search(r"(?:src|href)=[\"'](?:https?:)?//", text)]
    assert wrong == []


def test_nothing_is_marked_safe_by_hand() -> None:
    wrong = [name for name, text in _pages().items() if re.search(r"\|\s*safe\b|{%\s*autoescape off", text)]
    assert wrong == []


def test_csrf_is_never_switched_off() -> None:
    wrong = [source.short(path) for path in source.modules() if "csrf_exempt" in path.read_text(encoding="utf-8")]
    assert wrong == []
