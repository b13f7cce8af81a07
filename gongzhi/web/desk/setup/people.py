"""Who is what, where: taking people on, appointing them, ending it; and the logins they come in by."""

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from gongzhi.neighbourhood import actions, queries, registers
from gongzhi.neighbourhood.codes import BadPhone, normal_phone
from gongzhi.neighbourhood.rows import Account, Appointment, MemberUnit, Person, Place, Role
from gongzhi.neighbourhood.rules import WRONG_LOGIN, Actor, Right, Standing, valid_login
from gongzhi.shared.moves import Refused
from gongzhi.web.desk.setup.doors import looking, must_set_up, said
from gongzhi.web.words import named

SHOWN = 500
# Without the signs that are taken for one another when read aloud or from paper.
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


def first_password() -> str:
    """A password to hand over once: three groups of four signs, about 60 bits."""
    return "-".join("".join(secrets.choice(SIGNS) for _sign in range(4)) for _group in range(3))


class PasswordForm(forms.Form):
    """A first password, seen by whoever hands it over."""

    password = forms.CharField(
        label=_("首次密码"),
        help_text=_("请记下来，当面告诉本人。本人第一次登录时必须换掉它。"),
        max_length=200,
        strip=False,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        initial=first_password,
    )

    def clean_password(self) -> str:
        """Keep to the house's rules for passwords."""
        password = str(self.cleaned_data["password"])
        validate_password(password)
        return password


class LoginForm(PasswordForm):
    """A login with its first password."""

    login = forms.CharField(
        label=_("登录名"),
        help_text=_("3 到 30 个字母、数字或汉字。"),
        max_length=30,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    field_order = ["login", "password"]

    def clean_login(self) -> str:
        """A name by which one can log in."""
        login = str(self.cleaned_data["login"])
        if login and not valid_login(login):
            raise forms.ValidationError(gettext(WRONG_LOGIN))
        return login


class OfficeForm(forms.Form):
    """What someone is, where or for which unit, and since when."""

    role = forms.ModelChoiceField(label=_("角色"), queryset=Role.objects.none(), empty_label=_("请选择"))
    place = forms.ModelChoiceField(
        label=_("在哪里"),
        help_text=_("在区、街道或社区任职的要选；管它下面的所有地点。"),
        queryset=Place.objects.none(),
        required=False,
        empty_label="—",
    )
    unit = forms.CharField(
        label=_("或者是哪个单位的"),
        help_text=_("只有单位联络员要填：输入单位名称，从列出的单位里选。"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"list": "units", "autocomplete": "off"}),
    )
    since = forms.DateField(
        label=_("从哪天开始"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), initial=timezone.localdate
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].queryset = registers.roles_within_reach(actor)  # type: ignore[attr-defined]
        self.fields["role"].label_from_instance = named  # type: ignore[attr-defined]
        self.fields["place"].queryset = registers.places_within_reach(actor)  # type: ignore[attr-defined]
        if actor.reach(Right.SET_UP) is not None:
            del self.fields["unit"]
            self.fields["place"].required = True

    def clean_unit(self) -> MemberUnit | None:
        """A unit that takes part, by its name."""
        name = str(self.cleaned_data["unit"]).strip()
        unit = queries.current_units().filter(name=name).first() if name else None
        if name and unit is None:
            raise forms.ValidationError(gettext("没有叫“%(name)s”的单位。") % {"name": name})
        return unit

    def clean(self) -> dict[str, Any]:
        """A place or a unit, as the role asks."""
        given = super().clean() or {}
        role, for_unit = given.get("role"), "unit" in self.fields
        if role and not self.errors:
            if role.standing == Standing.UNIT:
                given["place"] = None
                if not given.get("unit"):
                    self.add_error("unit" if for_unit else None, gettext("请填是哪个单位的联络员。"))
            elif not given.get("place"):
                self.add_error("place", gettext("请选择在哪里。"))
            elif given.get("unit"):
                self.add_error("unit", gettext("这个角色在地点任职，不填单位。"))
        return given

    def office(self) -> dict[str, Any]:
        """What the action takes of it."""
        given = self.cleaned_data
        return {name: given.get(name) for name in ("role", "place", "unit", "since")}


