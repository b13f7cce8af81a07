"""The `gongzhi` command as an operator meets it: in processes of its own."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gongzhi.console import main, serving, surroundings
from gongzhi.console.checkup import about_channels, examine
from tests.database import TEST_ENVIRONMENT


def gongzhi(*words: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run the command with nothing of the tests' settings but what is given."""
    ours = {name: value for name, value in os.environ.items() if name not in {*TEST_ENVIRONMENT, "DATABASE_URL"}}
    ours |= {"PYTHONPATH": str(Path(__file__).parents[2])} | changes
    return subprocess.run(
        [sys.executable, "-m", "gongzhi.console.main", *words], env=ours, capture_output=True, text=True, check=False
    )


def test_secrets_are_ready_for_an_environment_file() -> None:
    done = gongzhi("secrets")
    assert done.returncode == 0
    assert [line.split("=")[0] for line in done.stdout.splitlines()] == ["GONGZHI_SECRET_KEY", "GONGZHI_CONTACT_KEYS"]


def test_serving_without_settings_is_refused_with_every_reason(tmp_path: Path) -> None:
    done = gongzhi("--data", str(tmp_path), "serve", GONGZHI_DEBUG="1")
    assert done.returncode == 1
    for word in ("GONGZHI_DEBUG", "GONGZHI_SECRET_KEY", "GONGZHI_CONTACT_KEYS", "DATABASE_URL"):
        assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_does_not_answer_is_said_in_words(tmp_path: Path) -> None:
    keys = surroundings.fresh_keys()
    done = gongzhi(
        "--data", str(tmp_path), "serve", "--port", "8977", DATABASE_URL="postgresql://x@127.0.0.1:1/x", **keys
    )
    assert done.returncode == 1
    assert "Cannot reach the database" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        (["--bind", "0.0.0.0"], {}),
        ([], {"GONGZHI_ADDRESS": "https://gz.example.cn"}),
        ([], {"GONGZHI_HOSTS": "*"}),
        ([], {"GONGZHI_BEHIND_PROXY": "1"}),
    ],
)
def test_a_demo_with_a_public_address_is_refused(tmp_path: Path, words: list[str], changes: dict[str, str]) -> None:
    done = gongzhi("--data", str(tmp_path), "demo", *words, **changes)
    assert done.returncode == 1
    assert "logins are public" in done.stderr


def test_a_command_without_a_database_says_what_to_run(tmp_path: Path) -> None:
    done = gongzhi("--data", str(tmp_path), "migrate")
    assert done.returncode == 1
    assert "make demo" in done.stderr


def test_a_taken_port_is_said_in_words() -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(surroundings.RefusalError, match="PORT=8123"):
            serving.refuse_taken_port("127.0.0.1", other.getsockname()[1])


def test_demo_keys_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    first = surroundings.demo_keys(tmp_path)
    assert surroundings.demo_keys(tmp_path) == first
    assert stat.S_IMODE((tmp_path / surroundings.KEYS).stat().st_mode) == 0o600
    (tmp_path / surroundings.KEYS).write_text("not json")
    with pytest.raises(surroundings.RefusalError):
        surroundings.demo_keys(tmp_path)


def test_every_command_module_adds_itself() -> None:
    parser = main.parser(main.modules())
    help_text = parser.format_help()
    for name in ("demo", "serve", "worker", "migrate", "doctor", "manage", "secrets"):
        assert name in help_text


@pytest.mark.django_db
def test_doctor_names_what_is_missing_on_the_test_server() -> None:
    words = "\n".join(finding.words for finding in examine())
    assert "placeholder" in words
    assert "No background worker runs" in words
    assert "tables up to date" in words
    assert "did not finish" not in words
    assert "没有完成" not in words


def test_doctor_names_each_channel_and_an_address_that_cannot_be_read(settings: Any) -> None:
    settings.NOTICE_CHANNELS = {"email": "", "sms": "", "wecom": "wecombot://some-key", "dingtalk": "钉钉群"}
    found = [(finding.level, finding.words) for finding in about_channels()]
    assert [level for level, _words in found] == ["warn", "warn", "ok", "bad"]
    assert "GONGZHI_NOTICE_DINGTALK is no Apprise address" in found[3][1] and "企业微信" in found[2][1]


@pytest.mark.django_db
def test_health(client: object) -> None:
    live = client.get("/health/live")  # type: ignore[attr-defined]
    ready = client.get("/health/ready")  # type: ignore[attr-defined]
    assert (live.status_code, json.loads(live.content)) == (200, {"live": True})
    assert (ready.status_code, json.loads(ready.content)["ready"]) == (200, True)
    assert "Set-Cookie" not in live.headers


@pytest.mark.django_db
def test_doctor_asks_nothing_of_tables_that_are_not_there_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongzhi.console.serving.pending_migrations", lambda: ["shared.0001_initial"])
    words = "\n".join(finding.words for finding in examine())
    assert "gongzhi migrate" in words
    assert "worker" not in words
