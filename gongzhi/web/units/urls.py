"""The addresses of member units: what they were handed, what they were called to, what they were asked,
what they give and get."""

from django.urls import path

from gongzhi.web.units import referrals, whistles, work
from gongzhi.web.units.exchange import answers, listed, overview, pledges, rounds

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
    path("exchange", overview.show_overview, name="units-exchange"),
    path("exchange/matches/<int:match_id>", answers.show_match, name="units-match"),
    path("exchange/matches/<int:match_id>/decline", answers.decline_match, name="units-match-decline"),
    path("exchange/matches/<int:match_id>/<str:verb>", answers.accept_match, name="units-match-accept"),
    path("exchange/pledges/<int:pledge_id>", pledges.show_pledge, name="units-pledge"),
    path("exchange/pledges/<int:pledge_id>/deliver", pledges.deliver, name="units-deliver"),
    path("exchange/pledges/<int:pledge_id>/close", pledges.close_pledge, name="units-pledge-close"),
    path("exchange/pledges/<int:pledge_id>/<int:delivery_id>/confirm", pledges.confirm, name="units-confirm"),
    path("exchange/pledges/<int:pledge_id>/<int:delivery_id>/dispute", pledges.dispute, name="units-dispute"),
    path("exchange/pledges/<int:pledge_id>/<int:delivery_id>/correct", pledges.correct, name="units-correct"),
    path("exchange/rounds/<int:round_id>", rounds.show_round, name="units-round"),
    path("exchange/rounds/<int:round_id>/<int:unit_id>/<str:sheet>", rounds.fill, name="units-round-fill"),
    path("exchange/offers/new", listed.state_offer, name="units-offer-new"),
    path("exchange/offers/<int:offer_id>", listed.show_offer, name="units-offer"),
    path("exchange/offers/<int:offer_id>/change", listed.change_offer, name="units-offer-change"),
    path("exchange/offers/<int:offer_id>/end", listed.end_offer, name="units-offer-end"),
    path("exchange/offers/<int:offer_id>/<str:verb>", listed.pause_offer, name="units-offer-pause"),
    path("exchange/needs/new", listed.state_need, name="units-need-new"),
    path("exchange/needs/<int:need_id>", listed.show_need, name="units-need"),
    path("exchange/needs/<int:need_id>/change", listed.change_need, name="units-need-change"),
    path("exchange/needs/<int:need_id>/withdraw", listed.withdraw_need, name="units-need-withdraw"),
    path("exchange/needs/<int:need_id>/restate", listed.restate_need, name="units-need-restate"),
]
