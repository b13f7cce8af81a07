"""The addresses of the desk's pages of problems."""

from django.urls import path

from gongzhi.web.desk.problems import errands, listing, making, page, pairs, raising, register, sorting, weekly

urlpatterns = [
    path("", listing.show_problems, name="desk-problems"),
    path("new", raising.raise_problem, name="desk-problem-new"),
    path("map", weekly.show_problem_map, name="desk-problem-map"),
    path("map/points", weekly.show_points, name="desk-problem-points"),
    path("map/outline", weekly.show_outline, name="desk-problem-outline"),
    path("disputes", register.show_register, name="desk-disputes"),
    path("suggestions", pairs.show_suggestions, name="desk-pairs"),
    path("suggestions/<int:suggestion_id>/<str:said>", pairs.decide, name="desk-pair"),
    path("whistles/<int:whistle_id>", errands.show_whistle, name="desk-whistle"),
    path("whistles/<int:whistle_id>/<str:verb>", errands.on_whistle, name="desk-whistle-move"),
    path("referrals/<int:referral_id>", errands.show_referral, name="desk-referral"),
    path("referrals/<int:referral_id>/close", errands.close_referral, name="desk-referral-close"),
    path("<int:problem_id>", page.show_problem, name="desk-problem"),
    path("<int:problem_id>/map/<str:layer>", page.show_map, name="desk-problem-layer"),
    path("<int:problem_id>/sort", sorting.show_sorting, name="desk-sorting"),
    path("<int:problem_id>/why/<int:demand_id>", sorting.show_why, name="desk-why"),
    path("<int:problem_id>/join", sorting.join, name="desk-problem-join"),
    path("<int:problem_id>/split", sorting.split, name="desk-problem-split"),
    path("<int:problem_id>/merge", sorting.merge, name="desk-problem-merge"),
    path("<int:problem_id>/<str:verb>", making.make_move, name="desk-problem-move"),
]
