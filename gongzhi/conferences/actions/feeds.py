"""The address at which somebody's calendar reads their meetings."""

from django.db import transaction

from gongzhi.conferences.models import CalendarFeed
from gongzhi.conferences.queries import feed_of


@transaction.atomic
def renew_feed(account_id: int) -> str:
    """A new address for an account; the old one, which may have gone round, leads nowhere from now on."""
    feed, made = CalendarFeed.objects.select_for_update().get_or_create(account_id=account_id)
    if not made:
        feed.turn += 1
        feed.save()
    return feed_of(account_id)
