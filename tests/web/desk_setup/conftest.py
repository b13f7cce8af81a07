"""Logins for the tests of the set-up pages."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.town import Town

# The views read the clock of the wall, the town was built on a day in June 2026.
Enter = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def enter(town: Town) -> Enter:
    """A browser in which a member of the cast is logged in."""

    def inside(key: str) -> Client:
        client = Client()
        client.force_login(town.accounts[key], "gongzhi.web.logins.Logins")
        return client

    return inside
