"""What a district sets for offers, needs and promises."""

from datetime import datetime

from django.db import transaction

from gongzhi.exchange import rules
from gongzhi.exchange.models import ExchangeSetting
from gongzhi.neighbourhood.rules import Actor, Right
from gongzhi.shared import trail
from gongzhi.shared.moves import NotAllowed, Refused, _


@transaction.atomic
def change_setting(actor: Actor, *, code: str, value: int, now: datetime) -> None:
    """Set one of the district's numbers; what runs already keeps the days it was given."""
    if not actor.may(Right.SET_UP):
        raise NotAllowed(_("您没有设置本区资料的权限。"))
    if code not in rules.SETTINGS or not rules.LEAST <= value <= rules.MOST:
        raise Refused(_("没有这一项设置。"))
    ExchangeSetting.objects.update_or_create(code=code, defaults={"value": value})
    trail.write(trail.entry(actor, at=now, noun="district", noun_id=0, verb="set", data={code: value}))
