"""The public page's intake against a bare Django view, on one server: `python -m bench.intake`.

A POST of the residents' form does all that it does for a resident: form, place, rules, due times, trail, contact
card, signed link, deferred work, commit on disk. The bare view, free of middleware, commits an order and an event.
"""

import argparse
import re
import secrets
import socket
from urllib.parse import quote, urlencode

from bench import load, machine
from bench.server import PORT, database, site
from bench.texts import text

BOUNDARY = "----gongzhi-bench"
ROUNDS = 4


def main() -> int:
    """Print the figures; 1 where a goal is missed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=16, help="for each of the two")
    asked.add_argument("--clients", type=int, default=8)
    asked.add_argument("--worker", action="store_true", help="let the background work run on the same cores")
    asked.add_argument("--multipart", action="store_true", help="send the form in parts, as without scripts")
    asked.add_argument("--fresh", action="store_true", help="begin with an empty database")
    options = asked.parse_args()
    with database("intake", fresh=options.fresh) as folder:
        print(machine.describe(folder))
        queries = count_queries()
        places = some_places()
        with site(folder, worker=options.worker) as served:
            common = {"clients": options.clients}
            # In turn, so that a neighbour's load on the machine falls on both.
            share = options.seconds / ROUNDS
            bare, intake = load.Load(), load.Load()
            for _ in range(ROUNDS):
                bare.add(load.run(served, bare_orders, seconds=share, **common))
                intake.add(load.run(served, forms, places, options.multipart, seconds=share, **common))
    return report(intake, bare, queries)


def report(intake: load.Load, bare: load.Load, queries: list[str]) -> int:
    """Print what was measured beside its goal."""
    ratio = intake.rate / bare.rate
    failed = intake.failures(302) + bare.failures(201)
    print(f"bare view, order + event:  {bare.rate:7.1f} requests/s, p50 {bare.quantile(0.5):.1f} ms; {bare.spent()}")
    print(f"intake by the public page: {intake.rate:7.1f} requests/s, {ratio:.2f} of the bare view (goal 0.40)")
    print(
        f"  p50 {intake.quantile(0.5):.1f} ms, p99 {intake.quantile(0.99):.1f} ms, slowest {max(intake.taken) * 1e3:.0f} ms"
    )
    print(f"  {len(intake.taken)} taken, {failed} failures (goal 0), {len(queries)} queries each (goal 10)")
    print(f"  {intake.spent()}")
    for query in queries:
        print(f"    {query}")
    return int(ratio < 0.4 or failed > 0 or len(queries) > 10)


def forms(client: int, places: list[int], in_parts: bool = True) -> load.Requests:
    """The residents' form without photos as a browser sends it, with a fresh token and other words each time."""
    import random

    chance = random.Random(client)
    cookie, token = credentials()
    while True:
        words = text(chance.randrange(10**6), chance)
        fields = {
            "csrfmiddlewaretoken": token,
            "once": secrets.token_urlsafe(18),
            "lon": "",
            "lat": "",
            "poster": "",
            "search": "",
            "place": str(chance.choice(places)),
            "subdistrict": "",
            "community": "",
            "compound": "",
            "place_words": words.where,
            "body": words.body,
            "danger": "no",
            "name": "演示居民",
            "phone": f"199{chance.randrange(10**8):08d}",
            "email": "",
            "agree": "on",
        }
        if in_parts:
            yield multipart("/new", fields, cookie)
        else:
            yield post("/new", urlencode({**fields, "photos": ""}), "application/x-www-form-urlencoded", cookie)


def credentials() -> tuple[str, str]:
    """Open the form as a browser does: the cookie that came with it, and the token."""
    with socket.create_connection(("127.0.0.1", PORT)) as line:
        line.sendall(load.get("/new").replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        page = b""
        while part := line.recv(65536):
            page += part
    found = re.search(rb"set-cookie: *csrftoken=(\w+)", page, re.IGNORECASE)
    assert found, page[:400]
    secret = found[1].decode()
    return f"csrftoken={secret}", secret


def multipart(path: str, fields: dict[str, str], cookie: str) -> bytes:
    """A form with an empty list of photos."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    parts.append(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photos"; filename=""\r\n'
        "Content-Type: application/octet-stream\r\n\r\n\r\n"
    )
    return post(path, "".join([*parts, f"--{BOUNDARY}--\r\n"]), f"multipart/form-data; boundary={BOUNDARY}", cookie)


def bare_orders(client: int) -> load.Requests:
    """The same words for the bare view."""
    import random

    chance = random.Random(client)
    while True:
        words = text(chance.randrange(10**6), chance)
        body = f"body={quote(words.body)}&place_words={quote(words.where)}"
        yield post("/bare/create", body, "application/x-www-form-urlencoded")


def post(path: str, body: str, kind: str, cookie: str = "") -> bytes:
    """A POST that keeps the connection."""
    sent = body.encode()
    head = [
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{PORT}",
        f"Origin: http://127.0.0.1:{PORT}",
        "Accept-Language: zh-CN",
        f"Content-Type: {kind}",
        f"Content-Length: {len(sent)}",
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    return "\r\n".join([*head, "", ""]).encode() + sent


def some_places() -> list[int]:
    """Every building and compound of the district."""
    from gongzhi.neighbourhood.models import Place

    return list(Place.objects.filter(kind__in=["building", "compound"]).values_list("pk", flat=True))


def count_queries() -> list[str]:
    """The statements of one intake but BEGIN and COMMIT, asked of Django's own log, in their order."""
    import random

    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    browser = Client(HTTP_HOST=f"127.0.0.1:{PORT}")
    seen: list[str] = []
    # The second one: by then the process knows its district and its calendar.
    for number in range(2):
        words = text(number, random.Random(number))
        place = some_places()[number]
        with CaptureQueriesContext(connection) as captured:
            answer = browser.post(
                "/new",
                {
                    "once": secrets.token_urlsafe(18),
                    "place": place,
                    "body": words.body,
                    "danger": "no",
                    "phone": "19900000001",
                    "agree": "on",
                },
            )
        assert answer.status_code == 302, answer.content.decode()
        seen = [query["sql"][:110] for query in captured.captured_queries if query["sql"] not in ("BEGIN", "COMMIT")]
    connection.close()
    return seen


if __name__ == "__main__":
    raise SystemExit(main())
