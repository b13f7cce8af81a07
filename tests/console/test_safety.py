"""Nothing unsafe starts, whatever the settings; what is safe does."""

import base64
import dataclasses
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.console import safety
from gongzhi.console.safety import Plan, refusals
from gongzhi.console.surroundings import fresh_keys

KEYS = fresh_keys()
SAFE = Plan(
    bind="127.0.0.1",
    secret_key=KEYS["GONGZHI_SECRET_KEY"],
    contact_keys=[KEYS["GONGZHI_CONTACT_KEYS"]],
    address="https://gz.example.cn",
    hosts=["gz.example.cn"],
)
DEMO = dataclasses.replace(SAFE, demo=True, address="http://127.0.0.1:8000", hosts=["127.0.0.1", "localhost"])


@pytest.mark.parametrize("bind", ["127.0.0.1", "0.0.0.0", "10.1.2.3", "::", "gz.example.cn"])
def test_a_sound_deployment_starts_on_any_address(bind: str) -> None:
    assert refusals(dataclasses.replace(SAFE, bind=bind)) == []


@pytest.mark.parametrize("bind", ["127.0.0.1", "::1", "[::1]", "localhost", "127.8.9.1"])
def test_a_demo_starts_on_this_machine(bind: str) -> None:
    assert refusals(dataclasses.replace(DEMO, bind=bind)) == []
    assert refusals(dataclasses.replace(DEMO, bind=bind, debug=True)) == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"debug": True}, "GONGZHI_DEBUG"),
        ({"secret_key": ""}, "GONGZHI_SECRET_KEY is not set"),
        ({"secret_key": "django-insecure-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2}, "placeholder"),
        ({"secret_key": "Change-Me-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2}, "placeholder"),
        ({"secret_key": "kX9" * 16}, "too weak"),
        ({"secret_key": "a" * 200}, "too weak"),
        ({"secret_key": KEYS["GONGZHI_SECRET_KEY"][:49]}, "too weak"),
        ({"contact_keys": []}, "GONGZHI_CONTACT_KEYS is not set"),
        ({"contact_keys": ["钥匙"]}, "no valid key"),
        ({"contact_keys": [KEYS["GONGZHI_CONTACT_KEYS"], "short"]}, "no valid key"),
        ({"contact_keys": [base64.urlsafe_b64encode(bytes(32)).decode()]}, "no valid key"),
        ({"hosts": ["*"]}, "must name the hosts"),
        ({"database_named": False}, "DATABASE_URL is not set"),
        ({"data_writable": False}, "not writable"),
    ],
)
def test_an_unsound_deployment_is_refused_in_both_languages(change: dict[str, object], word: str) -> None:
    reasons = refusals(dataclasses.replace(SAFE, **change))
    assert len(reasons) == 1
    assert word in reasons[0]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in reasons[0])


@pytest.mark.parametrize(
    "change",
    [
        {"bind": "0.0.0.0"},
        {"bind": "::"},
        {"bind": "192.168.1.5"},
        {"bind": "gz.example.cn"},
        {"bind": ""},
        {"address": "https://gz.example.cn"},
        {"address": "http://10.0.0.8:8000"},
        {"hosts": ["127.0.0.1", "gz.example.cn"]},
        {"hosts": ["*"]},
        {"behind_proxy": True},
    ],
)
def test_a_demo_is_never_reached_from_outside(change: dict[str, object]) -> None:
    assert refusals(dataclasses.replace(DEMO, **change))


def test_every_combination_that_opens_debug_or_the_demo_is_refused() -> None:
    for debug, demo, bind, address in itertools.product(
        (False, True), (False, True), ("127.0.0.1", "0.0.0.0"), ("http://localhost:8000", "https://gz.example.cn")
    ):
        plan = dataclasses.replace(SAFE, debug=debug, demo=demo, bind=bind, address=address, hosts=["localhost"])
        open_to_all = bind == "0.0.0.0" or (demo and address.startswith("https"))
        assert bool(refusals(plan)) == ((debug and not demo) or ((debug or demo) and open_to_all)), plan


@given(st.text(max_size=80))
def test_no_text_breaks_the_decision(text: str) -> None:
    plan = dataclasses.replace(
        DEMO, bind=text, secret_key=text, contact_keys=[text], address="http://" + text.strip("[]")
    )
    assert refusals(plan)


@given(st.binary(min_size=32, max_size=32).filter(lambda raw: len(set(raw)) > 4))
def test_any_key_that_opens_a_fernet_box_is_accepted(raw: bytes) -> None:
    assert safety.is_contact_key(base64.urlsafe_b64encode(raw).decode())


def test_fresh_keys_are_good_enough_and_never_the_same() -> None:
    assert fresh_keys() != fresh_keys()
    assert refusals(SAFE) == []
