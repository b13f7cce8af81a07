"""Looking up how somebody is reached; each look is written to the trail."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from gongzhi.exchange import queries
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.queries import Contact
from gongzhi.neighbourhood.rows import Person
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import trail
from gongzhi.shared.moves import NotAllowed, Refused, _


@transaction.atomic
def see_other_side(actor: Actor, *, match_id: int, now: datetime) -> list[Contact]:
    """How the other side of a match is reached. Raises Match.DoesNotExist, Refused before both have agreed."""
    found = queries.contacts_of_other_side(actor, match_id, today=timezone.localtime(now).date())
    if not found:
        raise Refused(_("双方都同意以后，双方才看得到对方的联系方式。"))
    trail.write(trail.entry(actor, at=now, noun="match", noun_id=match_id, verb="see_contact"))
    return found


@transaction.atomic
def see_liaison(actor: Actor, *, unit_id: int, person_id: int, now: datetime) -> Contact:
    """How a liaison of the directory is reached. Raises MemberUnit or Person.DoesNotExist, NotAllowed without the right."""
    return _opened(actor, queries.liaison_to_open(actor, unit_id, person_id, on=timezone.localtime(now).date()), now)


@transaction.atomic
def see_head(actor: Actor, *, membership_id: int, now: datetime) -> Contact:
    """How a member in their own right is reached. Raises Membership.DoesNotExist, NotAllowed without the right."""
    return _opened(actor, queries.head_to_open(actor, membership_id), now)


def _opened(actor: Actor, person: Person | None, now: datetime) -> Contact:
    if person is None:
        raise NotAllowed(_("您没有查看联系方式的权限。"))
    trail.write(trail.entry(actor, at=now, noun="person", noun_id=person.pk, verb="see_contact"))
    (contact,) = neighbourhood.contacts_of([person.pk])
    return contact
