"""Take the guides' pictures: `make screenshots`, or `python -m tools.screenshots [--only PREFIX] [--folder DIR]`.

The demonstration district is loaded into a database of its own in a temporary folder, under a clock that starts at
the same minute each time, served by this process and walked by Debian's chromium. Nothing else on the machine is
touched; the pictures are written to docs/guide/pictures as PNG of few colours.
"""

import argparse
import io
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "guide" / "pictures"
# A Wednesday morning, in a year whose holidays are known.
START = datetime(2026, 6, 10, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
COLOURS = 96
LARGEST = 150_000


def main() -> int:
    """Take the pictures whose name begins with PREFIX, and say how large each is; 1 when one is too large."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only",
        default="",
        metavar="PREFIX",
        help="keep these only, such as desk; all are walked, since the story goes on from one to the next",
    )
    parser.add_argument("--folder", type=Path, default=PICTURES, help="where the pictures go")
    parser.add_argument("--headed", action="store_true", help="show the browser")
    args = parser.parse_args()
    from tools.walks import WALKS

    args.folder.mkdir(parents=True, exist_ok=True)
    with district() as address, browser(headed=args.headed) as chromium:
        for walk in WALKS:
            camera = Camera(chromium, address, args.folder, only=args.only)
            walk(camera)
            camera.close()
    sizes = {path.name: path.stat().st_size for path in sorted(args.folder.glob("*.png"))}
    for name, size in sizes.items():
        print(f"{size / 1000:7.1f} kB  {name}")
    print(f"{sum(sizes.values()) / 1000:7.1f} kB  in {len(sizes)} pictures")
    return int(any(size > LARGEST for size in sizes.values()))


@contextmanager
def district() -> Iterator[str]:
    """A freshly loaded demonstration district, served by this process; gives its address."""
    folder = Path(tempfile.mkdtemp(prefix="gongzhi-pictures-"))
    # The database may run as another user, who must be able to pass.
    folder.chmod(0o755)
    from gongzhi.console import surroundings
    from gongzhi.console.postgres import Postgres

    try:
        with Postgres(folder / "postgres", fast=True) as server:
            os.environ.update(surroundings.demo_environment(folder, port=0, database=server.url))
            # The posters and links show an address as a district would have it.
            os.environ["GONGZHI_ADDRESS"] = "https://gongzhi.example.cn"
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.settings")
            os.environ["GONGZHI_DATABASE_POOL"] = "0"
            # The walks make mistakes on purpose, which would be warned of.
            os.environ["GONGZHI_LOG_LEVEL"] = "ERROR"
            # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
            hold_the_clock()
            load()
            with serve() as address:
                yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def hold_the_clock() -> None:
    """Let the product's clock start at START, so that the pictures show the same days at each run."""
    from django.utils import timezone

    begun = time.monotonic()
    timezone.now = lambda: START + timedelta(seconds=time.monotonic() - begun)


def load() -> None:
    """Migrate, load the district, gather the static files."""
    import django
    from django.core.management import call_command
    from django.db import connections, transaction

    django.setup()
    from gongzhi.console import serving
    from gongzhi.console.demo import load_district

    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        load_district(now=START)
    serving.collect_static()
    connections.close_all()


@contextmanager
def serve() -> Iterator[str]:
    """The product's own application behind Django's threaded server, on a free port of this machine."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.db import connections

    from gongzhi.wsgi import application

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_args: object) -> None:
            """A line a request would bury what the walks have to say."""

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet, connections_override=None)
    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
        connections.close_all()


@contextmanager
def browser(*, headed: bool = False) -> Iterator[Any]:
    """Debian's chromium, as the tests start it."""
    from playwright.sync_api import sync_playwright

    from tests.browser import FLAGS, NAMES

    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        sys.exit("没有 chromium。No chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        # With the package chromium-l10n the browser's own words are Chinese too.
        running = playwright.chromium.launch(
            executable_path=found,
            args=[*FLAGS, "--lang=zh-CN"],
            headless=not headed,
            env={**os.environ, "LANGUAGE": "zh_CN"},
        )
        yield running
        running.close()


class Camera:
    """Opens pages as somebody, and keeps what they show. `facts` carries what one walk leaves for the next."""

    facts: Any = SimpleNamespace()

    def __init__(self, chromium: Any, address: str, folder: Path, *, only: str) -> None:
        self.chromium, self.address, self.folder, self.only = chromium, address, folder, only
        self.contexts: list[Any] = []

    def page(self, size: str, login: str = "") -> Any:
        """A fresh page on a phone or at a desk, as a stranger or logged in as one of the cast."""
        from gongzhi.console.demo.cast import PASSWORD
        from tests.browser import SIZES

        context = self.chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **SIZES[size])
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: print("script error:", error))
        page.on("response", lambda answer: answer.status >= 500 and print(answer.status, answer.url))
        if login:
            page.goto(f"{self.address}/login")
            page.locator("[name=username]").fill(login)
            page.locator("[name=password]").fill(PASSWORD)
            page.locator("[name=password]").press("Enter")
            page.wait_for_url(re.compile("/desk/|/board/|/units/"))
        return page

    def open(self, page: Any, path: str) -> None:
        """Go to a path and let scripts, charts and maps settle."""
        answer = page.goto(self.address + path)
        if answer and answer.status >= 400:
            print(answer.status, path)
        settle(page)

    def take(self, page: Any, name: str, *, of: str = "", height: int = 0, pad: int = 0) -> None:
        """Keep the page as NAME-WIDTH.png: from its top, or the part `of`; no higher than `height` pixels."""
        if not name.startswith(self.only):
            return
        settle(page)
        page.evaluate("document.activeElement && document.activeElement.blur(); scrollTo(0, 0)")
        width = page.viewport_size["width"]
        whole = page.evaluate("document.documentElement.scrollHeight")
        box = {"x": 0, "y": 0, "width": width, "height": whole}
        if of:
            found = page.locator(of).first.bounding_box()
            left = max(found["x"] - pad, 0)
            top = max(found["y"] - pad, 0)
            box = {
                "x": left,
                "y": top,
                "width": min(found["width"] + 2 * pad, width - left),
                "height": min(found["height"] + 2 * pad, whole - top),
            }
        if height:
            box["height"] = min(box["height"], height)
        raw = page.screenshot(full_page=True, clip=box, animations="disabled", caret="hide")
        (self.folder / f"{name}-{width}.png").write_bytes(small(raw))

    def close(self) -> None:
        """Close what was opened."""
        for context in self.contexts:
            context.close()


def settle(page: Any) -> None:
    """Wait until nothing is being fetched and drawn any more."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(350)


def small(raw: bytes) -> bytes:
    """The same picture with few colours, as the smallest PNG that Pillow writes."""
    from PIL import Image

    picture = Image.open(io.BytesIO(raw)).convert("RGB")
    few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
