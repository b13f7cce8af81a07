"""Whom what happens here is told to: the two sides, the desk, the leaders."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from gongzhi.exchange import quantities, queries
from gongzhi.exchange.actions import links
from gongzhi.exchange.models import Contribution, Match, Need, Offer, Pledge
from gongzhi.neighbourhood import queries as neighbourhood
from gongzhi.neighbourhood.rows import Membership
from gongzhi.neighbourhood.rules import Standing
from gongzhi.shared import notices


def giver_of(offer: Offer, now: datetime) -> list[int]:
    """Those who speak for the giver of an offer."""
    return queries.speakers(offer.unit, offer.giving_place_id, timezone.localtime(now).date(), offer.member)


def receiver_of(need: Need, now: datetime) -> list[int]:
    """Those who speak for whoever receives."""
    return queries.speakers(need.unit, need.receiving_place_id, timezone.localtime(now).date(), need.member)


Row = Need | Offer | Pledge | Contribution | Membership


def _places(row: Row) -> tuple[int | None, int | None]:
    """Where it belongs, the nearest first; a member in their own right belongs to their network."""
    if isinstance(row, Membership):
        return row.network.place_id, row.network.place.subdistrict_id
    return row.community_id, row.subdistrict_id


def desk_of(row: Row, now: datetime) -> list[int]:
    """Those at the desk of the place where it belongs; its leaders where it has none."""
    day = timezone.localtime(now).date()
    for place in _places(row):
        if place and (found := neighbourhood.desk_of(place, day)):
            return found
    return leads_of(row, now)


def leads_of(row: Row, now: datetime) -> list[int]:
    """The leaders of that place; where it has none, those of the next one above."""
    day = timezone.localtime(now).date()
    for place in (*_places(row), _district()):
        found = neighbourhood.staff_at([place], Standing.LEAD, today=day) if place else None
        if found:
            return [person.pk for person in found]
    return []


def heads_of_silent(match: Match, now: datetime) -> list[int]:
    """Who hears that a side does not answer: the leaders where the need belongs; for a place, whose own leaders are the
    ones that were asked, those of the next one above."""
    silent = [match.offer.giving_place_id] if match.given_at is None else []
    silent += [match.need.receiving_place_id] if match.taken_at is None else []
    found: list[int] = []
    for place_id in silent:
        found += _leads_above(place_id, now) if place_id else leads_of(match.need, now)
    return found


def _leads_above(place_id: int, now: datetime) -> list[int]:
    """The leaders of the nearest place above one that has any; its own where nothing is above."""
    place, day = neighbourhood.current_place(place_id), timezone.localtime(now).date()
    ladder = neighbourhood.ladder(place) if place else ()
    for one in (*ladder[1:], _district(), place_id):
        if one and (found := neighbourhood.staff_at([one], Standing.LEAD, today=day)):
            return [person.pk for person in found]
    return []


def heads_of(row: Need | Offer | Pledge | Membership, now: datetime) -> list[int]:
    """Who hears that nobody answers: the leaders; of a confidential need only whoever may read it."""
    if not (isinstance(row, Need) and row.confidential):
        return leads_of(row, now)
    place, day = row.community_id or row.subdistrict_id, timezone.localtime(now).date()
    leads = neighbourhood.staff_at([place], Standing.LEAD, today=day) if place else []
    return [person.pk for person in leads] or desk_of(row, now)


def sides_of(pledge: Pledge, now: datetime) -> list[int]:
    """Those who speak for the giver and for the receiver of a pledge."""
    day = timezone.localtime(now).date()
    givers = queries.speakers(pledge.giver_unit, pledge.giver_place_id, day, pledge.giver_member)
    receivers = queries.speakers(pledge.receiver_unit, pledge.receiver_place_id, day, pledge.receiver_member)
    return [*givers, *receivers]


def _district() -> int:
    return neighbourhood.district().pk


def asked(match: Match, people: Iterable[int], subject: str, *, now: datetime) -> None:
    """Tell of a match: what is given; what is needed stays behind where it is confidential."""
    need = "" if match.need.confidential else f" → {match.need.title}"
    members = (match.offer.member, match.need.member)
    _tell("match", match.pk, people, members, subject, f"{match.offer.title}{need}", now)


def of_pledge(pledge: Pledge, people: Iterable[int], subject: str, *, now: datetime, words: str = "") -> None:
    """Tell of a pledge: what was promised, how much, by when."""
    line = f"{pledge.what} {quantities.shown(pledge.quantity)}{pledge.measure} {pledge.due_on:%Y-%m-%d}"
    members = (pledge.giver_member, pledge.receiver_member)
    _tell("pledge", pledge.pk, people, members, subject, f"{line}\n{words}".strip(), now)


def _tell(
    noun: str,
    pk: int,
    people: Iterable[int],
    members: Iterable[Membership | None],
    subject: str,
    body: str,
    now: datetime,
) -> None:
    """In the inboxes of these people; those of them who are members in their own right without a login by their link."""
    found = set(people)
    notices.tell_people(noun, pk, found, subject, body, now=now)
    links.tell_by_link((one for one in members if one and one.person_id in found), subject, body, now=now)
