"""外部转介 in words, as desk and unit see it."""

from datetime import datetime
from typing import Any

from gongzhi.exchange import queries, talk_rules
from gongzhi.exchange.rows import Outreach
from gongzhi.exchange.talk_rules import OutreachState
from gongzhi.neighbourhood.rules import Actor
from gongzhi.web.casework.exchanged import amount


def outreach_line(actor: Actor, row: Outreach, moment: datetime) -> dict[str, Any]:
    """One outreach: to whom, for which need, how far, and what came of it."""
    state = OutreachState(row.state)
    return {
        "pk": row.pk,
        "version": row.version,
        "party": row.party,
        "need_id": row.need_id,
        "need": row.need.title,
        "asker": queries.asker_name(row.need),
        "state": state.value,
        "state_label": talk_rules.OUTREACH_LABELS[state],
        "answer": row.answer,
        "result": row.result,
        "brought": amount(row.brought, row.need.measure) if row.brought else "",
        "due_at": row.due_at,
        "late": row.due_at is not None and row.due_at < moment,
        "started_at": row.started_at,
    }


def lines_for_need(actor: Actor, need_id: int, moment: datetime) -> list[dict[str, Any]]:
    """The outreaches for one need, the oldest first. One query."""
    rows = (
        queries.visible_outreaches(actor)
        .filter(need=need_id)
        .select_related(*(f"need__{one}" for one in queries.NEED_SIDE))
    )
    return [outreach_line(actor, one, moment) for one in rows.order_by("pk")]
