"""Where a problem is and what it is called, as its reports say."""

from gongzhi.problems.gathering import Ladder, common_place, commonest, middle, title_of

B1, B2 = Ladder(11, 10, 3, 2), Ladder(12, 10, 3, 2)
COMPOUND, OTHER = Ladder(10, 10, 3, 2), Ladder(21, 20, 3, 2)


def test_the_place_is_the_lowest_that_most_reports_lie_in() -> None:
    assert common_place([B1, B1, B2]) == B1
    assert common_place([B1, B2]) == COMPOUND
    assert common_place([B1, COMPOUND]) == COMPOUND
    assert common_place([B1, OTHER]) == Ladder(3, None, 3, 2)
    assert common_place([B1, Ladder(31, 30, 4, 5)]) == B1


def test_a_title_says_category_and_place_else_the_first_words_without_numbers() -> None:
    assert title_of("车库漏水", "钓鱼台小区地下车库", "不管") == "车库漏水 · 钓鱼台小区地下车库"
    assert title_of("", "东正大院", "找张师傅13800138000") == "找张师傅138****8000 · 东正大院"
    assert len(title_of("类" * 40, "地" * 40, "")) == 60
    assert title_of("", "", "")


def test_what_is_commonest_and_where_the_middle_is() -> None:
    assert commonest([None, 2, 1, 1]) == 1
    assert commonest([2, 1]) == 2
    assert commonest([None]) is None
    assert middle([(1.0, 2.0), (None, None), (3.0, 4.0)]) == (2.0, 3.0)
    assert middle([]) == (None, None)
