"""What people, networks and machines do wrong: each gets a clear answer, nothing accepted is lost or doubled.

This file holds what lives in the actions and below; pages and spreadsheets have theirs beside them.
"""

import errno
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import signing
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob
from psycopg.errors import DiskFull

from gongzhi.console.postgres import Postgres
from gongzhi.demands import actions, queries
from gongzhi.demands.actions import Intake
from gongzhi.demands.clock import take_steps
from gongzhi.demands.models import Answer, Clock, Demand, Photo
from gongzhi.demands.photos import Photo as Picture
from gongzhi.neighbourhood.models import ContactCard
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import secrets, trail
from gongzhi.shared.moves import Refused
from tests.town import NOW, Town, build

NASTY = {
    "emoji": "灯坏了😀👨‍👩‍👧",
    "right to left": "三号楼\u202e栋二\u2066abc",
    "control": "灯\x00坏\x07了\x1b[31m",
    "half a pair": "灯\ud83d坏了",
    "html": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "formula": '=HYPERLINK("http://example.org","点我")',
    "sql": "'; DROP TABLE demands_demand; --",
    "template": "{{ settings.SECRET_KEY }} {% load x %} %(x)s %s {0}",
}
PICTURE = Picture(b"\xff\xd8\xff not really", 4, 3, "0" * 64)


def at_once(*tasks: Callable[[], object]) -> list[object]:
    """Run each in a thread of its own, all from the same moment; their results or exceptions in order."""
    barrier, results = threading.Barrier(len(tasks)), [None] * len(tasks)

    def run(place: int, task: Callable[[], object]) -> None:
        try:
            barrier.wait(30)
            results[place] = task()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_strange_words_in_every_field_are_kept_harmless(town: Town, text: str) -> None:
    received = town.report(body=text, subject=text, place_words=text, name=text, stated_handler=text)
    desk, resident = town.actor("dongzheng_shegong"), town.reporter(received)
    pk = received.demand.pk
    actions.contact_reporter(desk, demand_id=pk, words=f"打过电话 {text}", now=NOW)
    actions.ask_reporter(desk, demand_id=pk, question=f"几单元 {text}", now=NOW)
    actions.reply_to_question(resident, demand_id=pk, words=f"三单元 {text}", now=NOW)
    actions.note_on_demand(desk, demand_id=pk, words=f"记一笔 {text}", now=NOW)
    actions.answer_demand(desk, demand_id=pk, answer=f"修好了 {text}", now=NOW)
    actions.rate_demand(resident, demand_id=pk, solved=True, satisfied=True, words=f"好 {text}", now=NOW)
    kept = queries.get_demand(desk, pk)
    for words in (kept.subject, kept.body, kept.place_words, Answer.objects.get(demand=pk).words):
        assert not {"\x00", "\x07", "\x1b", "\u202e", "\u2066", "\ud83d"} & set(words)
    assert [entry.verb for entry in trail.of("demand", pk)][-1] == "rate"


@pytest.mark.parametrize("act", ["answer", "ask", "contact", "note"])
def test_a_hundred_thousand_characters_are_refused_in_words(town: Town, act: str) -> None:
    desk, pk = town.actor("dongzheng_shegong"), town.report().demand.pk
    long = "长" * 100_000
    calls = {
        "answer": lambda: actions.answer_demand(desk, demand_id=pk, answer=long, now=NOW),
        "ask": lambda: actions.ask_reporter(desk, demand_id=pk, question=long, now=NOW),
        "contact": lambda: actions.contact_reporter(desk, demand_id=pk, words=long, now=NOW),
        "note": lambda: actions.note_on_demand(desk, demand_id=pk, words=long, now=NOW),
    }
    before = queries.get_demand(desk, pk).version
    with pytest.raises(Refused, match="最多"):
        calls[act]()
    assert queries.get_demand(desk, pk).version == before


def test_what_belongs_to_another_community_does_not_exist_there(town: Town) -> None:
    pk = town.report(phone="13800138000").demand.pk
    other = town.actor("xinyu_shegong")
    calls: list[Callable[[], object]] = [
        lambda: queries.get_demand(other, pk),
        lambda: actions.classify_demand(other, demand_id=pk, category=town.category(), now=NOW),
        lambda: actions.contact_reporter(other, demand_id=pk, words="x", now=NOW),
        lambda: actions.ask_reporter(other, demand_id=pk, question="x", now=NOW),
        lambda: actions.answer_demand(other, demand_id=pk, answer="x", now=NOW),
        lambda: actions.note_on_demand(other, demand_id=pk, words="x", now=NOW),
        lambda: actions.attach_photos(other, demand_id=pk, photos=[PICTURE], now=NOW),
        lambda: actions.rate_demand(
            Actor(label="居民", link=pk + 1), demand_id=pk, solved=True, satisfied=True, now=NOW
        ),
        lambda: actions.withdraw_demand(Actor(label="居民"), demand_id=pk, now=NOW),
    ]
    for call in calls:
        with pytest.raises(Demand.DoesNotExist):
            call()
    for absent in (0, -1, 10**12):
        with pytest.raises(Demand.DoesNotExist):
            queries.get_demand(other, absent)
    assert [entry.verb for entry in trail.of("demand", pk)] == ["receive"]


