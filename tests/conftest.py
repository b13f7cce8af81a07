"""What every test may ask for."""

from typing import Any

import pytest

from tests.town import Town, build


@pytest.fixture
def town(db: None) -> Town:
    """A small town, made by the product's own actions."""
    return build()


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """Hash passwords at no cost: the cast has a dozen logins, and no test is about the hash."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
