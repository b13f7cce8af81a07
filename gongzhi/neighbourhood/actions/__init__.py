"""What may be done to places, people, units and networks; one by one, or from the rows of a spreadsheet."""

from gongzhi.neighbourhood.actions.place_rows import look_at_places, take_places
from gongzhi.neighbourhood.actions.register import (
    add_role,
    appoint,
    contact_cards,
    found_network,
    join_network,
    leave_network,
    open_account,
    register_person,
    register_place,
    register_unit,
    retire_place,
    seal_contact,
    seal_contacts,
    wipe_contact,
)
from gongzhi.neighbourhood.actions.taking import Difference, Taken
from gongzhi.neighbourhood.actions.unit_rows import look_at_units, take_units

__all__ = [
    "Difference",
    "Taken",
    "add_role",
    "appoint",
    "contact_cards",
    "found_network",
    "join_network",
    "leave_network",
    "look_at_places",
    "look_at_units",
    "open_account",
    "register_person",
    "register_place",
    "register_unit",
    "retire_place",
    "seal_contact",
    "seal_contacts",
    "take_places",
    "take_units",
    "wipe_contact",
]
