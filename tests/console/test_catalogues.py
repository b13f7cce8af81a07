"""Message catalogues are compiled as gettext would compile them."""

import gettext
import io
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.console.catalogues import compile_all, messages, packed

PO = """# A comment.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#: gongzhi/web/templates/base.html:3
msgid "反映问题"
msgstr "Report a problem"

#, fuzzy
msgid "旧话"
msgstr "an old guess"

msgid "没有译"
msgstr ""
msgctxt "按钮"
msgid "提交"
msgstr "Submit"

#, python-format
msgid "%(n)s 条"
msgid_plural "%(n)s 条"
msgstr[0] "%(n)s row"
msgstr[1] "%(n)s rows"
#~ msgid "过时"
#~ msgstr "obsolete"
"""


def read(text: str) -> gettext.GNUTranslations:
    return gettext.GNUTranslations(io.BytesIO(packed(messages(text))))


def test_gettext_reads_what_was_compiled() -> None:
    catalogue = read(PO)
    assert catalogue.gettext("反映问题") == "Report a problem"
    assert catalogue.pgettext("按钮", "提交") == "Submit"
    assert [catalogue.ngettext("%(n)s 条", "%(n)s 条", n) for n in (1, 2)] == ["%(n)s row", "%(n)s rows"]
    assert [catalogue.gettext(word) for word in ("旧话", "没有译", "过时")] == ["旧话", "没有译", "过时"]


@given(st.dictionaries(st.text(min_size=1).map(lambda text: text.replace("\r", "")).filter(bool), st.text(min_size=1)))
def test_whatever_babel_writes_is_read_back(words: dict[str, str]) -> None:
    words = {key: value.replace("\r", "") or "x" for key, value in words.items() if "\0" not in key}
    words = {key: value for key, value in words.items() if "\0" not in value and key.strip()}
    source = Catalog(locale="en")
    for key, value in words.items():
        source.add(key, value)
    file = io.BytesIO()
    write_po(file, source, width=0)
    found = messages_by_lf(file.getvalue().decode())
    assert {key: found.get(key) for key in words} == words


def messages_by_lf(text: str) -> dict[str, str]:
    return messages(text)


def test_only_newer_catalogues_are_compiled(tmp_path: Path) -> None:
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(PO)
    assert compile_all(tmp_path) == [folder / "django.mo"]
    assert compile_all(tmp_path) == []


def test_a_broken_line_is_named() -> None:
    with pytest.raises(ValueError, match="line 2"):
        messages('msgid "a"\nmsgstr b\n')
