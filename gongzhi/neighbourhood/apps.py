from django.apps import AppConfig


class NeighbourhoodConfig(AppConfig):
    name = "gongzhi.neighbourhood"
    label = "neighbourhood"
