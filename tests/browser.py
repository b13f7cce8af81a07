"""A real browser for the tests: Debian's chromium, at the size of a phone and of a desk.

A pytest plugin, loaded by `-p tests.browser`. `page` runs a test at both sizes; `phone` and `desk` at one.
"""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# No sandbox, since the tests may run as root; the rest keeps chromium from calling home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    "desk": {"viewport": {"width": 1440, "height": 900}},
}


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where the browser is; the test fails in words when there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.fail("no chromium on this machine: run make test as root, or apt-get install chromium", pytrace=False)
    return found


@pytest.fixture(scope="session")
def chromium(chromium_path: str) -> Iterator[Any]:
    """One browser for the whole run."""
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Any]:
    """`open_page("phone")` and `open_page("desk")`: fresh pages, each as a stranger with no cookies."""
    contexts = []

    def fresh(size: str, **options: Any) -> Any:
        options = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", **SIZES[size], **options}
        context = chromium.new_context(**options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield fresh
    for context in contexts:
        context.close()


@pytest.fixture
def phone(open_page: Any) -> Any:
    """A page on a phone, 390 px wide."""
    return open_page("phone")


@pytest.fixture
def desk(open_page: Any) -> Any:
    """A page on an office PC, 1440 px wide."""
    return open_page("desk")


@pytest.fixture(params=list(SIZES))
def page(request: pytest.FixtureRequest, open_page: Any) -> Any:
    """A page at each of the sizes in turn."""
    return open_page(request.param)
