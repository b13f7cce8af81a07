"""Tie a program to the process which started it: when that one ends, so does this.

Run as a script by `command()`; needs nothing but the standard library, so that it starts in some 20 ms.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def command(argv: list[str], *, end: signal.Signals = signal.SIGTERM, user: tuple[int, int] | None = None) -> list[str]:
    """The argument list that runs `argv` as `user` (uid, gid), ended by the kernel when this process dies.

    The kernel watches the *thread* that starts the child: use one that lives as long as its process.
    """
    uid, gid = user or (-1, -1)
    return [sys.executable, "-I", "-S", __file__, str(int(end)), str(os.getpid()), str(uid), str(gid), *argv]


def become(argv: list[str], *, end: int, parent: int, uid: int, gid: int) -> None:
    """Drop to the user, ask the kernel for the signal, then turn into `argv`."""
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    # A change of user clears the request, so it comes after; the parent may have died before it.
    bind(end)
    if os.getppid() != parent:
        sys.exit(1)
    os.execvp(argv[0], argv)  # noqa: S606 - the caller gives the program, no shell


def bind(end: int = signal.SIGTERM) -> None:
    """Have the kernel send `end` to this process when the thread that started it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, end, 0, 0, 0)


if __name__ == "__main__":
    become(
        sys.argv[5:],
        end=int(sys.argv[1]),
        parent=int(sys.argv[2]),
        uid=int(sys.argv[3]),
        gid=int(sys.argv[4]),
    )
