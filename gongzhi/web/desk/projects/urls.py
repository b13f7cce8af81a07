"""The addresses of projects at the desk."""

from django.urls import path

from gongzhi.web.desk.projects import listed, making, opening, page

urlpatterns = [
    path("", listed.show_projects, name="desk-projects"),
    path("totals", listed.show_totals, name="desk-project-totals"),
    path("new", opening.open_project, name="desk-project-new"),
    path("proofs/<str:name>", page.show_photo, name="desk-project-proof"),
    path("appeals/<int:pk>", listed.show_appeal, name="desk-appeal"),
    path("appeals/<int:pk>/<str:verb>", making.on_appeal, name="desk-appeal-move"),
    path("tasks/<int:pk>", page.show_task, name="desk-task"),
    path("tasks/<int:pk>/change", opening.change_task, name="desk-task-change"),
    path("tasks/<int:pk>/<str:verb>", making.on_task, name="desk-task-move"),
    path("zonings/<int:pk>", page.show_zoning, name="desk-zoning"),
    path("zonings/<int:pk>/<str:verb>", making.on_zoning, name="desk-zoning-move"),
    path("assets/<int:pk>/<str:verb>", making.on_asset, name="desk-asset-move"),
    path("<int:pk>", page.show_project, name="desk-project"),
    path("<int:pk>/tasks.ics", page.send_calendar, name="desk-project-calendar"),
    path("<int:pk>/change", opening.change_project, name="desk-project-change"),
    path("<int:pk>/add_task", opening.add_task, name="desk-task-new"),
    path("<int:pk>/plan", making.put_plan, name="desk-project-plan"),
    path("<int:pk>/<str:verb>", making.on_project, name="desk-project-move"),
]
