"""What may be done to places, people, units and networks; one by one, or from the rows of a spreadsheet."""

from gongzhi.neighbourhood.actions.files import (
    REGISTER_FIELDS,
    What,
    look_at_register,
    read_columns,
    take_register,
)
from gongzhi.neighbourhood.actions.place_rows import look_at_places, take_places
from gongzhi.neighbourhood.actions.register import (
    add_role,
    admit_person,
    contact_cards,
    correct_compound,
    found_network,
    join_network,
    leave_network,
    register_person,
    register_place,
    register_unit,
    retire_place,
    seal_contact,
    wipe_contact,
)
from gongzhi.neighbourhood.actions.staff import (
    appoint,
    change_password,
    close_account,
    end_appointment,
    give_account,
    open_account,
    reset_password,
    take_on,
)
from gongzhi.neighbourhood.actions.taking import Difference, Taken
from gongzhi.neighbourhood.actions.unit_rows import look_at_units, take_units

__all__ = [
    "REGISTER_FIELDS",
    "Difference",
    "Taken",
    "What",
    "add_role",
    "admit_person",
    "appoint",
    "change_password",
    "close_account",
    "contact_cards",
    "correct_compound",
    "end_appointment",
    "found_network",
    "give_account",
    "join_network",
    "leave_network",
    "look_at_places",
    "look_at_register",
    "look_at_units",
    "open_account",
    "read_columns",
    "register_person",
    "register_place",
    "register_unit",
    "reset_password",
    "retire_place",
    "seal_contact",
    "take_on",
    "take_places",
    "take_register",
    "take_units",
    "wipe_contact",
]
