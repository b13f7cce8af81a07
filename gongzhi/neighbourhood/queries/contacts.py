"""How to reach someone, for those who may know it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from gongzhi.neighbourhood.models import (
    ContactCard,
    Person,
)
from gongzhi.neighbourhood.rules import Actor, Right
from gongzhi.shared import secrets
from gongzhi.shared.moves import NotAllowed, _
from gongzhi.shared.reading import Rows


@dataclass(frozen=True)
class Contact:
    """How to reach someone, in the clear."""

    name: str
    phone: str
    email: str


def read_contact(actor: Actor, card: ContactCard | None) -> Contact | None:
    """Open a contact card; None where there is none or it was wiped. Raises NotAllowed without the right."""
    if card is None or card.wiped_at:
        return None
    if not actor.may(Right.SEE_CONTACTS):
        raise NotAllowed(_("您没有查看联系方式的权限。"))
    return Contact(
        secrets.unseal(card.name_sealed), secrets.unseal(card.phone_sealed), secrets.unseal(card.email_sealed)
    )


def address_left(card_id: int | None) -> tuple[str, str] | None:
    """(channel, address) by which the one behind a card wants to be told; None where nothing is left of it.

    For notices alone: what it returns goes into the sealed outbox and onto no page.
    """
    card = next(iter(_CARD.ask(card_id)), None) if card_id else None
    return address_sealed(card.email_sealed, card.phone_sealed) if card else None


def address_sealed(email: bytes | None, phone: bytes | None) -> tuple[str, str] | None:
    """The same from what is sealed on a card that was not wiped."""
    for channel, sealed in (("email", email), ("sms", phone)):
        if sealed:
            return channel, secrets.unseal(sealed)
    return None


_CARD = Rows(lambda pk: ContactCard.objects.filter(pk=pk, wiped_at=None), int)


def cards_with_phone(actor: Actor, phone: str) -> QuerySet[ContactCard]:
    """Cards left with this number, for whoever may see contacts; none for anyone else."""
    if not phone or not actor.may(Right.SEE_CONTACTS):
        return ContactCard.objects.none()
    return ContactCard.objects.filter(phone_mark=secrets.mark(phone))


def contacts_of(person_ids: Iterable[int]) -> list[Contact]:
    """How to reach these members of staff or liaisons, by name; what was not left is empty. One query.

    For rooms that have made sure of it: two sides that agreed to work together may speak to each other.
    """
    rows = Person.objects.filter(pk__in=list(person_ids)).select_related("contact").order_by("name", "pk")
    return [contact_of(person) for person in rows]


def contact_of(person: Person) -> Contact:
    """The same of one; the card is read with the person."""
    card = person.contact
    if card is None or card.wiped_at:
        return Contact(person.name, "", "")
    return Contact(person.name, secrets.unseal(card.phone_sealed), secrets.unseal(card.email_sealed))
