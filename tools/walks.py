"""The walks through the product that the guides show, one for each audience, told by the demonstration's cast.

They lean on each other: what the resident reports is worked on by the desk and judged by her at the end.
"""

import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tools.screenshots import Camera

TROUBLE = "地下车库漏水，地面都是水，老人差点滑倒。"
UNIT = "大渡口区城市管理局（演示）"


def resident(camera: Camera) -> None:
    """Report from a phone, look it up, get a code wrong, open a broken link."""
    page = camera.page("phone")
    camera.open(page, "/")
    camera.take(page, "resident-home", height=780)
    camera.open(page, "/new")
    page.locator("#id_search").press_sequentially("钓鱼台小区")
    page.locator("#place-choices .choice").first.wait_for()
    chosen = page.locator("#place-choices .choice", has_text="地下车库")
    (chosen if chosen.count() else page.locator("#place-choices .choice")).first.click()
    camera.take(page, "resident-where", height=890)
    page.locator("[data-next]").click()
    page.locator("[name=body]").fill(TROUBLE)
    camera.take(page, "resident-what", height=690)
    page.locator("[data-next]").click()
    # Neighbours of the garage have reported the same; she goes on all the same, since the desk's walk needs her demand.
    page.locator("#near:not([hidden])").wait_for()
    camera.take(page, "resident-near", height=890)
    page.locator("[data-differs]").click()
    camera.take(page, "resident-contact", height=1000)
    page.locator("[data-send]").click()
    page.wait_for_url(re.compile("/thanks/"))
    camera.take(page, "resident-code", height=640)
    number, code = (one.strip() for one in page.locator(".big-code").all_text_contents())
    camera.facts.number, camera.facts.code = number, code
    camera.facts.link = page.locator(".take-home a.btn-primary").get_attribute("href")
    camera.open(page, "/check")
    page.locator("[name=number]").fill(number)
    page.locator("[name=code]").fill("000000")
    page.locator("main form button").click()
    camera.take(page, "resident-wrong-code", height=700)
    camera.open(page, camera.facts.link)
    camera.take(page, "resident-progress", height=900)
    camera.open(page, camera.facts.link[:-3])
    camera.take(page, "resident-broken-link", height=560)
    page = camera.page("phone")
    camera.open(page, "/")
    page.locator("button[name=elder]").click()
    camera.take(page, "resident-large-type", height=900)


def move(camera: Camera, page: Any, base: str, verb: str, **fields: str) -> None:
    """Fill in the form of one move of the resident's demand and send it."""
    camera.open(page, f"{base}/demands/{camera.facts.pk}/{verb}")
    form = page.locator(f"form[action$='/{verb}']")
    for name, value in fields.items():
        form.locator(f"[name={name}]").fill(value)
    form.get_by_role("button").first.click()
    page.wait_for_url(re.compile(r"/(desk|units)/(demands/\d+)?$"))


