"""The first page: one thing to do, and how it goes on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def show_home(request: HttpRequest) -> HttpResponse:
    """The district's front door."""
    return render(request, "public/home.html")
