"""When the database is away or a disk is full: say so, say that nothing was kept, and ask to try again."""

import errno
import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from psycopg_pool import PoolTimeout

log = logging.getLogger("gongzhi.web")
SECONDS = "30"


class TroubleMiddleware:
    """Answer 503 with a page in plain words where the machine, not the request, is at fault."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Called by Django for what a view raised; anything else stays the plain 500."""
        full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
        if not full and not isinstance(error, OperationalError | InterfaceError | PoolTimeout):
            return None
        log.error("%s %s: %s", request.method, request.path, error)
        # No request in the context: the page must not ask the database who is here.
        answer = render(None, "503.html", status=503)
        answer["Retry-After"] = SECONDS
        return answer
