"""Two tables as a tutorial would write them."""

from django.db import models


class Order(models.Model):
    """What somebody asked for."""

    subject = models.CharField(max_length=200)
    body = models.TextField()
    place = models.CharField(max_length=200)
    state = models.CharField(max_length=20, default="received")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(null=True, db_index=True)

    def __str__(self) -> str:
        return self.subject


class Event(models.Model):
    """What happened to it."""

    order = models.ForeignKey(Order, models.CASCADE)
    verb = models.CharField(max_length=40)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.verb
