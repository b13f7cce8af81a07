"""The desk's pages of problems: the hot list, one problem, its moves, and what each reporter is written."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.translation import override

from gongzhi.console.demo.cast import FOUNDER
from gongzhi.demands import actions as demands
from gongzhi.demands.models import Demand
from gongzhi.neighbourhood.rules import Standing
from gongzhi.problems import actions
from gongzhi.problems.models import Alert, AlertRule, Blocker, Problem, Seat, Whistle
from gongzhi.web.desk.problems.asking import stuck_in_words
from gongzhi.web.who import now
from tests.problems.making import BUREAU, fresh, raise_problem, stuck
from tests.town import Town

PHONE = "13800138000"


def enter(client: Client, town: Town, key: str) -> Client:
    """Log in as a member of the cast."""
    client.force_login(town.accounts[key], "gongzhi.web.logins.Logins")
    return client


@pytest.fixture
def desk(client: Client, town: Town) -> Client:
    return enter(client, town, "dongzheng_shegong")


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def leak(town: Town, reports: int = 3, **more: object) -> Problem:
    """A leak with reports of today."""
    rows = [
        town.report(body=f"外墙渗水，第{n}次说，电话{PHONE}", phone=PHONE, now=now()).demand for n in range(reports)
    ]
    return raise_problem(town, *rows, title="3号楼外墙渗水", at=now(), **more)


def move(client: Client, problem: Problem, verb: str, **given: object) -> str:
    """Send a move's form; what the page says then."""
    problem = fresh(problem)
    answer = client.post(f"/desk/problems/{problem.pk}/{verb}", {"seen": problem.version, **given}, follow=True)
    return answer.content.decode()


# The hot list


def test_the_hottest_stands_first_with_what_must_be_seen_at_once(desk: Client, town: Town) -> None:
    cold = raise_problem(town, title="井盖松动", at=now(), heat=1.0, origin="patrol")
    hot = leak(town, heat=20.0, times=2, cause_known_at=now())
    stuck(hot, days=0)
    Blocker.objects.update(since=now() - timedelta(days=9))
    rule = AlertRule.objects.first()
    Alert.objects.create(problem=hot, rule=rule, times=2, since=now(), crossed_at=now(), raised_at=now())
    shown = page(desk, "/desk/problems/")
    listed = shown[shown.index("<tbody>") :]
    assert listed.index("3号楼外墙渗水") < listed.index("井盖松动")
    for words in ("热点预警", "第二次", "卡住 9 天", "原因已明、无权处置", "巡查发现", "3 次反映", "3 人反映"):
        assert words in listed
    assert f"/desk/problems/{cold.pk}" in shown and rule.name in shown


def test_numbers_of_people_are_hidden_on_every_page(desk: Client, town: Town) -> None:
    problem = leak(town, reports=2)
    Problem.objects.filter(pk=problem.pk).update(title=f"渗水 {PHONE}")
    for address in ("", f"{problem.pk}", f"{problem.pk}/sort", "map", "map/points", f"{problem.pk}/map/points"):
        assert PHONE not in page(desk, f"/desk/problems/{address}"), address


def test_filters_stand_in_the_address_and_can_be_taken_off(desk: Client, town: Town) -> None:
    raise_problem(town, title="渗水", at=now())
    raise_problem(town, title="停车吵架", kind="dispute", at=now())
    raise_problem(town, title="旧事", state="solved", at=now())
    assert "旧事" not in page(desk, "/desk/problems/")
    assert "旧事" in page(desk, "/desk/problems/?state=all") and "旧事" in page(desk, "/desk/problems/?state=solved")
    narrowed = page(desk, "/desk/problems/?kind=dispute")
    assert "停车吵架" in narrowed and "渗水" not in narrowed and 'class="chip"' in narrowed
    assert "没有符合条件的问题" in page(desk, "/desk/problems/?q=没有这个")
    page(desk, "/desk/problems/?place=9999999999&category=x&after=%00&state=nonsense")


def test_an_empty_list_says_what_to_do(desk: Client, client: Client, town: Town) -> None:
    assert "新立问题" in page(desk, "/desk/problems/") and "现在没有还没解决的问题" in page(desk, "/desk/problems/")
    reader = enter(Client(), town, "qu_kanban")
    assert "/desk/problems/new" not in page(reader, "/desk/problems/")


