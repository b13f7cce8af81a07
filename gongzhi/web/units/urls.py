"""The addresses of member units: what they were handed, and one demand."""

from django.urls import path

from gongzhi.web.units import work

urlpatterns = [
    path("", work.show_worklist, name="units"),
    path("inbox", work.show_inbox, name="units-inbox"),
    path("demands/<int:demand_id>", work.show_demand, name="units-demand"),
    path("demands/<int:demand_id>/<str:verb>", work.make_move, name="units-move"),
]
