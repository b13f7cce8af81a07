"""The addresses of the pages, one file per audience."""

from django.urls import include, path

urlpatterns = [
    path("", include("gongzhi.web.switches")),
    path("", include("gongzhi.web.entrance")),
    path("", include("gongzhi.web.calendar")),
    path("", include("gongzhi.web.public.urls")),
    path("desk/", include("gongzhi.web.desk.urls")),
    path("units/", include("gongzhi.web.units.urls")),
    path("board/", include("gongzhi.web.board.urls")),
    path("desk/setup/", include("gongzhi.web.desk.setup.urls")),
]
