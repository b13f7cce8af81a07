"""Whether it is safe to start: a pure decision, with its reasons in words."""

import base64
import binascii
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

SHORTEST_SECRET = 50
FEWEST_CHARACTERS = 12
# What example files and tutorials hold in place of a secret.
PLACEHOLDERS = ("django-insecure", "change-me", "changeme", "change_me", "secret-key", "your-secret", "only-for-tests")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is about to be started, in plain values read from the environment and the command line."""

    bind: str
    debug: bool = False
    demo: bool = False
    behind_proxy: bool = False
    secret_key: str = ""
    contact_keys: Sequence[str] = ()
    address: str = ""
    hosts: Sequence[str] = ()
    database_named: bool = True
    data_writable: bool = True


def refusals(plan: Plan) -> list[str]:
    """Every reason not to start, each one sentence in Chinese and one in English; empty when it is safe."""
    found = [*about_openness(plan), *about_secrets(plan)]
    if not plan.database_named:
        found.append("没有设置数据库地址 DATABASE_URL。DATABASE_URL is not set.")
    if not plan.data_writable:
        found.append("数据目录 GONGZHI_DATA 不可写。The data folder GONGZHI_DATA is not writable.")
    return found


def about_openness(plan: Plan) -> list[str]:
    """What must not be reached from outside: debugging pages, and a demonstration whose passwords are printed."""
    found = []
    inside = loopback(plan.bind)
    if plan.debug and not plan.demo:
        found.append("生产环境不得打开调试 GONGZHI_DEBUG。GONGZHI_DEBUG must be off in production.")
    elif plan.debug and not inside:
        found.append(
            f"调试状态只能监听本机，不能监听 {plan.bind}。Debug may only listen on this machine, not on {plan.bind}."
        )
    if plan.demo and not inside:
        found.append(
            f"演示账号是公开的，只能监听本机，不能监听 {plan.bind}。"
            f"The demo's logins are public: it may only listen on this machine, not on {plan.bind}."
        )
    if plan.demo and (plan.behind_proxy or not loopback(host_of(plan.address)) or not all(map(loopback, plan.hosts))):
        found.append(
            "演示账号是公开的，不能用对外的网址（GONGZHI_ADDRESS、GONGZHI_HOSTS、GONGZHI_BEHIND_PROXY）。"
            "The demo's logins are public: it may not have a public address."
        )
    if not plan.demo and "*" in plan.hosts:
        found.append("GONGZHI_HOSTS 须列出域名，不能用 *。GONGZHI_HOSTS must name the hosts, not *.")
    return found


def about_secrets(plan: Plan) -> list[str]:
    """Keys that are missing, short or known to everyone."""
    found = []
    hint = "请用 gongzhi secrets 生成。Make one with: gongzhi secrets"
    key = plan.secret_key
    if not key:
        found.append(f"没有设置 GONGZHI_SECRET_KEY。GONGZHI_SECRET_KEY is not set. {hint}")
    elif any(word in key.lower() for word in PLACEHOLDERS):
        found.append(f"GONGZHI_SECRET_KEY 是示例值。GONGZHI_SECRET_KEY is a placeholder. {hint}")
    elif len(key) < SHORTEST_SECRET or len(set(key)) < FEWEST_CHARACTERS:
        found.append(f"GONGZHI_SECRET_KEY 太弱。GONGZHI_SECRET_KEY is too weak. {hint}")
    if not plan.contact_keys:
        found.append(f"没有设置联系方式密钥 GONGZHI_CONTACT_KEYS。GONGZHI_CONTACT_KEYS is not set. {hint}")
    elif not all(map(is_contact_key, plan.contact_keys)):
        found.append(f"GONGZHI_CONTACT_KEYS 格式不对。GONGZHI_CONTACT_KEYS holds no valid key. {hint}")
    return found


def host_of(address: str) -> str:
    """The host that a web address names; empty for what is no address."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    name = host.strip("[]").lower()
    if name in {"localhost", "testserver"}:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def is_contact_key(key: str) -> bool:
    """Whether `key` is 32 bytes in URL-safe base64, and not all the same."""
    try:
        raw = base64.b64decode(key.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return False
    return len(raw) == 32 and len(set(raw)) > 4
