"""Zones of a site, drawn and approved; and what was installed, signed for."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from gongzhi.neighbourhood.rules import Actor
from gongzhi.projects import queries, rules, zoning
from gongzhi.projects.actions import steps, telling
from gongzhi.projects.models import Asset, Zone, Zoning
from gongzhi.projects.zoning import Part, Ring
from gongzhi.shared.moves import Refused, _


@transaction.atomic
def draw_zones(
    actor: Actor, *, project_id: int, site: Ring, parts: Sequence[Part], now: datetime, once: str, words: str = ""
) -> Zoning:
    """A further version of the zones, checked; a leader approves it. The same form sent twice is one version.

    Raises BadZones where they do not cover the site, reach beyond it, or overlap.
    """
    step = steps.on_project(actor, project_id, "zone", now, zones=parts)
    key = steps.key(actor, once)
    if known := Zoning.objects.filter(project=step.thing, once=key).first():
        return known
    zoning.check_zones(site, parts)
    last = Zoning.objects.filter(project=step.thing).aggregate(last=Max("number"))["last"] or 0
    row = Zoning.objects.create(
        project=step.thing,
        number=last + 1,
        site=[list(point) for point in site],
        words=steps.line(words, 500),
        drawn_at=now,
        drawn_by_id=actor.person_id,
        once=key,
    )
    Zone.objects.bulk_create(
        Zone(zoning=row, name=one.name, keeper=one.keeper, words=one.words, ring=[list(point) for point in one.ring])
        for one in parts
    )
    steps.finish(step, data={"zoning": row.pk, "number": row.number})
    steps.note(actor, row, "propose", "", now)
    telling.tell_desk(step.thing, _("有一版分区方案等书记审定"), step.now, but=actor.person_id)
    return row


def _zoning(actor: Actor, zoning_id: int, verb: str, now: datetime, **given: Any) -> steps.Step[Zoning]:
    found = queries.get_zoning(actor, zoning_id)
    # One after the other for a project, so that one version is in force.
    type(found.project).objects.select_for_update().get(pk=found.project_id)
    row = Zoning.objects.select_for_update(of=("self",)).select_related("project__place").get(pk=zoning_id)
    standings = queries.standings_at(actor, row.project)
    return steps.begin(actor, row, rules.ZONING_MOVES, verb, standings, now=now, **given)


@transaction.atomic
def approve_zones(actor: Actor, *, zoning_id: int, now: datetime) -> Zoning:
    """This version is in force from now on, in place of the one before."""
    step = _zoning(actor, zoning_id, "approve", now)
    for old in Zoning.objects.filter(project=step.thing.project_id, state=rules.ZoningState.APPROVED.value):
        steps.finish(_zoning(actor, old.pk, "replace", now), data={"by": step.thing.number})
    step.thing.approved_at, step.thing.approved_by_id = now, actor.person_id
    return steps.finish(step)


@transaction.atomic
def drop_zones(actor: Actor, *, zoning_id: int, words: str, now: datetime) -> Zoning:
    """This version is not used, and why."""
    text = steps.line(words, 500)
    return steps.finish(_zoning(actor, zoning_id, "drop", now, words=text), words=text)


@transaction.atomic
def install_asset(
    actor: Actor,
    *,
    project_id: int,
    what: str,
    day: date,
    now: datetime,
    once: str,
    spot: str = "",
    maker: str = "",
    warranty_until: date | None = None,
) -> Asset:
    """Something was installed; it is not accepted until somebody signs for it. The same form sent twice is one."""
    text = steps.line(what, 80)
    step = steps.on_project(actor, project_id, "install", now, what=text, day=day)
    key = steps.key(actor, once)
    if known := Asset.objects.filter(project=step.thing, once=key).first():
        return known
    if warranty_until and warranty_until < day:
        raise Refused(_("保修要到装好的日子以后。"))
    row = Asset.objects.create(
        project=step.thing,
        what=text,
        spot=steps.line(spot, 80),
        maker=steps.line(maker, 80),
        installed_on=steps.day_of(day, now, step.thing.since),
        warranty_until=warranty_until,
        once=key,
    )
    steps.finish(step, data={"asset": row.pk})
    steps.note(actor, row, "install", "", now)
    return row


def _asset(actor: Actor, asset_id: int, verb: str, now: datetime, **given: Any) -> steps.Step[Asset]:
    queries.get_asset(actor, asset_id)
    row = Asset.objects.select_for_update(of=("self",)).select_related("project__place").get(pk=asset_id)
    standings = queries.standings_at(actor, row.project)
    return steps.begin(actor, row, rules.ASSET_MOVES, verb, standings, now=now, **given)


@transaction.atomic
def accept_asset(actor: Actor, *, asset_id: int, signed_by: str, day: date, now: datetime) -> Asset:
    """Somebody looked at it and signed for it."""
    name = steps.line(signed_by, 60)
    step = _asset(actor, asset_id, "accept", now, signed_by=name, day=day)
    row = step.thing
    row.accepted_on, row.signed_by, row.fault = steps.day_of(day, now, row.installed_on), name, ""
    return steps.finish(step)


@transaction.atomic
def object_to_asset(actor: Actor, *, asset_id: int, words: str, now: datetime) -> Asset:
    """Something is wrong with it; it stays not accepted."""
    text = steps.line(words, 500)
    step = _asset(actor, asset_id, "object", now, words=text)
    step.thing.fault = text
    return steps.finish(step, words=text)


@transaction.atomic
def remove_asset(actor: Actor, *, asset_id: int, words: str, now: datetime) -> Asset:
    """It was taken away, and why."""
    text = steps.line(words, 500)
    return steps.finish(_asset(actor, asset_id, "remove", now, words=text), words=text)
