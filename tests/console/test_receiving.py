"""What is sent slowly, and what takes long, keeps nobody else waiting."""

import contextlib
import io
import socket
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from gongzhi.console import receiving, serving
from gongzhi.console.receiving import Answering, Receiving


class Sent(io.RawIOBase):
    """A body that comes piece by piece, its last one when it is let go."""

    def __init__(self, pieces: list[bytes], last: threading.Event | None = None) -> None:
        self.pieces, self.last = pieces, last

    def read(self, _size: int | None = -1) -> bytes:
        if len(self.pieces) == 1 and self.last:
            assert self.last.wait(30)
        return self.pieces.pop(0) if self.pieces else b""


class Streamed:
    streaming = True

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces, self.closed = pieces, False

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)

    def close(self) -> None:
        self.closed = True


def served(application: receiving.Application, threads: int = 1, most: int = 1) -> Receiving:
    return Receiving(application, threads=threads, most=most, leave=lambda: None)


def ask(application: receiving.Application, sent: Any = None, length: object = "") -> tuple[str, bytes]:
    heads: list[str] = []
    environ = {"wsgi.input": sent or io.BytesIO(), "CONTENT_LENGTH": str(length)}
    body = application(environ, lambda status, _headers: heads.append(status))
    return heads[0], b"".join(body)


def echo(environ: dict[str, Any], start: Any) -> list[bytes]:
    start("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read(), b"."]


def test_a_request_that_still_comes_in_holds_no_thread_that_answers() -> None:
    application, last = served(echo), threading.Event()
    with ThreadPoolExecutor(4) as neighbours:
        slow = [neighbours.submit(ask, application, Sent([b"a", b"b"], last), 2) for _ in range(4)]
        assert ask(application, io.BytesIO(b"x"), 1) == ("200 OK", b"x.")
        assert not any(one.done() for one in slow)
        last.set()
        assert [one.result(30) for one in slow] == [("200 OK", b"ab.")] * 4


@pytest.mark.parametrize("size", [0, 1, receiving.PIECE, receiving.IN_MEMORY, receiving.IN_MEMORY + 1])
def test_every_byte_that_was_sent_is_read(size: int) -> None:
    whole = (bytes(range(256)) * (size // 256 + 1))[:size]
    assert ask(served(echo), io.BytesIO(whole + b"the next request"[: size and 16]), size)[1] == whole + b"."


@pytest.mark.parametrize("length", ["", "-1", "many", "١"])
def test_without_a_length_nothing_is_read_before(length: str) -> None:
    assert ask(served(echo), io.BytesIO(b"as it is"), length)[1] == b"as it is."


def test_a_client_that_goes_away_ends_what_it_sent() -> None:
    assert ask(served(echo), Sent([b"half"]), 4000)[1] == b"half."


def test_where_nothing_can_be_kept_the_application_learns_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    def told(environ: dict[str, Any], start: Any) -> list[bytes]:
        try:
            environ["wsgi.input"].read(10)
        except OSError as error:
            start("507 Insufficient Storage", [])
            return [str(error.errno).encode()]
        raise AssertionError("it was read")

    monkeypatch.setattr(receiving.tempfile, "TemporaryFile", full)
    assert ask(served(told), io.BytesIO(b"x"), receiving.IN_MEMORY + 1) == ("507 Insufficient Storage", b"28")


def test_a_long_answer_is_whole_before_it_is_sent_and_closed_by_who_made_it() -> None:
    made, by = Streamed([b"ab" * receiving.IN_MEMORY, b"c"]), []

    def exports(_environ: dict[str, Any], start: Any) -> Streamed:
        start("200 OK", [])
        by.append(threading.current_thread())
        return made

    heads: list[str] = []
    body = served(exports)({"wsgi.input": io.BytesIO()}, lambda status, _headers: heads.append(status))
    assert made.closed and by != [threading.current_thread()]
    pieces = list(body)
    assert b"".join(pieces) == b"ab" * receiving.IN_MEMORY + b"c"
    assert max(map(len, pieces)) <= receiving.PIECE


def test_a_file_is_handed_on_as_it_is() -> None:
    class File(Streamed):
        file_to_stream = True

    file = File([b"as it lies there"])

    def files(_environ: dict[str, Any], start: Any) -> File:
        start("200 OK", [])
        return file

    assert served(files)({"wsgi.input": io.BytesIO()}, lambda *_head: None) is file
    assert not file.closed


def test_what_goes_wrong_reaches_who_asked_and_the_next_is_answered() -> None:
    def falls(environ: dict[str, Any], start: Any) -> list[bytes]:
        if environ["CONTENT_LENGTH"] == "3":
            raise KeyError("oh")
        return echo(environ, start)

    application = served(falls)
    with pytest.raises(KeyError, match="oh"):
        ask(application, io.BytesIO(b"bad"), 3)
    assert ask(application, io.BytesIO(b"good"), 4)[1] == b"good."


def test_only_so_many_are_answered_at_once() -> None:
    at_once, most, lock = 0, 0, threading.Lock()

    def counts(_environ: dict[str, Any], start: Any) -> list[bytes]:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.01)
        with lock:
            at_once -= 1
        start("200 OK", [])
        return [b""]

    application = served(counts, threads=2, most=8)
    with ThreadPoolExecutor(12) as clients:
        assert len([*clients.map(lambda _client: ask(application), range(12))]) == 12
    assert most == 2


def test_behind_long_ones_another_thread_comes_to_help_and_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "PATIENCE", 0.02)
    begun, over, left = threading.Semaphore(0), threading.Event(), threading.Event()
    answering: Answering[str] = Answering(2, 4, left.set)

    def long() -> str:
        begun.release()
        return "long" if over.wait(30) else "never"

    with ThreadPoolExecutor(4) as clients:
        asked = [clients.submit(answering.ask, long) for _ in range(3)]
        assert all(begun.acquire(timeout=30) for _ in asked)
        assert answering.ask(lambda: "short") == "short"
        assert not any(one.done() for one in asked)
        over.set()
        assert [one.result(30) for one in asked] == ["long"] * 3
    assert left.wait(30)


@pytest.fixture
def port() -> Iterator[int]:
    """A web server of one process, as a deployment has it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = int(free.getsockname()[1])
    web = serving.children("127.0.0.1", number, workers=1)[0]
    with subprocess.Popen(web.argv, cwd=Path(__file__).parents[2]) as running:
        end = time.monotonic() + 60
        while not serving.answers("127.0.0.1", number):
            assert time.monotonic() < end and running.poll() is None, "it did not start"
            time.sleep(0.1)
        yield number
        running.terminate()


def test_neighbours_who_send_photos_over_a_weak_line_keep_nobody_waiting(port: int) -> None:
    head = f"POST /new HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    with contextlib.ExitStack() as stack:
        for _neighbour in range(24):
            line = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            line.sendall(f"{head}Content-Length: 3000000\r\n\r\n--x\r\n".encode())
        time.sleep(0.5)
        assert serving.answers("127.0.0.1", port)
