"""Compiles loops over numbers, which Python itself is too slow for. Pure."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numba

Given = ParamSpec("Given")
Got = TypeVar("Got")


def compiled(function: Callable[Given, Got]) -> Callable[Given, Got]:
    """The function in machine code: arrays, tuples of them, and numbers go in and out.

    Compiled at its first call, which takes seconds, and kept beside its file for all later processes, or in the user's
    cache where that folder may not be written. One that calls others must stand in one file with them, or a change of
    those would go unseen, as does that of a number from another file. While it runs other threads do too.
    """
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:
        # Nowhere to keep it: compiled by each process for itself.
        return numba.njit(nogil=True)(function)
