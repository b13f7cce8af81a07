"""Every page of agreements, read by axe as desk and unit see them: both sizes, plain and in large type."""

from typing import Any

import pytest

from gongzhi.agreements import actions, queries
from gongzhi.agreements.models import Agreement, Measure
from gongzhi.console.demo.cast import FOUNDER
from gongzhi.neighbourhood import actions as register
from gongzhi.web.who import now
from tests.agreements.making import DESK, draft, judge, party, ready, reviewed, sent, signed
from tests.exchange.making import BUREAU, deliver_between
from tests.reading import faults
from tests.stories.test_first_journey import log_in
from tests.town import Town, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kept(transactional_db: None) -> dict[str, int]:
    """One in force with a kept pledge, an opened review and a report; one under review; one going round; a draft."""
    town = build()
    ready(town)
    moment = now()
    lead = town.actor(DESK, today=moment.date())
    network = register.found_network(
        FOUNDER, name="东正社区区域化党建实体", place=town.places["dongzheng"], on=moment.date(), now=moment
    )
    register.join_network(FOUNDER, network=network, unit=town.units[BUREAU], on=moment.date(), now=moment)
    row = signed(town, now=moment)
    deliver_between(town, moment)
    report = actions.write_report(lead, agreement_id=row.pk, since=moment.date(), now=moment)
    review = reviewed(town, row, moment)
    judge(town, review, unit=True, mark="not_kept", why="开会通知来得太晚", now=moment)
    judge(town, review, unit=False, now=moment)
    actions.keep_on(lead, agreement_id=row.pk, now=moment)
    other = signed(town, now=moment, once="b", title="东正社区共建协议（二）")
    sealed = reviewed(town, other, moment)
    going, drafted = sent(town, now=moment, once="c"), _lacking(town, moment)
    return {
        "row": row.pk, "report": report.pk, "review": review.pk, "sealed": sealed.pk, "going": going.pk,
        "drafted": drafted.pk, "place": party(going, unit=False).pk, "unit": party(going, unit=True).pk,
        "measure": Measure.objects.order_by("pk")[0].pk,
        "judge": party(other, unit=False).pk, "judged": party(other, unit=True).pk,
    }  # fmt: skip


def _lacking(town: Town, moment: Any) -> Agreement:

    row = draft(town, now=moment, once="d", title="还缺条款的草稿")
    actions.drop_clause(
        town.actor(DESK, today=moment.date()), agreement_id=row.pk, clause_id=queries.clauses_of(row)[1].pk, now=moment
    )  # fmt: skip
    return row


AT_DESK = (
    "/desk/agreements/",
    "/desk/agreements/new",
    "/desk/agreements/registry",
    "/desk/agreements/health",
    "/desk/setup/agreements/",
    "/desk/setup/agreements/?measure={measure}",
    "/desk/agreements/{row}",
    "/desk/agreements/{drafted}",
    "/desk/agreements/{drafted}/clauses/new",
    "/desk/agreements/{drafted}/parties/",
    "/desk/agreements/{drafted}/parties/new",
    "/desk/agreements/{drafted}/import",
    "/desk/agreements/{going}/sign/{place}",
    "/desk/agreements/{row}/note",
    "/desk/agreements/{row}/amend",
    "/desk/agreements/reviews/{review}",
    "/desk/agreements/reviews/{sealed}",
    "/desk/agreements/reviews/{sealed}/judge/{judge}",
    "/desk/agreements/reports/{report}",
)
AT_UNIT = (
    "/units/agreements/",
    "/units/agreements/{row}",
    "/units/agreements/{going}",
    "/units/agreements/{going}/sign/{unit}",
    "/units/agreements/reviews/{review}",
    "/units/agreements/reviews/{sealed}/judge/{judged}",
)


@pytest.mark.parametrize(("who", "pages"), [("dongzheng_shuji", AT_DESK), ("chengguan_lianluo", AT_UNIT)])
def test_every_page_can_be_read(
    page: Any, live_server: Any, kept: dict[str, int], who: str, pages: tuple[str, ...]
) -> None:
    log_in(page, live_server.url, who)
    assert faults(page, live_server.url, [one.format(**kept) for one in pages]) == []
