"""The pages as a Django application, for their templates and static files."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, static files and template tags of every audience."""

    name = "gongzhi.web"
    label = "web"
