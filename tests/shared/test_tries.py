"""Tries are counted where all processes and restarts see them, and at once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from gongzhi.shared import tries
from gongzhi.shared.models import TryCount
from tests.town import NOW

pytestmark = pytest.mark.django_db


def test_so_many_tries_in_an_hour_that_begins_with_the_first() -> None:
    limit = {("code", "17"): 3}
    assert [tries.take(limit, now=NOW) for _turn in range(4)] == [True, True, True, False]
    assert not tries.take(limit, now=NOW + timedelta(minutes=59))
    assert tries.take(limit, now=NOW + timedelta(minutes=61))
    assert tries.take({("code", "18"): 3}, now=NOW), "another key has its own"


def test_one_key_over_its_limit_refuses_the_try() -> None:
    both = {("number", "1"): 1, ("origin", "10.0.0.1"): 9}
    assert [tries.take(both, now=NOW) for _turn in range(2)] == [True, False]


def test_a_right_try_is_given_back() -> None:
    for _turn in range(20):
        assert tries.take({("code", "17"): 1}, now=NOW)
        tries.give_back(("code", "17"))
    tries.give_back(("code", "17"))
    assert TryCount.objects.get().count == 0


def test_neither_number_nor_address_is_stored_and_all_is_forgotten() -> None:
    tries.take({("origin", "203.0.113.9"): 5}, now=NOW)
    row = TryCount.objects.get()
    assert "203" not in row.mark and len(row.mark) == 32
    assert tries.forget(now=NOW + timedelta(minutes=30)) == 0
    assert tries.forget(now=NOW + timedelta(hours=2)) == 1


def test_asking_counts_nothing() -> None:
    assert not tries.too_many("password", "1", 1, now=NOW)
    tries.take({("password", "1"): 1}, now=NOW)
    assert tries.too_many("password", "1", 1, now=NOW)
    assert not tries.too_many("password", "1", 1, now=NOW + timedelta(hours=1))


@pytest.mark.django_db(transaction=True)
def test_many_at_the_same_moment_get_no_more_than_the_limit() -> None:
    keys = {("number", "7"): 5, ("origin", "10.0.0.7"): 100}
    found: list[bool] = []

    def guess() -> None:
        found.extend(tries.take(keys, now=NOW) for _turn in range(4))
        connection.close()

    threads = [threading.Thread(target=guess) for _turn in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found.count(True), len(found)) == (5, 24)
