"""The addresses of the residents' pages."""

from django.conf import settings
from django.urls import path, re_path

from gongzhi.web import photos
from gongzhi.web.public import (
    check,
    follow,
    giving,
    home,
    member,
    mine,
    near,
    new,
    outreach,
    places,
    problems,
    styleguide,
    taps,
)

urlpatterns = [
    path("", home.show_home, name="home"),
    path("new", new.show_new, name="new"),
    path("new/near", near.show_near, name="near"),
    path("new/follow", taps.follow, name="follow-near"),
    path("problems/<str:number>", problems.show_problem, name="problem"),
    path("f/<str:token>", problems.show_followed, name="followed"),
    path("f/<str:token>/contact", problems.leave_contact, name="followed-contact"),
    path("o/<str:token>", outreach.show_outreach, name="outreach"),
    path("o/<str:token>/<str:step>", outreach.send, name="outreach-send"),
    path("m/<str:token>", member.show_member, name="member"),
    path("m/<str:token>/talks/<str:topic>/<int:pk>", member.show_talk, name="member-talk"),
    path("m/<str:token>/<str:step>/<int:pk>", member.send, name="member-send"),
    path("q/<str:code>", new.show_poster, name="poster"),
    path("thanks/<str:token>", new.show_thanks, name="thanks"),
    path("places/search", places.show_found, name="places-search"),
    path("places/near", places.show_near, name="places-near"),
    path("places/ladder", places.show_ladder, name="places-ladder"),
    path("check", check.show_check, name="check"),
    path("d/<str:token>", follow.show_demand, name="follow"),
    path("d/<str:token>/withdraw", follow.withdraw, name="follow-withdraw"),
    path("d/<str:token>/claim", follow.claim, name="follow-claim"),
    path("d/<str:token>/photos/<str:name>", follow.show_photo, name="follow-photo"),
    re_path(r"^d/(?P<token>[^/]+)/(?P<step>reply|add|rate|reopen)$", follow.send, name="follow-send"),
    path("giving/", giving.show_places, name="giving"),
    path("giving/<int:place_id>", giving.show_ledger, name="giving-place"),
    path("photos/<str:name>", photos.show_photo, name="photo"),
    path("sign-up", mine.show_sign_up, name="sign-up"),
    path("mine", mine.show_mine, name="mine"),
]
if settings.DEBUG:
    urlpatterns += [
        path("styleguide", styleguide.show_styleguide),
        path("styleguide/points", styleguide.show_points),
        path("styleguide/outline", styleguide.show_outline),
    ]
