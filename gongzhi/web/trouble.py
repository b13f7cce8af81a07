"""When the database is away or a disk is full: say so, say that nothing was kept, and ask to try again."""

import errno
import logging
import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import server_error
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
        if not of_the_machine(error):
            return None
        log.error("%s %s: %s", request.method, request.path, error)
        return try_again()


def show_fault(request: HttpRequest) -> HttpResponse:
    """What was raised outside a view, such as when the session of somebody logged in cannot be read."""
    return try_again() if of_the_machine(sys.exc_info()[1]) else server_error(request)


def of_the_machine(error: BaseException | None) -> bool:
    """Whether the machine is at fault: the database is away or a disk is full."""
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT}
    return isinstance(error, OperationalError | InterfaceError | PoolTimeout)


def try_again() -> HttpResponse:
    """The page that asks to try again."""
    # No request in the context: the page must not ask the database who is here.
    answer = render(None, "503.html", status=503)
    answer["Retry-After"] = SECONDS
    return answer