def test_a_forged_link_opens_nothing() -> None:
    token = secrets.sign("demand", 17)
    assert secrets.read_signed("demand", token, max_age=60) == "17"
    value, stamp, signature = token.split(".")
    forged = [
        token[:-1],
        f"18.{stamp}.{signature}",
        f"{value}.{stamp}a.{signature}",
        f"{value}.{signature}",
        secrets.sign("thanks", 17),
        signing.Signer(salt="gongzhi.demand", key="another").sign("17"),
        "",
        ".",
        "17",
        token * 1000,
    ]
    for one in forged:
        with pytest.raises(signing.BadSignature):
            secrets.read_signed("demand", one, max_age=60)


@given(st.text(max_size=60))
def test_any_text_for_a_link_is_refused_and_breaks_nothing(text: str) -> None:
    with pytest.raises(signing.BadSignature):
        secrets.read_signed("demand", text, max_age=60)


def test_a_link_expires_and_survives_a_clock_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    token = secrets.sign("demand", 17)
    signed_at = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: signed_at + 61)
    with pytest.raises(signing.SignatureExpired):
        secrets.read_signed("demand", token, max_age=60)
    monkeypatch.setattr(signing.time, "time", lambda: signed_at - 3 * 86400)
    assert secrets.read_signed("demand", token, max_age=60) == "17"


def test_with_the_clock_set_back_nothing_is_lost_and_the_trail_keeps_its_order(town: Town) -> None:
    desk = town.actor("dongzheng_shegong")
    first = town.report().demand
    second = town.report(body="又一件事", now=NOW - timedelta(days=2)).demand
    assert second.due_at and second.due_at > second.received_at
    actions.contact_reporter(desk, demand_id=first.pk, words="联系过", now=NOW - timedelta(hours=5))
    actions.answer_demand(desk, demand_id=first.pk, answer="好了", now=NOW - timedelta(hours=4))
    assert [entry.verb for entry in trail.of("demand", first.pk)] == ["receive", "contact", "answer"]
    assert take_steps(now=NOW - timedelta(days=30))["lapsed"] == 0
    assert all(clock.due_at >= clock.started_at for clock in Clock.objects.all())


