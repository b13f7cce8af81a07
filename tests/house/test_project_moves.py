"""Every move of an appeal, a project, a task, a version of zones and a thing installed, by everyone, from every state."""

from decimal import Decimal
from typing import Any

import pytest

from gongzhi.neighbourhood.rules import Standing
from gongzhi.projects import actions, rules
from gongzhi.projects.actions import Details, Given, TaskDetails
from gongzhi.projects.actions import projects as inside
from gongzhi.projects.models import Appeal, Asset, Project, Task, TaskProof, Zone, Zoning
from gongzhi.projects.rules import AppealState, AssetState, ProjectState, TaskState, ZoningState
from gongzhi.projects.zoning import Part
from gongzhi.shared.models import TrailEntry
from gongzhi.shared.moves import Refused
from tests.exchange.making import BUREAU, INSURER, settle
from tests.house.test_exchange_moves import LATER, Do, Sight, _everyone
from tests.projects.making import DAY, TODAY, ring
from tests.town import NOW, Town

PROOF = Given(kind="signature", signed_by="某主任")
DETAILS = Details(title="修围墙", due_on=TODAY + 13 * DAY, strands=["governance"])
TASK = TaskDetails(title="砌墙", stream="施工", days=2, proof_kind="signature")
SITE = [(x, y) for x, y in ring(0, 0, 100, 100)]
PARTS = [Part("校门", SITE)]
_D = {"day": TODAY, "now": LATER}

APPEAL_VERBS: dict[str, Do] = {
    "decline": lambda a, pk: actions.decline_appeal(a, appeal_id=pk, words="人手不够", now=LATER),
    "withdraw": lambda a, pk: actions.withdraw_appeal(a, appeal_id=pk, now=LATER),
}
PROJECT_VERBS: dict[str, Do] = {
    "change": lambda a, pk: actions.change_project(a, project_id=pk, details=DETAILS, now=LATER),
    "agree": lambda a, pk: actions.move_project(a, project_id=pk, verb="agree", now=LATER),
    "start": lambda a, pk: actions.move_project(a, project_id=pk, verb="start", now=LATER),
    "move_day": lambda a, pk: actions.move_day(a, project_id=pk, due_on=TODAY + DAY, words="提前", now=LATER),
    "add_task": lambda a, pk: actions.add_task(a, project_id=pk, details=TASK, now=LATER, once="new"),
    "add_crew": lambda a, pk: actions.add_crew(a, project_id=pk, title="维修队", hands=2, every_day=True, now=LATER),
    "bind": lambda a, pk: actions.bind(a, project_id=pk, now=LATER),
    "plan": lambda a, pk: actions.put_plan(a, project_id=pk, now=LATER),
    "zone": lambda a, pk: actions.draw_zones(a, project_id=pk, site=SITE, parts=PARTS, now=LATER, once="new"),
    "install": lambda a, pk: actions.install_asset(a, project_id=pk, what="器材", once="new", **_D),
    "finish": lambda a, pk: actions.finish_project(a, project_id=pk, **_D),
    "stop": lambda a, pk: actions.stop_project(a, project_id=pk, words="不做了", now=LATER),
}
TASK_VERBS: dict[str, Do] = {
    "change": lambda a, pk: actions.change_task(a, task_id=pk, details=TASK, now=LATER),
    "begin": lambda a, pk: actions.begin_task(a, task_id=pk, **_D),
    "report": lambda a, pk: actions.report_task(a, task_id=pk, left=3, now=LATER),
    "want_post": lambda a, pk: actions.want_post(a, task_id=pk, title="护学岗", people=2, on=None, now=LATER),
    "prove": lambda a, pk: actions.prove_task(a, task_id=pk, given=PROOF, now=LATER),
    "close": lambda a, pk: actions.close_task(a, task_id=pk, given=PROOF, **_D),
    "waive": lambda a, pk: actions.waive_task(a, task_id=pk, words="旧的够用", now=LATER),
    "reopen": lambda a, pk: actions.reopen_task(a, task_id=pk, words="又塌了", now=LATER),
}
ZONING_VERBS: dict[str, Do] = {
    "approve": lambda a, pk: actions.approve_zones(a, zoning_id=pk, now=LATER),
    "drop": lambda a, pk: actions.drop_zones(a, zoning_id=pk, words="太细", now=LATER),
}
ASSET_VERBS: dict[str, Do] = {
    "accept": lambda a, pk: actions.accept_asset(a, asset_id=pk, signed_by="某主任", **_D),
    "object": lambda a, pk: actions.object_to_asset(a, asset_id=pk, words="松动", now=LATER),
    "remove": lambda a, pk: actions.remove_asset(a, asset_id=pk, words="坏了", now=LATER),
}
_U, _S, _L, _R, _O = Standing.UNIT, Standing.DESK, Standing.LEAD, Standing.READER, Standing.OPERATOR
DESKS: Sight = {
    "qu_kanban": {_R}, "qu_fuze": {_L}, "guanli": {_O}, "yuejin_shuji": {_L}, "yuejin_jiedao": {_S},
    "dongzheng_shuji": {_L}, "dongzheng_shegong": {_S}, "clock": {Standing.CLOCK},
    "xinyu_shuji": None, "xinyu_shegong": None, "xingsheng_shegong": None, "stranger": None,
}  # fmt: skip
# Dongzheng's project, which the bureau asked for and the insurer has a task in.
OF_APPEAL: Sight = DESKS | {"chengguan_lianluo": {_U}, "baoxian_lianluo": None}
OF_PROJECT: Sight = DESKS | {"chengguan_lianluo": set(), "baoxian_lianluo": set()}
OF_GROUND: Sight = OF_PROJECT | {"baoxian_lianluo": None}
OF_TASK: Sight = DESKS | {"chengguan_lianluo": None, "baoxian_lianluo": {_U}}


