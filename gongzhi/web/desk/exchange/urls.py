"""The addresses of the desk's pages of offers and needs."""

from django.urls import path

from gongzhi.web.desk.exchange import (
    balance,
    changing,
    finding,
    introducing,
    making,
    matches,
    needs,
    offers,
    picture,
    pledges,
    proposing,
    stating,
    table,
    tasks,
)

urlpatterns = [
    path("", table.show_table, name="desk-exchange"),
    path("propose", proposing.propose, name="desk-propose"),
    path("needs/new", stating.state_need, name="desk-need-new"),
    path("needs/<int:need_id>", needs.show_need, name="desk-need"),
    path("needs/<int:need_id>/find", finding.show_offers, name="desk-need-find"),
    path("needs/<int:need_id>/suggest", finding.suggest, name="desk-need-suggest"),
    path("needs/<int:need_id>/change", changing.change_need, name="desk-need-change"),
    path("needs/<int:pk>/<str:verb>", making.on_need, name="desk-need-move"),
    path("matches/<int:match_id>", matches.show_match, name="desk-match"),
    path("matches/<int:pk>/<str:verb>", making.on_match, name="desk-match-move"),
    path("offers/", offers.show_offers, name="desk-offers"),
    path("offers/<int:offer_id>", offers.show_offer, name="desk-offer"),
    path("offers/<int:pk>/<str:verb>", making.on_offer, name="desk-offer-move"),
    path("pledges/", pledges.show_pledges, name="desk-pledges"),
    path("pledges/<int:pledge_id>", pledges.show_pledge, name="desk-pledge"),
    path("pledges/<int:pk>/<str:verb>", making.on_pledge, name="desk-pledge-move"),
    path("introductions/", introducing.show_introductions, name="desk-introductions"),
    path("introductions/<int:pk>", introducing.show_one, name="desk-introduction"),
    path("introductions/<int:pk>/<str:verb>", making.on_introduction, name="desk-introduction-move"),
    path("picture", picture.show_picture, name="desk-picture"),
    path("units/<int:unit_id>", balance.show_balance, name="desk-balance"),
    path("tasks/", tasks.show_tasks, name="desk-quiet"),
    path("tasks/<int:pk>", tasks.show_one, name="desk-quiet-one"),
    path("tasks/<int:pk>/<str:verb>", making.on_task, name="desk-quiet-move"),
]
