"""What a district sets for problems: numbers, alert rules, rungs of the escalation ladder."""

from datetime import datetime

from django.db import transaction

from gongzhi.demands import masking
from gongzhi.demands.rows import Category
from gongzhi.neighbourhood.rows import Place
from gongzhi.neighbourhood.rules import Actor, PlaceKind
from gongzhi.problems import queries, rules
from gongzhi.problems.actions.whistles import load_occasions, must_set_up
from gongzhi.problems.models import AlertRule, Rung, Setting
from gongzhi.shared import trail
from gongzhi.shared.moves import Refused, _

LEVELS = (PlaceKind.COMMUNITY, PlaceKind.SUBDISTRICT, PlaceKind.DISTRICT)


@transaction.atomic
def load_defaults(actor: Actor, *, now: datetime) -> int:
    """Write the alert rule, the ladder and the occasions to blow a whistle, of each kind where the district has none.

    Returns how many.
    """
    must_set_up(actor)
    occasions = load_occasions(actor, now=now)
    added = 0
    if not AlertRule.objects.exists():
        AlertRule.objects.create(name="5天内7次反映", reports=7, days=5)
        added += 1
    if not Rung.objects.exists():
        Rung.objects.bulk_create(
            [
                Rung(name="社区负责人", level=PlaceKind.COMMUNITY.value, after_days=3),
                Rung(name="街道负责人", level=PlaceKind.SUBDISTRICT.value, after_days=7),
                Rung(name="区负责人", level=PlaceKind.DISTRICT.value, after_days=15, at_times=2),
            ]
        )
        added += 3
    queries.forget_settings()
    if added:
        trail.write(trail.entry(actor, at=now, noun="district", noun_id=0, verb="load_problem_rules"))
    return added + occasions


@transaction.atomic
def change_setting(actor: Actor, *, code: str, value: int, now: datetime) -> None:
    """Set one of the district's numbers for problems."""
    must_set_up(actor)
    if code not in rules.SETTINGS or value < 0:
        raise Refused(_("没有这一项设置。"))
    Setting.objects.update_or_create(code=code, defaults={"value": value})
    queries.forget_settings()
    trail.write(trail.entry(actor, at=now, noun="district", noun_id=0, verb="set", data={code: value}))


@transaction.atomic
def set_alert_rule(
    actor: Actor,
    *,
    reports: int,
    days: int,
    now: datetime,
    name: str = "",
    category: Category | None = None,
    place: Place | None = None,
    active: bool = True,
    rule_id: int | None = None,
) -> AlertRule:
    """Add an alert rule, or change the one with this number. What was raised stays raised."""
    must_set_up(actor)
    if not (2 <= reports <= 10_000 and 1 <= days <= 366):
        raise Refused(_("预警规则应为2次以上反映、1到366天之内。"))
    rule = AlertRule.objects.filter(pk=rule_id).first() if rule_id else AlertRule()
    if rule is None:
        raise Refused(_("没有这一项设置。"))
    rule.name = masking.clean_text(name, 60) or f"{days}天内{reports}次反映"
    rule.reports, rule.days, rule.active, rule.category = reports, days, active, category
    # The whole district is everywhere.
    rule.place = None if place is None or place.kind == PlaceKind.DISTRICT else place
    rule.save()
    queries.forget_settings()
    trail.write(trail.entry(actor, at=now, noun="alert_rule", noun_id=rule.pk, verb="set", words=rule.name))
    return rule


@transaction.atomic
def set_rung(
    actor: Actor,
    *,
    level: PlaceKind,
    now: datetime,
    name: str = "",
    after_days: int | None = None,
    at_times: int | None = None,
    at_reports: int | None = None,
    active: bool = True,
    rung_id: int | None = None,
) -> Rung:
    """Add a rung of the ladder, or change the one with this number: after so many days, at so many times or reports."""
    must_set_up(actor)
    if level not in LEVELS:
        raise Refused(_("只能上报到社区、街道（镇）或区。"))
    given = [number for number in (after_days, at_times, at_reports) if number is not None]
    least = [(after_days, 1), (at_times, 2), (at_reports, 2)]
    if not given or any(number is not None and not low <= number <= 1000 for number, low in least):
        raise Refused(_("请写明多少天后、第几次发生或多少次反映时上报。"))
    rung = Rung.objects.filter(pk=rung_id).first() if rung_id else Rung()
    if rung is None:
        raise Refused(_("没有这一项设置。"))
    rung.name = masking.clean_text(name, 60) or level.value
    rung.level, rung.active = level.value, active
    rung.after_days, rung.at_times, rung.at_reports = after_days, at_times, at_reports
    rung.save()
    trail.write(trail.entry(actor, at=now, noun="rung", noun_id=rung.pk, verb="set", words=rung.name))
    return rung