class NumberForm(forms.Form):
    """How to reach somebody by telephone, where they want to be."""

    phone = forms.CharField(
        label=_("电话"), max_length=30, required=False, help_text=_("加密保存，只有能看联系方式的人看得到。")
    )

    def clean_phone(self) -> str:
        """A number in its normal spelling."""
        try:
            return normal_phone(self.cleaned_data["phone"]) if self.cleaned_data["phone"] else ""
        except BadPhone as error:
            raise forms.ValidationError(said(error)) from error


class PersonForm(NumberForm, OfficeForm, LoginForm):
    """Someone new: name, office, and a login where they are to have one."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    field_order = ["name", "phone", "role", "place", "unit", "since", "login", "password"]

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        self.fields["login"].required = self.fields["password"].required = False
        self.fields["login"].help_text = gettext("3 到 30 个字母、数字或汉字。不填就先不开，以后再开。")

    def clean_password(self) -> str:
        """Checked where there is a login to go with it."""
        return super().clean_password() if self.cleaned_data.get("login") else ""


class EndForm(forms.Form):
    """The last day of an appointment."""

    on = forms.DateField(
        label=_("最后一天"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), initial=timezone.localdate
    )


@looking
@require_GET
def show_people(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The appointments in the actor's scope that hold today, or those that ended, narrowed by words."""
    words, past = request.GET.get("words", "")[:60], bool(request.GET.get("past"))
    found = registers.appointments_in_scope(actor, on=timezone.localdate(), words=words, past=past)
    rows = list(found[: SHOWN + 1])
    accounts = registers.accounts_of({row.person_id for row in rows}) if actor.may(Right.SET_UP) else {}
    context = {
        "rows": [(row, accounts.get(row.person_id)) for row in rows[:SHOWN]],
        "more": len(rows) > SHOWN,
        "words": words,
        "past": past,
        "may_set_up": actor.may(Right.SET_UP),
    }
    return render(request, "desk/setup/people.html", context)