@pytest.fixture
def media(tmp_path: Path, settings: object) -> Path:
    """A folder of this test's own for photos."""
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    return tmp_path / "media"


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_disk_that_fills_up_under_photos_leaves_nothing_half(
    town: Town, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, saved = default_storage.save, []

    def full_at_the_second(name: str, content: object) -> str:
        if saved:
            raise OSError(errno.ENOSPC, "No space left on device")
        saved.append(save(name, content))
        return saved[-1]

    monkeypatch.setattr(default_storage, "save", full_at_the_second)
    with pytest.raises(Refused, match="磁盘满了"):
        town.report(photos=[PICTURE, PICTURE])
    assert saved and not files_in(media)
    assert not Demand.objects.exists() and not Photo.objects.exists()
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_database_without_room_says_so_and_keeps_nothing_half(monkeypatch: pytest.MonkeyPatch) -> None:
    town = build()
    before = trail.TrailEntry.objects.count(), ContactCard.objects.count()

    def no_room(*_rows: object, **_then: object) -> None:
        raise OperationalError("could not extend file: No space left on device") from DiskFull("No space left")

    with monkeypatch.context() as patch:
        patch.setattr("gongzhi.shared.writing.write", no_room)
        with pytest.raises(Refused, match="磁盘满了"):
            town.report(phone="13800138000", once="form-1")
    assert not Demand.objects.exists()
    assert (trail.TrailEntry.objects.count(), ContactCard.objects.count()) == before
    assert town.report(phone="13800138000", once="form-1").again is False, "the same form goes through afterwards"


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_six_times_at_once_counts_once() -> None:
    town = build()
    place = town.places["building"]

    def send() -> object:
        intake = Intake(place=place, body="车库漏水", once="form-1", phone="13800138000")
        return actions.receive_demand(Actor(label="居民"), intake=intake, now=NOW)

    results = at_once(*[send] * 6)
    assert {result.demand.pk for result in results} == {Demand.objects.get().pk}  # type: ignore[union-attr]
    assert len({result.code for result in results}) == 1  # type: ignore[union-attr]
    assert [result.again for result in results].count(False) == 1  # type: ignore[union-attr]
    assert ContactCard.objects.filter(purpose="demand").count() == 1
    assert trail.TrailEntry.objects.filter(noun="demand", verb="receive").count() == 1
    assert ProcrastinateJob.objects.filter(task_name="demands.suggest_category").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_answering_one_demand_do_it_once_and_the_second_hears_why() -> None:
    town = build()
    pk = town.report().demand.pk
    workers = [town.actor("dongzheng_shegong"), town.actor("dongzheng_shuji"), town.actor("yuejin_jiedao")]

    def answer(worker: Actor) -> Callable[[], object]:
        return lambda: actions.answer_demand(worker, demand_id=pk, answer=f"{worker.label}办好了", now=NOW)

    results = at_once(*[answer(worker) for worker in workers])
    refused = [result for result in results if isinstance(result, Refused)]
    assert len(refused) == 2, results
    assert all(str(result) for result in refused)
    assert Answer.objects.filter(demand=pk).count() == 1
    assert trail.TrailEntry.objects.filter(noun="demand", noun_id=pk, verb="answer").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_page_that_is_out_of_date_does_not_write_over_a_colleague() -> None:
    town = build()
    pk = town.report().demand.pk
    seen = Demand.objects.get(pk=pk).version
    desk, lead = town.actor("dongzheng_shegong"), town.actor("dongzheng_shuji")
    results = at_once(
        *[
            lambda worker=worker, code=code: actions.classify_demand(
                worker, demand_id=pk, category=town.category(code), seen=seen, now=NOW
            )
            for worker, code in ((desk, "0101"), (lead, "0102"))
        ]
    )
    assert sum(isinstance(result, Refused) for result in results) == 1, results
    kept = Demand.objects.get(pk=pk)
    (entry,) = [one for one in trail.of("demand", pk) if one.verb == "classify"]
    assert kept.category and entry.data["category"] == kept.category.code


RESTART = """
import itertools, os, sys, threading, time
from pathlib import Path
from gongzhi.console.postgres import Postgres
server = Postgres(Path(sys.argv[1]))
os.environ["DATABASE_URL"] = server.start()
os.environ["GONGZHI_DATABASE_POOL"] = pool = sys.argv[2]
import django
django.setup()
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connection
call_command("migrate", verbosity=0, interactive=False)
from gongzhi.demands import actions
from gongzhi.demands.actions import Intake
from gongzhi.demands.models import Demand
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared.models import TrailEntry
from procrastinate.contrib.django.models import ProcrastinateJob
from gongzhi.neighbourhood.models import Place
from tests.town import NOW, build
# The second time it goes on in the same database.
place = Place.objects.filter(kind="building").order_by("pk").first() or build().places["building"]

def counts():
    jobs = ProcrastinateJob.objects.filter(task_name="demands.suggest_category")
    return Demand.objects.count(), TrailEntry.objects.filter(verb="receive").count(), jobs.count()

before = counts()
connection.close()
acknowledged, failures, stop = [], [], threading.Event()

def send(who):
    for number in itertools.count():
        key = f"{pool}-{who}-{number}"
        while not stop.is_set():
            try:
                intake = Intake(place=place, body=f"漏水 {key}", once=key, phone="13800138000")
                received = actions.receive_demand(Actor(label="居民"), intake=intake, now=NOW)
            except (OperationalError, InterfaceError):
                failures.append(key)
                connection.close()
                time.sleep(0.05)
                continue
            acknowledged.append((key, received.demand.pk))
            break
        if stop.is_set():
            connection.close()
            return

threads = [threading.Thread(target=send, args=(who,)) for who in ("a", "b", "c")]
for thread in threads:
    thread.start()

def wait_for_more(number):
    until, end = len(acknowledged) + number, time.monotonic() + 60
    while len(acknowledged) < until and time.monotonic() < end:
        time.sleep(0.01)

wait_for_more(20)
server.stop()
server.start()
wait_for_more(20)
os.kill(server.process.pid, 9)
server.stop()
server.start()
wait_for_more(20)
stop.set()
for thread in threads:
    thread.join(30)
stored = dict(Demand.objects.filter(once__startswith=f"{pool}-").values_list("once", "pk"))
lost = [key for key, pk in acknowledged if stored.get(key) != pk]
print(len(acknowledged), len(lost), len(failures) > 0)
rows, entries, jobs = (now - then for now, then in zip(counts(), before))
print(rows - len(acknowledged) <= 3, entries == rows, jobs == rows)
connection.close()
server.stop()
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the database's own user may pass, which pytest's are not."""
    with tempfile.TemporaryDirectory(prefix="gongzhi-restart-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_the_database_restarted_under_load_loses_and_doubles_nothing(open_folder: Path) -> None:
    for pool in ("0", "4"):
        _restarted(open_folder, pool)


def _restarted(home: Path, pool: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(RESTART), str(home / "data"), pool],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    first, second = done.stdout.strip().splitlines()[-2:]
    acknowledged, lost, failed = first.split()
    assert int(acknowledged) >= 60
    assert (lost, failed) == ("0", "True"), "what was acknowledged stands, though the server went away twice"
    assert second == "True True True"
    assert not Postgres(home / "data").running()
