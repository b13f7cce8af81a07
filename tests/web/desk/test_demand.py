"""One demand at the desk: its story, its moves as forms, its reporter's contact, its surroundings."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongzhi.demands import actions, queries, rules
from gongzhi.demands.models import Demand, Extension, Photo
from gongzhi.shared.models import TrailEntry
from gongzhi.web.casework.forms import MoveForm
from gongzhi.web.casework.moves import BESIDE, DEEDS
from gongzhi.web.who import now
from tests.town import Town
from tests.web.desk.test_worklist import enter, page
from tests.web.public.test_new import picture


@pytest.fixture
def desk(client: Client, town: Town) -> Client:
    return enter(client, town, "dongzheng_shegong")


def make(client: Client, pk: int, verb: str, **given: object) -> int:
    """Send the form of a move with the version that stands; returns the status of the answer."""
    seen = Demand.objects.only("version").get(pk=pk).version
    return client.post(f"/desk/demands/{pk}/{verb}", {"seen": seen, **given}).status_code


def state(pk: int) -> str:
    return Demand.objects.only("state").get(pk=pk).state


def test_a_demand_goes_from_receipt_to_call_back_by_its_forms(desk: Client, town: Town) -> None:
    pk = town.report(body="楼道灯坏了", phone="13800138000", now=now()).demand.pk
    shown = page(desk, f"/desk/demands/{pk}")
    assert "下一步：" in shown and "分类" in shown and "故" in shown
    assert make(desk, pk, "classify", category=town.category().pk, urgency="") == 302
    assert make(desk, pk, "contact", words="打了电话，约明天看") == 302
    assert make(desk, pk, "start") == 302
    assert make(desk, pk, "answer", answer="灯已换好。") == 302
    assert state(pk) == "replied"
    assert make(desk, pk, "call_back", reached="yes", solved="yes", satisfied="yes", words="谢谢") == 302
    shown = page(desk, f"/desk/demands/{pk}")
    assert state(pk) == "closed" and "灯已换好。" in shown and "解决了、满意" in shown and "谢谢" in shown


def test_every_move_that_staff_may_make_has_an_action_and_a_form(town: Town) -> None:
    not_theirs = {
        verb for verb, row in rules.MOVES.items() if row.who <= {rules.Standing.RESIDENT, rules.Standing.CLOCK}
    }
    assert set(DEEDS) | not_theirs == set(rules.MOVES) and set(DEEDS) >= BESIDE
    demand = town.report(now=now()).demand
    for verb in DEEDS:
        form = MoveForm(verb, town.actor("dongzheng_shuji"), demand)
        asked = set(form.fields) | ({"outcome"} if "reached" in form.fields else set())
        assert rules.MOVES[verb].needs <= asked


def test_a_refusal_keeps_what_was_typed_and_says_why(desk: Client, town: Town) -> None:
    pk = town.report(now=now()).demand.pk
    actions.start_work(town.actor("dongzheng_shuji"), demand_id=pk, now=now())
    answer = desk.post(f"/desk/demands/{pk}/contact", {"seen": 1, "words": "说好周三来"})
    text = answer.content.decode()
    assert answer.status_code == 422 and "说好周三来" in text and "刚才有人办过这件事" in text
    # The page around the form is fresh, and the form can be sent again as it stands.
    assert "最近一步：" in text and "开始办理" in text and "办理中" in text and 'name="seen" value="2"' in text
    assert make(desk, pk, "contact", words="说好周三来") == 302
    empty = desk.post(f"/desk/demands/{pk}/answer", {"seen": 3, "answer": " "})
    assert empty.status_code == 422 and state(pk) == "contacted"


def test_a_refusal_in_place_draws_the_whole_page_anew(desk: Client, town: Town) -> None:
    pk = town.report(now=now()).demand.pk
    actions.start_work(town.actor("dongzheng_shuji"), demand_id=pk, now=now())
    sent = {"seen": 1, "question": "几楼？"}
    answer = desk.post(f"/desk/demands/{pk}/ask", sent, headers={"HX-Request": "true"})
    assert (answer["HX-Retarget"], answer["HX-Reselect"]) == ("#main", "#main")
    assert 'id="refused"' in answer.content.decode() and "几楼？</textarea>" in answer.content.decode()


def test_words_for_a_move_that_is_over_are_kept_to_be_copied(desk: Client, town: Town) -> None:
    pk = town.report(now=now()).demand.pk
    actions.answer_demand(town.actor("dongzheng_shuji"), demand_id=pk, answer="修好了", now=now())
    answer = desk.post(f"/desk/demands/{pk}/answer", {"seen": 1, "answer": "明天下午换好"})
    text = answer.content.decode()
    assert answer.status_code == 422 and "明天下午换好" in text and "可以从这里复制" in text and "已答复" in text
    assert desk.post(f"/desk/demands/{pk}/answer", {"seen": 1, "answer": ""}).status_code == 422


def test_the_desk_adds_words_and_photos_for_a_caller_and_as_proof(desk: Client, town: Town) -> None:
    pk = town.report(now=now()).demand.pk
    assert "multipart/form-data" in page(desk, f"/desk/demands/{pk}/attach")
    assert make(desk, pk, "add", words="来电：水更大了", photos=[picture()]) == 302
    assert make(desk, pk, "attach", from_resident="no", words="修好的地方", photos=[picture()]) == 302
    assert make(desk, pk, "attach", from_resident="no") == 422
    assert make(desk, pk, "attach", from_resident="no", photos=[SimpleUploadedFile("a.jpg", b"no picture")]) == 422
    shown = page(desk, f"/desk/demands/{pk}")
    assert "居民后来补充的" in shown and "来电：水更大了" in shown and "办理中的照片" in shown and "修好的地方" in shown
    assert list(Photo.objects.order_by("id").values_list("by_resident", flat=True)) == [True, False]


def test_a_move_that_is_over_leads_back_with_words(desk: Client, town: Town) -> None:
    pk = town.report(now=now()).demand.pk
    answer = desk.get(f"/desk/demands/{pk}/resume", follow=True)
    assert "现在不能“恢复办理”" in answer.content.decode()
    assert desk.get(f"/desk/demands/{pk}/explode").status_code == 404
    assert desk.post(f"/desk/demands/{pk}/rate", {}).status_code == 404


def test_anothers_demand_is_as_absent_as_one_that_is_not(desk: Client, town: Town) -> None:
    pk = town.report(place="garage", now=now()).demand.pk
    for address in (f"/desk/demands/{pk}", "/desk/demands/999999", f"/desk/demands/{pk}/note"):
        assert desk.get(address).status_code == 404
        assert desk.post(address, {}).status_code in {404, 405}
    assert desk.post(f"/desk/demands/{pk}/see_contact", {}).status_code == 404
    assert desk.get(f"/desk/demands/{pk}/map/points").status_code == 404
    assert desk.get(f"/desk/demands/{10**30}").status_code == 404


def test_opening_the_contact_is_written_down(desk: Client, town: Town) -> None:
    pk = town.report(phone="13800138000", name="某居民", now=now()).demand.pk
    assert "13800138000" not in page(desk, f"/desk/demands/{pk}")
    opened = desk.post(f"/desk/demands/{pk}/see_contact")
    assert "13800138000" in opened.content.decode() and opened["Cache-Control"] == "no-store"
    assert TrailEntry.objects.get(verb="see_contact").noun_id == pk
    assert "查看了联系方式" in page(desk, f"/desk/demands/{pk}")


def test_a_reader_sees_no_contact_and_no_buttons(client: Client, town: Town) -> None:
    pk = town.report(body="请打13800138000", phone="13800138000", now=now()).demand.pk
    reader = enter(client, town, "qu_kanban")
    shown = page(reader, f"/desk/demands/{pk}")
    assert "13800138000" not in shown and "下一步" not in shown
    assert "13800138000" not in reader.post(f"/desk/demands/{pk}/see_contact", follow=True).content.decode()
    assert make(reader, pk, "note", words="x") == 422 and len(TrailEntry.objects.filter(verb="note")) == 0


def test_suggestions_are_offered_with_their_confidence_and_chosen_by_hand(desk: Client, town: Town) -> None:
    demand = town.report(now=now()).demand
    found = [{"code": "0102", "confidence": 0.62, "because": ["垃圾"]}]
    Demand.objects.filter(pk=demand.pk).update(suggestions=found)
    shown = page(desk, f"/desk/demands/{demand.pk}")
    assert "62%" in shown and "“垃圾”" in shown and Demand.objects.get(pk=demand.pk).category is None
    assert make(desk, demand.pk, "classify", category=town.category("0102").pk) == 302
    assert TrailEntry.objects.get(verb="classify").data["suggested_rank"] == 1


def test_a_unit_is_meant_by_part_of_its_name_and_never_guessed(desk: Client, town: Town) -> None:
    pk = town.report(now=now()).demand.pk
    assert make(desk, pk, "dispatch", handler="演示") == 422
    assert make(desk, pk, "dispatch", handler="没有这家") == 422
    assert make(desk, pk, "dispatch", handler="城市管理局", words="请尽快") == 302
    assert Demand.objects.get(pk=pk).handler_id and state(pk) == "dispatched"
    shown = page(desk, f"/desk/demands/{pk}")
    assert "大渡口区城市管理局" in shown and "请尽快" in shown and "下一步：" in shown and "催办" in shown


def test_an_extension_is_decided_where_it_is_shown_and_not_by_its_asker(town: Town) -> None:
    pk = town.report(now=now()).demand.pk
    asker, lead = enter(Client(), town, "dongzheng_shuji"), enter(Client(), town, "yuejin_shuji")
    assert make(asker, pk, "ask_extension", days="3", reason="等配件") == 302
    extension = Extension.objects.get()
    assert "要由另一位负责人批准" in page(asker, f"/desk/demands/{pk}")
    assert make(asker, pk, "grant_extension", extension=extension.pk) == 422
    assert "批准延期" in page(lead, f"/desk/demands/{pk}") and "等配件" in page(lead, f"/desk/demands/{pk}")
    assert make(lead, pk, "grant_extension", extension=extension.pk) == 302
    assert "已批准 3 个工作日" in page(lead, f"/desk/demands/{pk}")


def test_a_place_is_corrected_by_typing_and_asked_for_where_several_fit(town: Town) -> None:
    lead = enter(Client(), town, "yuejin_jiedao")
    pk = town.report(now=now()).demand.pk
    several = lead.post(f"/desk/demands/{pk}/refile", {"seen": 1, "place_typed": "东正", "reason": "写错了"})
    assert several.status_code == 422 and "是哪一个" in several.content.decode()
    chosen = {"place_typed": "东正", "place": town.places["dongzheng"].pk, "reason": "写错了"}
    assert make(lead, pk, "refile", **chosen) == 302
    assert Demand.objects.get(pk=pk).place_id == town.places["dongzheng"].pk
    assert make(lead, pk, "refile", reason="没有改什么") == 422
    # Moved out of sight: back to the list, not to a page that is no longer theirs.
    away = lead.post(f"/desk/demands/{pk}/refile", {"place_typed": "钓鱼台小区", "reason": "在那边"})
    assert away.status_code == 302 and away["Location"] == "/desk/"


def test_the_page_costs_the_same_however_long_the_story(
    desk: Client, town: Town, django_assert_max_num_queries: object
) -> None:
    pk = town.report(phone="13800138000", now=now()).demand.pk
    actor = town.actor("dongzheng_shegong")
    for count in range(30):
        actions.note_on_demand(actor, demand_id=pk, words=f"第{count}次去看", now=now())
        town.report(phone="13800138000", now=now() - timedelta(hours=count))
    with django_assert_max_num_queries(22):  # type: ignore[operator]
        shown = page(desk, f"/desk/demands/{pk}")
    assert "第29次去看" in shown and "这位居民以前反映的" in shown


def test_moves_open_in_place_with_htmx(desk: Client, town: Town) -> None:
    pk = town.report(now=now()).demand.pk
    panel = desk.get(f"/desk/demands/{pk}/park", headers={"HX-Request": "true"})
    # Parking is a leader's: the desk is led back with words.
    assert panel["HX-Redirect"] == f"/desk/demands/{pk}"
    note = desk.get(f"/desk/demands/{pk}/note", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in note and 'name="words"' in note
    done = desk.post(f"/desk/demands/{pk}/note", {"words": "去看过"}, headers={"HX-Request": "true"})
    assert done["HX-Redirect"] == f"/desk/demands/{pk}"


def test_near_by_stays_within_sight(town: Town) -> None:
    demand = town.report(now=now()).demand
    town.report(now=now())
    place = queries.get_demand(town.actor("dongzheng_shegong"), demand.pk).place
    assert len(queries.near_by(town.actor("dongzheng_shegong"), place, now=now())) == 2
    assert list(queries.near_by(town.actor("chengguan_lianluo"), place, now=now())) == []
    assert list(queries.near_by(town.actor("qu_fuze"), town.places["district"], now=now())) == []


def test_the_map_shows_it_and_what_is_near(desk: Client, town: Town) -> None:
    pk = town.report(now=now()).demand.pk
    town.report(body="另一件", now=now())
    points = desk.get(f"/desk/demands/{pk}/map/points").json()["features"]
    assert len(points) == 2 and desk.get(f"/desk/demands/{pk}/map/outline").json()["type"] == "FeatureCollection"


def test_a_session_that_ended_leads_to_the_login_and_back_to_a_page(client: Client, town: Town) -> None:
    pk = town.report(now=now()).demand.pk
    note, seen = f"/desk/demands/{pk}/note", f"/desk/demands/{pk}/see_contact"
    panel = client.post(note, headers={"HX-Request": "true", "HX-Target": "panel"})
    assert panel["HX-Redirect"] == f"/login?next=%2Fdesk%2Fdemands%2F{pk}%2Fnote"
    typing = client.post("/desk/demands/new/near", headers={"HX-Request": "true", "HX-Target": "near"})
    assert typing.status_code == 401 and not typing.content
    sent = client.post(seen, headers={"Referer": f"http://testserver/desk/demands/{pk}"})
    assert sent["Location"] == f"/login?next=/desk/demands/{pk}", "what is only sent cannot be asked for"
