"""Call-backs by sample, and the notices that staff get."""

from datetime import timedelta

import pytest
from django.test import Client

from gongzhi.demands import actions, queries
from gongzhi.demands.models import CallBack
from gongzhi.web.who import now
from tests.town import Town
from tests.web.desk.test_worklist import enter, page


@pytest.fixture
def desk(client: Client, town: Town) -> Client:
    return enter(client, town, "dongzheng_shegong")


@pytest.mark.mechanism("M25")
def test_satisfaction_shows_how_many_were_asked_reached_and_satisfied(desk: Client, town: Town) -> None:
    actor = town.actor("dongzheng_shegong")
    for _ in range(10):
        pk = town.report(phone="13800138000", now=now() - timedelta(days=1)).demand.pk
        actions.answer_demand(actor, demand_id=pk, answer="修好了。", now=now() - timedelta(hours=2))
    today = now().date().isoformat()
    draw = {"sample": "本周", "percent": "50", "since": today, "until": today}
    if (now() - timedelta(hours=2)).date() != now().date():
        draw["since"] = (now().date() - timedelta(days=1)).isoformat()
    assert desk.post("/desk/callbacks", draw).status_code == 302
    assert CallBack.objects.count() == 5
    # The same name draws the same, whoever checks it.
    desk.post("/desk/callbacks", draw)
    drawn = list(CallBack.objects.order_by("pk").values_list("demand", flat=True))
    assert len(drawn) == 5
    yes = {"reached": "yes", "solved": "yes", "satisfied": "yes"}
    for pk, outcome in zip(
        drawn, [yes, yes, {"reached": "yes", "solved": "no", "satisfied": "no"}, {"reached": "no"}], strict=False
    ):
        assert desk.post(f"/desk/demands/{pk}/call_back", outcome).status_code == 302
    figures = queries.samples(actor)[0]
    assert (figures.drawn, figures.asked, figures.reached, figures.satisfied) == (5, 4, 3, 2)
    assert figures.to_call == 1
    shown = page(desk, "/desk/callbacks?sample=本周")
    assert "占打通的 67%（n = 3）" in shown and "占问了的 75%（n = 4）" in shown
    assert shown.count("记录回访") == 1 and "没有打通" in shown
    assert queries.samples(town.actor("xinyu_shegong")) == []


def test_only_answers_that_nobody_has_rated_yet_are_drawn_and_a_sample_keeps_what_it_drew(
    desk: Client, town: Town
) -> None:
    actor, moment = town.actor("dongzheng_shegong"), now()
    span = {"since": moment - timedelta(days=1), "until": moment + timedelta(days=1), "percent": 100}
    pks = []
    for number in range(3):
        pks.append(town.report(phone="13800138000", now=moment - timedelta(days=1)).demand.pk)
        if number:
            actions.answer_demand(actor, demand_id=pks[-1], answer="修好了。", now=moment - timedelta(hours=2))
    calls = {"reached": True, "solved": True, "satisfied": True}
    assert actions.draw_sample(actor, sample="甲", now=moment, **span) == 2
    actions.call_back(actor, demand_id=pks[1], now=moment, **calls)
    assert actions.draw_sample(actor, sample="甲", now=moment, **span) == 0
    assert actions.draw_sample(actor, sample="乙", now=moment, **span) == 1
    assert set(CallBack.objects.filter(sample="乙").values_list("demand", flat=True)) == {pks[2]}


def test_a_rate_over_nobody_is_not_shown(desk: Client, town: Town) -> None:
    assert "还没有抽过样" in page(desk, "/desk/callbacks")
    bad = desk.post("/desk/callbacks", {"sample": "x", "percent": "0", "since": "2026-02-02", "until": "2026-01-01"})
    assert bad.status_code == 422
    reader = enter(Client(), town, "qu_kanban")
    assert reader.post("/desk/callbacks", {"sample": "x", "percent": "5", "since": "2026-01-01",
                                           "until": "2026-01-02"}).status_code == 422  # fmt: skip


def test_notices_lead_to_their_demand(desk: Client, town: Town) -> None:
    pk = town.report(body="灯坏了", now=now()).demand.pk
    actions.supervise_demand(town.actor("dongzheng_shuji"), demand_id=pk, words="请今天处理", now=now())
    shown = page(desk, "/desk/inbox")
    assert "督办" in shown and f"/desk/demands/{pk}" in shown
    assert "还没有通知" in page(enter(Client(), town, "xinyu_shegong"), "/desk/inbox?after=x")
