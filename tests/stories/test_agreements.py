"""An agreement from its draft to its opened review, and a registry of hundreds of parties, through the pages (M46, M47)."""

import re
import zipfile
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongzhi.agreements.actions import load_defaults
from gongzhi.agreements.models import Agreement, Clause, Party, Review
from gongzhi.agreements.rules import TWO_WAY
from gongzhi.console.demo.cast import FOUNDER
from gongzhi.neighbourhood import actions as register
from gongzhi.neighbourhood.codes import make_credit_code
from gongzhi.neighbourhood.models import MemberUnit, Place, Role
from gongzhi.neighbourhood.rules import PlaceKind
from gongzhi.shared.sheets import write_xlsx
from gongzhi.web.who import now
from tests.agreements.making import ready, sent
from tests.exchange.making import BUREAU, deliver_between, settle
from tests.town import NOW, Town
from tests.web.units.test_whistles import enter, text

HOME = "/desk/agreements/"


def main(answer: Any) -> str:
    return text(answer).split("<main")[1]


def typed(page: str, **changed: Any) -> dict[str, Any]:
    """What a browser would send of the form on a page: what stands in it, and what was changed."""
    found = dict(re.findall(r'<input type="(?:hidden|text|date|number)" name="([^"]+)" value="([^"]*)"', page))
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"} | changed


def draft(desk: Client, place: str, title: str) -> Agreement:
    page = main(desk.get(f"{HOME}new"))
    found = {
        name: re.findall(rf'<select name="{name}".*?</select>', page, re.DOTALL)[0] for name in ("place", "template")
    }
    where = re.findall(rf'<option value="(\d+)"[^>]*>{place}<', found["place"])[0]
    template = re.findall(r'<option value="(\d+)"', found["template"])[0]
    answer = desk.post(f"{HOME}new", typed(page, place=where, template=template, title=title))
    assert answer.status_code == 302, main(answer)
    return Agreement.objects.get(title=title)


def add_unit(desk: Client, row: Agreement, name: str) -> None:
    answer = desk.post(f"{HOME}{row.pk}/parties/new", {"unit": name, "place": ""})
    assert answer.status_code == 302, main(answer)


def sign(client: Client, base: str, row: Agreement) -> Any:
    (door,) = re.findall(
        rf'href="({base}/agreements/{row.pk}/sign/\d+)"', main(client.get(f"{base}/agreements/{row.pk}"))
    )
    return client.post(door, typed(main(client.get(door)), signer="某负责人", read="on"))


