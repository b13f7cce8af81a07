"""Spreadsheets in and out, as an office worker meets them."""

import base64
import io
import zipfile
import zlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.shared.sheets import Limits, SheetError, parse_moment, read_sheet, write_csv, write_xlsx

ZONE = ZoneInfo("Asia/Shanghai")
HEADER = ("编号", "内容", "时间")
OLD_WORKBOOK = zlib.decompress(
    base64.b85decode(
        b"c-rk)Ur19?82_ESsoQY6EtNDFL&(bXA)*Mu?h?wUhJT2nKa{pHL$}Gaz#i1HJ%u5J4@ED6K|xr(R8mB}6&OZAK@e=k"
        b"o_dJDEJ%0z&bK?6i@-q%%Kcr=cfRwT^L^*L=R5!IeLd@pPu#CcAP0M4LQ1ouFiR#VSu+I(s9w_~o5?MdGy`i2Rtp8P"
        b"umF$kGet6nGTsR&xMzM&6!=8xIC|lWgae*cL=*eaA*2tDL<Me;qy&}hm5b?VrW=^v<(5yFdRa2cw2|7z#Zk<vzS=$d"
        b"EIy)Cb6p9f-G{96fh9Xoju&zk4~>a*+XC#1p6TdWV-;?5F(yF)Z4QJ3QCZ%In>11wAk>FK^?tvntE(XtYUt~Wql}_H"
        b"iSL>Rn9D5hXC6box^e-M|6DFF`itB`(ae=!Rm{LJv{SrVVzg7&nbVV^e*r4Z3~(|-Bu^Y_uNeB#PHZ5!>+F1BZk*Vc"
        b"mz#QGt<%Sd{W==ywfm-g#E$#kof{0^YO~3`pZ5yKvc1C2Yp9s0AEnGYc_lf>$A#P9-W=>~QBSgDn9qmwDY9Am3Jn*e"
        b"1}T?tjcJM2vc`6%7uo72=Bt>N(Th-C(^9T82S&KfC9bWZes(h6s#~)7t;EN^v_5jjKC9b^pK4B=FPnO=PN15`%1`?8"
        b"89|+>6W6avOskn(=sV6wrj>u}J{HBH`>yFnWhoY6W7f$uU6P|CmP(2~R#IE!Xb&njmO0^;H8eufI~RUkd9`~inDj~u"
        b"f-RVI3rdcKr}U1B-oLb_u>SlVg?m?6S4JVpmISw@b6;`c0kht$livmd1`HT5V8DO@1M35V@1f~iw^{#0koWo`{lCs4"
        b"rIhiTWZj|-5qkRRTXH|blt(d;*ZiqKfymerE7ZySFO)b;y+_fFPWGca@A*sLWg`21R;=jwcS|VW{!{t*`Jem$4a@85"
        b"NB"
    )
)


def table(content, **options):
    with read_sheet(content, **options) as sheet:
        return sheet.header, [row.cells for row in sheet.rows]


def workbook(fill):
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    fill(book, book.add_worksheet())
    book.close()
    return target.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_files_are_read_whatever_their_encoding_and_delimiter(encoding, delimiter):
    lines = ["编号,内容,时间", '1,"路灯，不亮",2020-01-06', "2,井盖松动了,2020-01-07"]
    content = "\r\n".join(lines).replace(",", delimiter).encode(encoding)
    header, rows = table(content)
    assert header == HEADER
    assert rows == [("1", "路灯，不亮", "2020-01-06"), ("2", "井盖松动了", "2020-01-07")]


def test_a_late_chinese_letter_still_decides_the_encoding():
    content = ("no,text\n" + "1,plain\n" * 60_000 + "2,井盖\n").encode("gb18030")
    _header, rows = table(content)
    assert rows[-1] == ("2", "井盖")


def test_damaged_letters_are_named_by_row_and_not_turned_into_others():
    good = "编号,内容\n" + "1,路灯不亮了请来看看\n" * 50
    content = good.encode() + b"2,\xe8\xb7\n" + good.encode()
    with pytest.raises(SheetError) as caught:
        table(content)
    assert "52" in str(caught.value)


def test_an_open_quote_is_an_error_and_swallows_no_rows():
    with pytest.raises(SheetError, match="引号"):
        table('编号,内容\n1,"路灯\n2,井盖\n3,噪声\n'.encode())


