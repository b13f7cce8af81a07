"""The two switches of every page: large type, and the language."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

ELDER = "elder"
YEAR = 365 * 24 * 3600


def back(request: HttpRequest) -> str:
    """The page the person came from, or the home page where that address is not ours."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else reverse("home")


@require_POST
def switch_elder(request: HttpRequest) -> HttpResponse:
    """Turn the large type on or off for this session."""
    request.session[ELDER] = request.POST.get("elder") == "on"
    return HttpResponseRedirect(back(request))


@require_POST
def switch_language(request: HttpRequest) -> HttpResponse:
    """Keep the language chosen, for a year, in the cookie that Django reads."""
    response = HttpResponseRedirect(back(request))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES) and check_for_language(language):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=YEAR,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


urlpatterns = [
    path("switch/elder", switch_elder, name="switch-elder"),
    path("switch/language", switch_language, name="switch-language"),
]
