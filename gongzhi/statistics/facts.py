"""What is true of each demand, as yes and no, in SQL: the one place where a count's condition is written.

The numbers on the board and the lists behind them come from the same conditions, so they cannot differ.
A demand's clocks count as run out when they were met, or when their time passed while nobody was being waited for;
for a demand that ended otherwise (withdrawn) the end counts as the moment. Imported history is left out everywhere.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from gongzhi.demands.models import CallBack, Clock, Demand, Extension, Rating
from gongzhi.demands.rules import State
from gongzhi.neighbourhood.models import ContactCard
from gongzhi.shared.models import TrailEntry
from gongzhi.statistics import rules

_COLUMNS = (
    "id",
    "state",
    "channel",
    "category_id",
    "subdistrict_id",
    "community_id",
    "compound_id",
    "received_at",
    "due_at",
    "answered_at",
    "closed_at",
    "lapsed",
    "supervised",
    "reopened_times",
    "contact_id",
)
# An old order of another system is kept as archived at the very moment of its import; reopened, it is work of ours.
HISTORY = Q(state=State.ARCHIVED.value, closed_at=F("received_at"))

_PAUSED = f"d.state IN ('{State.WAITING.value}', '{State.ON_REGISTER.value}')"
_ASIDE = "state IN ({})".format(", ".join(f"'{state.value}'" for state in rules.SET_ASIDE))

# One name per count of `rules.COUNTS`; each is plain SQL over one row of `f`.
CONDITIONS = {
    "open": "closed_at IS NULL",
    "late": "closed_at IS NULL AND due_at < %(now)s",
    "received": "TRUE",
    "answered": "answered_at IS NOT NULL",
    "direct": "answered_at IS NOT NULL AND NOT dispatched",
    "dispatched": "dispatched",
    "returned": "returned",
    "reopened": "reopened_times > 0",
    "extended": "extended",
    "supervised": "supervised",
    "repeated": "repeated",
    "parked": f"state = '{State.ON_REGISTER.value}'",
    "sent_back": f"state = '{State.RETURNED.value}'",
    "withdrawn": f"state = '{State.WITHDRAWN.value}'",
    "contact_due": "contact_due",
    "contact_kept": "contact_due AND NOT contact_missed",
    "answer_due": "answer_due",
    "answer_kept": "answer_due AND NOT answer_missed",
    "answer_late": "answer_missed",
    "not_due": "NOT answer_due",
    "rated": "rated",
    "solved": "rated AND solved",
    "satisfied": "rated AND satisfied",
    "link_rated": "rated AND NOT by_call_back",
    "link_satisfied": "rated AND NOT by_call_back AND satisfied",
    "asked": "asked",
    "reached": "reached",
    "reached_satisfied": "reached AND reached_satisfied",
    "lapsed": "lapsed",
}
CONDITIONS |= {rules.adjusted(name): f"({CONDITIONS[name]}) AND NOT ({_ASIDE})" for name in rules.ADJUSTED}

# What hangs on a demand, one row each; every part is joined by the demand's id.
_PARTS = f"""
    clocks AS (
        SELECT k.demand_id,
            coalesce(bool_or(k.ran_out) FILTER (WHERE k.kind = 'contact'), FALSE) AS contact_due,
            coalesce(bool_or(k.missed) FILTER (WHERE k.kind = 'contact'), FALSE) AS contact_missed,
            coalesce(bool_or(k.ran_out) FILTER (WHERE k.kind = 'answer'), FALSE) AS answer_due,
            coalesce(bool_or(k.missed) FILTER (WHERE k.kind = 'answer'), FALSE) AS answer_missed
        FROM (
            SELECT c.demand_id, c.kind,
                c.met_at IS NOT NULL OR moment > c.due_at AS ran_out, moment > c.due_at AS missed
            FROM {Clock._meta.db_table} c JOIN d ON d.id = c.demand_id
            CROSS JOIN LATERAL (
                SELECT coalesce(c.met_at, d.closed_at, CASE WHEN NOT {_PAUSED} THEN %(now)s::timestamptz END) AS moment
            ) ended
            WHERE c.kind IN ('contact', 'answer')
        ) k
        GROUP BY k.demand_id
    ),
    judged AS (
        SELECT DISTINCT ON (r.demand_id) r.demand_id, r.solved, r.satisfied, r.by_call_back
        FROM {Rating._meta.db_table} r JOIN d ON d.id = r.demand_id ORDER BY r.demand_id, r.id DESC
    ),
    called AS (
        SELECT b.demand_id, bool_or(b.asked_at IS NOT NULL) AS asked, coalesce(bool_or(b.reached), FALSE) AS reached,
            (array_agg(b.satisfied ORDER BY b.id DESC) FILTER (WHERE b.reached))[1] AS reached_satisfied
        FROM {CallBack._meta.db_table} b JOIN d ON d.id = b.demand_id GROUP BY b.demand_id
    ),
    more_time AS (
        SELECT DISTINCT e.demand_id FROM {Extension._meta.db_table} e JOIN d ON d.id = e.demand_id WHERE e.granted
    ),
    handed AS (
        SELECT t.noun_id, bool_or(t.verb = 'dispatch') AS dispatched, bool_or(t.verb = 'return') AS returned
        FROM {TrailEntry._meta.db_table} t JOIN d ON d.id = t.noun_id
        WHERE t.noun = 'demand' AND t.verb IN ('dispatch', 'return') GROUP BY t.noun_id
    ),
    again AS (
        SELECT id FROM (
            SELECT d.id, row_number() OVER (
                PARTITION BY p.phone_mark, d.community_id, d.category_id ORDER BY d.received_at, d.id
            ) AS turn
            FROM d JOIN {ContactCard._meta.db_table} p ON p.id = d.contact_id WHERE p.phone_mark <> ''
        ) turns WHERE turn > 1
    ),
    f AS (
        SELECT d.*,
            coalesce(k.contact_due, FALSE) AS contact_due, coalesce(k.contact_missed, FALSE) AS contact_missed,
            coalesce(k.answer_due, FALSE) AS answer_due, coalesce(k.answer_missed, FALSE) AS answer_missed,
            j.demand_id IS NOT NULL AS rated, coalesce(j.solved, FALSE) AS solved,
            coalesce(j.satisfied, FALSE) AS satisfied, coalesce(j.by_call_back, FALSE) AS by_call_back,
            coalesce(b.asked, FALSE) AS asked, coalesce(b.reached, FALSE) AS reached,
            coalesce(b.reached_satisfied, FALSE) AS reached_satisfied,
            e.demand_id IS NOT NULL AS extended,
            coalesce(h.dispatched, FALSE) AS dispatched, coalesce(h.returned, FALSE) AS returned,
            a.id IS NOT NULL AS repeated
        FROM d
        LEFT JOIN clocks k ON k.demand_id = d.id
        LEFT JOIN judged j ON j.demand_id = d.id
        LEFT JOIN called b ON b.demand_id = d.id
        LEFT JOIN more_time e ON e.demand_id = d.id
        LEFT JOIN handed h ON h.noun_id = d.id
        LEFT JOIN again a ON a.id = d.id
    )
