"""Agreements for tests, made by the product's own actions."""

from datetime import date, datetime, timedelta
from typing import Any

from gongzhi.agreements import actions, queries
from gongzhi.agreements.models import Agreement, Party, Review
from gongzhi.agreements.rules import Mark, Wish
from gongzhi.console.demo.cast import FOUNDER
from tests.exchange.making import BUREAU, settle
from tests.town import NOW, Town

DAY = timedelta(days=1)
DESK, UNIT = "dongzheng_shuji", "chengguan_lianluo"


def ready(town: Town) -> None:
    """The bureau belongs to Dongzheng; the district has its ten measures and the first template."""
    settle(town)
    actions.load_defaults(FOUNDER, now=NOW)


def draft(town: Town, *, now: datetime = NOW, once: str = "a", **more: Any) -> Agreement:
    """A draft of Dongzheng's with the bureau, for a year from today."""
    today = now.date()
    given = {"title": "东正社区共建协议", "since": today, "until": today + 365 * DAY} | more
    return actions.draft_agreement(
        town.actor(DESK, today=today), place=town.places["dongzheng"], units=[town.units[BUREAU]], now=now, once=once,
        **given,
    )  # fmt: skip


def party(row: Agreement, *, unit: bool) -> Party:
    return Party.objects.get(agreement=row, unit__isnull=not unit)


def sent(town: Town, *, now: datetime = NOW, **more: Any) -> Agreement:
    """The same, going round."""
    row = draft(town, now=now, **more)
    return actions.circulate(town.actor(DESK, today=now.date()), agreement_id=row.pk, now=now)


def sign(town: Town, row: Agreement, *, unit: bool, now: datetime = NOW, signed_on: date | None = None) -> Agreement:
    actor = town.actor(UNIT if unit else DESK, today=now.date())
    return actions.sign_agreement(
        actor, agreement_id=row.pk, party_id=party(row, unit=unit).pk, signer="某负责人",
        signed_on=signed_on or now.date(), now=now,
    )  # fmt: skip


def signed(town: Town, *, now: datetime = NOW, **more: Any) -> Agreement:
    """Signed by both."""
    row = sent(town, now=now, **more)
    sign(town, row, unit=False, now=now)
    return sign(town, row, unit=True, now=now)


def reviewed(town: Town, row: Agreement, now: datetime = NOW) -> Review:
    return actions.start_review(town.actor(DESK, today=now.date()), agreement_id=row.pk, now=now)


def judge(
    town: Town, review: Review, *, unit: bool, mark: str = Mark.KEPT, wish: str = Wish.RENEW, words: str = "",
    now: datetime = NOW, why: str = "",
) -> Review:  # fmt: skip
    actor = town.actor(UNIT if unit else DESK, today=now.date())
    form = next(one for one in queries.forms_to_fill(actor, review) if bool(one.party.unit_id) is unit)
    marks = {str(one.pk): (str(mark), why) for one in form.clauses}
    return actions.judge(
        actor, review_id=review.pk, party_id=form.party.pk, marks=marks, wish=wish, words=words, now=now
    )  # fmt: skip
