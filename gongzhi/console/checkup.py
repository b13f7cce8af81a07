"""The checks of `gongzhi doctor`, each one a small question with an answer that says what to do."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from gongzhi.console import safety, serving, surroundings

LOW_DISK = 2 * 1024**3
SKEW_SECONDS = 5.0
# A worker beats every ten seconds.
SILENT_SECONDS = 60
CALENDAR_WARNING = timedelta(days=60)


@dataclass(frozen=True)
class Finding:
    """What one check found: its level, and words that say what to do when it is not well."""

    level: Literal["ok", "warn", "bad"]
    words: str


def examine() -> Iterator[Finding]:
    """Run every check; those of the database only when it answers. A check that fails is itself a finding."""
    yield from guarded(about_settings)
    yield from guarded(about_channels)
    yield from guarded(about_disk)
    yield from guarded(about_static)
    reached = list(guarded(about_server))
    yield from reached
    if any(finding.level == "bad" for finding in reached[:1]):
        return
    tables = list(guarded(about_migrations))
    yield from tables
    checks = (about_role, about_clock, about_calendar, about_worker, about_notices)
    # What reads our tables can only fail before they stand.
    for check in checks[:2] if tables[0].level == "bad" else checks:
        yield from guarded(check)


def guarded(check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """The findings of a check, with its failure as one more."""
    try:
        yield from check()
    except Exception as error:
        name = check.__name__.removeprefix("about_")
        yield Finding("bad", f"检查 {name} 没有完成：{error}。The check {name} failed: {type(error).__name__}.")


def about_settings() -> Iterator[Finding]:
    """The same refusals as when starting, and what is only unwise."""
    plan = surroundings.plan(os.environ, bind="127.0.0.1")
    reasons = safety.refusals(plan)
    yield from (Finding("bad", reason) for reason in reasons)
    if not reasons:
        yield Finding("ok", "密钥与开关 secrets and switches")
    if plan.demo:
        yield Finding("warn", "这是演示，账号公开，不要放真实数据。A demonstration: its logins are public.")
    elif plan.address.startswith("http://") and not safety.loopback(safety.host_of(plan.address)):
        yield Finding("warn", "GONGZHI_ADDRESS 不是 https，登录会被窃听。The address is not https: logins can be read.")


def about_disk() -> Iterator[Finding]:
    """Whether there is room for photos and exports."""
    from django.conf import settings

    folder = Path(settings.DATA)
    if not folder.exists():
        yield Finding("bad", f"数据目录 {folder} 不存在，请建立。The data folder is missing: make it.")
        return
    free = shutil.disk_usage(folder).free
    level: Literal["ok", "bad"] = "bad" if free < LOW_DISK else "ok"
    advice = "，请清理或扩容 make room" if level == "bad" else ""
    yield Finding(level, f"数据目录 {folder} 剩余 {free / 1024**3:.1f} GB free{advice}")


def about_static() -> Iterator[Finding]:
    """Whether the web server finds its styles and scripts."""
    if serving.static_current():
        yield Finding("ok", "静态文件 static files")
    else:
        yield Finding(
            "bad", "静态文件还没有收集，gongzhi serve 会收集。Static files are missing: gongzhi serve collects them."
        )


def about_server() -> Iterator[Finding]:
    """Whether the database answers, its version, and its settings that matter. The first finding is reach."""
    from django.db import DatabaseError

    try:
        (number, version, jit) = _row(
            "SELECT current_setting('server_version_num')::int, version(), current_setting('jit')"
        )
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        yield Finding("bad", f"连不上数据库：{reason}。Check DATABASE_URL and that the server runs.")
        return
    major = number // 10000
    yield Finding("ok", f"数据库可达 database: {version.split(' on ')[0]}")
    if not 15 <= major <= 18:
        yield Finding("bad", f"PostgreSQL {major} 未经测试，请用 15–18。PostgreSQL {major} is untested: use 15 to 18.")
    if jit == "on":
        yield Finding("warn", "JIT 开着，页面会变慢：ALTER ROLE … SET jit = off。Turn JIT off for this role.")


def about_role() -> Iterator[Finding]:
    """Whether the append-only guards hold against the role that the pages use."""
    from django.conf import settings

    superuser, owned = _row(
        "SELECT r.rolsuper, (SELECT count(*) FROM pg_class c WHERE c.relkind = 'r' AND c.relowner = r.oid)"
        " FROM pg_roles r WHERE r.rolname = current_user"
    )
    level: Literal["ok", "warn"] = "ok" if settings.DEMO else "warn"
    if superuser:
        yield Finding(
            level, "数据库角色是超级用户，可绕过只增不改的保护：请换普通角色。The role is a superuser: use a plain one."
        )
    elif owned:
        yield Finding(
            level,
            f"数据库角色拥有 {owned} 张表，可 TRUNCATE：请把表交给另一个角色。"
            "The role owns its tables and can empty them: let another role own them.",
        )
    else:
        yield Finding("ok", "数据库角色不拥有表 the role owns no table")


def about_migrations() -> Iterator[Finding]:
    """Whether the tables are those of this version."""
    if pending := serving.pending_migrations():
        yield Finding(
            "bad", f"有 {len(pending)} 步没有升级，请运行 gongzhi migrate。{len(pending)} migrations to apply."
        )
    else:
        yield Finding("ok", "数据表是最新的 tables up to date")


def about_clock() -> Iterator[Finding]:
    """Whether this machine and the database agree on the time: deadlines hang on it."""
    from django.utils import timezone

    before = timezone.localtime()
    (theirs,) = _row("SELECT clock_timestamp()")
    skew = abs((theirs - before).total_seconds())
    if skew > SKEW_SECONDS:
        yield Finding(
            "bad", f"与数据库的时钟相差 {skew:.0f} 秒，请开启时间同步。Clocks differ: turn on time synchronisation."
        )
    else:
        yield Finding("ok", "时钟一致 clocks agree")


def about_calendar() -> Iterator[Finding]:
    """Whether the days off and make-up days are known for long enough."""
    from gongzhi.shared import days

    ends, today = days.calendar_ends(), date.today()  # noqa: DTZ011 - a calendar's own day
    if ends < today:
        yield Finding(
            "bad", "节假日表已用完，期限只按周末计算：请导入。The calendar has run out: load this year's holidays."
        )
    elif ends < today + CALENDAR_WARNING:
        yield Finding(
            "warn", f"节假日表只到 {ends}，请导入新一年的安排。The calendar ends on {ends}: load the next year."
        )
    else:
        yield Finding("ok", f"节假日表到 {ends} calendar")


def about_worker() -> Iterator[Finding]:
    """Whether background work is being done, and what of it has failed."""
    (beat,) = _row("SELECT max(last_heartbeat) FROM procrastinate_workers")
    failed, waiting = _row(
        "SELECT count(*) FILTER (WHERE status = 'failed'),"
        " count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) < now() - interval '10 minutes')"
        " FROM procrastinate_jobs"
    )
    silent = (datetime.now(tz=beat.tzinfo) - beat).total_seconds() if beat else None
    if silent is None or silent > SILENT_SECONDS:
        yield Finding(
            "bad", "后台任务没有运行，请启动 gongzhi serve 或 gongzhi worker。No background worker runs: start one."
        )
    else:
        yield Finding("ok", f"后台任务 {silent:.0f} 秒前有心跳 worker alive")
    if waiting:
        yield Finding(
            "warn", f"{waiting} 个任务等了十分钟以上。{waiting} jobs have waited for ten minutes: add workers."
        )
    if failed:
        yield Finding("warn", f"{failed} 个任务失败，见 gongzhi manage procrastinate shell。{failed} jobs have failed.")


def about_notices() -> Iterator[Finding]:
    """Whether people are told what they were promised."""
    failed, late = _row(
        "SELECT count(*) FILTER (WHERE state = 'failed'),"
        " count(*) FILTER (WHERE state = 'queued' AND next_try_at < now() - interval '10 minutes') FROM shared_notice"
    )
    if failed or late:
        yield Finding(
            "warn",
            f"{failed} 条通知失败，{late} 条滞留，请看通知清单和 GONGZHI_NOTICE_EMAIL。"
            f"{failed} notices failed, {late} are stuck: check the channel's settings.",
        )
    else:
        yield Finding("ok", "通知都已送出 notices delivered")


def about_channels() -> Iterator[Finding]:
    """By which channels people are told, and whether each address can be read. Sends nothing."""
    from django.conf import settings

    from gongzhi.shared import notices

    names = {"email": "邮件 e-mail", "sms": "短信 SMS", "wecom": "企业微信 WeCom", "dingtalk": "钉钉 DingTalk"}
    for name, target in settings.NOTICE_CHANNELS.items():
        variable = f"GONGZHI_NOTICE_{name.upper()}"
        if target and not notices.understood(target):
            yield Finding("bad", f"{variable} 读不懂，应是 Apprise 地址。{variable} is no Apprise address: correct it.")
        elif target:
            yield Finding("ok", f"{names[name]}：已设置 {variable} set")
        elif name not in notices.GROUPS:
            yield Finding("warn", f"{names[name]}：没有设置，只记日志。{variable} is not set: only the log is told.")
        else:
            yield Finding("ok", f"{names[name]}：没有设置 {variable} not set")


def _row(query: str) -> tuple[Any, ...]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query)
        found = cursor.fetchone()
    assert found is not None
    return tuple(found)