def test_paging_goes_on(desk: Client, town: Town) -> None:
    for count in range(55):
        raise_problem(town, title=f"第{count:03d}个", heat=count / 10, at=now())
    first = page(desk, "/desk/problems/")
    assert "第054个" in first and "第004个" not in first
    after = first.split("after=")[1].split('"')[0]
    second = page(desk, f"/desk/problems/?after={after}")
    assert "第004个" in second and "第054个" not in second and "已到最后一页" in second


def test_one_blocker_and_two_are_counted_as_english_counts(town: Town) -> None:
    with override("en"):
        assert stuck_in_words(1, 1) == "Stuck for 1 day: 1 blocker"
        assert stuck_in_words(9, 2) == "Stuck for 9 days: 2 blockers"
    assert stuck_in_words(9, 2) == "卡住 9 天：2 个卡点"


# Who may come in


def test_neighbours_and_strangers_see_nothing(client: Client, town: Town) -> None:
    problem = leak(town)
    addresses = [f"/desk/problems/{problem.pk}{rest}" for rest in ("", "/survey", "/sort", "/map/points", "/merge")]
    for address in addresses:
        assert Client().get(address).status_code == 302
    other = enter(client, town, "xinyu_shegong")
    assert "3号楼外墙渗水" not in page(other, "/desk/problems/")
    assert [other.get(one).status_code for one in addresses] == [404] * len(addresses)
    for verb in ("survey", "join", "split", "merge", "solve"):
        assert other.post(f"/desk/problems/{problem.pk}/{verb}", {"words": "x"}).status_code == 404
    assert fresh(problem).version == 1
    assert enter(Client(), town, "chengguan_lianluo").get(addresses[0]).status_code == 403


def test_who_only_reads_is_offered_no_move(client: Client, town: Town) -> None:
    problem = leak(town)
    shown = page(enter(client, town, "qu_kanban"), f"/desk/problems/{problem.pk}")
    assert "更多办法" not in shown and "外墙渗水" in shown
    assert client.get("/desk/problems/new").status_code == 403


# One problem


def test_the_page_puts_the_natural_move_first(desk: Client, town: Town) -> None:
    problem = leak(town)
    shown = page(desk, f"/desk/problems/{problem.pk}")
    assert "下一步：记录勘查" in shown and "还没有请人协调" in shown and "还没有查明" in shown
    shown = move(desk, problem, "survey", words="楼上空置用房的水管在滴水", with_whom="物业")
    assert "下一步：写明原因" in shown and "楼上空置用房的水管在滴水" in shown
    shown = move(desk, problem, "name_cause", cause="原单位停用的水管锈穿", unit=BUREAU, cause_words="四楼库房")
    assert "下一步：开始协调处置" in shown and BUREAU in shown and "四楼库房" in shown
    shown = move(desk, problem, "start", words="约三方到场")
    assert "下一步：解决并答复每一位反映人" in shown and "看看每位会收到什么" in shown
    assert fresh(problem).state == "in_hand"


def test_no_power_proposes_a_whistle_with_its_occasion(client: Client, town: Town) -> None:
    actions.load_occasions(FOUNDER, now=now())
    problem = leak(town, state="cause_known", cause_known_at=now(), cause="权属在外单位")
    lead = enter(client, town, "dongzheng_shuji")
    move(lead, problem, "name_blocker", blocker="authority", words="管不了原单位的房子", lifter=f"区里 {PHONE}")
    shown = page(lead, f"/desk/problems/{problem.pk}")
    assert "下一步：吹哨" in shown and "也可以请监督单位协调" in shown and "处置的权力不在这里" in shown
    assert "管不了原单位的房子" in shown and "能解除的是" in shown and "卡住 0 天" in shown
    # A leader may see the numbers where the role says so; the desk of the list does not.
    asked = page(lead, f"/desk/problems/{problem.pk}/whistle")
    assert "吹哨情形" in asked
    occasion = asked.split('name="occasion" value="')[1].split('"')[0]
    shown = move(lead, problem, "whistle", occasion=occasion, unit=BUREAU, words="请来看水管")
    assert "已吹哨" in shown and "应在" in shown and Whistle.objects.count() == 1
    pk = Whistle.objects.get().pk
    assert lead.get(f"/desk/problems/whistles/{pk}").status_code == 302
    bad = lead.post(f"/desk/problems/whistles/{pk}/call_off", {"words": ""})
    assert bad.status_code == 422
    assert lead.post(f"/desk/problems/whistles/{pk}/call_off", {"words": "不用来了"}).status_code == 302
    assert "已撤哨" in page(lead, f"/desk/problems/{problem.pk}")
    assert enter(Client(), town, "xinyu_shuji").get(f"/desk/problems/whistles/{pk}").status_code == 404


