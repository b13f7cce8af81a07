"""Reads pages as everyone must be able to: by axe, on a screen of any width, plain and in large type."""

from collections.abc import Iterable
from typing import Any

from axe_playwright_python.sync_playwright import Axe

WIDE_TABLES = """() => [...document.querySelectorAll('.table-box')]
    .filter(box => box.scrollWidth > box.clientWidth + 1).map(box => box.innerText.slice(0, 80))"""
Fault = tuple[str, str, list[str]]


def enlarge(page: Any) -> None:
    """Switch to large type by the switch that every page has."""
    page.evaluate("document.querySelector('button[name=elder]').click()")
    page.wait_for_selector("html.elder")


def faults(page: Any, site: str, paths: Iterable[str], *, tables: bool = True) -> list[Fault]:
    """What axe finds at any weight, pages wider than the screen, and on a phone `tables` to be pushed sideways."""
    narrow = page.viewport_size["width"] < 500
    found: list[Fault] = []
    for path in paths:
        answer = page.goto(site + path)
        page.wait_for_load_state("networkidle")
        assert answer.status == 200, path
        found += [
            (path, fault["id"], [node["html"][:120] for node in fault["nodes"]][:2])
            for fault in Axe().run(page).response["violations"]
        ]
        # A phone's innerWidth grows with a page that is too wide.
        if page.evaluate("document.documentElement.scrollWidth") > page.viewport_size["width"]:
            found.append((path, "wider than the screen", []))
        if narrow and tables:
            found += [(path, "a table to be pushed sideways", [box]) for box in page.evaluate(WIDE_TABLES)]
    return found
