"""Who is logged in, asked on every page of the staff: Django's sessions and logins by statements made once."""

from datetime import datetime
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from gongzhi.neighbourhood.queries import known_login
from gongzhi.neighbourhood.rows import Account
from gongzhi.shared.reading import Question

_LIVE = Question(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now).values_list("session_data"),
    str,
    datetime,
)


class SessionStore(db.SessionStore):
    """Django's sessions in the database, read more cheaply; named in the settings as the session engine."""

    def load(self) -> dict[str, Any]:
        """What the session holds; of one that is over, Django says what becomes of it."""
        rows = _LIVE.ask(self.session_key, timezone.localtime())
        return self.decode(rows[0][0]) if rows else super().load()


class Logins(ModelBackend):
    """Django's own check of name and password; the account of a session comes with its offices."""

    def get_user(self, user_id: int) -> Account | None:
        """The account of a session, while it may log in."""
        account = known_login(user_id, today=timezone.localdate())
        return account if account and self.user_can_authenticate(account) else None
