"""Positions go to the maps of China and back, and shapes know what lies in them."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gongzhi.neighbourhood.coordinates import (
    TO_WGS,
    Point,
    bd_to_gcj,
    centroid,
    distance_m,
    gcj_to_wgs,
    in_china,
    inside,
    wgs_to_gcj,
)

DADUKOU = Point(106.48, 29.48)
# Within the rectangle that maps shift, half a degree from its edges.
chinese = st.builds(Point, st.floats(72.5, 137.3), st.floats(1.4, 55.3))
anywhere = st.builds(Point, st.floats(-180, 180), st.floats(-90, 90))

SQUARE = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
HOLE = [[1, 1], [1, 2], [2, 2], [2, 1], [1, 1]]
POLYGON = {"type": "Polygon", "coordinates": [SQUARE, HOLE]}
FAR = [[[10, 10], [11, 10], [11, 11], [10, 11], [10, 10]]]
MULTI = {"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], FAR]}


def test_a_known_place():
    # Beijing: the pair of values that public descriptions of the formula give for checking.
    shown = wgs_to_gcj(Point(116.404, 39.915))
    assert shown == pytest.approx((116.410244, 39.916404), abs=1e-6)
    assert bd_to_gcj(Point(116.404, 39.915)) == pytest.approx((116.397627, 39.908657), abs=1e-6)


def test_the_shift_in_dadukou_is_some_hundred_metres():
    assert 100 < distance_m(DADUKOU, wgs_to_gcj(DADUKOU)) < 800


@given(chinese)
def test_there_and_back(point):
    assert gcj_to_wgs(wgs_to_gcj(point)) == pytest.approx(point, abs=1e-7)


@given(chinese)
def test_back_and_there(point):
    assert wgs_to_gcj(gcj_to_wgs(point)) == pytest.approx(point, abs=1e-7)


@given(anywhere)
def test_outside_china_nothing_moves(point):
    assume(not in_china(point))
    assert wgs_to_gcj(point) == point == gcj_to_wgs(point)


@pytest.mark.parametrize("system", ["wgs84", "gcj02", "bd09"])
def test_every_system_leads_near_the_place(system):
    assert distance_m(TO_WGS[system](DADUKOU), DADUKOU) < 2000


@pytest.mark.parametrize("point", [(29.48, 106.48), (float("nan"), 0), (0, float("inf")), (181, 0)])
def test_what_is_no_position_is_refused(point):
    for turn in (*TO_WGS.values(), wgs_to_gcj):
        with pytest.raises(ValueError, match="no position"):
            turn(point)


def test_distances():
    assert distance_m(DADUKOU, DADUKOU) == 0
    assert distance_m(Point(0, 0), Point(0, 1)) == pytest.approx(111_195, abs=1)
    assert distance_m(Point(-180, 0), Point(0, 0)) == pytest.approx(20_015_115, abs=1)


@given(anywhere, anywhere)
def test_distance_is_the_same_both_ways(a, b):
    assert 0 <= distance_m(a, b) == pytest.approx(distance_m(b, a))


@pytest.mark.parametrize(
    ("point", "expected"),
    [((0.5, 0.5), True), ((1.5, 1.5), False), ((3, 3), True), ((5, 1), False), ((-1, 0.5), False), ((2, 9), False)],
)
def test_inside_a_shape_with_a_hole(point, expected):
    assert inside(point, POLYGON) is expected
    assert inside(point, MULTI) is expected


def test_inside_the_second_part():
    assert inside(Point(10.5, 10.5), MULTI)
    assert not inside(Point(10.5, 10.5), POLYGON)


@given(st.floats(0.001, 3.999))
def test_neighbours_share_no_point(lat):
    east = {"type": "Polygon", "coordinates": [[[4, 0], [8, 0], [8, 4], [4, 4], [4, 0]]]}
    assert inside(Point(4, lat), POLYGON) + inside(Point(4, lat), east) == 1


def test_centres():
    assert centroid({"type": "Polygon", "coordinates": [SQUARE]}) == pytest.approx((2, 2))
    assert centroid(POLYGON) == pytest.approx((30.5 / 15, 30.5 / 15))
    assert centroid({"type": "Polygon", "coordinates": [SQUARE[::-1], HOLE[::-1]]}) == pytest.approx(
        (30.5 / 15, 30.5 / 15)
    )
    assert centroid(MULTI) == pytest.approx((41 / 16, 41 / 16))
    assert centroid({"type": "Point", "coordinates": [106.48, 29.48]}) == DADUKOU
    assert centroid({"type": "Polygon", "coordinates": [[[1, 1], [3, 1], [1, 1]]]}).lat == 1  # without area


@pytest.mark.parametrize("geometry", [{}, {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, {"type": "Polygon"}])
def test_other_shapes_are_refused(geometry):
    with pytest.raises(ValueError, match="Polygon"):
        inside(DADUKOU, geometry)
    with pytest.raises(ValueError, match="Polygon"):
        centroid(geometry)


def test_an_empty_shape_holds_nothing_and_has_no_centre():
    assert not inside(DADUKOU, {"type": "MultiPolygon", "coordinates": []})
    with pytest.raises(ValueError, match="centre"):
        centroid({"type": "MultiPolygon", "coordinates": []})
