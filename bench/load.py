"""A load generator that leaves the cores to the server: one process, one thread, keep-alive connections by epoll."""

import multiprocessing
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bench.server import PORT, Site

Requests = Iterator[bytes]
Maker = Callable[..., Requests]


@dataclass
class Load:
    """What the clients saw: latencies in seconds, answers by status, the size of the last body.

    `served` is the part of each latency from the server's thread taking the request up to the answer's head.
    """

    seconds: float = 0.0
    taken: list[float] = field(default_factory=list)
    served: list[float] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    size: int = 0
    # Processor time a request, in ms: web server, PostgreSQL.
    cpu: tuple[float, float] = (0.0, 0.0)

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.taken) / self.seconds if self.seconds else 0.0

    def add(self, other: "Load") -> None:
        """Take in what a further run saw."""
        both = len(self.taken) + len(other.taken)
        if both:
            mine, theirs = len(self.taken) / both, len(other.taken) / both
            self.cpu = (self.cpu[0] * mine + other.cpu[0] * theirs, self.cpu[1] * mine + other.cpu[1] * theirs)
        self.seconds += other.seconds
        self.taken += other.taken
        self.served += other.served
        self.answers += other.answers
        self.size = other.size

    def quantile(self, share: float) -> float:
        """A latency in ms that this share of the requests kept."""
        return _quantile(self.taken, share)

    def in_the_server(self, share: float) -> float:
        """The same of the time that the server had the request."""
        return _quantile(self.served, share)

    def spent(self) -> str:
        """Processor time a request, in words; it says more than the rate where others share the machine."""
        return f"CPU a request: web {self.cpu[0]:.2f} ms, PostgreSQL {self.cpu[1]:.2f} ms"

    def failures(self, *good: int) -> int:
        """How many answers had another status than the good ones."""
        return sum(count for status, count in self.answers.items() if status not in good)


def _quantile(taken: list[float], share: float) -> float:
    ordered = sorted(taken)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else float("nan")


def run(site: Site, maker: Maker, *args: object, clients: int = 8, seconds: float = 10.0, warm: float = 1.5) -> Load:
    """Let `clients` send what `maker(client, *args)` yields, each its next request when the last was answered.

    Runs in a process of its own. What is sent in the first `warm` seconds is not counted.
    """
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        running = pool.apply_async(_run, (site.port, maker, args, clients, seconds, warm))
        time.sleep(warm)
        before = site.cpu()
        load = running.get()
    load.cpu = tuple((b - a) * 1000 / max(1, len(load.taken)) for a, b in zip(before, site.cpu(), strict=True))  # type: ignore[assignment]
    return load


def get(path: str, cookie: str = "") -> bytes:
    """A GET as a browser would send it, keeping the connection."""
    sent = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nAccept-Language: zh-CN\r\n"
    return (sent + (f"Cookie: {cookie}\r\n" if cookie else "") + "\r\n").encode()


def repeat(client: int, requests: list[bytes]) -> Requests:
    """The same requests over and over, every client at another place of the list."""
    at = client * 7
    while True:
        yield requests[at % len(requests)]
        at += 1


class _Client:
    def __init__(self, port: int, requests: Requests) -> None:
        self.requests = requests
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.started = 0.0

    def send(self) -> None:
        request = next(self.requests)
        self.buffer = b""
        self.started = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> tuple[int, int, float] | None:
        """(status, size of the body, seconds in the server) once the answer is whole."""
        part = self.socket.recv(262144)
        if not part:
            raise ConnectionError("the server closed the connection")
        self.buffer += part
        head, blank, body = self.buffer.partition(b"\r\n\r\n")
        if not blank:
            return None
        lower = head.lower()
        if b"\r\ncontent-length:" in lower:
            length = int(lower.split(b"\r\ncontent-length:")[1].split(b"\r\n")[0])
            whole = len(body) >= length
        else:
            whole = body.endswith(b"0\r\n\r\n") if b"chunked" in lower else True
        if not whole:
            return None
        said = lower.partition(b"\r\nx-served-us:")[2]
        return int(head.split(b" ", 2)[1]), len(body), int(said.split(b"\r\n")[0] or 0) / 1e6


def _run(port: int, maker: Maker, args: tuple[object, ...], clients: int, seconds: float, warm: float) -> Load:
    selector = selectors.DefaultSelector()
    for number in range(clients):
        client = _Client(port, maker(number, *args))
        selector.register(client.socket, selectors.EVENT_READ, client)
        client.send()
    load = Load()
    begin = time.perf_counter() + warm
    end = begin + seconds
    while (now := time.perf_counter()) < end:
        for key, _mask in selector.select(0.5):
            client = key.data
            answer = client.receive()
            if answer is None:
                continue
            now = time.perf_counter()
            if client.started >= begin:
                load.taken.append(now - client.started)
                load.answers[answer[0]] += 1
                load.size = answer[1]
                load.served.append(answer[2])
            client.send()
    load.seconds = now - begin
    return load
