"""The link of a member in their own right who cannot log in: sent with what they are asked, it opens their own page."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.db import transaction

from gongzhi.exchange import queries
from gongzhi.exchange.models import MemberLink
from gongzhi.neighbourhood import queries as neighbours
from gongzhi.neighbourhood.rows import Membership
from gongzhi.neighbourhood.rules import OWN_RIGHT, Actor, Office, Standing
from gongzhi.shared import notices, secrets, trail
from gongzhi.shared.moves import NotAllowed, WrongState, _

LINK = "member"


def read_member_link(token: str) -> Membership:
    """Whose link it is.

    Raises `signing.SignatureExpired` for one that is over, was replaced, or whose holder left or has a login by now,
    `signing.BadSignature` for any other.
    """
    value = secrets.read_signed(LINK, token, max_age=queries.settings()["member_link_days"] * 86_400)
    pk, _dash, number = value.partition("-")
    member = queries.linked_member(int(pk))
    if member is None or _number(member) != int(number):
        raise signing.SignatureExpired
    return member


def holder(member: Membership) -> Actor:
    """Whoever holds the link of a member: stands as they do when they have logged in, and the trail says how they came."""
    role = member.capacity or OWN_RIGHT
    office = Office(Standing.UNIT, role, where=(member.place or member.network).name, member_id=member.pk)
    return Actor(f"{member.person}（{role}，凭链接）", (office,), member.person_id)


def _number(member: Membership) -> int:
    return MemberLink.objects.filter(member=member).values_list("number", flat=True).first() or 1


def _link(member: Membership) -> str:
    return f"{settings.SITE_ADDRESS}/m/{secrets.sign(LINK, f'{member.pk}-{_number(member)}')}"


def tell_by_link(members: Iterable[Membership | None], subject: str, body: str, *, now: datetime) -> None:
    """Tell those of these members who cannot log in, by the way that they left; the others read it in their inbox."""
    found = [one for one in members if one is not None]
    silent = queries.without_login(found)
    for one in found:
        card = one.person.contact_id if one.person else None
        left = neighbours.address_left(card) if one.pk in silent else None
        if left is not None:
            channel, address = left
            text = f"{body}\n请点开看、点开答复，不用登录：{_link(one)}"
            notices.tell(
                notices.notice(
                    at=now, noun="member", noun_id=one.pk, channel=channel, subject=subject, body=text, address=address
                )
            )


@transaction.atomic
def hand_out_link(actor: Actor, *, member_id: int, now: datetime, renew: bool = False) -> str:
    """The link of a member who cannot log in, for the desk that hands it on; the trail says that it was taken.

    With `renew` the earlier ones open nothing any more. Raises Membership.DoesNotExist, NotAllowed, WrongState.
    """
    member = queries.get_member(actor, member_id)
    if not queries.without_login([member]):
        raise WrongState(_("对方有登录名，请对方登录后答复。"))
    if not queries.may_speak_for(actor, member):
        raise NotAllowed(_("您没有“%(label)s”的权限。"), label=_("取链接"))
    if renew:
        row, _new = MemberLink.objects.select_for_update().get_or_create(member=member)
        row.number += 1
        row.save()
    trail.write(
        trail.entry(actor, at=now, noun="member", noun_id=member.pk, verb="renew_link" if renew else "take_link")
    )
    return _link(member)
