"""吹哨报到 and 监督协调: what a called unit sees and does, one press for each step, and nothing of anybody else."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from gongzhi.problems import actions
from gongzhi.problems.models import Problem, Referral, Whistle
from gongzhi.shared.models import TrailEntry
from gongzhi.web.who import now
from tests.problems.making import BUREAU, INSURER, occasion, raise_problem
from tests.town import Town

NOBODYS = "楼上两户长期不和"


def enter(town: Town, who: str) -> Client:
    client = Client()
    client.force_login(town.accounts[who], "gongzhi.web.logins.Logins")
    return client


@pytest.fixture
def unit(town: Town) -> Client:
    return enter(town, "chengguan_lianluo")


def blow(town: Town, unit: str = BUREAU, **more: Any) -> Whistle:
    problem = more.pop("problem", None) or raise_problem(town, state="cause_known", cause_words=NOBODYS)
    return actions.blow_whistle(
        town.actor("dongzheng_shuji", today=now().date()),
        problem_id=problem.pk,
        occasion_id=occasion(town).pk,
        unit=town.units[unit],
        words="请到场看看管道，联系13800138000",
        now=now(),
        **more,
    )


def refer(town: Town, unit: str = BUREAU) -> Referral:
    problem = raise_problem(town, state="cause_known", category=town.category(), cause_words=NOBODYS)
    return actions.refer_problem(
        town.actor("dongzheng_shuji", today=now().date()),
        problem_id=problem.pk,
        unit=town.units[unit],
        words="车库漏水，原因在小区外，请协调。",
        now=now(),
    )


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_ways_stand_there_only_where_they_lead_to_something(unit: Client, town: Town) -> None:
    assert "吹哨报到" not in text(unit.get("/units/")) and "监督协调" not in text(unit.get("/units/"))
    assert "还没有人吹过我们的哨" in text(unit.get("/units/whistles/?group=all"))
    assert "还没有请我们协调的事" in text(unit.get("/units/referrals/"))
    blow(town)
    shown = text(unit.get("/units/"))
    assert "吹哨报到" in shown and "监督协调" not in shown
    refer(town)
    assert "监督协调" in text(unit.get("/units/"))
    assert "吹哨报到" not in text(enter(town, "baoxian_lianluo").get("/units/"))


def test_a_unit_signs_makes_contact_turns_up_and_is_done_with_one_press_each(unit: Client, town: Town) -> None:
    whistle = blow(town)
    page = f"/units/whistles/{whistle.pk}"
    listed = text(unit.get("/units/whistles/"))
    assert "车库漏水" in listed and "已吹哨" in listed and "签收：" in listed
    assert page in text(unit.get("/units/inbox"))
    shown = text(unit.get(page))
    assert "下一步：签收" in shown and "请到场看看管道，联系13800138000" in shown and NOBODYS not in shown
    for verb, state, after in (
        ("sign", "signed", "下一步：已联系吹哨方"),
        ("contact", "contacted", "下一步：已到场"),
        ("arrive", "on_site", "下一步：已办理"),
        ("finish", "solved", "等吹哨方评价"),
    ):
        # As the page has it filled in: one press.
        form = re.search(rf'action="{page}/{verb}".*?</form>', text(unit.get(page)), re.DOTALL)
        assert form
        words = re.search(r"<textarea[^>]*>\s*([^<]*)</textarea>", form[0])
        given = {f"{verb}-words": words[1].strip() or "管道已修好"} if words else {}
        assert unit.post(f"{page}/{verb}", given).status_code == 302
        whistle.refresh_from_db()
        assert whistle.state == state and after in text(unit.get(page))
    actions.rate_whistle(
        town.actor("dongzheng_shuji", today=now().date()), whistle_id=whistle.pk, rating="good", now=now()
    )
    assert "吹哨方的评价" in text(unit.get(page))
    assert "车库漏水" not in text(unit.get("/units/whistles/")).split("<main")[1]
    assert "车库漏水" in text(unit.get("/units/whistles/?group=all"))


def test_who_turned_up_at_once_says_so_without_a_call_before(unit: Client, town: Town) -> None:
    whistle = blow(town)
    page = f"/units/whistles/{whistle.pk}"
    unit.post(f"{page}/sign")
    assert "人已经到了，直接记到场" in text(unit.get(page))
    assert unit.post(f"{page}/arrive", {"arrive-words": "到了"}).status_code == 302
    whistle.refresh_from_db()
    assert whistle.state == "on_site" and whistle.contacted_at


def test_what_is_late_says_since_when(unit: Client, town: Town) -> None:
    whistle = blow(town)
    Whistle.objects.update(
        sign_due_at=now() - timedelta(hours=3), contact_due_at=now() + timedelta(hours=1), blown_at=now()
    )
    assert "已超 3 小时" in text(unit.get("/units/whistles/"))
    actions.tell_late_whistles(now())
    assert "超时提醒" in text(unit.get(f"/units/whistles/{whistle.pk}"))


@pytest.mark.parametrize("words", ["", "  \u200b ", "长" * 100_000])
def test_a_step_needs_words_of_a_readable_length_and_keeps_what_was_typed(unit: Client, town: Town, words: str) -> None:
    whistle = blow(town)
    unit.post(f"/units/whistles/{whistle.pk}/sign")
    answer = unit.post(f"/units/whistles/{whistle.pk}/contact", {"contact-words": words})
    assert answer.status_code == 422 and "error-summary" in text(answer)
    assert words.strip() in text(answer)
    whistle.refresh_from_db()
    assert whistle.state == "signed"


def test_a_double_press_does_it_once_and_loses_no_word(unit: Client, town: Town) -> None:
    whistle = blow(town)
    page = f"/units/whistles/{whistle.pk}"
    assert [unit.post(f"{page}/sign")["Location"] for _ in range(2)] == [page, page]
    assert "这一步已经办过了" in text(unit.get(page))
    actions.call_off_whistle(
        town.actor("dongzheng_shuji", today=now().date()), whistle_id=whistle.pk, words="不用了", now=now()
    )
    late = unit.post(f"{page}/contact", {"contact-words": "说好明天上午去"})
    assert late.status_code == 422 and "说好明天上午去" in text(late) and "不用再去了" in text(late)
    assert TrailEntry.objects.filter(noun="whistle", noun_id=whistle.pk, verb="sign").count() == 1


def test_another_units_whistle_is_absent_and_the_callers_steps_are_not_the_units(unit: Client, town: Town) -> None:
    whistle = blow(town, INSURER)
    page = f"/units/whistles/{whistle.pk}"
    assert unit.get(page).status_code == 404 and unit.post(f"{page}/sign").status_code == 404
    assert unit.get("/units/whistles/999999").status_code == 404
    other = enter(town, "baoxian_lianluo")
    for verb in ("rate", "call_off", "nothing"):
        assert other.post(f"{page}/{verb}", {f"{verb}-words": "x"}).status_code == 404
    assert other.get(f"{page}/sign").status_code == 405
    for cursor in ("x", "-1", "9" * 40):
        assert unit.get(f"/units/whistles/?after={cursor}").status_code == 200


def test_the_list_goes_on_where_the_page_ends(unit: Client, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from gongzhi.problems import lists

    monkeypatch.setattr(lists, "PAGE", 2)
    for one in range(3):
        blow(town, problem=raise_problem(town, state="cause_known", title=f"第{one}件"))
    first = text(unit.get("/units/whistles/"))
    assert "第2件" in first and "第0件" not in first
    cursor = re.search(r"after=(\d+)", first)
    assert cursor
    assert "第0件" in text(unit.get(f"/units/whistles/?after={cursor[1]}"))


def test_the_oversight_unit_reads_the_least_receives_and_writes_what_was_agreed(unit: Client, town: Town) -> None:
    referral = refer(town)
    problem = Problem.objects.get()
    page = f"/units/referrals/{referral.pk}"
    assert "东正社区" in text(unit.get("/units/referrals/")) and page in text(unit.get("/units/inbox"))
    shown = text(unit.get(page))
    assert "下一步：接收" in shown and "提请协调不等于认定责任" in shown
    # Neither the title, nor the building, nor the cause.
    assert not any(words in shown for words in (problem.title + "（", "3号楼", NOBODYS))
    assert unit.post(f"{page}/receive").status_code == 302
    assert unit.post(f"{page}/coordinate", {"coordinate-words": " "}).status_code == 422
    assert unit.post(f"{page}/coordinate", {"coordinate-words": "业主单位两周内修好"}).status_code == 302
    done = text(unit.get(page))
    assert "已协调" in done and "业主单位两周内修好" in done and "协调结果已记下" in done
    assert unit.post(f"{page}/receive")["Location"] == page
    for verb in ("close", "nothing"):
        assert unit.post(f"{page}/{verb}").status_code == 404
    other = enter(town, "baoxian_lianluo")
    assert other.get(page).status_code == 404 and other.post(f"{page}/receive").status_code == 404
    assert other.get("/units/referrals/999999").status_code == 404
