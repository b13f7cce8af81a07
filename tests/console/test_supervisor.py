"""Programs run together: the fallen rise again, a signal ends all, none is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from gongzhi.console.supervisor import Child, Supervisor

# Runs a supervisor over a program that starts one of its own and notes both.
SUPERVISE = """
import sys
from gongzhi.console.supervisor import Child, Supervisor
program = '''
import subprocess, sys, os, time
below = subprocess.Popen(["sleep", "60"])
print(os.getpid(), below.pid, file=open(sys.argv[1], "a"), flush=True)
time.sleep(60)
'''
sys.exit(Supervisor([Child("one", [sys.executable, "-c", program, sys.argv[1]])]).run())
"""


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that must come true; the limit only ends a broken run."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def lines(note: Path) -> list[list[int]]:
    return [[int(word) for word in line.split()] for line in note.read_text().splitlines()] if note.exists() else []


def start(note: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SUPERVISE, str(note)], stderr=subprocess.DEVNULL)


def test_a_signal_ends_the_programs_and_what_they_started(tmp_path: Path) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        note = tmp_path / number.name
        with start(note) as run:
            until(lambda note=note: len(lines(note)) == 1)  # type: ignore[misc]
            run.send_signal(number)
            assert run.wait(30) == 0
        assert not any(map(alive, lines(note)[0]))


def test_a_fallen_program_is_started_again_and_its_orphan_ended(tmp_path: Path) -> None:
    note = tmp_path / "note"
    with start(note) as run:
        until(lambda: len(lines(note)) == 1)
        program, orphan = lines(note)[0]
        os.kill(program, signal.SIGKILL)
        until(lambda: len(lines(note)) == 2)
        assert not alive(orphan)
        run.terminate()
        run.wait(30)


def test_a_killed_supervisor_takes_its_programs_along(tmp_path: Path) -> None:
    note = tmp_path / "note"
    with start(note) as run:
        until(lambda: len(lines(note)) == 1)
        program, below = lines(note)[0]
        run.kill()
    until(lambda: not alive(program))
    if alive(below):
        os.kill(below, signal.SIGKILL)


def test_the_wait_before_a_restart_doubles_and_has_a_limit() -> None:
    child = Child("falls", [sys.executable, "-c", ""])
    waits = []
    for _ in range(8):
        child.start(time.monotonic())
        assert child.process is not None
        child.process.wait()
        now = time.monotonic()
        assert child.fallen(now)
        waits.append(round(child.due - now))
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]


def test_it_says_once_that_it_is_ready() -> None:
    answers = iter([False, True])
    asked = []
    supervisor = Supervisor([])

    def ready() -> bool:
        asked.append(next(answers))
        if asked[-1]:
            os.kill(os.getpid(), signal.SIGTERM)
        return asked[-1]

    assert supervisor.run(ready) == 0
    assert asked == [False, True]
