"""Run some programs together: signals reach them, a fallen one is started again, none is left behind."""

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from gongzhi.console import tether
from gongzhi.console.surroundings import say

PR_SET_CHILD_SUBREAPER = 36
STOP_SECONDS = 15.0
LONGEST_WAIT = 30.0
# A program that lived this long has not fallen in a row.
SETTLED_SECONDS = 60.0
STOPPERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Child:
    """A program to keep running."""

    name: str
    argv: list[str]
    falls: int = 0
    started: float = 0.0
    due: float = 0.0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self, now: float) -> None:
        """Start it in a session of its own, so that a Ctrl-C reaches it through us and in order."""
        self.started = now
        self.process = subprocess.Popen(  # noqa: S603 - our own programs
            tether.command(self.argv), stdin=subprocess.DEVNULL, start_new_session=True
        )

    def fallen(self, now: float) -> bool:
        """Whether it has just ended; then it is due again after a wait that doubles with each fall in a row."""
        if self.process is None or self.process.poll() is None:
            return False
        self.sweep()
        self.process = None
        self.falls = 1 if now - self.started > SETTLED_SECONDS else self.falls + 1
        self.due = now + min(LONGEST_WAIT, 2.0 ** (self.falls - 1))
        return True

    def sweep(self) -> None:
        """End what the program itself started and left behind."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Supervisor:
    """Keeps children running until a signal asks to stop. `guard` is called about once a second."""

    def __init__(self, children: list[Child], *, guard: Callable[[], None] = lambda: None) -> None:
        self.children = children
        self.guard = guard
        self.stopping: int = 0
        self._wake, self._alarm = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def run(self, ready: Callable[[], bool] = lambda: True) -> int:
        """Run until stopped: 0 for SIGINT, SIGTERM and SIGHUP. Calls `ready` until it says True, once a moment."""
        adopt_orphans()
        waiting = True
        with self._signals():
            try:
                for child in self.children:
                    child.start(time.monotonic())
                while not self.stopping:
                    select.select([self._wake], [], [], 0.1 if waiting else 1.0)
                    with contextlib.suppress(BlockingIOError):
                        os.read(self._wake, 4096)
                    if self.stopping:
                        break
                    self._tend()
                    waiting = waiting and not ready()
            finally:
                self._stop()
        return 0

    def _tend(self) -> None:
        self.guard()
        now = time.monotonic()
        for child in self.children:
            if child.fallen(now):
                say(f"{child.name} 意外退出，{child.due - now:.0f} 秒后重启。{child.name} ended, restarting.")
            elif child.process is None and now >= child.due:
                child.start(now)

    def _stop(self) -> None:
        for child in self.children:
            if child.process is not None and child.process.poll() is None:
                child.process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.1, until - time.monotonic()))
                child.sweep()
                child.process.wait()

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        def stop(number: int, _frame: object) -> None:
            self.stopping = number

        old = {name: signal.signal(name, stop) for name in STOPPERS}
        old[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        before = signal.set_wakeup_fd(self._alarm, warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(before)
            for name, handler in old.items():
                signal.signal(name, handler)


def adopt_orphans() -> None:
    """Ask the kernel to hand us what our children leave behind, so that it can be reaped."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
