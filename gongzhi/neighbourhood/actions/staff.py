"""What may be done about who is what, where, and about the logins of those who are."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from gongzhi.neighbourhood.actions.register import must, register_person
from gongzhi.neighbourhood.models import Account, Appointment, Membership, MemberUnit, Person, Place, Role
from gongzhi.neighbourhood.queries import ladder
from gongzhi.neighbourhood.rules import WRONG_LOGIN, Actor, PlaceKind, Right, Standing, valid_login
from gongzhi.shared import trail
from gongzhi.shared.moves import NotAllowed, Refused, _


@transaction.atomic
def appoint(
    actor: Actor,
    *,
    person: Person,
    role: Role,
    since: date,
    now: datetime,
    place: Place | None = None,
    unit: MemberUnit | None = None,
) -> Appointment:
    """Say what someone is, where, and since when.

    Raises Refused where the place lies outside the actor's own, where the role is none of a place or of a unit, or
    where the person is that already.
    """
    _must_reach(actor, place)
    if (role.standing == Standing.UNIT) != (unit is not None) or (place is None) == (unit is None):
        raise Refused(
            _("“%(role)s”要说明是哪个单位的。")
            if role.standing == Standing.UNIT
            else _("“%(role)s”要说明在哪个地点。"),
            role=role.name,
        )
    if Appointment.objects.filter(person=person, role=role, place=place, unit=unit, until=None).exists():
        raise Refused(_("%(name)s已经是这里的“%(role)s”了。"), name=person.name, role=role.name)
    appointment = Appointment.objects.create(person=person, role=role, place=place, unit=unit, since=since)
    data = {"role": role.code, "place": place.pk if place else None, "unit": unit.pk if unit else None}
    trail.write(trail.entry(actor, at=now, noun="person", noun_id=person.pk, verb="appoint", data=data))
    return appointment


@transaction.atomic
def end_appointment(actor: Actor, *, appointment: Appointment, on: date, now: datetime) -> None:
    """End an appointment with the day `on`, which is its last; the row stays.

    Raises Refused where it ended before, where the day lies before its first, or where nobody would be left who
    can set the district up.
    """
    _lock_staff()
    appointment = Appointment.objects.select_related("place", "role").get(pk=appointment.pk)
    _must_reach(actor, appointment.place)
    if appointment.until and appointment.until < now.date():
        raise Refused(_("这项任职已经结束了。"))
    if on < appointment.since:
        raise Refused(_("最后一天不能早于开始任职的那天。"))
    _must_leave_one(_operators(now), Q(pk=appointment.pk))
    Appointment.objects.filter(pk=appointment.pk).update(until=on)
    data = {"role": appointment.role.code, "appointment": appointment.pk, "on": str(on)}
    trail.write(
        trail.entry(actor, at=now, noun="person", noun_id=appointment.person_id, verb="end_appointment", data=data)
    )


@transaction.atomic
def take_on(
    actor: Actor,
    *,
    name: str,
    role: Role,
    since: date,
    now: datetime,
    place: Place | None = None,
    unit: MemberUnit | None = None,
    phone: str = "",
    login: str = "",
    password: str = "",
) -> Person:
    """Register someone new, appoint them, and give them a login where one is named; all of it or nothing."""
    person = register_person(actor, name=name, phone=phone, now=now)
    appoint(actor, person=person, role=role, place=place, unit=unit, since=since, now=now)
    if login:
        give_account(actor, person=person, login=login, password=password, now=now)
    return person


@transaction.atomic
def open_account(*, login: str, password: str, now: datetime, person: Person | None = None) -> Account:
    """Open a login: for a person with offices, or for a resident who keeps demands together.

    Raises Refused where the name is taken. The password's strength is checked by the form.
    """
    account = _open(login, password, person)
    trail.write(
        trail.entry(Actor(label=login, account_id=account.pk), at=now, noun="account", noun_id=account.pk, verb="open")
    )
    return account


@transaction.atomic
def give_account(actor: Actor, *, person: Person, login: str, password: str, now: datetime) -> Account:
    """Open a login for someone with offices, with a first password that they change when they first come in.

    Raises Refused where they have a login, the name is taken or cannot be one. The password's strength is checked
    by the form.
    """
    _must_reach_person(actor, person, now)
    if Account.objects.filter(person=person).exists():
        raise Refused(_("%(name)s已经有登录名了。"), name=person.name)
    if not valid_login(login):
        raise Refused(WRONG_LOGIN)
    account = _open(login, password, person, must_change_password=True)
    trail.write(trail.entry(actor, at=now, noun="account", noun_id=account.pk, verb="open"))
    return account


def _open(login: str, password: str, person: Person | None, *, must_change_password: bool = False) -> Account:
    account = Account(login=login, person=person, must_change_password=must_change_password)
    account.set_password(password)
    try:
        # Not asked first: of two at once, both would be told that the name is free.
        with transaction.atomic():
            account.save()
    except IntegrityError as error:
        raise Refused(_("这个登录名已经有人用了，请换一个。")) from error
    return account


@transaction.atomic
def reset_password(actor: Actor, *, account: Account, password: str, now: datetime) -> None:
    """Give a person's login a first password anew; it opens a closed login again and ends every session of it.

    Raises Refused for a resident's login. The password's strength is checked by the form.
    """
    account = _locked(actor, account, now)
    account.set_password(password)
    account.must_change_password = account.is_active = True
    account.save(update_fields=["password", "must_change_password", "is_active"])
    trail.write(trail.entry(actor, at=now, noun="account", noun_id=account.pk, verb="reset_password"))


@transaction.atomic
def close_account(actor: Actor, *, account: Account, now: datetime) -> None:
    """Let nobody in by a person's login any more; whoever is in is out with the next page.

    Raises Refused for a resident's login, and where nobody would be left who can set the district up.
    """
    _lock_staff()
    account = _locked(actor, account, now)
    _must_leave_one(_operators(now), Q(person=account.person_id))
    account.is_active = False
    account.save(update_fields=["is_active"])
    trail.write(trail.entry(actor, at=now, noun="account", noun_id=account.pk, verb="close"))


@transaction.atomic
def change_password(actor: Actor, *, account: Account, password: str, now: datetime) -> None:
    """Set one's own password. That it was asked for with the old one, and its strength, is the form's to check.

    Raises NotAllowed for another's login.
    """
    if actor.account_id != account.pk:
        raise NotAllowed(_("只能改自己的密码。"))
    account.set_password(password)
    account.must_change_password = False
    account.save(update_fields=["password", "must_change_password"])
    trail.write(trail.entry(actor, at=now, noun="account", noun_id=account.pk, verb="change_password"))


def _must_reach(actor: Actor, place: Place | None) -> None:
    """Raise NotAllowed without the right to set up, or with it for other places; units are the district's."""
    must(actor, Right.SET_UP)
    reach = actor.reach(Right.SET_UP)
    if reach is not None and (place is None or reach.isdisjoint(ladder(place))):
        raise NotAllowed(_("只能设置您自己负责的地点，不能超出它的范围。"))


