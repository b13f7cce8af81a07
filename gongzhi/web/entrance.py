"""Coming in: who is asking, logging in and out, one's own password, and which page is theirs."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import is_valid_path, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongzhi.neighbourhood import actions
from gongzhi.neighbourhood.queries import actor_for
from gongzhi.neighbourhood.rows import Account
from gongzhi.neighbourhood.rules import Actor, Standing
from gongzhi.web.tries import count_try, too_many

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


class OwnPasswordForm(PasswordChangeForm):
    """One's own password: the old one, and twice a new one that is another."""

    old_password = forms.CharField(
        label=_("现在的密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    new_password1 = forms.CharField(
        label=_("新密码"),
        help_text=_("至少 10 个字符。可以用一句好记的话。"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    new_password2 = forms.CharField(
        label=_("再输一次新密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    error_messages = {
        "password_incorrect": _("现在的密码不对，请再输一次。"),
        "password_mismatch": _("两次输入的新密码不一样。"),
    }

    def clean_new_password1(self) -> str:
        """Strong enough, and another one: a password that someone else chose is changed, not kept."""
        given = str(self.cleaned_data["new_password1"])
        validate_password(given, self.user)
        if self.user.check_password(given):
            raise forms.ValidationError(gettext("新密码和现在的一样，请换一个。"))
        return given

    def validate_password_for_user(self, user: Account, password_field_name: str = "") -> None:
        """Done above, so that what is wrong is said beside the first of the two fields."""


TRIES_AN_HOUR = 20


@login_required
def show_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; whoever was given a first one is led here and nowhere else."""
    account = request.user
    assert isinstance(account, Account)
    form = OwnPasswordForm(account, request.POST if request.method == "POST" else None)
    whose = str(account.pk)
    if form.is_bound and too_many("password", whose, TRIES_AN_HOUR):
        form.add_error(None, gettext("试得太多了，请一小时后再试。"))
    elif form.is_bound and form.is_valid():
        actions.change_password(
            actor_of(request), account=account, password=form.cleaned_data["new_password1"], now=timezone.localtime()
        )
        update_session_auth_hash(request, account)
        messages.success(request, gettext("密码已经改好了。"))
        return HttpResponseRedirect(reverse("after-login"))
    elif form.is_bound:
        count_try("password", whose)
    status = 422 if form.is_bound else 200
    return render(
        request, "registration/password.html", {"form": form, "first": account.must_change_password}, status=status
    )


Answer = Callable[[HttpRequest], HttpResponseBase]
# Where someone whose password was chosen by another may go before it is their own.
OPEN = ("/password", "/logout", "/switch/", "/health/", "/static/")


def first_password(answer: Answer) -> Answer:
    """Middleware: whoever still has a first password from somebody else is led to the page that changes it."""

    def inside(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        # Asked of the session first, so that a stranger's page costs no more.
        if not request.path.startswith(OPEN) and getattr(user, "must_change_password", False):
            return HttpResponseRedirect(reverse("password"))
        return answer(request)

    return inside


urlpatterns = [
    path("login", auth.LoginView.as_view(authentication_form=LoginForm), name="login"),
    path("logout", auth.LogoutView.as_view(), name="logout"),
    path("password", show_password, name="password"),
    path("after-login", after_login, name="after-login"),
]