@pytest.mark.mechanism("M47")
def test_ten_measures_four_in_both_directions_or_nobody_signs(town: Town) -> None:
    ready(town)
    desk, unit = enter(town, "dongzheng_shuji"), enter(town, "chengguan_lianluo")
    row = draft(desk, "东正社区", "东正社区与城管局共建协议")
    page = f"{HOME}{row.pk}"
    add_unit(desk, row, BUREAU)
    assert len({one.measure_id for one in Clause.objects.filter(agreement=row)}) == 10
    shown = main(desk.get(page))
    for label in ("双向责任", "双向沟通", "双向考核", "双向评价"):
        assert shown.count(label) == 2, "one for each side"

    # A missing direction, whichever, blocks signing and is named.
    for kind in TWO_WAY:
        gone = Clause.objects.get(agreement=row, kind=kind, side="local")
        asked = {
            "measure": gone.measure_id,
            "side": "local",
            "words": gone.words,
            "proof": gone.proof,
            "target": gone.target,
        }
        assert desk.post(f"{page}/clauses/{gone.pk}/drop").status_code == 302
        assert "双向条款还不齐" in main(desk.get(page))
        answer = desk.post(f"{page}/circulate")
        assert answer.status_code == 422 and "街道、社区" in main(answer) and gone.measure.name in main(answer)
        assert unit.get(f"/units/agreements/{row.pk}").status_code == 404
        assert desk.post(f"{page}/clauses/new", asked).status_code == 302

    assert desk.post(f"{page}/circulate").status_code == 302
    assert f"/units/agreements/{row.pk}" in text(unit.get("/units/inbox"))
    assert sign(unit, "/units", row).status_code == 302
    assert "2 方中 1 方已签" in main(desk.get(HOME))
    assert sign(desk, "/desk", row).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.in_force) == ("active", 1)

    # Each clause proves itself by what really happened.
    deliver_between(town, now())
    note = f"/units/agreements/{row.pk}/note"
    form = main(unit.get(note))
    clause = re.findall(r'<option value="(\d+)"[^>]*>结对事项', form)[0]
    party = Party.objects.get(agreement=row, unit=town.units[BUREAU]).pk
    given = typed(form, clause=clause, party=party, words="走访了3号楼")
    assert unit.post(note, given).status_code == unit.post(note, given).status_code == 302
    shown = main(desk.get(page))
    assert "应做 1 件，做到 1 件（目标 90%）" in shown and "走访了3号楼" in shown
    assert "已有 1 次（目标 4 次）" in shown and "总分" in shown

    # The report of the quarter writes itself and is corrected by people.
    answer = desk.post(f"{page}/report")
    report = answer["Location"]
    assert "应做 1 件，做到 1 件" in main(desk.get(report))
    assert desk.post(f"{report}/correct", {"words": "双方配合很好。"}).status_code == 302
    shown = main(desk.get(report))
    assert "双方配合很好。" in shown and "系统写的原稿" in shown
    for paper in (f"{report}.pdf", f"{page}.pdf"):
        assert desk.get(paper).content.startswith(b"%PDF")

    # Both judge each other on mirrored forms that are opened together.
    assert desk.post(f"{page}/review").status_code == 302
    review = Review.objects.get()
    for client, base, word in ((unit, "/units", "盼早点通知"), (desk, "/desk", "来得及时")):
        home = f"{base}/agreements/reviews/{review.pk}"
        (door,) = re.findall(rf'href="({home}/judge/\d+)"', main(client.get(home)))
        form = main(client.get(door))
        marks = dict.fromkeys(re.findall(r'name="(mark\d+)"', form), "kept")
        assert client.post(door, typed(form) | marks | {"wish": "renew", "words": word}).status_code == 302
        if client is unit:
            assert "盼早点通知" not in main(desk.get(f"{HOME}reviews/{review.pk}"))
    for client, base in ((unit, "/units"), (desk, "/desk")):
        shown = main(client.get(f"{base}/agreements/reviews/{review.pk}"))
        assert "盼早点通知" in shown and "来得及时" in shown and "照原样续签" in shown
    until = (row.until + timedelta(days=365)).isoformat()
    assert desk.post(f"{page}/renew", {"until": until}).status_code == 302
    following = Agreement.objects.get(follows=row)
    assert following.state == "draft" and following.since == row.until + timedelta(days=1)


def test_the_paper_to_be_signed_has_a_line_for_each_party_and_says_who_signed(town: Town) -> None:
    ready(town)
    row = sent(town, now=now())
    client = enter(town, "chengguan_lianluo")
    paper = f"/units/agreements/{row.pk}.docx"
    assert paper in main(client.get(f"/units/agreements/{row.pk}"))

    def lines() -> list[str]:
        body = zipfile.ZipFile(BytesIO(client.get(paper).content)).read("word/document.xml").decode()
        return [re.sub(r"<[^>]+>", "", one) for one in re.findall(r"<w:p>.*?</w:p>", body, re.DOTALL)]

    said = lines()
    assert said[0] == row.title and "街道、社区：东正社区" in said and f"单位：{BUREAU}" in said
    first, second = said.index("一、街道、社区的责任"), said.index("二、单位的责任")
    assert any("答应单位的支持，按约定的日期兑现。" in one for one in said[first:second])
    assert "1. 双向责任：认领社区的事项，按约定的日期兑现。" in said[second:]
    assert any(row.since.isoformat() in one and row.until.isoformat() in one for one in said)
    assert f"{BUREAU}（盖章）：" in said and said.count("负责人签字、日期：") == 2

    assert sign(client, "/units", row).status_code == 302
    said = lines()
    assert f"{BUREAU}（盖章）：" not in said and "东正社区（盖章）：" in said
    assert said.index("四、已经签署") < said.index("某负责人")
    assert client.get(f"/units/agreements/{row.pk}.exe").status_code == 404