def test_of_a_referral_only_the_leaders_read_more_than_that_there_is_one(client: Client, town: Town) -> None:
    problem = leak(town, state="cause_known", cause_known_at=now())
    lead = enter(client, town, "dongzheng_shuji")
    move(lead, problem, "refer", unit=BUREAU, words="请协调原单位开门检修")
    assert "请协调原单位开门检修" in page(lead, f"/desk/problems/{problem.pk}")
    shown = page(enter(Client(), town, "dongzheng_shegong"), f"/desk/problems/{problem.pk}")
    assert "已提请有关方面协调" in shown and "请协调原单位开门检修" not in shown and BUREAU not in shown


def test_a_blocker_is_lifted_from_its_own_line(desk: Client, town: Town) -> None:
    problem = leak(town)
    move(desk, problem, "name_blocker", blocker="money", words="没有维修资金", since="2026-01-05")
    blocker = Blocker.objects.get()
    shown = page(desk, f"/desk/problems/{problem.pk}")
    assert "缺资金" in shown and "01-05 起" in shown
    asked = page(desk, f"/desk/problems/{problem.pk}/lift_blocker?pick={blocker.pk}")
    assert f'value="{blocker.pk}"' in asked and "checked" in asked
    shown = move(desk, problem, "lift_blocker", blocker=blocker.pk, words="街道出了钱")
    assert "已解除" in shown and "街道出了钱" in shown


def test_the_place_of_a_cause_is_typed_or_comes_as_a_point(desk: Client, town: Town) -> None:
    problem = leak(town)
    shown = page(desk, f"/desk/problems/{problem.pk}/name_cause")
    assert 'class="field only-js"' in shown and 'name="place_typed"' in shown
    move(desk, problem, "name_cause", cause="水管锈穿", place_typed="东正大院 3号楼")
    typed = fresh(problem)
    assert (typed.cause_place, typed.cause_lon) == (town.places["building"], town.places["building"].lon)
    move(desk, problem, "name_cause", cause="水管锈穿", cause_point="106.479,29.488")
    tapped = fresh(problem)
    assert (tapped.cause_place, tapped.cause_lon, tapped.cause_lat) == (None, 106.479, 29.488)
    for bad in ("x", "1,2,3", "999,29", "nan,29"):
        answer = desk.post(
            f"/desk/problems/{problem.pk}/name_cause",
            {"seen": fresh(problem).version, "cause": "锈", "cause_point": bad},
        )
        assert answer.status_code == 422 and "重新点一下" in answer.content.decode(), bad


def test_a_dispute_shows_its_three_seats_and_says_which_are_empty(desk: Client, town: Town) -> None:
    problem = raise_problem(town, title="停车费", kind="dispute", at=now())
    shown = page(desk, f"/desk/problems/{problem.pk}")
    assert shown.count("还没有听取这一方的意见") == 3 and "下一步：记一方意见" in shown
    shown = move(desk, problem, "seat", seat="property_firm", view="成本涨了", offer="先不涨价", holder="项目经理")
    assert shown.count("还没有听取这一方的意见") == 2 and "先不涨价" in shown and Seat.objects.count() == 1


def test_a_dispute_is_mediated_on_its_page_then_solved_and_stands_in_the_register(desk: Client, town: Town) -> None:
    assert "还没有纠纷" in page(desk, "/desk/problems/disputes")
    problem = raise_problem(town, title="停车费", kind="dispute", state="in_hand", at=now())
    shown = page(desk, f"/desk/problems/{problem.pk}")
    assert "下一步：记调解结果" in shown and f"/desk/problems/{problem.pk}/solve" not in shown
    turned = desk.get(f"/desk/problems/{problem.pk}/solve", follow=True)
    assert "纠纷要先记调解结果" in turned.content.decode() and turned.request["PATH_INFO"].endswith("/mediate")
    kept = desk.post(
        f"/desk/problems/{problem.pk}/solve", {"seen": 1, "answer": "写好的答复", "step": "send", "shown": "写好的答复"}
    )
    assert kept.status_code == 422 and "写好的答复" in kept.content.decode()
    one = desk.post(
        f"/desk/problems/{problem.pk}/mediate",
        {"seen": 1, "outcome": "agreed", "words": "先不涨价", "seats": "property_firm"},
    )
    assert one.status_code == 422 and "至少要有两方" in one.content.decode() and "先不涨价" in one.content.decode()
    agreed = ["property_firm", "owners_committee"]
    shown = move(desk, problem, "mediate", outcome="agreed", words=f"先不涨价，电话{PHONE}", seats=agreed)
    assert "谈成了" in shown and "物业企业、业委会同意" in shown and "下一步：解决并答复" in shown
    listed = page(desk, "/desk/problems/disputes?outcome=agreed")
    assert "停车费" in listed and "先不涨价" in listed
    reader = enter(Client(), town, "qu_kanban")
    assert PHONE not in page(reader, "/desk/problems/disputes") + page(reader, f"/desk/problems/{problem.pk}")
    assert "没有这样的纠纷" in page(desk, "/desk/problems/disputes?outcome=waiting&after=%00")
    assert "/desk/problems/disputes" in page(desk, "/desk/problems/")


