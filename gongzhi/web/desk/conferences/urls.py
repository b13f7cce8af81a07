"""The addresses of conferences, calls to act, the pavilion and public spaces at the desk."""

from django.urls import path

from gongzhi.web.desk.conferences import acting, listing, page, pavilion, printing, room, spaces

urlpatterns = [
    path("", listing.show_conferences, name="desk-conferences"),
    path("new", listing.plan, name="desk-conference-new"),
    path("urgent", listing.call, name="desk-conference-urgent"),
    path("rhythm", listing.set_rhythm, name="desk-conference-rhythm"),
    path("mobilisations/", acting.show_mobilisations, name="desk-mobilisations"),
    path("mobilisations/new", acting.mobilise, name="desk-mobilisation-new"),
    path("mobilisations/<int:mobilisation_id>", acting.show_mobilisation, name="desk-mobilisation"),
    path("mobilisations/<int:mobilisation_id>/end", acting.end, name="desk-mobilisation-end"),
    path("mobilisations/<int:mobilisation_id>/<int:unit_id>", acting.mark, name="desk-mobilisation-mark"),
    path("pavilion/", pavilion.show_pavilion, name="desk-pavilion"),
    path("pavilion/new", pavilion.raise_one, name="desk-pavilion-new"),
    path("pavilion/<int:deliberation_id>", pavilion.show_one, name="desk-deliberation"),
    path("pavilion/<int:deliberation_id>/<str:verb>", pavilion.on_deliberation, name="desk-deliberation-move"),
    path("spaces/", spaces.show_spaces, name="desk-spaces"),
    path("spaces/new", spaces.register, name="desk-space-new"),
    path("spaces/<int:space_id>", spaces.show_space, name="desk-space"),
    path("spaces/<int:space_id>/slot", spaces.hold, name="desk-space-slot"),
    path("spaces/slots/<int:slot_id>/<str:verb>", spaces.on_slot, name="desk-slot-move"),
    path("decisions/<int:decision_id>/<str:verb>", page.on_decision, name="desk-decision-move"),
    path("<int:conference_id>", page.show_conference, name="desk-conference"),
    path("<int:conference_id>/room", room.show_room, name="desk-conference-room"),
    path("<int:conference_id>/wall", room.show_wall, name="desk-conference-wall"),
    path("<int:conference_id>/roll", room.show_roll, name="desk-conference-roll"),
    path("<int:conference_id>/roll/<int:call_id>", room.call_roll, name="desk-conference-call"),
    path("<int:conference_id>/calls/<int:call_id>/bring", page.ask_to_bring, name="desk-conference-bring"),
    path("<int:conference_id>/topics/<int:topic_id>/agree", page.agree, name="desk-topic-agree"),
    path("<int:conference_id>/topics/<int:topic_id>/aside", page.set_aside, name="desk-topic-aside"),
    path("<int:conference_id>/topics/<int:topic_id>/drop", page.drop, name="desk-topic-drop"),
    path("<int:conference_id>/minutes.<str:kind>", printing.show_minutes, name="desk-minutes"),
    path("<int:conference_id>/table", page.table, name="desk-conference-table"),
    path("<int:conference_id>/<str:verb>", page.on_conference, name="desk-conference-move"),
]
