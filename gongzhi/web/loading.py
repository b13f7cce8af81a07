"""Loads each template once for each language, with the words, addresses and signs that are always the same put in already.

A page of the desk holds some sixty of them, and to look them up each time was a tenth of drawing it.
"""

import re
from typing import Any

from django.template import Context, TemplateSyntaxError
from django.template.base import Origin
from django.template.base import Template as Source
from django.template.loaders import cached
from django.urls import NoReverseMatch, get_script_prefix
from django.utils.translation import get_language

_WORDS = r'"[^"]*"'
_ALWAYS_THE_SAME = re.compile(
    rf"\{{% (?:translate {_WORDS}(?: context {_WORDS})?|url {_WORDS}|static {_WORDS}"
    rf"|icon {_WORDS}(?: size={_WORDS}| label=_\({_WORDS}\))*) %\}}"
)


class Loader(cached.Loader):
    """Django's own, with another copy for each language and each place where the site may lie."""

    def cache_key(self, template_name: str, skip: list[Origin] | None = None) -> str:
        """The name by which a template is kept."""
        return f"{get_language()} {get_script_prefix()} {super().cache_key(template_name, skip)}"

    def get_contents(self, origin: Origin) -> str:
        """A template's text."""
        return _ALWAYS_THE_SAME.sub(self._said, super().get_contents(origin))

    def _said(self, found: re.Match[str]) -> str:
        """What stands for a tag; the tag itself where that is not known yet, or would be read as one."""
        engine: Any = self.engine
        try:
            said = str(Source("{% load i18n static pieces %}" + found[0], engine=engine).render(Context()))
        except (NoReverseMatch, TemplateSyntaxError, ValueError):
            return found[0]
        return found[0] if "{" in said else said