def desk(camera: Camera) -> None:
    """The day at a community's desk: the list, a caller, one demand from its category to its answer."""
    page = camera.page("desk")
    camera.open(page, "/login")
    camera.take(page, "desk-login", height=560)
    page = camera.page("desk", "xingsheng_shegong")
    camera.open(page, "/desk/")
    camera.take(page, "desk-worklist", height=860)
    call(camera, page)
    camera.open(page, f"/desk/demands/?group=all&q={camera.facts.number}")
    address = page.locator(".worklist a[href*='/desk/demands/']").first.get_attribute("href")
    camera.facts.pk = re.findall(r"\d+", address)[-1]
    camera.open(page, f"/desk/demands/{camera.facts.pk}")
    camera.take(page, "desk-demand", height=900)
    stale = page.context.new_page()
    camera.open(stale, f"/desk/demands/{camera.facts.pk}/dispatch")
    page.locator("form select[name=category]").first.select_option(label="车库漏水")
    page.get_by_role("button", name="分类", exact=True).click()
    settled(page)
    stale.locator("form[action$='/dispatch'] [name=handler]").fill(UNIT)
    camera.take(stale, "desk-dispatch", of="main .column", pad=8)
    stale.locator("form[action$='/dispatch'] .btn-primary").click()
    stale.wait_for_timeout(500)
    camera.take(stale, "desk-refused", of=".demand-main", pad=8, height=1000)
    move(camera, page, "/desk", "contact", words="打过电话，约好下午三点去看。")
    move(camera, page, "/desk", "ask", question="请问漏水的是几号车位？有照片请发一张。")
    phone = camera.page("phone")
    camera.open(phone, camera.facts.link)
    camera.take(phone, "resident-asked", height=800)
    phone.locator("form[action$='/reply'] textarea").fill("12号车位旁边，顶上的管子在滴水。")
    phone.locator("form[action$='/reply'] button").click()
    settled(phone)
    move(camera, page, "/desk", "answer", answer="漏水的管道换好了，地面已清理，请您看看。")
    camera.open(page, f"/desk/demands/{camera.facts.pk}")
    camera.take(page, "desk-answered", height=1000)
    camera.open(phone, camera.facts.link)
    camera.take(phone, "resident-rating", of="section:has(#rate)", pad=12)
    look_up(camera, page)
    problem(camera, page)
    visits(camera)


def problem(camera: Camera, page: Any) -> None:
    """The garage's problem: in the hot list, by itself, why its reports are together, and the whistle for it."""
    camera.open(page, "/desk/problems/")
    camera.take(page, "desk-problems", height=620)
    camera.facts.problem = page.locator(".problems .cell-subject a").first.get_attribute("href")
    camera.open(page, camera.facts.problem)
    camera.take(page, "desk-problem", height=1000)
    camera.open(page, f"{camera.facts.problem}/whistle")
    form = page.locator("form[action$='/whistle']")
    form.locator("[name=occasion]").first.check()
    form.locator("[name=unit]").fill(UNIT)
    form.locator("[name=words]").fill("请到场看渗水的地方，一起商量怎么进那栋楼。")
    camera.take(page, "desk-whistle", of="main .column", pad=8)
    form.locator(".btn-primary").click()
    settled(page)


def visits(camera: Camera) -> None:
    """A visit noted on a phone at a door, the week of visits, the survey of an old compound."""
    phone = camera.page("phone", "dongzheng_shegong")
    camera.open(phone, "/desk/visits/new")
    phone.locator("[name=words]").fill("二楼老人说楼道灯不亮，晚上不敢下楼。")
    camera.take(phone, "desk-visit", height=844)
    page = camera.page("desk", "dongzheng_shegong")
    camera.open(page, "/desk/visits/week")
    page.locator("a[rel=prev]").first.click()
    settled(page)
    camera.take(page, "desk-visits-week", height=980)
    camera.open(page, "/desk/compounds/")
    page.locator("main a", has_text="东正大院").first.click()
    settled(page)
    camera.take(page, "desk-baseline", height=820)


def look_up(camera: Camera, page: Any) -> None:
    """Two characters searched for, and the worklist on a phone."""
    camera.open(page, "/desk/demands/?q=路灯")
    camera.take(page, "desk-search", height=640)
    phone = camera.page("phone", "xingsheng_shegong")
    camera.open(phone, "/desk/")
    camera.take(phone, "desk-phone", height=844)


def settled(page: Any) -> None:
    """Wait for the page that follows a form."""
    page.wait_for_timeout(400)
    page.wait_for_load_state("networkidle")


def call(camera: Camera, page: Any) -> None:
    """A caller on the line: the form as it is filled in, then what is read out."""
    camera.open(page, "/desk/demands/new")
    page.locator("[name=phone]").press_sequentially("19900000015")
    page.locator("[name=name]").fill("演示居民")
    place = page.locator("[name=place_typed]")
    place.press_sequentially("钓鱼台")
    page.locator("[role=option]").first.wait_for()
    page.locator("[role=option]", has_text="2号楼").first.click()
    page.locator("[name=body]").fill("2号楼单元门口的灯不亮，晚上看不见台阶。")
    camera.take(page, "desk-caller", height=980)
    page.locator("main form .btn-primary").click()
    page.wait_for_url(re.compile("/taken"))
    camera.take(page, "desk-read-out", of="main .column", pad=8)


