"""What every test may ask for."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import pytest_django

from tests.database import TEMPLATE_LOCK
from tests.town import Town, build

# How long an example takes to make or to run says how busy the machine is.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> None:
    """Migrate once for all workers: each copies the server's own database, which nothing else uses here."""
    from django.core.management import call_command
    from django.db import connection

    if not os.environ.get(TEMPLATE_LOCK):
        return
    with Path(os.environ[TEMPLATE_LOCK]).open("a+") as lock, django_db_blocker.unblock():
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not lock.tell():
            call_command("migrate", verbosity=0)
            connection.close()
            lock.write("migrated")
    connection.settings_dict["TEST"]["TEMPLATE"] = connection.settings_dict["NAME"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    """Empty the tables after a test with real transactions by deleting its few rows: truncating all costs forty times that."""
    from django.db import connection

    def emptied(_style: Any, tables: list[str], **_more: Any) -> list[str]:
        if not tables:
            return []
        names = [connection.ops.quote_name(name) for name in tables]
        return [
            # Whoever still writes must have ended, as for a truncation.
            f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE",
            "SET LOCAL session_replication_role = replica",
            *(f"DELETE FROM {name}" for name in names),
            "SET LOCAL session_replication_role = origin",
        ]

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser') = 'on'")
        (superuser,) = cursor.fetchone()
    with pytest.MonkeyPatch.context() as patch:
        if superuser:
            patch.setattr(connection.ops, "sql_flush", emptied)
        yield


@pytest.fixture
def town(db: None) -> Town:
    """A small town, made by the product's own actions."""
    return build()


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """Hash passwords at no cost: the cast has a dozen logins, and no test is about the hash."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _no_jobs_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Empty the queue after a test with real transactions: its tables are not Django's, so nothing else does."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        from django.db import connection

        with request.getfixturevalue("django_db_blocker").unblock(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs RESTART IDENTITY CASCADE")
