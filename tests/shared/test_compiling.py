"""Loops are compiled, kept where that can be done, and work where it cannot."""

from typing import Any

import numba
import numpy as np
import pytest

from gongzhi.shared import compiling


def up_to(number: int) -> int:
    """The sum of the whole numbers below this one."""
    total = 0
    for one in range(number):
        total += one
    return total


def test_a_loop_is_compiled_once_for_what_it_is_given() -> None:
    fast: Any = compiling.compiled(up_to)
    assert [fast(0), fast(5), fast(np.int64(1_000))] == [0, 10, 499_500]
    assert len(fast.signatures) == 1


def test_where_nothing_can_be_kept_it_is_compiled_for_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    really = numba.njit
    asked: list[dict[str, Any]] = []

    def njit(**options: Any) -> Any:
        asked.append(options)
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return really(**options)

    monkeypatch.setattr(numba, "njit", njit)
    assert compiling.compiled(up_to)(5) == 10
    assert len(asked) == 2
