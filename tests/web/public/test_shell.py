"""What every page keeps to: files of others unchanged, icons there, nothing inline, switches, errors in plain words."""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django import forms
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.storage import FileSystemStorage
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

import gongzhi.web
from gongzhi.web.context import WAYS, audience_of
from gongzhi.web.security import POLICY
from gongzhi.web.templatetags.pieces import STATES

WEB = Path(gongzhi.web.__file__).parent
VENDOR = WEB / "static" / "vendor"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))


def drawn(source: str, **context: object) -> str:
    """A template's text with the pieces loaded."""
    return Template("{% load pieces %}" + source).render(Context(context))


def test_files_of_others_are_those_that_were_vetted() -> None:
    listed = dict(reversed(line.split("  ./")) for line in (VENDOR / "SHA256SUMS").read_text().splitlines())
    there = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()} - {"SHA256SUMS"}
    assert set(listed) == there
    for name, digest in listed.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name


def test_each_folder_of_others_carries_its_licence() -> None:
    assert all((folder / "LICENSE").is_file() for folder in VENDOR.iterdir() if folder.is_dir())


def test_hashed_static_files_find_everything_they_name(tmp_path: Path) -> None:
    storage = ManifestStaticFilesStorage(location=tmp_path, base_url="/static/")
    source = FileSystemStorage(location=WEB / "static")
    paths = {
        str(path.relative_to(WEB / "static")): (source, str(path.relative_to(WEB / "static")))
        for path in (WEB / "static").rglob("*")
        if path.is_file()
    }
    for name in paths:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((WEB / "static" / name).read_bytes())
    failed = [result for _, _, result in storage.post_process(paths) if isinstance(result, Exception)]
    assert failed == []


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'symbol id="([^"]+)"', (VENDOR / "bootstrap-icons-1.13.2/icons.svg").read_text()))
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([^"]+)"', path.read_text())}
    named |= {way[2] for ways in WAYS.values() for way in ways} | {sign for _, sign in STATES.values()}
    assert named - sprite == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB / "templates")))
def test_no_template_carries_script_style_or_handlers_inline(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son(?!e=)[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


def test_bad_fields_are_listed_at_the_top_and_lead_to_their_field() -> None:
    class Form(forms.Form):
        words = forms.CharField(label="什么事", help_text="在哪里坏了")

    html = drawn("{% errors form %}{% field form.words %}", form=Form({"words": ""}))
    assert 'href="#id_words"' in html
    assert 'aria-describedby="id_words_hint id_words_error"' in html
    assert html.index('id="id_words_error"') < html.index('id="id_words"')
    assert 'aria-invalid="true"' in html


@pytest.mark.parametrize(
    ("hours", "words", "tone"),
    [(72, "还剩 3 天", "calm"), (5, "还剩 5 小时", "soon"), (0.5, "还剩 30 分钟", "soon"), (-50, "已超 2 天", "late")],
)
def test_a_due_time_is_said_in_words_and_not_by_colour_alone(hours: float, words: str, tone: str) -> None:
    now = datetime(2026, 11, 20, 2, tzinfo=UTC)
    html = drawn("{% due_badge due now=now %}", due=now + timedelta(hours=hours), now=now)
    assert words in html
    assert f"tone-{tone}" in html
    assert "<svg" in html


def test_a_paused_or_finished_clock_no_longer_runs() -> None:
    due = datetime(2026, 11, 20, 2, tzinfo=UTC)
    assert "暂停计时" in drawn("{% due_badge due paused=True %}", due=due)
    assert "按时完成" in drawn("{% due_badge due done=done %}", due=due, done=due)
    assert "超时完成" in drawn("{% due_badge due done=done %}", due=due, done=due + timedelta(seconds=1))


def test_a_figure_leads_to_its_rows_and_says_how_it_was_got() -> None:
    html = drawn('{% stat "参加" 20 unit="万" basis="stated" qualifier="近" href="/rows" %}')
    assert "近20" in html
    assert 'href="/rows"' in html
    assert "申报" in html


def test_paging_keeps_the_other_choices() -> None:
    request = RequestFactory().get("/desk/", {"q": "漏水", "after": "old"})
    html = Template('{% load pieces %}{% pager after="new" %}').render(Context({"request": request}))
    assert "q=%E6%BC%8F%E6%B0%B4&amp;after=new" in html
    assert "old" not in html


def test_text_from_people_is_never_markup() -> None:
    events = [{"what": "<b>x</b>", "words": "<script>alert(1)</script>", "when": datetime(2026, 1, 1, tzinfo=UTC)}]
    html = render_to_string("parts/timeline.html", {"events": events})
    assert "<script>" not in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("path", "audience"),
    [("/", "public"), ("/new", "public"), ("/desk/demands/7", "desk"), ("/board/", "board"), ("/d/desk", "public")],
)
def test_an_address_belongs_to_one_audience(path: str, audience: str) -> None:
    assert audience_of(path) == audience


@pytest.mark.django_db
def test_large_type_and_language_stay_switched_and_lead_back() -> None:
    client = Client()
    answer = client.post("/switch/elder", {"elder": "on", "next": "/login?a=1"})
    assert answer.headers["Location"] == "/login?a=1"
    assert 'audience-public elder"' in client.get("/").content.decode()
    client.post("/switch/elder", {"elder": "off"})
    assert 'elder"' not in client.get("/").content.decode().split("<body")[0]
    client.post("/switch/language", {"language": "en", "next": "/"})
    assert '<html lang="en"' in client.get("/").content.decode()
    client.post("/switch/language", {"language": "xx", "next": "/"})
    assert '<html lang="en"' in client.get("/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "target", ["https://example.com/", "//example.com", "javascript:alert(1)", "\\\\example.com", ""]
)
def test_a_switch_never_leads_to_another_site(target: str) -> None:
    assert Client().post("/switch/elder", {"elder": "on", "next": target}).headers["Location"] == "/"


@pytest.mark.django_db
def test_every_page_sends_the_policy() -> None:
    answer = Client().get("/")
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_an_absent_page_says_what_to_do_next() -> None:
    answer = Client().get("/nothing-here")
    assert answer.status_code == 404
    assert "查进度" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_plain_words() -> None:
    answer = Client(enforce_csrf_checks=True).post("/switch/elder", {"elder": "on"})
    assert answer.status_code == 403
    assert "重新提交" in answer.content.decode()


@pytest.mark.parametrize("name", ["500.html", "403_csrf.html"])
def test_pages_of_failure_need_neither_request_nor_database(name: str) -> None:
    assert 'href="/"' in render_to_string(name)


@pytest.mark.django_db
def test_login_tells_what_was_wrong_and_locks_out_guessing_with_a_sentence() -> None:
    client = Client()
    answer = client.post("/login", {"username": "nobody", "password": "wrong"})
    assert "登录名或密码不对" in answer.content.decode()
    for _ in range(8):
        answer = client.post("/login", {"username": "nobody", "password": "wrong"})
    assert answer.status_code == 429
    assert "15 分钟" in answer.content.decode()
