"""The addresses of the board."""

from django.urls import path

from gongzhi.web.board import bulletin, maps, overview, problems, rows

urlpatterns = [
    path("", overview.show_board, name="board"),
    path("rows", rows.show_rows, name="board-rows"),
    path("map", maps.show_map, name="board-map"),
    path("map.geojson", maps.send_points, name="board-points"),
    path("places.geojson", maps.send_places, name="board-places"),
    path("outline.geojson", maps.send_outline, name="board-outline"),
    path("problems", problems.show_problems, name="board-problems"),
    path("bulletin", bulletin.show_bulletin, name="board-bulletin"),
    path("bulletin.<str:kind>", bulletin.send_bulletin, name="board-bulletin-file"),
]