@looking
def take_on(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Someone new, with their office and perhaps a login."""
    must_set_up(actor)
    form = PersonForm(actor, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        more = {name: given[name] for name in ("name", "phone", "login", "password")}
        try:
            person = actions.take_on(actor, **more, **form.office(), now=timezone.localtime())
        except Refused as refused:
            form.add_error(None, said(refused))
        else:
            messages.success(request, gettext("已添加“%(name)s”。") % {"name": person.name})
            return HttpResponseRedirect(reverse("setup-person", args=[person.pk]))
    context = {"form": form, "units": _unit_names(form)}
    return render(request, "desk/setup/person_new.html", context, status=422 if form.errors else 200)


def _unit_names(form: OfficeForm) -> list[str]:
    return list(queries.current_units().values_list("name", flat=True)) if "unit" in form.fields else []


def _person_of(actor: Actor, person_id: int) -> tuple[Person, list[Appointment]]:
    try:
        return registers.person_with_offices(actor, person_id)
    except Person.DoesNotExist as error:
        raise Http404 from error


@looking
def show_person(request: HttpRequest, actor: Actor, person_id: int) -> HttpResponse:
    """One person: offices held and ended, the login, and the form for one more office."""
    person, offices = _person_of(actor, person_id)
    given = request.POST if request.method == "POST" else None
    form = OfficeForm(actor, given) if actor.may(Right.SET_UP) else None
    if request.method == "POST":
        must_set_up(actor)
        if form and form.is_valid() and _appoint(actor, person, form):
            messages.success(request, gettext("已任命。"))
            return HttpResponseRedirect(reverse("setup-person", args=[person.pk]))
    today = timezone.localdate()
    context = {
        "person": person,
        "now": [row for row in offices if not row.until or row.until >= today],
        "past": [row for row in offices if row.until and row.until < today],
        "account": registers.accounts_of([person.pk]).get(person.pk),
        "form": form,
        "units": _unit_names(form) if form else [],
        "may_set_up": actor.may(Right.SET_UP),
    }
    return render(request, "desk/setup/person.html", context, status=422 if form and form.errors else 200)


def _appoint(actor: Actor, person: Person, form: OfficeForm) -> bool:
    try:
        actions.appoint(actor, person=person, **form.office(), now=timezone.localtime())
    except Refused as refused:
        form.add_error(None, said(refused))
        return False
    return True


@looking
def end(request: HttpRequest, actor: Actor, person_id: int, appointment_id: int) -> HttpResponse:
    """Ask for the last day, then end an appointment."""
    must_set_up(actor)
    person, offices = _person_of(actor, person_id)
    office = next((row for row in offices if row.pk == appointment_id), None)
    if office is None:
        raise Http404
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.end_appointment(actor, appointment=office, on=form.cleaned_data["on"], now=timezone.localtime())
        except Refused as refused:
            form.add_error(None, said(refused))
        else:
            return _done(request, person, gettext("任职已经结束，记录会保留。"))
    asked = {"role": named(office.role), "where": office.place or office.unit}
    title = gettext("结束“%(name)s”的任职") % {"name": person.name}
    return _ask(
        request, person, form, title, gettext("%(role)s，%(where)s。") % asked, gettext("结束任职"), danger=True
    )


@looking
def set_login(request: HttpRequest, actor: Actor, person_id: int) -> HttpResponse:
    """Open a login, or give the one there is a first password anew."""
    must_set_up(actor)
    person, _offices = _person_of(actor, person_id)
    account = registers.accounts_of([person.pk]).get(person.pk)
    given = request.POST if request.method == "POST" else None
    form = PasswordForm(given) if account else LoginForm(given)
    if form.is_bound and form.is_valid():
        try:
            _set_login(actor, person, account, form)
        except Refused as refused:
            form.add_error("login" if "login" in form.fields else None, said(refused))
        else:
            return _done(request, person, gettext("好了。请把登录名和首次密码当面告诉本人。"))
    if account is None:
        return _ask(
            request, person, form, gettext("给“%(name)s”开登录名") % {"name": person.name}, "", gettext("开登录名")
        )
    title = gettext("重设“%(name)s”的密码") % {"name": person.name}
    text = gettext("登录名 %(login)s。原来的密码会失效，已经打开的页面要重新登录。") % {"login": account.login}
    return _ask(request, person, form, title, text, gettext("重设密码"))


def _set_login(actor: Actor, person: Person, account: Account | None, form: PasswordForm) -> None:
    now, password = timezone.localtime(), form.cleaned_data["password"]
    if account is None:
        actions.give_account(actor, person=person, login=form.cleaned_data["login"], password=password, now=now)
    else:
        actions.reset_password(actor, account=account, password=password, now=now)


@looking
def close(request: HttpRequest, actor: Actor, person_id: int) -> HttpResponse:
    """Ask once more, then let nobody in by this login."""
    must_set_up(actor)
    person, _offices = _person_of(actor, person_id)
    account = registers.accounts_of([person.pk]).get(person.pk)
    if account is None:
        raise Http404
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.close_account(actor, account=account, now=timezone.localtime())
        except Refused as refused:
            form.add_error(None, said(refused))
        else:
            return _done(request, person, gettext("登录名已经停用。"))
    title = gettext("停用登录名“%(login)s”") % {"login": account.login}
    text = gettext("本人马上就不能再进入。任职不变；以后重设密码就能恢复。")
    return _ask(request, person, form, title, text, gettext("停用"), danger=True)


def _done(request: HttpRequest, person: Person, words: str) -> HttpResponse:
    messages.success(request, words)
    return HttpResponseRedirect(reverse("setup-person", args=[person.pk]))


def _ask(
    request: HttpRequest,
    person: Person,
    form: forms.Form,
    title: str,
    text: str,
    action: str,
    *,
    danger: bool = False,
) -> HttpResponse:
    context = {
        "layout": "desk/layout.html",
        "title": title,
        "text": text,
        "action": action,
        "back": reverse("setup-person", args=[person.pk]),
        "danger": danger,
        "form": form,
    }
    return render(request, "parts/confirm.html", context, status=422 if form.errors else 200)