def _must_reach_person(actor: Actor, person: Person, now: datetime) -> None:
    """Raise NotAllowed unless every office of the person, now and to come, and every network that they are in in their
    own right lies in the actor's reach."""
    must(actor, Right.SET_UP)
    if actor.reach(Right.SET_UP) is None:
        return
    rows = Appointment.objects.filter(Q(until=None) | Q(until__gte=now.date()), person=person).select_related("place")
    own = Membership.objects.filter(person=person, left_on=None).select_related("network__place")
    places = [*(row.place for row in rows), *(row.network.place for row in own)]
    if not places:
        raise NotAllowed(_("只能设置您自己负责的地点，不能超出它的范围。"))
    for place in places:
        _must_reach(actor, place)


def _locked(actor: Actor, account: Account, now: datetime) -> Account:
    account = Account.objects.select_for_update().get(pk=account.pk)
    if account.person_id is None:
        raise Refused(_("这是居民自己的账号，只能由本人处理。"))
    _must_reach_person(actor, Person.objects.get(pk=account.person_id), now)
    return account


def _lock_staff() -> None:
    """Two operators who end each other at once wait for one another: one of them stays."""
    list(Place.objects.select_for_update().filter(kind=PlaceKind.DISTRICT.value).values_list("pk"))


def _operators(now: datetime) -> QuerySet[Appointment]:
    """The offices, without a last day, of those who can set the whole district up and can log in."""
    return Appointment.objects.filter(
        until=None,
        since__lte=now.date(),
        place__kind=PlaceKind.DISTRICT.value,
        role__rights__contains=[Right.SET_UP.value],
        person__in=Account.objects.filter(is_active=True, person__isnull=False).values("person"),
    )


def _must_leave_one(operators: QuerySet[Appointment], going: Q) -> None:
    if operators.filter(going).exists() and not operators.exclude(going).exists():
        raise Refused(_("这是最后一位能设置本区资料的管理员，不能停用。请先任命另一位，并给他开好登录名。"))
