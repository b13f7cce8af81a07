"""Sorting at the desk: taking out, putting in, merging, deciding pairs, why things stand together; and the map."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from gongzhi.demands import upstairs
from gongzhi.demands.models import Demand
from gongzhi.problems.actions import belonging
from gongzhi.problems.models import Apart, Problem, Report, Suggestion
from gongzhi.web.who import now
from tests.problems.making import fresh, raise_problem
from tests.town import Town
from tests.web.desk.test_problems import PHONE, enter, page

WORDS = "3号楼外墙渗水，楼上空置用房的水管一直在滴水"


@pytest.fixture
def desk(client: Client, town: Town) -> Client:
    return enter(client, town, "dongzheng_shegong")


def reported(town: Town, count: int, body: str = WORDS, **more: object) -> list[Demand]:
    """So many demands that say the same, each standing alone."""
    rows = [town.report(body=f"{body}，第{n}次", now=now(), **more).demand for n in range(count)]
    for row in rows:
        belonging.report_row(upstairs.words_of(row.pk)).save()
    return rows


def own_problem(town: Town, demands: list[Demand], **more: object) -> Problem:
    """A problem of these demands, put there by hand."""
    problem = raise_problem(town, at=now(), **more)
    Report.objects.filter(demand__in=demands).update(
        problem=problem, joined_by="engine", joined_at=now(), likelihood=0.8
    )
    Problem.objects.filter(pk=problem.pk).update(reports=len(demands), reporters=len(demands))
    return fresh(problem)


def test_the_desk_sees_why_things_stand_together(desk: Client, town: Town) -> None:
    problem = own_problem(town, (rows := reported(town, 2)))
    shown = page(desk, f"/desk/problems/{problem.pk}/why/{rows[0].pk}")
    assert "都写到" in shown and "渗水" in shown and "相似度" in shown and "同一天" in shown
    part = desk.get(f"/desk/problems/{problem.pk}/why/{rows[0].pk}", headers={"HX-Request": "true"}).content.decode()
    assert "都写到" in part and "<html" not in part
    assert desk.get(f"/desk/problems/{problem.pk}/why/999999").status_code == 404
    alone = own_problem(town, reported(town, 1, "路灯不亮"))
    assert "说不出为什么" in page(desk, f"/desk/problems/{alone.pk}/why/{Demand.objects.latest('pk').pk}")


def test_demands_are_split_off_with_a_reason(desk: Client, town: Town) -> None:
    problem = own_problem(town, (rows := reported(town, 3)))
    address, seen = f"/desk/problems/{problem.pk}/split", {"seen": problem.version}
    nothing = desk.post(address, seen | {"reason": "另一处"})
    assert nothing.status_code == 422 and "先勾选" in nothing.content.decode() and "另一处" in nothing.content.decode()
    bare = desk.post(address, seen | {"demand": rows[2].pk, "title": "车库门口的水"})
    shown = bare.content.decode()
    assert bare.status_code == 422 and "车库门口的水" in shown and f'id="in-{rows[2].pk}" checked' in shown
    done = desk.post(address, seen | {"demand": rows[2].pk, "title": "车库门口的水", "reason": "不是一处"}, follow=True)
    assert "已拆出" in done.content.decode()
    assert Report.objects.get(demand=rows[2]).problem.title == "车库门口的水"
    assert Apart.objects.filter(demand=rows[2], problem=problem).exists()


def test_one_is_taken_out_to_stand_alone(desk: Client, town: Town) -> None:
    problem = own_problem(town, (rows := reported(town, 3)))
    given = {"seen": problem.version, "demand": [rows[1].pk, rows[2].pk], "how": "alone", "reason": "别的事"}
    done = desk.post(f"/desk/problems/{problem.pk}/split", given, follow=True)
    assert "各自单独办理" in done.content.decode() and fresh(problem).reports == 1
    assert not Report.objects.filter(demand__in=rows[1:], problem__isnull=False).exists()


def test_what_is_near_and_alike_is_offered_and_put_in(desk: Client, town: Town) -> None:
    problem = own_problem(town, reported(town, 2))
    Report.objects.filter(problem=None).delete()
    other = town.report(body=f"{WORDS}，电话{PHONE}", now=now()).demand
    town.report(body="小区里有人放鞭炮", now=now())
    shown = page(desk, f"/desk/problems/{problem.pk}/sort")
    near = shown[shown.index("near-title") :]
    assert near.index("外墙渗水") < near.index("放鞭炮") and PHONE not in near
    assert "先勾选" in desk.post(f"/desk/problems/{problem.pk}/join", {"seen": problem.version}).content.decode()
    done = desk.post(f"/desk/problems/{problem.pk}/join", {"seen": problem.version, "demand": other.pk}, follow=True)
    assert "并入了 1 件诉求" in done.content.decode()
    report = Report.objects.get(demand=other)
    assert (report.problem_id, report.joined_by) == (problem.pk, "person")
    assert "工作人员并入" in page(desk, f"/desk/problems/{problem.pk}")


def test_another_communitys_demand_cannot_be_put_in(desk: Client, town: Town) -> None:
    problem = own_problem(town, reported(town, 1))
    elsewhere = town.report(body="车库漏水", place="garage", now=now()).demand
    answer = desk.post(f"/desk/problems/{problem.pk}/join", {"seen": problem.version, "demand": elsewhere.pk})
    assert answer.status_code == 404 and not Report.objects.filter(demand=elsewhere, problem=problem).exists()


def test_two_problems_are_seen_side_by_side_before_they_are_merged(desk: Client, town: Town) -> None:
    one = own_problem(town, reported(town, 2), title="外墙渗水")
    other = own_problem(town, reported(town, 1, "三楼天花板往下滴水"), title="天花板滴水")
    assert "天花板滴水" in page(desk, f"/desk/problems/{one.pk}/sort")
    assert desk.get(f"/desk/problems/{one.pk}/merge?into=").status_code == 422
    assert desk.get(f"/desk/problems/{one.pk}/merge?into={one.pk}").status_code == 422
    shown = page(desk, f"/desk/problems/{one.pk}/merge?into={other.pk}")
    assert "三楼天花板往下滴水" in shown and "外墙渗水" in shown and fresh(one).state == "raised"
    bare = desk.post(f"/desk/problems/{one.pk}/merge", {"into": other.pk, "seen": one.version})
    assert bare.status_code == 422
    given = {"into": other.pk, "seen": one.version, "reason": "同一根水管"}
    done = desk.post(f"/desk/problems/{one.pk}/merge", given, follow=True).content.decode()
    assert "已并入" in done and fresh(one).merged_into_id == other.pk and fresh(other).reports == 3
    assert "已并入问题" in page(desk, f"/desk/problems/{one.pk}")
    hidden = raise_problem(town, place="garage", title="别处")
    assert desk.get(f"/desk/problems/{other.pk}/merge?into={hidden.pk}").status_code == 422


def suggest(town: Town, first: Demand, second: Demand) -> Suggestion:
    return Suggestion.objects.create(
        demand=first, nearest=second, community=first.community, likelihood=0.4, made_at=now()
    )


def test_pairs_are_decided_side_by_side(desk: Client, town: Town) -> None:
    rows = reported(town, 2, f"楼道灯不亮 {PHONE}")
    one = suggest(town, *rows)
    assert "有 1 对诉求可能是同一个问题" in page(desk, "/desk/problems/")
    shown = page(desk, "/desk/problems/suggestions")
    assert "相似度 40%" in shown and "楼道灯不亮" in shown and "都写到" in shown and PHONE not in shown
    other = enter(Client(), town, "xinyu_shegong")
    assert "楼道灯不亮" not in page(other, "/desk/problems/suggestions")
    assert other.post(f"/desk/problems/suggestions/{one.pk}/same").status_code == 404
    assert desk.post(f"/desk/problems/suggestions/{one.pk}/perhaps").status_code == 404
    done = desk.post(f"/desk/problems/suggestions/{one.pk}/same", follow=True).content.decode()
    assert "已归到问题" in done and "没有要看的" in done
    assert Report.objects.filter(demand__in=rows, problem__isnull=False).count() == 2
    again = desk.post(f"/desk/problems/suggestions/{one.pk}/different", follow=True).content.decode()
    assert "刚才有人办过这件事" in again


def test_a_pair_that_is_none_is_not_shown_again(desk: Client, town: Town) -> None:
    one = suggest(town, town.report(now=now()).demand, town.report(now=now()).demand)
    done = desk.post(f"/desk/problems/suggestions/{one.pk}/different", follow=True).content.decode()
    assert "不再提示" in done and "没有要看的" in done and Problem.objects.count() == 0


# The map


def test_the_map_shows_symptom_and_cause_and_the_same_as_a_list(desk: Client, town: Town) -> None:
    problem = raise_problem(town, title="外墙渗水", at=now(), lon=106.477, lat=29.487)
    Problem.objects.filter(pk=problem.pk).update(cause_lon=106.478, cause_lat=29.488, reports=7)
    shown = page(desk, "/desk/problems/map")
    assert "外墙渗水" in shown and "7 次反映" in shown and "原因另有位置" in shown
    found = json.loads(page(desk, "/desk/problems/map/points"))["features"]
    assert {one["properties"].get("shape") for one in found} == {"symptom", "cause", None}
    assert next(one for one in found if one["properties"].get("shape") == "symptom")["properties"]["count"] == 7
    other = json.loads(page(enter(Client(), town, "xinyu_shegong"), "/desk/problems/map/points"))
    assert other["features"] == []
    own = json.loads(page(desk, f"/desk/problems/{problem.pk}/map/points"))["features"]
    assert len(own) == 3


def test_the_map_of_a_week_counts_what_was_reported_in_it(desk: Client, town: Town) -> None:
    problem = own_problem(town, reported(town, 2), title="外墙渗水", state="solved")
    week = now().date().isoformat()
    assert "外墙渗水" not in page(desk, "/desk/problems/map")
    shown = page(desk, f"/desk/problems/map?week={week}")
    assert "外墙渗水" in shown and "2 次反映" in shown and "前一周" in shown
    before = (now() - timedelta(days=21)).date().isoformat()
    Problem.objects.filter(pk=problem.pk).update(raised_at=now() - timedelta(days=300))
    assert "外墙渗水" not in page(desk, f"/desk/problems/map?week={before}")
    for broken in ("x", "9999-99-99", "0001-01-01", "%00"):
        page(desk, f"/desk/problems/map?week={broken}&place=x")


# The set-up page


def test_the_rows_are_readable_for_all_and_changed_by_who_may(desk: Client, town: Town) -> None:
    shown = page(desk, "/desk/setup/problems/")
    assert "5天内7次反映" in shown and "社区负责人" in shown and "加一条预警规则" not in shown
    assert desk.post("/desk/setup/problems/", {"what": "alert", "reports": 5, "days": 3}).status_code == 403
    admin = enter(Client(), town, "guanli")
    assert "加一条预警规则" in page(admin, "/desk/setup/problems/")
    bad = admin.post("/desk/setup/problems/", {"what": "alert", "reports": 1, "days": 3, "name": "太少"})
    assert bad.status_code == 422 and "太少" in bad.content.decode()
    given = {"what": "alert", "reports": 5, "days": 3, "active": "on", "place_typed": "东正社区"}
    done = admin.post("/desk/setup/problems/", given, follow=True).content.decode()
    assert "3 天内 5 次反映" in done and "东正社区" in done
    rung = {"what": "rung", "level": "subdistrict", "after_days": 4, "active": "on", "name": "街道领导"}
    assert "满 4 天" in admin.post("/desk/setup/problems/", rung, follow=True).content.decode()
    bare = admin.post("/desk/setup/problems/", {"what": "rung", "level": "district"})
    assert bare.status_code == 422 and "请写明多少天后" in bare.content.decode()
    occasion = {"what": "occasion", "name": "防汛", "standings": ["desk"], "levels": ["community"], "sign_hours": 1}
    occasion |= {"contact_hours": 2, "on_site_days": 1, "active": "on"}
    assert "防汛" in admin.post("/desk/setup/problems/", occasion, follow=True).content.decode()
    numbers = {"what": "numbers", "join_percent": 101}
    assert admin.post("/desk/setup/problems/", numbers).status_code == 422
