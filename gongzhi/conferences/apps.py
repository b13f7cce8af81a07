from django.apps import AppConfig


class ConferencesConfig(AppConfig):
    name = "gongzhi.conferences"
    label = "conferences"