"""  # noqa: S608 - names of tables and states, all ours


@dataclass(frozen=True)
class Facts:
    """The beginning of a query over `f`: every chosen demand with what is true of it."""

    sql: str
    params: tuple[Any, ...]


def facts_of(demands: QuerySet[Demand], *, now: datetime) -> Facts:
    """`WITH … f AS (…)` over these demands, without imported history; to be followed by a SELECT from `f`.

    Column `compound_type` is '' for a demand that lies in no compound.
    """
    chosen = (
        demands.exclude(HISTORY).order_by().annotate(compound_type=F("compound__compound_type")).values(
            *_COLUMNS, "compound_type"
        )
    )  # fmt: skip
    inner, params = chosen.query.sql_with_params()
    parts, moments = _positional(_PARTS, now)
    return Facts(f"WITH d AS MATERIALIZED ({inner}), {parts}", (*params, *moments))


def condition(name: str, now: datetime) -> tuple[str, tuple[Any, ...]]:
    """The SQL of one count's condition with what it needs. Raises KeyError for a name that is none."""
    return _positional(CONDITIONS[name], now)


def _positional(sql: str, now: datetime) -> tuple[str, tuple[Any, ...]]:
    """Turn each named `now` into a place, for Django's own SQL counts by place."""
    return sql.replace("%(now)s", "%s"), (now,) * sql.count("%(now)s")
