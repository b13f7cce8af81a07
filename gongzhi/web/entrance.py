"""Coming in: who is asking, logging in and out, and which page is theirs."""

from django import forms
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import is_valid_path, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongzhi.neighbourhood.queries import actor_for
from gongzhi.neighbourhood.rules import Actor, Standing

# Where each standing works; the first built page of the first standing held is theirs.
HOMES = (
    ((Standing.DESK, Standing.LEAD), ("/desk/",)),
    ((Standing.UNIT,), ("/units/", "/desk/")),
    ((Standing.READER, Standing.OPERATOR), ("/board/", "/desk/")),
)


def actor_of(request: HttpRequest) -> Actor:
    """Who is asking, with every office held today; asked of the database once a request."""
    known = getattr(request, "gongzhi_actor", None)
    if known is None:
        account = request.user if request.user.is_authenticated else None
        known = actor_for(account, today=timezone.localdate())
        request.gongzhi_actor = known  # type: ignore[attr-defined]
    return known


def home_of(actor: Actor) -> str:
    """The page that someone's work begins on; residents have their own demands."""
    for standings, addresses in HOMES:
        for address in addresses:
            if actor.holds(*standings) and is_valid_path(address):
                return address
    return "/mine" if is_valid_path("/mine") else reverse("home")


@login_required
def after_login(request: HttpRequest) -> HttpResponse:
    """Lead someone who has just come in to the page of their work."""
    return HttpResponseRedirect(home_of(actor_of(request)))


class LoginForm(AuthenticationForm):
    """Login name and password, in our words and with our limits."""

    username = forms.CharField(label=_("登录名"), max_length=60)
    password = forms.CharField(label=_("密码"), strip=False, max_length=200, widget=forms.PasswordInput)
    error_messages = {
        "invalid_login": _("登录名或密码不对。请看看大小写，再试一次。"),
        "inactive": _("这个账号已停用。请联系本单位的管理员。"),
    }


urlpatterns = [
    path("login", auth.LoginView.as_view(authentication_form=LoginForm), name="login"),
    path("logout", auth.LogoutView.as_view(), name="logout"),
    path("after-login", after_login, name="after-login"),
]
