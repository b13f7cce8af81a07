"""措施: a district changes its measures and days; what was signed keeps its words."""

import re
from typing import Any

import pytest

from gongzhi.agreements.models import Agreement, Clause, Measure
from tests.agreements.making import ready, signed
from tests.stories.test_agreements import draft, main
from tests.town import Town
from tests.web.units.test_whistles import enter, text

PAGE = "/desk/setup/agreements/"


@pytest.fixture
def admin(town: Town) -> Any:
    ready(town)
    return enter(town, "guanli")


def sent(measure: Measure, **changed: Any) -> dict[str, Any]:
    """What the form of a measure sends."""
    kept: dict[str, Any] = {"what": "measure", "row": measure.pk, "name": measure.name, "english": measure.english}
    return kept | {"kind": measure.kind, "order": measure.order, "active": "on"} | changed


def test_a_renamed_measure_leaves_what_was_signed_as_it_was(admin: Any, town: Town) -> None:
    old = signed(town)
    duty = Measure.objects.get(code="duty")
    assert f"?measure={duty.pk}#measure-form" in text(admin.get(PAGE))
    form = main(admin.get(f"{PAGE}?measure={duty.pk}"))
    assert 'value="双向责任"' in form
    answer = admin.post(PAGE, sent(duty, name="共担责任", english="Shared duty", order=40))
    assert answer.status_code == 302, main(answer)
    desk = enter(town, "dongzheng_shuji")
    assert main(desk.get(f"/desk/agreements/{old.pk}")).count("双向责任") == 2
    row = draft(desk, "东正社区", "新的协议")
    shown = main(desk.get(f"/desk/agreements/{row.pk}"))
    assert shown.count("共担责任") == 2 and "双向责任" not in shown
    # Its clauses now stand behind the others.
    assert re.findall(r'<p class="eyebrow mb-1">(.*?)</p>', shown)[-1] == "共担责任"


def test_nothing_new_comes_from_a_measure_that_is_not_in_force(admin: Any, town: Town) -> None:
    old = signed(town)
    gone = Measure.objects.get(code="pairing")
    assert admin.post(PAGE, sent(gone, active="")).status_code == 302
    assert "停用" in main(admin.get(PAGE))
    desk = enter(town, "dongzheng_shuji")
    row = draft(desk, "东正社区", "新的协议")
    assert not Clause.objects.filter(agreement=row, measure=gone).exists()
    assert gone.name not in main(desk.get(f"/desk/agreements/{row.pk}/clauses/new"))
    assert gone.name in main(desk.get(f"/desk/agreements/{old.pk}"))

    new = {"what": "measure", "row": "", "name": "应急互助", "kind": "other", "order": 11, "active": "on"}
    assert admin.post(PAGE, new).status_code == 302
    assert "应急互助" in main(desk.get(f"/desk/agreements/{row.pk}/clauses/new"))


def test_the_last_measure_of_a_two_way_kind_stays(admin: Any) -> None:
    duty = Measure.objects.get(code="duty")
    for changed in ({"active": ""}, {"kind": "other"}):
        answer = admin.post(PAGE, sent(duty, name="改过的名", **changed))
        assert answer.status_code == 422 and "“双向责任”至少要留一项" in main(answer)
        assert "改过的名" in main(answer), "what was typed is not lost"
    duty.refresh_from_db()
    assert (duty.name, duty.active, duty.kind) == ("双向责任", True, "mutual_duty")
    empty = admin.post(PAGE, sent(duty, name=""))
    assert empty.status_code == 422


def test_the_days_count_for_what_is_drafted_afterwards(admin: Any, town: Town) -> None:
    old = signed(town)
    assert admin.post(PAGE, {"what": "days", "warn_days": "0", "review_days": "30"}).status_code == 422
    assert admin.post(PAGE, {"what": "days", "warn_days": "90", "review_days": "14"}).status_code == 302
    assert 'value="90"' in main(admin.get(PAGE))
    new = draft(enter(town, "dongzheng_shuji"), "东正社区", "新的协议")
    days = {one.pk: (one.warn_days, one.review_days) for one in Agreement.objects.all()}
    assert days == {old.pk: (60, 30), new.pk: (90, 14)}


def test_who_may_not_set_up_reads_and_changes_nothing(admin: Any, town: Town) -> None:
    desk, duty = enter(town, "dongzheng_shuji"), Measure.objects.get(code="duty")
    shown = main(desk.get(PAGE))
    assert "双向责任" in shown and "由系统管理员修改" in shown and "加一项措施" not in shown
    assert desk.post(PAGE, sent(duty, name="别的")).status_code == 403
    assert admin.post(PAGE, sent(duty, row=999_999)).status_code == 404