def big_district(town: Town) -> None:
    """Eight streets and towns with 63 communities in all."""
    streets = [town.places[key] for key in ("yuejin", "qiezixi", "jiansheng")]
    for n in range(5):
        streets.append(
            register.register_place(
                FOUNDER, kind=PlaceKind.SUBDISTRICT, name=f"第{n}街道", parent=town.places["district"], now=NOW
            )
        )
    for n in range(60):
        name = f"第{n}社区"
        register.register_place(FOUNDER, kind=PlaceKind.COMMUNITY, name=name, parent=streets[n % 8], now=NOW)


def sheet_of(town: Town) -> bytes:
    """71 places, 530 units, and some of the units once more under another spelling of code or name."""
    kinds = (PlaceKind.SUBDISTRICT.value, PlaceKind.COMMUNITY.value)
    rows = [
        (place.name, "街道" if place.kind == kinds[0] else "社区", "")
        for place in Place.objects.filter(kind__in=kinds).order_by("pk")
    ]
    sorts = ("机关", "事业单位", "国有企业", "非公企业", "社会组织")
    units = [(f"第{n}家单位", sorts[n % 5], make_credit_code(f"91500104{n:09d}")) for n in range(530)]
    again = [(f"{name}（重庆）", kind, f" {code.lower()} ") for name, kind, code in units[:12]]
    wrong = units[0][2][:-1] + ("0" if units[0][2][-1] != "0" else "1")
    rows += [*units, *again, ("写错代码的单位", "机关", wrong)]
    return write_xlsx(["单位名称", "单位类别", "统一社会信用代码"], rows, title="各方")


@pytest.mark.mechanism("M46")
def test_many_parties_sign_one_agreement_each_counted_once(town: Town) -> None:
    settle(town)
    load_defaults(FOUNDER, now=NOW)
    big_district(town)
    # One of the 530 is known already, by its code, under another name.
    known = MemberUnit.objects.get(name=BUREAU)
    MemberUnit.objects.filter(pk=known.pk).update(credit_code=make_credit_code("91500104000000007"))
    # Who keeps the register may enter units that nobody knew.
    office = {"role": Role.objects.get(code="operator"), "place": town.places["district"], "since": NOW.date()}
    register.appoint(FOUNDER, person=town.accounts["qu_fuze"].person, now=NOW, **office)
    desk = enter(town, "qu_fuze")
    row = draft(desk, "大渡口区", "大渡口区共建协议")
    door, book = f"{HOME}{row.pk}/import", sheet_of(town)
    answer = desk.post(door, {"file": SimpleUploadedFile("各方.xlsx", book)})
    shown = main(answer)
    assert "重复，已合并" in shown and "写错代码的单位" not in shown.split("有误的行")[0]
    token = re.findall(r'name="token" value="([^"]+)"', shown)[0]
    assert desk.post(door, {"token": token}).status_code == 302
    parties = Party.objects.filter(agreement=row)
    assert parties.filter(unit__isnull=False).count() == 530 and MemberUnit.objects.count() == 2 + 529
    assert parties.filter(place__kind="subdistrict").count() == 8
    assert parties.filter(place__kind="community").count() == 63
    assert parties.filter(unit=known).count() == 1 and parties.count() == 71 + 530
    # The same file again adds nothing.
    again = main(desk.post(door, {"file": SimpleUploadedFile("各方.xlsx", book)}))
    assert "没有新的内容可以登记" in again

    draft(desk, "大渡口区", "另一份")
    assert desk.post(f"{HOME}{row.pk}/circulate").status_code == 302
    counts = re.sub(r"<[^>]+>|\s+", " ", main(desk.get(f"{HOME}registry")))
    found = dict(re.findall(r" (协议|街道（镇）|社区（村）|单位) 实计 (\d+)", re.sub(r"\s+", " ", counts)))
    assert found == {"协议": "1", "街道（镇）": "8", "社区（村）": "63", "单位": "530"}, counts
    turned = main(desk.get(f"{HOME}{row.pk}/parties/?name=单位&show=waiting"))
    assert "after=50" in turned and "show=waiting" in turned and "name=" in turned.split('rel="next"')[0]