@pytest.fixture(autouse=True)
def _settled(request: pytest.FixtureRequest) -> None:
    if "town" in request.fixturenames:
        settle(request.getfixturevalue("town"))


def _appeal(town: Town, state: str = "taken") -> Appeal:
    place = town.places["dongzheng"]
    return Appeal.objects.create(
        unit=town.units[BUREAU], place=place, community=place, subdistrict=place.subdistrict, title="开学", state=state,
        due_on=TODAY + 13 * DAY, raised_at=NOW, ended_at=None if state == "raised" else NOW, answer="无", once=state,
    )  # fmt: skip


def _project(town: Town, state: str = "running") -> Project:
    place = town.places["dongzheng"]
    return Project.objects.create(
        title="修围墙", place=place, community=place, subdistrict=place.subdistrict, strands=["governance"], since=TODAY,
        appeal=_appeal(town), due_on=TODAY + 13 * DAY, opened_at=NOW, state=state, once=state,
        ended_on=None if state in rules.OPEN else TODAY,
    )  # fmt: skip


def _task(town: Town, state: str, project: Project | None = None) -> Task:
    task = Task.objects.create(
        project=project or _project(town), title="砌墙", stream="施工", owner=town.units[INSURER], days=2,
        proof_kind="signature", once=state,
    )  # fmt: skip
    proof = TaskProof.objects.create(task=task, kind="signature", signed_by="某主任", noted_at=NOW)
    task.state, task.begun_on = state, TODAY if state == "under_way" else None
    task.done_on = None if state in rules.TASK_OPEN else TODAY
    task.proof = proof if state == "closed" else None
    task.waived_because = "旧的够用" if state == "waived" else ""
    task.save()
    return task


def _zoning(town: Town, state: str) -> Zoning:
    approved = NOW if state in ("approved", "replaced") else None
    row = Zoning.objects.create(
        project=_project(town), number=1, site=SITE, drawn_at=NOW, state=state, approved_at=approved, once=state
    )
    Zone.objects.create(zoning=row, name="校门", ring=SITE)
    return row


def _asset(town: Town, state: str) -> Asset:
    signed = {"signed_by": "某主任", "accepted_on": TODAY} if state == "accepted" else {}
    return Asset.objects.create(
        project=_project(town), what="器材", installed_on=TODAY, state=state, once=state, **signed
    )


