"""The addresses of the desk: the worklist, one demand, the caller, problems, offers and needs, the inbox, call-backs."""

from django.urls import include, path

from gongzhi.web.desk import baselines, callbacks, caller, demand, exports, inbox, visits, worklist

urlpatterns = [
    path("", worklist.show_worklist, name="desk"),
    path("demands/", worklist.show_all, name="desk-demands"),
    path("counts", worklist.show_counts, name="desk-counts"),
    path("units", worklist.show_unit_names, name="desk-unit-names"),
    path("places", caller.show_places, name="desk-places"),
    path("assign", worklist.assign, name="desk-assign"),
    path("views", worklist.save_view, name="desk-views"),
    path("views/<int:view_id>/drop", worklist.drop_view, name="desk-view-drop"),
    path("export.<str:kind>", exports.export, name="desk-export"),
    path("demands/new", caller.show_caller, name="desk-caller"),
    path("demands/new/taken", caller.show_taken, name="desk-taken"),
    path("demands/new/earlier", caller.show_earlier, name="desk-earlier"),
    path("demands/new/near", caller.show_near, name="desk-near"),
    path("demands/new/suggestions", caller.show_suggestions, name="desk-suggestions"),
    path("demands/<int:demand_id>", demand.show_demand, name="desk-demand"),
    path("demands/<int:demand_id>/see_contact", demand.open_contact, name="desk-contact"),
    path("demands/<int:demand_id>/map/<str:layer>", demand.show_map, name="desk-demand-map"),
    path("demands/<int:demand_id>/<str:verb>", demand.make_move, name="desk-move"),
    path("visits/", visits.show_log, name="desk-visits"),
    path("visits/new", visits.new_visit, name="desk-visit-new"),
    path("visits/week", visits.show_week, name="desk-visits-week"),
    path("visits/<int:visit_id>", visits.show_visit, name="desk-visit"),
    path("visits/<int:visit_id>/follow_up", visits.follow_up, name="desk-visit-follow-up"),
    path("visits/<int:visit_id>/demand", visits.make_demand, name="desk-visit-demand"),
    path("visits/<int:visit_id>/problem", visits.make_problem, name="desk-visit-problem"),
    path("compounds/", baselines.show_compounds, name="desk-compounds"),
    path("compounds/<int:place_id>/baseline", baselines.show_baseline, name="desk-baseline"),
    path("compounds/<int:place_id>/correct", baselines.correct, name="desk-correct"),
    path("compounds/<int:place_id>/stories", baselines.tell_story, name="desk-stories"),
    path("compounds/<int:place_id>/stories/<int:story_id>/consent", baselines.give_consent, name="desk-consent"),
    path("compounds/<int:place_id>/stories/<int:story_id>/withdraw", baselines.withdraw_consent, name="desk-withdraw"),
    path("inbox", inbox.show_inbox, name="desk-inbox"),
    path("problems/", include("gongzhi.web.desk.problems.urls")),
    path("exchange/", include("gongzhi.web.desk.exchange.urls")),
    path("agreements/", include("gongzhi.web.desk.agreements.urls")),
    path("callbacks", callbacks.show_call_backs, name="desk-callbacks"),
]
