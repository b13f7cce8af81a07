"""The addresses of the residents' pages."""

from django.conf import settings
from django.urls import path

from gongzhi.web.public import home, styleguide

urlpatterns = [
    path("", home.show_home, name="home"),
]
if settings.DEBUG:
    urlpatterns += [
        path("styleguide", styleguide.show_styleguide),
        path("styleguide/points", styleguide.show_points),
        path("styleguide/outline", styleguide.show_outline),
    ]
