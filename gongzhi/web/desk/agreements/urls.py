"""The addresses of the desk's pages of agreements."""

from django.urls import path

from gongzhi.web.desk.agreements import health, importing, reading, writing

urlpatterns = [
    path("", reading.show_agreements, name="desk-agreements"),
    path("registry", reading.show_registry, name="desk-agreement-registry"),
    path("health", health.show_health, name="desk-health"),
    path("new", writing.draft, name="desk-agreement-new"),
    path("reviews/<int:review_id>", reading.show_review, name="desk-review"),
    path("reviews/<int:review_id>/judge/<int:party_id>", reading.judge, name="desk-judge"),
    path("reviews/<int:review_id>/drop", writing.drop_review, name="desk-review-drop"),
    path("reports/<int:report_id>", reading.show_report, name="desk-report"),
    path("reports/<int:report_id>/correct", writing.correct_report, name="desk-report-correct"),
    path("reports/<int:report_id>.<str:kind>", reading.print_report, name="desk-report-print"),
    path("<int:agreement_id>", reading.show_agreement, name="desk-agreement"),
    path("<int:agreement_id>.<str:kind>", reading.print_one, name="desk-agreement-print"),
    path("<int:agreement_id>/change", writing.change, name="desk-agreement-change"),
    path("<int:agreement_id>/template", writing.keep_template, name="desk-agreement-template"),
    path("<int:agreement_id>/clauses/new", writing.clause, name="desk-clause-new"),
    path("<int:agreement_id>/clauses/<int:clause_id>", writing.clause, name="desk-clause"),
    path("<int:agreement_id>/clauses/<int:clause_id>/drop", writing.drop_clause, name="desk-clause-drop"),
    path("<int:agreement_id>/parties/", reading.show_parties, name="desk-agreement-parties"),
    path("<int:agreement_id>/parties/new", writing.add_party, name="desk-party-new"),
    path("<int:agreement_id>/parties/<int:party_id>/drop", writing.drop_party, name="desk-party-drop"),
    path("<int:agreement_id>/import", importing.take_in, name="desk-agreement-import"),
    path("<int:agreement_id>/sign/<int:party_id>", reading.sign, name="desk-sign"),
    path("<int:agreement_id>/note", reading.note, name="desk-note"),
    path("<int:agreement_id>/report", writing.write_report, name="desk-report-write"),
    path("<int:agreement_id>/<str:verb>", writing.move, name="desk-agreement-move"),
]