def unit(camera: Camera) -> None:
    """What was handed to a member unit, one demand, and how it is returned."""
    page = camera.page("desk", "chengguan_lianluo")
    camera.open(page, "/units/")
    camera.take(page, "unit-worklist", height=760)
    camera.open(page, "/units/?group=dispatched")
    row = page.locator(".worklist tr", has_text="已派单")
    address = row.locator("a[href*='/units/demands/']").first.get_attribute("href")
    camera.open(page, address)
    camera.take(page, "unit-demand", height=900)
    camera.open(page, f"{address}/return")
    camera.take(page, "unit-return", of="main .column", pad=8)
    camera.open(page, "/units/whistles/")
    page.locator("main a[href*='/units/whistles/']", has_text="车库漏水").first.click()
    settled(page)
    camera.take(page, "unit-whistle", height=900)
    phone = camera.page("phone", "chengguan_lianluo")
    camera.open(phone, "/units/")
    camera.take(phone, "unit-phone", height=844)


def exchange(camera: Camera) -> None:
    """Giving and getting: the desk's table, the three forms, the ledger, who gives to whom; a unit; a resident."""
    page = camera.page("desk", "dongzheng_shegong")
    camera.open(page, "/desk/exchange/")
    camera.take(page, "exchange-table", height=920)
    camera.open(page, "/desk/exchange/giving/")
    camera.take(page, "exchange-giving", height=900)
    page = camera.page("desk", "yuejin_jiedao")
    camera.open(page, "/desk/exchange/picture")
    camera.take(page, "exchange-picture", height=980)
    page = camera.page("desk", "jiansheng_shuji")
    camera.open(page, "/desk/exchange/rounds/")
    page.locator("main a[href*='/exchange/rounds/']", has_text="季度").first.click()
    settled(page)
    camera.take(page, "exchange-round", height=900)
    page = camera.page("desk", "chengguan_lianluo")
    camera.open(page, "/units/exchange")
    camera.take(page, "exchange-unit", height=900)
    phone = camera.page("phone", "jiancai_lianluo")
    camera.open(phone, "/units/exchange")
    phone.locator("main a[href*='/exchange/rounds/']").first.click()
    settled(phone)
    phone.locator("main a[href$='/link']").first.click()
    settled(phone)
    # Above the menu at the foot.
    camera.take(phone, "exchange-form", height=780)
    phone = camera.page("phone")
    camera.open(phone, "/giving/")
    phone.locator("main a[href*='/giving/']").first.click()
    settled(phone)
    camera.take(phone, "exchange-public", height=900)


def together(camera: Camera) -> None:
    """Meeting, doing and being bound: the secretary's conference, project and agreement; the same as a unit has it."""
    page = camera.page("desk", "dongzheng_shuji")
    chosen(camera, page, "/desk/conferences/", "已通知")
    camera.take(page, "together-conference", height=1000)
    chosen(camera, page, "/desk/projects/", "老院坝整治")
    camera.take(page, "together-project", height=1000)
    chosen(camera, page, "/desk/agreements/", "城市管理局")
    camera.take(page, "together-agreement", height=1000)
    phone = camera.page("phone", "chengguan_lianluo")
    camera.open(phone, "/units/conferences/")
    camera.take(phone, "together-meetings", height=780)
    camera.open(phone, "/units/projects/")
    camera.take(phone, "together-tasks", height=780)


def chosen(camera: Camera, page: Any, path: str, words: str) -> None:
    """Open the first line of a list that holds these words."""
    camera.open(page, path)
    page.locator("main .rows > li", has_text=words).first.locator("a").first.click()
    settled(page)


