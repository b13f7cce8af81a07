"""Takes in the whole of a request before one of few threads answers it, and sends the answer when that is free again.

Six neighbours who send photos over a weak line would otherwise hold every thread until the last byte is in, and nobody
else would be answered. Few threads answer at once, since they share one interpreter lock; where a request has waited
long behind long ones, another comes to help.
"""

import contextlib
import io
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from queue import SimpleQueue
from typing import IO, Any, Generic, NamedTuple, TypeVar

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]
Asked = TypeVar("Asked")

# Bytes that are kept in memory; more lie in a file. What is longer than MOST is read by whoever answers, as it comes.
IN_MEMORY, PIECE, MOST = 1 << 20, 1 << 16, 256 << 20
# Seconds after which a job is long, and one that waits behind it looks for help.
PATIENCE = 0.5


class Receiving:
    """A WSGI application around another: `threads` of it answer at once, up to `most` where these take long."""

    def __init__(self, application: Application, *, threads: int, most: int, leave: Callable[[], None]) -> None:
        self._application, self._answering = application, Answering[_Answer](threads, max(most, threads), leave)

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        """Answer one request; called by as many threads as there are clients to wait for."""
        length = environ.get("CONTENT_LENGTH") or ""
        with contextlib.ExitStack() as stack:
            if length.isascii() and length.isdigit() and 0 < int(length) <= MOST:
                environ["wsgi.input"] = stack.enter_context(_taken_in(environ["wsgi.input"], int(length)))
            answer = self._answering.ask(lambda: self._answer(environ))
        start_response(answer.status, answer.headers)
        return answer.body

    def _answer(self, environ: Environ) -> "_Answer":
        heads: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            heads.append((status, headers))

        body = self._application(environ, start)
        # A file needs nobody to read it; everything else is read here, where its connection to the database is.
        if getattr(body, "file_to_stream", None) is None:
            body = _read(body)
        return _Answer(*heads[-1], body)


class _Answer(NamedTuple):
    status: str
    headers: list[tuple[str, str]]
    body: Iterable[bytes]


class _Broken(io.RawIOBase):
    """What was sent where it could not be kept: says so to whoever reads it, who can answer in words."""

    def __init__(self, error: OSError) -> None:
        self._error = error

    def read(self, _size: int | None = -1) -> bytes:
        raise self._error

    readline = read


def _taken_in(sent: IO[bytes], length: int) -> Any:
    """The body of a request, from its beginning; shorter than `length` where the client went away."""
    kept: Any = io.BytesIO()
    try:
        if length > IN_MEMORY:
            kept = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the request
        while length > 0 and (piece := sent.read(min(PIECE, length))):
            kept.write(piece)
            length -= len(piece)
        kept.seek(0)
    except OSError as error:
        kept.close()
        return _Broken(error)
    return kept


def _read(body: Iterable[bytes]) -> Iterable[bytes]:
    """The same, read to its end and closed."""
    try:
        if not getattr(body, "streaming", False):
            return [b"".join(body)]
        kept = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed when it was sent
        for piece in body:
            kept.write(piece)
        kept.seek(0)
        return _pieces(kept)
    finally:
        if close := getattr(body, "close", None):
            close()


def _pieces(kept: tempfile.SpooledTemporaryFile[bytes]) -> Iterator[bytes]:
    with kept:
        while piece := kept.read(PIECE):
            yield piece


class Answering(Generic[Asked]):
    """Threads that do what they are asked, in turn: the usual ones, and one for each that has long been at its job, up to
    `most`. `leave` is called by a thread that is one too many."""

    def __init__(self, usual: int, most: int, leave: Callable[[], None]) -> None:
        self._usual, self._most, self._leave = usual, most, leave
        self._jobs: SimpleQueue[tuple[threading.Event, Future[Asked], Callable[[], Asked]]] = SimpleQueue()
        self._lock, self._running = threading.Lock(), 0
        # By thread at its job, since when.
        self._since: dict[int, float] = {}

    def ask(self, job: Callable[[], Asked]) -> Asked:
        """What the job returns or raises, once a thread came to it."""
        begun, done = threading.Event(), Future[Asked]()
        self._jobs.put((begun, done, job))
        if self._running < self._usual:
            self._come()
        while not begun.wait(PATIENCE):
            self._come()
        return done.result()

    def _wanted(self) -> int:
        long = sum(time.monotonic() - since > PATIENCE for since in list(self._since.values()))
        return min(self._usual + long, self._most)

    def _come(self) -> None:
        with self._lock:
            if self._running < self._wanted():
                threading.Thread(target=self._work, daemon=True).start()
                self._running += 1

    def _work(self) -> None:
        me, stays = threading.get_ident(), True
        while stays:
            begun, done, job = self._jobs.get()
            self._since[me] = time.monotonic()
            begun.set()
            try:
                done.set_result(job())
            # Whoever asked gets it.
            except BaseException as error:
                done.set_exception(error)
            # Else it would be kept until the next comes.
            del self._since[me], begun, done, job
            stays = self._running <= self._usual or self._one_is_not_too_many()
        self._leave()

    def _one_is_not_too_many(self) -> bool:
        with self._lock:
            stays = self._running <= self._wanted()
            self._running -= not stays
        return stays
