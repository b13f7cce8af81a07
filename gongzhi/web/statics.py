"""Static files as a deployment serves them: with their content's mark in the name, packed, for ever."""

from functools import lru_cache
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class KeptStatic(CompressedManifestStaticFilesStorage):
    """The same; an address is worked out once, for a page names forty of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._address = lru_cache(maxsize=1024)(super().url)

    def url(self, name: str | None, force: bool = False) -> str:
        """The address of a file by its plain name."""
        return self._address(name, force)
