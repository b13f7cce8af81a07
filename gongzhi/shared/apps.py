from django.apps import AppConfig


class SharedConfig(AppConfig):
    name = "gongzhi.shared"
    label = "shared"