def test_rows_keep_the_numbers_that_excel_shows():
    content = '编号,内容\n\n1,"两\n行"\n\n2,井盖\n'.encode()
    with read_sheet(content) as sheet:
        assert [(row.number, row.cells) for row in sheet.rows] == [(3, ("1", "两\n行")), (5, ("2", "井盖"))]


def test_an_overflowing_row_shows_its_surplus():
    content = "编号,内容\n1,好\n2,好\n3,坏,了\n4,好\n".encode()
    assert [len(cells) for cells in table(content)[1]] == [2, 2, 3, 2]


def test_titles_merged_cells_and_double_names():
    def fill(book, sheet):
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.merge_range(0, 0, 0, 4, "某街道诉求统计表")
        sheet.write_row(1, 0, ["填报单位：某街道"])
        sheet.write_row(3, 0, ["街道", "编号", "备注", "备注", "日期"])
        sheet.merge_range(4, 0, 6, 0, "新山村")
        for row in (4, 5, 6):
            sheet.write_row(row, 1, [row * 1.0, "甲", "乙"])
            sheet.write_datetime(row, 4, datetime(2020, 1, row), day)

    with read_sheet(workbook(fill)) as sheet:
        rows = list(sheet.rows)
    assert sheet.header == ("街道", "编号", "备注", "备注 (2)", "日期")
    assert (sheet.header_row, rows[0].number) == (4, 5)
    assert rows[0].cells == ("新山村", "4", "甲", "乙", "2020-01-04")
    assert [row.cells[0] for row in rows] == ["新山村"] * 3


def test_a_header_of_two_levels_joins_its_names():
    def fill(_book, sheet):
        sheet.merge_range(0, 0, 1, 0, "编号")
        sheet.merge_range(0, 1, 0, 2, "类别")
        sheet.write_row(1, 1, ["大类", "小类"])
        sheet.write_row(2, 0, ["7", "市容", "占道"])

    assert table(workbook(fill)) == (("编号", "类别/大类", "类别/小类"), [("7", "市容", "占道")])


def test_the_old_format_is_read():
    header, rows = table(OLD_WORKBOOK)
    assert header == ("工单编号", "来电时间", "诉求内容")
    assert rows == [("7", "2020-01-06 12:09:38", "路灯不亮"), ("7", "2020-01-07", "井盖松动")]


def test_the_old_format_may_not_claim_more_than_the_grid():
    with pytest.raises(SheetError, match="太大"):
        read_sheet(OLD_WORKBOOK, limits=Limits(grid=8))


def locked():
    return OLD_WORKBOOK.replace("Workbook".encode("utf-16-le"), "Enc".encode("utf-16-le"), 1)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"\xef\xbb\xbf \r\n", "空的"),
        (b"  <html><table><tr><td>1</td></tr></table></html>", "网页"),
        (b"%PDF-1.7 " + b"x" * 100, "不是表格"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "不是表格"),
        (bytes(range(256)) * 40, "不是表格|损坏"),
        (b"PK\x03\x04" + b"x" * 500, "损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 900, "不是表格"),
        (locked(), "不是表格"),
        (b"1,2,3\n4,5,6\n", "表头"),
    ],
)
def test_what_is_no_table_is_refused_in_plain_words(content, words):
    with pytest.raises(SheetError, match=words):
        table(content)


def archive(**parts):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in {"xl/workbook.xml": b"<workbook/>", **parts}.items():
            made.writestr(name, content)
    return target.getvalue()


def test_a_zip_bomb_is_refused_even_when_it_lies_about_its_size():
    bomb = archive(**{"xl/worksheets/sheet1.xml": b"\0" * 3_000_000})
    small = Limits(unpacked=1_000_000)
    with pytest.raises(SheetError, match="太大"):
        read_sheet(bomb, limits=small)
    lying = bomb.replace((3_000_000).to_bytes(4, "little"), (300).to_bytes(4, "little"))
    assert lying != bomb
    with pytest.raises(SheetError, match="太大"):
        read_sheet(lying, limits=small)


