"""The worklist: what stands on it, for whom, narrowed how, at which cost."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gongzhi.console.demo.cast import PASSWORD
from gongzhi.demands import actions
from gongzhi.demands.models import Demand, SavedView
from gongzhi.shared.models import TrailEntry
from gongzhi.web.who import now
from tests.town import Town


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


def test_strangers_are_asked_in_and_others_are_refused(client: Client, town: Town) -> None:
    assert client.get("/desk/").status_code == 302
    assert enter(client, town, "chengguan_lianluo").get("/desk/").status_code == 403
    assert enter(client, town, "qu_kanban").get("/desk/").status_code == 200
    assert client.get("/desk/demands/new").status_code == 403
    assert PASSWORD


def test_the_worklist_holds_what_is_due_here_and_nothing_of_elsewhere(desk: Client, town: Town) -> None:
    town.report(body="楼道灯坏了", now=now())
    town.report(body="没人扫地", place="garage", now=now())
    shown = page(desk, "/desk/")
    assert "楼道灯坏了" in shown and "没人扫地" not in shown


def test_filters_stand_in_the_address_and_can_be_taken_off(desk: Client, town: Town) -> None:
    pk = town.report(body="楼道灯坏了", now=now()).demand.pk
    town.report(body="垃圾没人收", now=now())
    shown = page(desk, "/desk/?q=灯坏&state=received&due=week&nonsense=1&kind=nonsense")
    assert f"/desk/demands/{pk}" in shown and "垃圾没人收" not in shown
    assert 'class="chip"' in shown and "已受理" in shown
    assert "没有符合条件的诉求" in page(desk, "/desk/?q=灯坏&state=closed&group=all")
    assert "垃圾没人收" in page(desk, f"/desk/?place={town.places['compound'].pk}")
    assert "没有符合条件的诉求" in page(desk, "/desk/?since=2199-01-01&until=9999-99-99")


@pytest.mark.parametrize(
    "address", ["/desk/?place=999999999999999999999", "/desk/?after=x_y&before=%00", "/desk/?q=%00"]
)
def test_a_broken_address_gives_a_page(desk: Client, address: str) -> None:
    page(desk, address)


def test_paging_goes_on_and_back(desk: Client, town: Town) -> None:
    for count in range(60):
        town.report(body=f"第{count:03d}件事", now=now())
    first = page(desk, "/desk/demands/")
    assert first.count('name="demand"') == 50 and "第059件事" in first
    after = first.split("after=")[1].split('"')[0]
    second = page(desk, f"/desk/demands/?after={after}")
    assert second.count('name="demand"') == 10 and "第000件事" in second and "before=" in second


def test_a_list_costs_the_same_whatever_it_holds(
    desk: Client, town: Town, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def fill(count: int) -> None:
        for _ in range(count):
            demand = town.report(now=now()).demand
            Demand.objects.filter(pk=demand.pk).update(
                suggestions=[{"code": "0101", "confidence": 0.81, "because": ["漏水"]}],
                handler=next(iter(town.units.values())),
                assignee=town.actor("dongzheng_shegong").person_id,
            )

    searched = f"/desk/?q=漏水&category={town.category().pk}&place={town.places['compound'].pk}"
    # The first ones fill what the process remembers.
    for address in ("/desk/", searched):
        page(desk, address)
    for count in (1, 59):
        fill(count)
        # Session, login and offices, then the list itself: rows, places, categories, saved views.
        with django_assert_max_num_queries(7):
            shown = page(desk, "/desk/")
        with django_assert_max_num_queries(6):
            page(desk, searched)
    assert "建议" in shown and "81%" in shown


def test_counts_come_after_the_list(desk: Client, town: Town) -> None:
    town.report(now=now() - timedelta(days=60))
    assert "件" in page(desk, "/desk/counts")


def test_a_view_is_saved_opened_and_dropped_by_its_owner(desk: Client, town: Town) -> None:
    desk.post("/desk/views", {"name": "漏水的", "question": "group=due&q=漏水"})
    view = SavedView.objects.get()
    assert "漏水的" in page(desk, "/desk/")
    other = enter(Client(), town, "xinyu_shegong")
    other.post(f"/desk/views/{view.pk}/drop")
    assert SavedView.objects.exists()
    desk.post(f"/desk/views/{view.pk}/drop")
    assert not SavedView.objects.exists()


def test_many_are_handed_to_a_colleague_at_once(desk: Client, town: Town) -> None:
    ids = [town.report(now=now()).demand.pk for _ in range(3)]
    elsewhere = town.report(place="garage", now=now()).demand.pk
    asked = desk.post("/desk/assign", {"demand": ids, "question": "q=漏水"})
    assert "向晚晴" in asked.content.decode()
    lead = town.actor("dongzheng_shuji").person_id
    answer = desk.post("/desk/assign", {"demand": [*ids, elsewhere, "x"], "person": lead, "question": "q=漏水"})
    assert answer.status_code == 302 and "q=" in answer["Location"]
    assert list(Demand.objects.filter(assignee=lead).order_by("pk").values_list("pk", flat=True)) == ids
    assert desk.post("/desk/assign", {}).status_code == 302


def test_a_stranger_to_the_desk_is_no_colleague(desk: Client, town: Town) -> None:
    pk = town.report(now=now()).demand.pk
    outsider = town.actor("xinyu_shegong").person_id
    desk.post("/desk/assign", {"demand": [pk], "person": outsider})
    assert not Demand.objects.filter(assignee=outsider).exists()


def test_an_export_holds_what_the_filters_show_and_runs_nothing(desk: Client, town: Town) -> None:
    town.report(body='=HYPERLINK("http://x")灯坏了', now=now())
    town.report(body="垃圾没人收", now=now())
    answer = desk.get("/desk/export.csv?q=灯坏")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "灯坏了" in text and "垃圾" not in text
    assert not any(cell.startswith(("=", '"=')) for line in text.splitlines() for cell in line.split(","))
    book = desk.get("/desk/export.xlsx")
    assert zipfile.is_zipfile(io.BytesIO(book.content))
    assert TrailEntry.objects.filter(verb="export").count() == 2
    assert desk.get("/desk/export.pdf").status_code == 404


def test_who_may_not_see_contacts_gets_masked_texts(client: Client, town: Town) -> None:
    town.report(body="请打13800138000找我", now=now())
    reader = enter(client, town, "qu_kanban")
    assert "13800138000" not in page(reader, "/desk/")
    export = b"".join(reader.get("/desk/export.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "13800138000" not in export and "灯" not in export
    operator = enter(Client(), town, "guanli")
    assert operator.get("/desk/export.csv").status_code == 403
    assert "13800138000" in page(enter(Client(), town, "dongzheng_shegong"), "/desk/")


def test_scripts_in_a_demand_are_only_words(desk: Client, town: Town) -> None:
    town.report(body="<script>alert(1)</script><b>粗", now=now())
    shown = page(desk, "/desk/")
    assert "<script>alert" not in shown and "&lt;script&gt;" in shown


def test_done_demands_leave_the_worklist_and_stay_in_the_whole_list(desk: Client, town: Town) -> None:
    pk = town.report(body="楼道灯坏了", now=now()).demand.pk
    actions.answer_demand(town.actor("dongzheng_shegong"), demand_id=pk, answer="修好了", now=now())
    assert "现在没有待办" in page(desk, "/desk/")
    assert "已答复" in page(desk, "/desk/demands/")


def test_leaders_are_warned_before_the_calendar_runs_out(
    client: Client, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gongzhi.web.desk.worklist.calendar_warning", lambda _now: 39)
    warning = "工作日历再过 39 天就用完了"
    assert warning in enter(client, town, "dongzheng_shuji").get("/desk/counts").content.decode()
    assert warning not in enter(client, town, "dongzheng_shegong").get("/desk/counts").content.decode()
