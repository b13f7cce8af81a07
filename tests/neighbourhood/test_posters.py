"""A poster is one printable page, its code leads to its address, and it stays whole whatever a place is called."""

import re
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from gongzhi.neighbourhood.posters import HEADLINE, PosterPage, poster, preview, qr_svg, unprintable

PAGE = PosterPage(
    HEADLINE, "跃进村街道 · 革新社区 · 钢花路12号3栋", "https://gongzhi.example.cn/b/k7Qm2", "023-68901234"
)


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def scanned(page: PosterPage) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(Image.open(BytesIO(preview(page))))]


def test_one_page_per_building_in_a4():
    pdf = poster([PAGE, PAGE, PAGE])
    assert pdf.startswith(b"%PDF")
    assert pages_of(pdf) == 3
    assert re.search(rb"/MediaBox\s*\[0 0 595\.\d+ 841\.\d+\]", pdf)
    assert b"NotoSansSC" in pdf  # the font travels with the file


def test_scanning_the_printed_code_gives_the_address():
    assert scanned(PAGE) == ["https://gongzhi.example.cn/b/k7Qm2"]


@pytest.mark.parametrize(
    "place",
    [
        "很长的名字" * 20,
        '#import "x": * $x^2$ *_`[] \\ @a <b> // /* 3栋',
        "<script>alert(1)</script>",
        "",
        "A" * 120,
        "👍 3栋",
    ],
)
def test_any_name_of_a_place_is_set_as_written_on_one_page(place):
    page = PosterPage(HEADLINE, place, "http://192.168.1.20:8000/b/" + "k7Qm2" * 12)
    assert pages_of(poster([page])) == 1
    assert scanned(page) == [page.url]


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "gongzhi.example.cn", "https://x/" + "a" * 300])
def test_only_addresses_of_pages_are_printed(url):
    with pytest.raises(ValueError, match="address"):
        poster([PosterPage(HEADLINE, "3栋", url)])


@pytest.mark.parametrize("count", [0, 1001])
def test_no_page_or_too_many_are_refused(count):
    with pytest.raises(ValueError, match="pages"):
        poster([PAGE] * count)


def test_every_word_of_ours_is_translated():
    seen = []
    poster([PAGE], lambda text: seen.append(text) or text)
    assert {"不用注册，不用下载", "也可以打电话，或到社区窗口", "遇到危险，请先拨打110、119或120"} <= set(seen)


def test_the_code_has_its_quiet_zone_and_no_script():
    svg = qr_svg(PAGE.url)
    assert svg.startswith("<svg")
    assert "script" not in svg
    assert 'viewBox="0 0 41 41"' in svg  # 33 modules and four on either side


def test_rare_characters_of_place_names_are_printed_and_others_are_named():
    assert unprintable("跃进村街道 · 3号楼 A栋（北）") == ""
    assert unprintable("塝上 硚口 塆子 埗头 磖 㧟 䢺 \U0002cd8f") == "", "beyond GB 2312"
    assert unprintable("👍3栋\U00020bb7\U00020bb7") == "👍\U00020bb7"
    pdf = poster([PosterPage(HEADLINE, "塝上社区", PAGE.url)])
    assert b"NotoSansSCRare" in pdf


def test_every_character_called_printable_is_drawn():
    """A missing one is drawn as the box of the font: no sign that counts as printable looks like it."""
    box = preview(PosterPage(HEADLINE, "\U00020bb7", PAGE.url))
    for sign in "塝硚塆埗㧟䢺":
        assert preview(PosterPage(HEADLINE, sign, PAGE.url)) != box
