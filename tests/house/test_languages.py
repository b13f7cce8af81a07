"""Both languages are complete: every marked text of code and templates has its English, with the same placeholders."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from tests.house import source

CATALOGUE = source.PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
HAN = re.compile(r"[\u4e00-\u9fff]")
# Chinese punctuation outside a text, such as a colon after a label, is a text as well.
CHINESE = re.compile(r"[\u4e00-\u9fff\u3001\u3002\uff00-\uff65]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|\{\w*\}")
Text = str | tuple[str, ...]


# What Django's own reading of a template leaves of its texts, amid signs that are no Python.
STRING = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
IN_TEMPLATE = re.compile(rf"\bngettext\({STRING},\s*{STRING}|(?:\bgettext|_)\({STRING}\)")


def _of_template(path: Path) -> Iterator[Text]:
    for one, many, single in IN_TEMPLATE.findall(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
        yield ast.literal_eval(single) if single else (ast.literal_eval(one), ast.literal_eval(many))


def _of_module(path: Path) -> Iterator[Text]:
    """The plain texts in calls of a mark; what is passed on by name was marked where it stands."""
    for node in ast.walk(source.tree(path)):
        if isinstance(node, ast.Call):
            mark = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if mark in MARKS and texts:
                yield texts[0] if len(texts) == 1 else tuple(texts[:2])


@lru_cache(maxsize=1)
def marked() -> dict[Text, str]:
    """Every marked text with the file in which it stands first."""
    found: dict[Text, str] = {}
    for path in [*source.modules(), *source.templates()]:
        texts = _of_template(path) if path.suffix == ".html" else _of_module(path)
        for text in texts:
            if any(text):
                found.setdefault(text, source.short(path))
    return found


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    """The English catalogue."""
    if not CATALOGUE.exists():
        pytest.skip("the English catalogue is not there yet: make messages writes it, people fill it")
    with CATALOGUE.open("rb") as file:
        return read_po(file)


def test_screen_texts_are_marked_in_chinese() -> None:
    """A marked text of Latin letters would be its own translation."""
    bare = {text: PLACEHOLDER.sub("", str(text)) for text in marked()}
    english = {text for text, left in bare.items() if re.search("[A-Za-z]{3,}", left) and not HAN.search(left)}
    assert english == set()


def test_every_text_has_its_english(catalogue: Catalog) -> None:
    missing = []
    for text, where in marked().items():
        message = catalogue.get(text[0] if isinstance(text, tuple) else text)
        parts = (
            [message.string] if message and isinstance(message.string, str) else list(message.string) if message else []
        )
        if message is None or message.fuzzy or not parts or not all(parts):
            missing.append(f"{where}: {text}")
    assert missing == [], f"{len(missing)} texts without English"


def test_no_text_stands_twice() -> None:
    """Two branches that fill the same text leave it twice once they are joined, and gettext takes no such catalogue."""
    heads = re.findall(
        r'^(?:msgctxt (".*")\n)?msgid (".*(?:\n".*)*)', CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [head for head, times in Counter(heads).items() if times > 1] == []


def test_translations_keep_their_placeholders(catalogue: Catalog) -> None:
    wrong = []
    for message in catalogue:
        if not message.id or not message.string:
            continue
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        wanted = set(PLACEHOLDER.findall(sources[-1]))
        parts = [message.string] if isinstance(message.string, str) else list(message.string)
        # The singular may say "one" instead of the number.
        wrong += [message.id for part in parts[-1:] if part and set(PLACEHOLDER.findall(part)) != wanted]
    assert wrong == []


def _visible(path_text: str) -> Iterator[str]:
    """What a template shows by itself: no tags, no comments, no scripts, no attributes of elements."""
    bare = re.sub(r"{%\s*(blocktranslate|blocktrans)\b.*?{%\s*end\1\s*%}", " ", path_text, flags=re.DOTALL)
    bare = re.sub(
        r"{#.*?#}|{%\s*comment\s*%}.*?{%\s*endcomment\s*%}|{%.*?%}|{{.*?}}|<!--.*?-->", " ", bare, flags=re.DOTALL
    )
    return (line.strip() for line in bare.splitlines() if line.strip())


# The seal of the masthead, the names of the languages in themselves, and pages that are drawn when nothing else works.
UNMARKED = {"base.html", "parts/switches.html", "parts/bare.html", "500.html"}


def test_no_screen_text_goes_unmarked() -> None:
    found = []
    for path in source.templates():
        name = path.relative_to(source.TEMPLATES).as_posix()
        if name not in UNMARKED:
            found += [f"{name}: {line}" for line in _visible(path.read_text(encoding="utf-8")) if CHINESE.search(line)]
    assert found == []


# Chinese in the code of pages that nobody reads on a screen: what is recognised in a text, and the sample of styles.
UNREAD = {
    ("gongzhi/web/desk/forms.py", "０１２３４５６７８９＋"),
    # Kept in the database as chosen: an offer and a need meet only in the same word.
    ("gongzhi/web/casework/stating.py", "小时 次 人次 个 人 场 元 件 份"),
    # What separates words, days of the week and hours in what people type.
    ("gongzhi/web/casework/stating.py", r"[、，,;；\s]+"),
    *(
        ("gongzhi/web/casework/hours.py", one)
        for one in (
            "[、,;\n]",
            "(?:周|星期|礼拜)([一二三四五六日天])",
            "一二三四五六日",
            "天",
            r"(\d{1,2})(?:[:点时](\d{1,2})?分?)?",
        )
    ),
    ("gongzhi/web/casework/hours.py", r"\s*[-–—~至到]+\s*"),
    ("gongzhi/web/words.py", r"^(.*)（([^（）]+)）$"),
    ("gongzhi/web/public/forms.py", r"[\s()（）.-]"),
    *(("gongzhi/web/public/styleguide.py", one) for one in "一二三四"),
    # The same words as the marks of the figures, marked there.
    *(("gongzhi/web/board/bulletin.py", one) for one in ("实计", "申报", "估算")),
}


def _bare(path: Path) -> Iterator[str]:
    """The Chinese texts of a module that stand in no mark; docstrings and loose strings left out."""
    spared: set[int] = set()
    for node in ast.walk(source.tree(path)):
        mark = ""
        if isinstance(node, ast.Call):
            mark = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            spared.add(id(node.value))
        elif mark in MARKS | WITH_CONTEXT:
            spared |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(source.tree(path)):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in spared else None
        if isinstance(text, str) and CHINESE.search(text):
            yield text


def test_no_text_of_the_pages_code_goes_unmarked() -> None:
    pages = [path for path in source.modules() if source.room_of(path) == "web"]
    found = {(source.short(path), text) for path in pages for text in _bare(path)}
    assert found - UNREAD == set()


def test_marks_with_a_context_have_their_english(catalogue: Catalog) -> None:
    """The same Chinese word that English calls otherwise: on a button, as a heading, beside a number."""
    apart = [message for message in catalogue if message.context]
    assert apart
    assert [message.id for message in apart if message.fuzzy or not all([message.string or ""])] == []
