"""The addresses of the set-up pages."""

from django.urls import path

from gongzhi.web.desk.setup import imports, index, networks, notices, people, places, posters, registers, rulings

urlpatterns = [
    path("", index.show_index, name="setup"),
    path("import/", imports.show_files, name="setup-imports"),
    path("import/<int:file_id>/", imports.show_file, name="setup-import"),
    path("import/<int:file_id>/take", imports.take, name="setup-import-take"),
    path("import/<int:file_id>/drop", imports.drop, name="setup-import-drop"),
    path("import/<int:file_id>/errors.csv", imports.download_errors, name="setup-import-errors"),
    path("import/<int:file_id>/progress", imports.show_progress, name="setup-import-progress"),
    path("places/", places.show_places, name="setup-places"),
    path("places/<int:place_id>/", places.show_place, name="setup-place"),
    path("places/<int:place_id>/retire", places.retire, name="setup-place-retire"),
    path("places/import/", registers.import_register, {"what": "places"}, name="setup-places-import"),
    path("units/import/", registers.import_register, {"what": "units"}, name="setup-units-import"),
    path("buildings/", places.show_buildings, name="setup-buildings"),
    path("networks/", networks.show_networks, name="setup-networks"),
    path("networks/<int:network_id>/", networks.show_network, name="setup-network"),
    path("networks/<int:network_id>/leave/<int:membership_id>", networks.leave, name="setup-network-leave"),
    path("posters/", posters.show_posters, name="setup-posters"),
    path("posters/print", posters.print_posters, name="setup-posters-print"),
    path("limits/", rulings.show_limits, name="setup-limits"),
    path("days/", rulings.show_days, name="setup-days"),
    path("days/load", rulings.load_days, name="setup-days-load"),
    path("categories/", rulings.show_categories, name="setup-categories"),
    path("thresholds/", rulings.show_thresholds, name="setup-thresholds"),
    path("notices/", notices.show_notices, name="setup-notices"),
    path("notices/<int:notice_id>/retry", notices.retry, name="setup-notice-retry"),
    path("people/", people.show_people, name="setup-people"),
    path("people/new", people.take_on, name="setup-person-new"),
    path("people/<int:person_id>/", people.show_person, name="setup-person"),
    path("people/<int:person_id>/end/<int:appointment_id>", people.end, name="setup-person-end"),
    path("people/<int:person_id>/login", people.set_login, name="setup-person-login"),
    path("people/<int:person_id>/close", people.close, name="setup-person-close"),
]
