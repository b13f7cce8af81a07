"""The addresses of the residents' pages."""

from django.urls import path

from gongzhi.web.public import home

urlpatterns = [
    path("", home.show_home, name="home"),
]
