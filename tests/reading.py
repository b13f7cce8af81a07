"""Reads pages as everyone must be able to: by axe, on a screen of any width, plain and in large type."""

from collections.abc import Iterable
from typing import Any

from axe_playwright_python.sync_playwright import Axe

WIDE_TABLES = """() => [...document.querySelectorAll('.table-box')]
    .filter(box => box.scrollWidth > box.clientWidth + 1).map(box => box.innerText.slice(0, 80))"""
AXE = """axe.run({resultTypes: ['violations']}).then(found => found.violations.map(
    one => [one.id, one.impact, one.nodes.slice(0, 3).map(node => node.html.slice(0, 120))]))"""
Fault = tuple[str, str, list[str]]


def enlarge(page: Any) -> None:
    """Switch to large type by the switch that every page has."""
    page.evaluate("document.querySelector('button[name=elder]').click()")
    page.wait_for_selector("html.elder")


def settled(page: Any) -> None:
    """Wait for what the page still fetches by itself."""
    page.wait_for_load_state("load")
    page.wait_for_selector(".htmx-request", state="detached")


def until(page: Any, expression: str) -> None:
    """Wait until an expression holds. Asked from outside: the pages forbid what playwright's own waiting would evaluate."""
    for _ in range(300):
        if page.evaluate(f"Boolean({expression})"):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {expression}")


def violations(page: Any, *, serious: bool = False) -> list[tuple[str, list[str]]]:
    """What axe finds on the page as it stands: the rule and where. At any weight, or only what is `serious`."""
    settled(page)
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(Axe().axe_script)
    weights = {"serious", "critical"}
    return [(rule, nodes) for rule, impact, nodes in page.evaluate(AXE) if not serious or impact in weights]


def too_wide(page: Any) -> bool:
    """Whether it must be pushed sideways. A phone's innerWidth grows with a page that is too wide."""
    return bool(page.evaluate("document.documentElement.scrollWidth") > page.viewport_size["width"])


def faults(page: Any, site: str, paths: Iterable[str], *, tables: bool = True) -> list[Fault]:
    """What axe finds at any weight, pages wider than the screen, and on a phone `tables` to be pushed sideways.

    Each page plain and in large type, which differ by a class alone.
    """
    narrow = page.viewport_size["width"] < 500
    found: list[Fault] = []
    for path in paths:
        answer = page.goto(site + path)
        assert answer.status == 200, path
        for large in (False, True):
            page.evaluate("large => document.documentElement.classList.toggle('elder', large)", large)
            where = f"{path} in large type" if large else path
            found += [(where, rule, nodes) for rule, nodes in violations(page)]
            if too_wide(page):
                found.append((where, "wider than the screen", []))
            if narrow and tables:
                found += [(where, "a table to be pushed sideways", [box]) for box in page.evaluate(WIDE_TABLES)]
    return found
