"""What a district starts from: ten measures, and the first template."""

from datetime import datetime

from django.db import transaction

from gongzhi.agreements import rules
from gongzhi.agreements.models import Measure, Template, TemplateClause
from gongzhi.neighbourhood.rules import Actor
from gongzhi.shared import trail

FIRST = "街道社区与单位共建协议"


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
