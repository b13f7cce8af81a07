"""Gives the tests a database: the server of DATABASE_URL, or a temporary one of our own.

A pytest plugin, loaded by `-p tests.database` so that it runs before Django reads its settings. Only the
first process starts a server; the workers of pytest-xdist inherit its address.
"""

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gongzhi.console.postgres import Postgres

# Fixed, so that a signed link means the same in every worker. Worth nothing outside the tests.
TEST_ENVIRONMENT = {
    "GONGZHI_SECRET_KEY": "only-for-tests-" + "0123456789abcdef" * 4,
    "GONGZHI_CONTACT_KEYS": "b25seS1mb3ItdGVzdHMtMzItYnl0ZXMtbG9uZy1rZXk=",
    "GONGZHI_HOSTS": "127.0.0.1,localhost,testserver",
    "GONGZHI_ADDRESS": "http://testserver",
    # A pooled connection would outlive its test and hold the test database back from being dropped.
    "GONGZHI_DATABASE_POOL": "0",
    # Pages name their static files without a collected manifest.
    "GONGZHI_PLAIN_STATIC": "1",
    "GONGZHI_DEBUG": "",
    "GONGZHI_DEMO": "",
    "DJANGO_SETTINGS_MODULE": "gongzhi.settings",
    # Several processes that each spin on all cores slow one another down sevenfold.
    "OMP_NUM_THREADS": "1",
}
# On a server of our own, the file that workers lock while one of them migrates what all of them copy.
TEMPLATE_LOCK = "GONGZHI_TEST_TEMPLATE_LOCK"


def prepare() -> None:
    """Set the environment of the tests and start what it names; it all ends with this process."""
    os.environ.update(TEST_ENVIRONMENT)
    folder = Path(tempfile.mkdtemp(prefix="gongzhi-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # The database's user must be able to pass; what is private lies in folders of its own.
    folder.chmod(0o755)
    os.environ["GONGZHI_DATA"] = str(folder / "data")
    # The web server warns when there is no folder to serve files from.
    (folder / "data" / "static").mkdir(parents=True)
    if not os.environ.get("DATABASE_URL"):
        server = Postgres(folder / "postgres", fast=True)
        os.environ["DATABASE_URL"] = server.start()
        os.environ[TEMPLATE_LOCK] = str(folder / "template.lock")
        # Run before the folder is removed: the last registered goes first.
        atexit.register(server.stop)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Prepare before pytest-django loads the settings, which it does inside this very hook."""
    wanted = not any(flag in sys.argv for flag in ("--help", "-h", "--version", "--fixtures", "--markers"))
    if wanted and "PYTEST_XDIST_WORKER" not in os.environ:
        prepare()
    return (yield)