def test_every_verb_of_the_tables_has_its_action() -> None:
    """Beside these: taking is opening a project; partner and spending are proven below; the clock warns; approving
    replaces."""
    assert set(APPEAL_VERBS) == set(rules.APPEAL_MOVES) - {"take"}
    assert set(PROJECT_VERBS) == set(rules.PROJECT_MOVES) - {"warn", "add_partner", "spend"}
    assert set(TASK_VERBS) == set(rules.TASK_MOVES)
    assert set(ZONING_VERBS) == set(rules.ZONING_MOVES) - {"replace"}
    assert set(ASSET_VERBS) == set(rules.ASSET_MOVES)


@pytest.mark.parametrize("state", list(AppealState))
def test_every_move_of_an_appeal(town: Town, state: str) -> None:
    def take(actor: Any, pk: int) -> Any:
        return inside._take_appeal(actor, pk, town.places["dongzheng"], LATER)

    _everyone(rules.APPEAL_MOVES, "appeal", town, OF_APPEAL, APPEAL_VERBS | {"take": take}, _appeal(town, state))


@pytest.mark.parametrize("state", list(ProjectState))
def test_every_move_of_a_project(town: Town, state: str) -> None:
    row = _project(town, state)
    _task(town, "closed", row)
    more: dict[str, Do] = {
        "add_partner": lambda a, pk: actions.add_partner(
            a, project_id=pk, unit=town.units[INSURER], words="出钱", now=LATER
        ),
        "spend": lambda a, pk: actions.spend(
            a, project_id=pk, amount=Decimal(5), what="水泥", once=f"{a.person_id}", **_D
        ),
        "warn": lambda a, pk: inside.steps.finish(inside.steps.on_project(a, pk, "warn", LATER)),
    }
    _everyone(rules.PROJECT_MOVES, "project", town, OF_PROJECT, PROJECT_VERBS | more, row)


@pytest.mark.parametrize("state", list(TaskState))
def test_every_move_of_a_task(town: Town, state: str) -> None:
    _everyone(rules.TASK_MOVES, "task", town, OF_TASK, TASK_VERBS, _task(town, state))


@pytest.mark.parametrize("state", list(ZoningState))
def test_every_move_of_a_version_of_zones(town: Town, state: str) -> None:
    _everyone(rules.ZONING_MOVES, "zoning", town, OF_GROUND, ZONING_VERBS, _zoning(town, state))


@pytest.mark.parametrize("state", list(AssetState))
def test_every_move_of_a_thing_installed(town: Town, state: str) -> None:
    _everyone(rules.ASSET_MOVES, "asset", town, OF_GROUND, ASSET_VERBS, _asset(town, state))


@pytest.mark.parametrize("state", ["done", "stopped"])
def test_nothing_moves_in_a_project_that_has_ended(town: Town, state: str) -> None:
    task, before = _task(town, "to_do", _project(town, state)), TrailEntry.objects.count()
    with pytest.raises(Refused, match="项目已经结束"):
        actions.close_task(town.actor("dongzheng_shegong"), task_id=task.pk, given=PROOF, **_D)
    assert TrailEntry.objects.count() == before


BLANK: dict[str, Do] = {
    "waive": lambda a, pk: actions.waive_task(a, task_id=pk, words="　", now=LATER),
    "close": lambda a, pk: actions.close_task(a, task_id=pk, given=Given(kind="signature", signed_by="\u200b"), **_D),
    "want_post": lambda a, pk: actions.want_post(a, task_id=pk, title=" ", people=1, on=None, now=LATER),
    "prove": lambda a, pk: actions.prove_task(a, task_id=pk, given=Given(kind="photo"), now=LATER),
}


@pytest.mark.parametrize("verb", sorted(BLANK))
def test_what_a_move_needs_cannot_be_left_out(town: Town, verb: str) -> None:
    task, before = _task(town, "to_do"), TrailEntry.objects.count()
    with pytest.raises(Refused):
        BLANK[verb](town.actor("dongzheng_shuji"), task.pk)
    assert TrailEntry.objects.count() == before and Task.objects.get(pk=task.pk).state == "to_do"
