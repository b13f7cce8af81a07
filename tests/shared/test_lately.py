"""What a process keeps is read anew when its time is over, when it is forgotten, and while there is nothing."""

from itertools import count

import pytest

from gongzhi.shared import lately
from gongzhi.shared.lately import Lately


def test_it_is_read_once_until_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now, read = [0.0], count(1).__next__
    monkeypatch.setattr(lately, "monotonic", lambda: now[0])
    kept: Lately[str, int] = Lately(10)
    assert [kept.get("a", read), kept.get("a", read), kept.get("b", read)] == [1, 1, 2]
    now[0] = 10.1
    assert kept.get("a", read) == 3


def test_nothing_is_not_kept_unless_it_may_be() -> None:
    answers = iter([(), (1,)])
    kept: Lately[str, tuple[int, ...]] = Lately(10)
    assert [kept.get("a", lambda: next(answers)) for _ in range(3)] == [(), (1,), (1,)]
    still = iter([(), (1,)])
    also: Lately[str, tuple[int, ...]] = Lately(10, empty=True)
    assert [also.get("a", lambda: next(still)) for _ in range(2)] == [(), ()]


def test_it_stays_small_and_another_database_is_read_anew() -> None:
    read = count(1).__next__
    kept: Lately[int, int] = Lately(10, most=2)
    assert [kept.get(key, read) for key in (1, 2, 3, 1)] == [1, 2, 3, 4]
    Lately.forget_all()
    assert kept.get(1, read) == 5


@pytest.mark.django_db
def test_what_is_forgotten_in_a_transaction_is_forgotten_again_when_it_is_written(
    django_capture_on_commit_callbacks: object,
) -> None:
    read = count(1).__next__
    kept: Lately[str, int] = Lately(10)
    kept.get("a", read)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        kept.forget()
        # As another thread would, which does not see yet what this one writes.
        assert kept.get("a", read) == 2
    assert kept.get("a", read) == 3