def test_a_refusal_keeps_what_was_typed_and_shows_the_problem_as_it_is_now(desk: Client, town: Town) -> None:
    problem = leak(town)
    missing = desk.post(f"/desk/problems/{problem.pk}/survey", {"seen": 1, "words": "  ", "with_whom": "老物业"})
    assert missing.status_code == 422 and "老物业" in missing.content.decode()
    actions.note_on_problem(
        town.actor("dongzheng_shuji", today=now().date()), problem_id=problem.pk, words="先看", now=now()
    )
    stale = desk.post(f"/desk/problems/{problem.pk}/survey", {"seen": 1, "words": "四楼在滴水"})
    shown = stale.content.decode()
    assert stale.status_code == 422 and "刚才有人办过这件事" in shown and "四楼在滴水" in shown
    assert f'value="{fresh(problem).version}"' in shown


def test_a_move_that_is_over_says_so(desk: Client, town: Town) -> None:
    problem = raise_problem(town, state="solved", at=now())
    assert "现在不能" in desk.get(f"/desk/problems/{problem.pk}/survey", follow=True).content.decode()
    assert desk.get(f"/desk/problems/{problem.pk}/nonsense").status_code == 404
    assert "现在不能" in move(desk, problem, "survey", words="再看看")


def test_the_timeline_holds_reports_surveys_and_moves_in_one(desk: Client, town: Town) -> None:
    problem = leak(town, reports=2)
    move(desk, problem, "survey", words="看过了")
    move(desk, problem, "vulnerable", count=4)
    move(desk, problem, "assign", person=town.accounts["dongzheng_shegong"].person_id)
    shown = page(desk, f"/desk/problems/{problem.pk}")
    timeline = shown[shown.index('class="timeline"') :]
    assert (
        timeline.count("居民反映：") == 2
        and "记录勘查" in timeline
        and "0 → 4" in timeline
        and "指定负责人" in timeline
    )


# Solving


def test_everyone_is_shown_their_answer_before_it_is_sent(desk: Client, town: Town) -> None:
    problem = leak(town, reports=3, state="in_hand")
    first, second, third = Demand.objects.order_by("pk")
    demands.answer_demand(
        town.actor("dongzheng_shegong", today=now().date()), demand_id=third.pk, answer="先堵上了", now=now()
    )
    shown = move(desk, problem, "solve", answer="换了水管，不漏了。")
    assert fresh(problem).state == "in_hand", "nothing is sent yet"
    assert shown.count("换了水管，不漏了。") >= 4 and "以前答复过" in shown and PHONE not in shown
    texts = _letters(shown)
    assert set(texts) == {f"text-{one.pk}" for one in (first, second, third)}
    texts[f"text-{second.pk}"] = "您家门口也修好了。"
    sent = {"answer": "换了水管，不漏了。", "shown": "换了水管，不漏了。", "step": "send"}
    shown = move(desk, problem, "solve", **sent, **texts)
    assert "答复到了谁" in shown and "2 件收到答复" in shown and "1 件以前答复过" in shown
    assert fresh(problem).state == "solved"
    answers = {one.pk: page(desk, f"/desk/demands/{one.pk}") for one in (first, second)}
    assert "您家门口也修好了。" in answers[second.pk] and "换了水管" not in answers[second.pk]
    assert "换了水管" in answers[first.pk]


def _letters(shown: str) -> dict[str, str]:
    """The text of each box of a preview."""
    found = {}
    for part in shown.split('<textarea class="form-control" name="')[1:]:
        if part.startswith("text-"):
            found[part.split('"')[0]] = part.split(">", 1)[1].split("</textarea>")[0]
    return found


