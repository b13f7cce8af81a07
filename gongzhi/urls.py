"""Every address of the product, by audience."""

from django.urls import include, path

from gongzhi.web import health

handler500 = "gongzhi.web.trouble.show_fault"
urlpatterns = [
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("", include("gongzhi.web.urls")),
]
