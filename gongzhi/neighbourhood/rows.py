"""The rows that rooms upstairs may name, in annotations and in what they keep; asking and writing stay down here."""

from gongzhi.neighbourhood.models import (
    Account,
    Appointment,
    ContactCard,
    Membership,
    MemberUnit,
    Network,
    Person,
    Place,
    Role,
)

__all__ = ["Account", "Appointment", "ContactCard", "MemberUnit", "Membership", "Network", "Person", "Place", "Role"]