def test_an_answer_changed_after_the_preview_is_shown_once_more(desk: Client, town: Town) -> None:
    problem = leak(town, reports=1, state="in_hand")
    shown = move(desk, problem, "solve", answer="后来改的话", shown="先前的话", step="send")
    assert "请再看一遍" in shown and fresh(problem).state == "in_hand" and "后来改的话" in shown


def test_a_letter_left_empty_is_refused_and_the_others_are_kept(desk: Client, town: Town) -> None:
    problem = leak(town, reports=2, state="in_hand")
    first, second = Demand.objects.order_by("pk")
    sent = {"answer": "好了", "shown": "好了", "step": "send", f"text-{first.pk}": " ", f"start-{first.pk}": "x"}
    shown = move(desk, problem, "solve", **sent, **{f"text-{second.pk}": "单独的话", f"start-{second.pk}": "y"})
    assert "都不能是空的" in shown and "单独的话" in shown and fresh(problem).state == "in_hand"


def test_a_stale_solving_keeps_every_letter(desk: Client, town: Town) -> None:
    problem = leak(town, reports=1, state="in_hand")
    (one,) = Demand.objects.all()
    actions.note_on_problem(
        town.actor("dongzheng_shuji", today=now().date()), problem_id=problem.pk, words="等等", now=now()
    )
    sent = {"answer": "好了", "shown": "好了", "step": "send", f"text-{one.pk}": "特别的话", f"start-{one.pk}": "好了"}
    answer = desk.post(f"/desk/problems/{problem.pk}/solve", {"seen": 1, **sent})
    shown = answer.content.decode()
    assert answer.status_code == 422 and "刚才有人办过这件事" in shown and "特别的话" in shown
    assert f'value="{fresh(problem).version}"' in shown


# Raising, and a demand's page


def test_a_problem_is_raised_before_anybody_reports_it(desk: Client, town: Town) -> None:
    given = {"title": "围墙开裂", "place_typed": "东正大院", "kind": "trouble", "origin": "patrol", "vulnerable": "3"}
    bad = desk.post("/desk/problems/new", given | {"title": ""})
    assert bad.status_code == 422 and "东正大院" in bad.content.decode()
    shown = desk.post("/desk/problems/new", given, follow=True).content.decode()
    assert "围墙开裂" in shown and "巡查发现" in shown and "是工作人员先发现的" in shown
    assert desk.post("/desk/problems/new", given | {"place_typed": "新雨社区"}).status_code == 422, "not their place"


def test_a_form_sent_twice_raises_one_problem_and_leads_to_it(desk: Client, town: Town) -> None:
    alone = town.report(body="楼道灯坏了", now=now()).demand
    patrol = {"title": "围墙开裂", "place_typed": "东正大院", "kind": "trouble", "origin": "patrol"}
    for count, (query, given) in enumerate(
        (("", patrol), (f"?demand={alone.pk}", {"demand": alone.pk, "kind": "trouble"})), 1
    ):
        once = re.search(r'name="once" value="([^"]+)"', page(desk, f"/desk/problems/new{query}"))
        assert once
        first = desk.post("/desk/problems/new", given | {"once": once[1]})
        again = desk.post("/desk/problems/new", given | {"once": once[1]})
        assert first["Location"] == again["Location"] and Problem.objects.count() == count
        assert "没有重复登记" in page(desk, again["Location"])
    # A form filled in anew is another problem.
    assert desk.post("/desk/problems/new", patrol)["Location"] != first["Location"] and Problem.objects.count() == 3


def test_a_demand_leads_to_its_problem_and_back(desk: Client, town: Town) -> None:
    alone = town.report(body="楼道灯坏了", now=now()).demand
    assert f"/desk/problems/new?demand={alone.pk}" in page(desk, f"/desk/demands/{alone.pk}")
    problem = leak(town, reports=1)
    inside = problem and Demand.objects.exclude(pk=alone.pk).get()
    shown = page(desk, f"/desk/demands/{inside.pk}")
    assert f'href="/desk/problems/{problem.pk}"' in shown and "属于问题" in shown
    raised = desk.post("/desk/problems/new", {"demand": alone.pk, "kind": "trouble"}, follow=True).content.decode()
    assert "楼道灯坏了" in raised and "已立为问题" in raised


def test_a_notice_leads_to_its_problem(desk: Client, town: Town) -> None:
    problem = leak(town)
    lead = town.actor("dongzheng_shuji", today=now().date())
    person = town.accounts["dongzheng_shegong"].person
    actions.assign_problem(lead, problem_id=problem.pk, person=person, now=now())
    assert f"/desk/problems/{problem.pk}" in page(desk, "/desk/inbox")
    assert Standing.DESK
