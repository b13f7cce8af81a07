from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    name = "gongzhi.statistics"
    label = "figures"