def test_a_far_corner_is_refused_before_memory_is_laid_out():
    sheet = b'<worksheet><row><c r="A1"><v>1</v></c><c s="1" r="XFD1048576"><v>1</v></c></row></worksheet>'
    with pytest.raises(SheetError, match="太大"):
        read_sheet(archive(**{"xl/worksheets/sheet1.xml": sheet}))


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(size=20), "MB"),
        (Limits(rows=2), "超过 2 行"),
        (Limits(columns=1), "列"),
        (Limits(cell=10), "第 3 行 B 列"),
    ],
)
def test_limits_are_named(limits, words):
    content = "编号,内容\n1,好\n2,一二三四五六七八九十一二\n3,好\n".encode()
    with pytest.raises(SheetError, match=words):
        table(content, limits=limits)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2020/1/6 12:09:38", (2020, 1, 6, 12, 9, 38)),
        ("2020-01-06", (2020, 1, 6)),
        ("2020年1月6日 下午3点", (2020, 1, 6, 15)),
        ("2020年1月6日15时9分8秒", (2020, 1, 6, 15, 9, 8)),
        ("２０２０．１．６　上午９：０５", (2020, 1, 6, 9, 5)),
        ("20200106", (2020, 1, 6)),
        ("20200106120938", (2020, 1, 6, 12, 9, 38)),
        ("43836", (2020, 1, 6)),
        (43836.5, (2020, 1, 6, 12)),
        ("2020-01-06T04:09:38Z", (2020, 1, 6, 12, 9, 38)),
        ("2020-01-06 24:00", (2020, 1, 7)),
    ],
)
def test_dates_of_every_usual_kind(written, meant):
    assert parse_moment(written, ZONE) == datetime(*meant, tzinfo=ZONE)


@pytest.mark.parametrize("written", ["", "昨天", "1/6/2020", "2020-02-30", "2020-01-06 25:00", "12", None, True])
def test_what_is_no_date_is_refused(written):
    with pytest.raises(SheetError, match="日期"):
        parse_moment(written, ZONE)


moments = st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1)).map(lambda moment: moment.replace(microsecond=0))


@given(moments)
def test_one_moment_in_many_forms(moment):
    expected = moment.replace(tzinfo=UTC)
    days = (moment - datetime(1899, 12, 30)).total_seconds() / 86400
    for written in (
        moment.isoformat(" "),
        moment.strftime("%Y%m%d%H%M%S"),
        f"{moment.year}/{moment.month}/{moment.day} {moment:%H:%M:%S}",
        f"{moment.year}年{moment.month}月{moment.day}日 {moment.hour}时{moment.minute}分{moment.second}秒",
        f"{days:.9f}",
    ):
        assert parse_moment(written, UTC) == expected


def kept(text):
    """What a spreadsheet can keep of a text: no forbidden characters, one kind of line end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in text if letter in "\t\n" or (letter >= " " and letter not in "\ufffe\uffff"))


cells = st.text(max_size=30) | st.sampled_from("=+-@\t\r'").flatmap(
    lambda first: st.text(max_size=9).map(first.__add__)
)


@given(st.lists(st.tuples(cells, cells), max_size=8))
def test_what_is_written_is_read_again(rows):
    rows = [("x" + str(place), *row) for place, row in enumerate(rows)]
    expected = [tuple(kept(cell) for cell in row) for row in rows]
    for content in (b"".join(write_csv(HEADER, rows)), write_xlsx(HEADER, rows)):
        header, found = table(content, header_row=1)
        assert header == HEADER
        assert found == expected


@pytest.mark.parametrize("text", ["=1+1", "+86", "-x", "@a", "\t=1", "\r=1", "＝1+1", "=HYPERLINK(1)"])
def test_no_cell_runs_in_a_spreadsheet(text):
    line = b"".join(write_csv(["a"], [[text]])).decode("utf-8-sig").split("\r\n")[1]
    assert line.lstrip('"').startswith("'")
    with zipfile.ZipFile(io.BytesIO(write_xlsx(["a"], [[text]]))) as made:
        assert b"<f>" not in made.read("xl/worksheets/sheet1.xml")


def test_exports_open_in_excel_with_chinese_numbers_and_wall_clock():
    row = ["路灯", -5, 1.5, None, datetime(2020, 1, 6, 4, 9, 38, tzinfo=UTC)]
    csv_file = b"".join(write_csv([*HEADER, "a", "b"], [row], zone=ZONE))
    assert csv_file.startswith(b"\xef\xbb\xbf")
    for content in (csv_file, write_xlsx([*HEADER, "a", "b"], [row], zone=ZONE)):
        assert table(content)[1] == [("路灯", "-5", "1.5", "", "2020-01-06 12:09:38")]


def test_an_aware_moment_needs_a_zone():
    with pytest.raises(ValueError, match="zone"):
        write_xlsx(["a"], [[datetime(2020, 1, 6, tzinfo=UTC)]])
