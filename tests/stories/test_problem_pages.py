"""Every page of problems, visits, surveys and whistles, read by everyone: both sizes, plain and in large type.

What axe finds, whatever its weight, fails; so does a page wider than its screen, a table on a phone that must be pushed
sideways, and a form that cannot be sent by keyboard.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from gongzhi.console.demo.cast import FOUNDER
from gongzhi.demands import upstairs
from gongzhi.neighbourhood.rules import PlaceKind
from gongzhi.problems import actions
from gongzhi.problems.actions import belonging, field
from gongzhi.problems.actions.field import Finding
from gongzhi.problems.models import Suggestion, Visit
from gongzhi.problems.rules import Kind, Origin, VisitKind, number
from gongzhi.web.who import now
from tests.problems.making import BUREAU, occasion, stuck
from tests.reading import faults
from tests.stories.test_first_journey import log_in
from tests.town import Town, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BODIES = ("3号楼外墙渗水，卧室墙面发霉", "外墙渗水好几天，楼道地面很滑", "渗水把电表箱都打湿了")


@dataclass(frozen=True)
class Scene:
    """What stands in the town: a leak with three reports, a dispute, a whistle, a referral, a visit, a survey."""

    leak: int
    quarrel: int
    whistle: int
    referral: int
    visit: int
    compound: int


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    """A town as it stands today, since the pages ask the real clock, with something on each of the pages."""
    town = build()
    moment = now()
    desk, lead = (town.actor(who, today=moment.date()) for who in ("dongzheng_shegong", "dongzheng_shuji"))
    actions.load_occasions(FOUNDER, now=moment)
    spot = {"lon": 106.4772, "lat": 29.4871}
    rows = [town.report(body=body, phone=f"1380013800{n}", now=moment, **spot).demand for n, body in enumerate(BODIES)]
    leak = actions.raise_problem(desk, demand_ids=[row.pk for row in rows], title="3号楼外墙渗水", now=moment)
    actions.name_cause(desk, problem_id=leak.pk, now=moment, cause="水管锈穿", outsider="原厂留守处", **spot)
    stuck(leak)
    called = {"problem_id": leak.pk, "unit": town.units[BUREAU], "words": "请到场看看管道", "now": moment}
    whistle = actions.blow_whistle(lead, occasion_id=occasion(town).pk, **called)
    referral = actions.refer_problem(lead, **called)
    quarrel = actions.raise_problem(
        lead,
        title="停车费",
        place=town.places["compound"],
        now=moment,
        kind=Kind.DISPUTE,
        origin=Origin.PATROL,
    )
    _undecided(town)
    visit = field.note_visit(
        desk,
        place=town.places["compound"],
        kind=VisitKind.HOUSEHOLD,
        words="二楼老人说楼道灯不亮",
        household="2单元301",
        follow_up_on=moment.date(),
        visited_at=moment,
        once="a",
        now=moment,
    ).visit
    assert isinstance(visit, Visit) and town.places["compound"].kind == PlaceKind.COMPOUND
    field.survey_compound(
        lead,
        place=town.places["compound"],
        surveyed_on=moment.date(),
        findings=(Finding("没有物业", "门卫、保洁没人管"),),
        words="八十年代的厂区家属院",
        once="b",
        now=moment,
    )
    return Scene(leak.pk, quarrel.pk, whistle.pk, referral.pk, visit.pk, town.places["compound"].pk)


def _undecided(town: Town) -> None:
    """Two pairs that look alike to the same percentage: their headings must still differ."""
    for pair in range(2):
        one, other = (town.report(body=f"第{pair}排路灯不亮，第{n}次", now=now()).demand for n in range(2))
        for row in (one, other):
            words = upstairs.words_of(row.pk)
            assert words
            belonging.report_row(words).save()
        Suggestion.objects.create(demand=one, nearest=other, community=one.community, likelihood=0.4, made_at=now())


def lead_pages(scene: Scene) -> list[str]:
    """The desk's pages, as the secretary of the community sees them."""
    own, pair = f"/desk/problems/{scene.leak}", f"/desk/problems/{scene.quarrel}"
    moves = ("survey", "name_cause", "name_blocker", "whistle", "refer", "title", "assign", "solve", "drop")
    return [
        "/desk/problems/", "/desk/problems/?q=没有这样的", own, *(f"{own}/{move}" for move in moves), f"{own}/sort",
        f"{own}/merge?into={scene.quarrel}", pair, f"{pair}/seat", "/desk/problems/suggestions", "/desk/problems/map",
        "/desk/problems/new", f"/desk/problems/whistles/{scene.whistle}/call_off", f"/desk/problems/referrals/{scene.referral}",
        "/desk/visits/", "/desk/visits/?show=waiting", "/desk/visits/new", "/desk/visits/week", f"/desk/visits/{scene.visit}",
        f"/desk/visits/{scene.visit}/demand", f"/desk/visits/{scene.visit}/problem", "/desk/compounds/",
        f"/desk/compounds/{scene.compound}/baseline",
    ]  # fmt: skip


def unit_pages(scene: Scene) -> list[str]:
    """What the called unit sees."""
    whistle, referral = f"/units/whistles/{scene.whistle}", f"/units/referrals/{scene.referral}"
    return ["/units/whistles/", whistle, "/units/referrals/", referral]


READERS: dict[str, tuple[str, Callable[[Scene], list[str]]]] = {
    "lead": ("dongzheng_shuji", lead_pages),
    "unit": ("chengguan_lianluo", unit_pages),
    "board": ("qu_kanban", lambda _: ["/board/problems"]),
    "operator": ("guanli", lambda _: ["/desk/setup/problems/"]),
    "stranger": ("", lambda scene: [f"/problems/{number(scene.leak)}"]),
}


@pytest.mark.parametrize("reader", READERS)
def test_every_page_can_be_read_by_everyone(page: Any, live_server: Any, scene: Scene, reader: str) -> None:
    login, pages = READERS[reader]
    if login:
        log_in(page, live_server.url, login)
    else:
        page.goto(live_server.url)
    assert faults(page, live_server.url, pages(scene), tables=reader != "operator") == []


@pytest.mark.parametrize("move", ["title", "survey", "whistle", "name_blocker"])
def test_the_heading_of_a_move_is_words_and_every_id_is_used_once(
    desk: Any, live_server: Any, scene: Scene, move: str
) -> None:
    log_in(desk, live_server.url, "dongzheng_shuji")
    desk.goto(f"{live_server.url}/desk/problems/{scene.leak}/{move}")
    assert desk.locator("#next-title").inner_text().strip()
    assert (
        desk.evaluate(
            "(() => {const ids = [...document.querySelectorAll('[id]')].map(one => one.id);"
            " return ids.length - new Set(ids).size})()"
        )
        == 0
    )


def test_the_next_step_is_reached_by_tab_and_its_focus_is_seen(desk: Any, live_server: Any, scene: Scene) -> None:
    log_in(desk, live_server.url, "dongzheng_shuji")
    desk.goto(f"{live_server.url}/desk/problems/{scene.quarrel}")
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.className") == "skip-link"
    desk.keyboard.press("Enter")
    for _ in range(12):
        desk.keyboard.press("Tab")
        if desk.evaluate("Boolean(document.activeElement.closest('#panel'))"):
            break
    seen = desk.evaluate(
        "(() => {const it = getComputedStyle(document.activeElement);"
        " return [Boolean(document.activeElement.closest('#panel')), it.outlineStyle, it.boxShadow]})()"
    )
    assert seen[0] and (seen[1] != "none" or seen[2] != "none")
