"""What a district starts from, ten measures and the first template, and what it changes of them."""

from datetime import datetime

from django.db import transaction

from gongzhi.agreements import rules
from gongzhi.agreements.actions import steps
from gongzhi.agreements.models import AgreementSetting, Measure, Template, TemplateClause
from gongzhi.agreements.rules import ClauseKind
from gongzhi.demands import masking
from gongzhi.neighbourhood.rules import Actor, Right
from gongzhi.shared import trail
from gongzhi.shared.moves import NotAllowed, Refused, _

FIRST = "街道社区与单位共建协议"
MOST_IN_ORDER = 999


def _must_set_up(actor: Actor) -> None:
    if not actor.may(Right.SET_UP):
        raise NotAllowed(_("您没有设置本区资料的权限。"))


@transaction.atomic
def load_defaults(actor: Actor, *, now: datetime) -> Template:
    """The measures and the first template, where there are none yet."""
    for order, (code, kind, name, english) in enumerate(rules.MEASURES, 1):
        given = {"kind": kind.value, "name": name, "english": english, "order": order}
        Measure.objects.get_or_create(code=code, defaults=given)
    template, new = Template.objects.get_or_create(name=FIRST, version=1, defaults={"made_at": now})
    if new:
        found = {one.code: one for one in Measure.objects.all()}
        TemplateClause.objects.bulk_create(
            TemplateClause(
                template=template, measure=found[code], side=side.value, words=words, proof=proof.value, target=target
            )
            for code, side, words, proof, target in rules.FIRST_TEMPLATE
        )
        trail.write(trail.entry(actor, at=now, noun="template", noun_id=template.pk, verb="make"))
    return template


@transaction.atomic
def change_setting(actor: Actor, *, code: str, value: int, now: datetime) -> None:
    """Set one of the district's numbers; agreements that stand keep the days they were drafted with."""
    _must_set_up(actor)
    if code not in rules.SETTINGS or not rules.LEAST_DAYS <= value <= rules.MOST_DAYS:
        raise Refused(_("天数要在1到365之间。"))
    AgreementSetting.objects.update_or_create(code=code, defaults={"value": value})
    trail.write(trail.entry(actor, at=now, noun="district", noun_id=0, verb="set", data={code: value}))


@transaction.atomic
def set_measure(
    actor: Actor,
    *,
    name: str,
    kind: str,
    order: int,
    now: datetime,
    english: str = "",
    active: bool = True,
    measure_id: int | None = None,
) -> Measure:
    """Add a measure, or change the one with this number; clauses keep the words and the kind they were written with.

    Of each two-way kind one must stay, or nothing could be signed any more. Raises Measure.DoesNotExist, Refused.
    """
    _must_set_up(actor)
    if kind not in set(ClauseKind) or not 0 <= order <= MOST_IN_ORDER:
        raise Refused(_("请选类别，顺序填0到999。"))
    # One at a time, so that two do not take away the last of a kind, or get one code.
    rows = list(Measure.objects.select_for_update().order_by("pk"))
    row = Measure.objects.get(pk=measure_id) if measure_id else Measure(code=f"own{len(rows) + 1}")
    row.name = steps.needed(name, 40, "name", _("措施"))
    row.english = masking.clean_text(english, 60).strip()
    row.kind, row.order, row.active = kind, order, active
    row.save()
    left = set(Measure.objects.filter(active=True).values_list("kind", flat=True))
    if gone := next((one for one in rules.TWO_WAY if one.value not in left), None):
        message = _("“%(kind)s”至少要留一项在用的措施，不然协议都签不了。")
        raise Refused(message, kind=rules.CLAUSE_KIND_LABELS[gone])
    said = {"name": row.name, "kind": kind, "order": order, "active": active}
    trail.write(trail.entry(actor, at=now, noun="measure", noun_id=row.pk, verb="set", data=said))
    return row
