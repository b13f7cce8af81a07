"""What granian serves in a benchmark: the product, and under /bare/ the views without any middleware."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.test.utils import override_settings

from gongzhi.console.web import receiving_for
from gongzhi.wsgi import application as product


class BareHandler(WSGIHandler):
    """Django without middleware, on the bare views."""

    def __init__(self) -> None:
        with override_settings(MIDDLEWARE=[]):
            super().__init__()

    def get_response(self, request: Any) -> Any:
        """Answer from the bare addresses."""
        request.urlconf = "bench.bare.views"
        return super().get_response(request)

    def resolve_request(self, request: Any) -> Any:
        """Resolve among the bare addresses, which `get_response` would reset."""
        request.urlconf = "bench.bare.views"
        return super().resolve_request(request)


bare = BareHandler()


def measured(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """One process serves both, so that both are measured under the same load; an answer says how long it took here."""
    begin = time.perf_counter()

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start_response(status, [*headers, ("X-Served-Us", f"{(time.perf_counter() - begin) * 1e6:.0f}")], *more)

    served = bare if environ["PATH_INFO"].startswith("/bare/") else product
    return served(environ, start)


application = receiving_for(measured)
