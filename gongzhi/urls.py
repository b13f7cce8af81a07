"""Every address of the product, by audience."""

from django.urls import include, path

urlpatterns = [
    path("", include("gongzhi.web.urls")),
]
