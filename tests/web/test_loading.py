"""What is always the same in a template is put in once for each language, and only that."""

import pytest
from django.template import Context, Engine
from django.urls import NoReverseMatch
from django.utils.translation import override


def engine_with(**sources: str) -> Engine:
    files = {f"{name}.html": "{% load i18n %}" + source for name, source in sources.items()}
    held = [("django.template.loaders.locmem.Loader", files)]
    libraries = {name: f"django.templatetags.{name}" for name in ("i18n", "static")}
    libraries["pieces"] = "gongzhi.web.templatetags.pieces"
    return Engine(loaders=[("gongzhi.web.loading.Loader", held)], libraries=libraries)


def said(engine: Engine, language: str, **known: object) -> str:
    with override(language):
        return engine.get_template("page.html").render(Context(known))


def test_one_template_is_read_in_the_language_of_each_asking() -> None:
    engine = engine_with(page='{% include "part.html" %}/{{ what }}', part='{% translate "待办" %}')
    assert [said(engine, language, what="<") for language in ("zh-hans", "en", "zh-hans")] == [
        "待办/&lt;",
        "Worklist/&lt;",
        "待办/&lt;",
    ]


def test_what_was_put_in_is_not_looked_up_again() -> None:
    engine = engine_with(page='{% translate "待办" %} {% url "desk" %}')
    with override("en"):
        assert str(engine.get_template("page.html").source).endswith("Worklist /desk/")


def test_a_sign_is_drawn_once_with_its_label_in_each_language() -> None:
    engine = engine_with(page='{% load pieces %}{% icon "search" label=_("搜索") %}{% icon sign size="large" %}')
    for language, label in (("zh-hans", "搜索"), ("en", "Search")):
        with override(language):
            source = str(engine.get_template("page.html").source)
        assert f'aria-label="{label}"' in source and "#search" in source and "{% icon sign" in source
        assert "#flag" in said(engine, language, sign="flag")


def test_words_that_would_be_read_as_a_tag_are_still_words() -> None:
    assert said(engine_with(page='{% translate "{{ what }}" %}'), "en", what="x") == "{{ what }}"


def test_an_address_that_there_is_not_is_missed_where_it_is_shown() -> None:
    engine = engine_with(page='{% if what %}{% url "nowhere" %}{% endif %}')
    assert said(engine, "en") == ""
    with pytest.raises(NoReverseMatch):
        said(engine, "en", what=True)
