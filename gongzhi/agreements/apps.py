from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "gongzhi.agreements"
    label = "agreements"
