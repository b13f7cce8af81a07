"""What a district sets: categories, limits, thresholds; and what a person saves."""

import csv
from datetime import date, datetime
from importlib import resources

from django.db import transaction

from gongzhi.demands import masking, presets, queries, rules
from gongzhi.demands.models import Category, Limit, SavedView, Threshold
from gongzhi.neighbourhood.rules import Actor, Right
from gongzhi.shared import trail
from gongzhi.shared.moves import NotAllowed, Refused, _


def _must_set_up(actor: Actor) -> None:
    if not actor.may(Right.SET_UP):
        raise NotAllowed(_("您没有设置本区资料的权限。"))


@transaction.atomic
def load_categories(actor: Actor, *, now: datetime) -> int:
    """Write the category rows that ship with the product and are not there yet. Returns how many were added."""
    _must_set_up(actor)
    added = 0
    known = {(row.version, row.code): row for row in Category.objects.all()}
    with (resources.files("gongzhi.demands") / "seeds" / "categories.csv").open(encoding="utf-8") as file:
        for line in csv.DictReader(row for row in file if not row.startswith("#")):
            if (line["version"], line["code"]) in known:
                continue
            known[line["version"], line["code"]] = Category.objects.create(
                version=line["version"],
                code=line["code"],
                name=line["name"],
                english=line["english"],
                parent=known.get((line["version"], line["parent_code"])),
                standard=line["standard"],
                phrases=line["phrases"],
                valid_from=date.fromisoformat(line["valid_from"]) if line["valid_from"] else None,
            )
            added += 1
    queries.forget_categories()
    trail.write(trail.entry(actor, at=now, noun="district", noun_id=0, verb="load_categories", data={"n": added}))
    return added


@transaction.atomic
def add_category(
    actor: Actor,
    *,
    version: str,
    code: str,
    name: str,
    now: datetime,
    parent: Category | None = None,
    english: str = "",
) -> Category:
    """Add a category of the district's own. Raises Refused where the code stands already."""
    _must_set_up(actor)
    if Category.objects.filter(version=version, code=code).exists():
        raise Refused(_("代码“%(code)s”已经有了。"), code=code)
    category = Category.objects.create(
        version=version, code=code, name=name, english=english, parent=parent, valid_from=now.date()
    )
    queries.forget_categories()
    trail.write(trail.entry(actor, at=now, noun="category", noun_id=category.pk, verb="add", words=name))
    return category


@transaction.atomic
def load_limits(actor: Actor, *, names: tuple[str, ...] = presets.DEFAULT_PRESETS, now: datetime) -> int:
    """Write the limits of these presets where none of that preset stands. Returns how many were added."""
    _must_set_up(actor)
    rows = [
        Limit(
            clock=limit.clock,
            urgency=limit.urgency or "",
            amount=limit.amount,
            unit=limit.unit,
            starts=limit.starts,
            ends=limit.ends,
            working_hours_only=limit.working_hours_only,
            preset=name,
            source=limit.source,
            # A limit holds for everything that the district takes in, however early.
            valid_from=date(2000, 1, 1),
        )
        for name in names
        if not Limit.objects.filter(preset=name).exists()
        for limit in presets.PRESETS[name]
    ]
    Limit.objects.bulk_create(rows)
    queries.forget_limits()
    trail.write(trail.entry(actor, at=now, noun="district", noun_id=0, verb="load_limits", data={"names": list(names)}))
    return len(rows)


@transaction.atomic
def set_limit(
    actor: Actor,
    *,
    clock: str,
    amount: int,
    unit: str,
    valid_from: date,
    now: datetime,
    urgency: str = "",
    category: Category | None = None,
    source: str = "",
    starts: str = "received",
) -> Limit:
    """Set a limit from a day on; the row that held until then ends that day. What runs keeps its own limit."""
    _must_set_up(actor)
    if not 1 <= amount <= 365:
        raise Refused(_("时限的数字应在1到365之间。"))
    Limit.objects.filter(clock=clock, urgency=urgency, category=category, valid_to=None).update(valid_to=valid_from)
    limit = Limit.objects.create(
        clock=clock,
        amount=amount,
        unit=unit,
        urgency=urgency,
        category=category,
        valid_from=valid_from,
        source=source,
        starts=starts,
    )
    queries.forget_limits()
    trail.write(trail.entry(actor, at=now, noun="limit", noun_id=limit.pk, verb="set", words=str(limit)))
    return limit


@transaction.atomic
def change_threshold(actor: Actor, *, code: str, value: int, now: datetime) -> None:
    """Set one of the district's numbers."""
    _must_set_up(actor)
    if code not in rules.THRESHOLDS or value < 0:
        raise Refused(_("没有这一项设置。"))
    Threshold.objects.update_or_create(code=code, defaults={"value": value})
    trail.write(trail.entry(actor, at=now, noun="district", noun_id=0, verb="set", data={code: value}))


@transaction.atomic
def save_view(actor: Actor, *, name: str, question: str) -> SavedView:
    """Keep a list's filters under a name; the same name is replaced."""
    name = masking.clean_text(name, 40)
    if not actor.person_id or not name:
        raise Refused(_("请给这个列表起个名字。"))
    view, _created = SavedView.objects.update_or_create(
        person_id=actor.person_id, name=name, defaults={"question": question[:500]}
    )
    return view


@transaction.atomic
def drop_view(actor: Actor, *, view_id: int) -> None:
    """Forget a list that this person saved; somebody else's stays."""
    SavedView.objects.filter(pk=view_id, person=actor.person_id).delete()


@transaction.atomic
def note_export(actor: Actor, *, question: str, rows: int, now: datetime) -> None:
    """Write down who took which list out of the system, and how long it was. Raises NotAllowed without the right."""
    if not actor.may(Right.EXPORT):
        raise NotAllowed(_("您没有导出的权限。"))
    data = {"question": question[:500], "rows": rows}
    trail.write(trail.entry(actor, at=now, noun="district", noun_id=0, verb="export", data=data))