def board(camera: Camera) -> None:
    """The district's figures, the map, the rows behind a number, the bulletin."""
    page = camera.page("desk", "qu_kanban")
    camera.open(page, "/board/")
    camera.take(page, "board-overview", height=980)
    camera.take(page, "board-rates", of="section:has(#rates-head)", height=520, pad=12)
    number = page.locator(".stat-value a").first.get_attribute("href")
    camera.open(page, number)
    camera.take(page, "board-rows", height=620)
    camera.open(page, "/board/")
    page.locator("a[href*='/board/bulletin']").first.click()
    settled(page)
    camera.take(page, "board-bulletin", height=820)
    camera.open(page, "/board/problems")
    camera.take(page, "board-problems", height=820)
    phone = camera.page("phone", "qu_kanban")
    camera.open(phone, "/board/")
    camera.take(phone, "board-phone", height=844)


SHEET = """编号,时间,街道,社区,地点,内容,类别
GD-001,2026-06-01 09:10,跃进村街道,东正社区,东正大院1号楼,楼道灯不亮，晚上看不见台阶,路灯
GD-002,2026-06-02 15:40,跃进村街道,东正社区,东正大院2号楼,屋顶漏雨，墙皮掉了,屋顶漏水
GD-003,六月三号上午,跃进村街道,东正社区,东正大院3号楼,下水道堵了，污水漫到路上,污水井盖
GD-004,2026-06-04 08:05,跃进村街道,东正社区,,,
"""


def set_up(camera: Camera) -> None:
    """Places, limits, calendar, categories, an import, posters, people, notices."""
    page = camera.page("desk", "guanli")
    camera.open(page, "/desk/setup/")
    camera.take(page, "set-up-index", height=760)
    camera.open(page, "/desk/setup/places/?words=东正大院")
    page.locator("main a[href*='/desk/setup/places/']", has_text="东正大院").first.click()
    settled(page)
    page.locator("aside details summary").first.click()
    camera.take(page, "set-up-place", height=980)
    for path, name, height in (
        ("limits/?clock=answer&urgency=complex&at=2026-09-28T10:00", "set-up-limits", 700),
        ("categories/", "set-up-categories", 700),
        ("thresholds/", "set-up-thresholds", 900),
        ("people/", "set-up-people", 560),
        ("people/new", "set-up-person-new", 1000),
        ("posters/?words=东正大院", "", 0),
    ):
        camera.open(page, f"/desk/setup/{path}")
        if name:
            camera.take(page, name, height=height)
    page.locator("main .rows a", has_text="东正大院").first.click()
    settled(page)
    camera.take(page, "set-up-posters", height=820)
    camera.open(page, "/desk/setup/days/")
    camera.take(page, "set-up-days", of="main section", height=560)
    bring_in(camera, page)


def bring_in(camera: Camera, page: Any) -> None:
    """A small spreadsheet with two faults, and a file that is no spreadsheet."""
    with TemporaryDirectory() as folder:
        wrong = Path(folder) / "照片.xlsx"
        wrong.write_bytes(b"\xff\xd8\xff\xe0 no spreadsheet")
        camera.open(page, "/desk/setup/import/")
        page.locator("[type=file]").set_input_files(wrong)
        page.locator("aside form .btn-primary").click()
        settled(page)
        camera.take(page, "set-up-wrong-file", height=560)
        sheet = Path(folder) / "街道工单.csv"
        sheet.write_text(SHEET, encoding="gb18030")
        camera.open(page, "/desk/setup/import/")
        page.locator("[type=file]").set_input_files(sheet)
        page.locator("aside form .btn-primary").click()
        settled(page)
        camera.take(page, "set-up-columns", height=980)
        page.locator("#columns form .btn-primary").click()
        settled(page)
        camera.take(page, "set-up-preview", height=1100)


# In the order of the story.
WALKS: tuple[Callable[[Camera], None], ...] = (resident, desk, unit, exchange, together, board, set_up)
