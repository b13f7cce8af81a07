"""The addresses of member units: what they were handed, what they were called to, what they were asked."""

from django.urls import path

from gongzhi.web.units import referrals, whistles, work

urlpatterns = [
    path("", work.show_worklist, name="units"),
    path("inbox", work.show_inbox, name="units-inbox"),
    path("demands/<int:demand_id>", work.show_demand, name="units-demand"),
    path("demands/<int:demand_id>/<str:verb>", work.make_move, name="units-move"),
    path("whistles/", whistles.show_whistles, name="units-whistles"),
    path("whistles/<int:whistle_id>", whistles.show_whistle, name="units-whistle"),
    path("whistles/<int:whistle_id>/<str:verb>", whistles.make_step, name="units-whistle-step"),
    path("referrals/", referrals.show_referrals, name="units-referrals"),
    path("referrals/<int:referral_id>", referrals.show_referral, name="units-referral"),
    path("referrals/<int:referral_id>/<str:verb>", referrals.make_step, name="units-referral-step"),
]
