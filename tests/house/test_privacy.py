"""Every column that can lead to a person stands in docs/privacy.md with its purpose and its end."""

import re

import pytest
from django.apps import apps

from gongzhi.demands import rules
from tests.house import source

# Tables whose every column is accounted for, and those of which only texts and persons are.
WHOLE = ("ContactCard", "Person", "Account", "Demand")
TEXT = re.compile(r"^(Text|Char|Binary)")
# Texts that say what a thing is, not who: codes, kinds, states.
PLAIN = {
    "channel", "code", "digest", "error", "from_state", "kind", "noun", "rating", "sample", "state", "to_state", "verb", "source",
}  # fmt: skip


def listed() -> set[str]:
    """Every `Model.field` that the page names."""
    text = (source.ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`([A-Z]\w+\.\w+)`", text))
    for model, fields in re.findall(r"`(\w+)`: ((?:`\w+`[,\s]*)+)", text):
        names |= {f"{model}.{field}" for field in re.findall(r"`(\w+)`", fields)}
    return names


def fields_of(name: str) -> list[str]:
    """Every column of one table but its number."""
    model = next(one for one in apps.get_models() if one.__name__ == name and one.__module__.startswith("gongzhi."))
    return [f"{name}.{field.name}" for field in model._meta.concrete_fields if not field.primary_key]


@pytest.mark.parametrize("name", WHOLE)
def test_every_column_of_these_tables_is_accounted_for(name: str) -> None:
    assert set(fields_of(name)) - listed() == set()


def test_every_free_text_and_every_person_elsewhere_is_accounted_for() -> None:
    about_people = (
        *("Pause", "Extension", "Answer", "Rating", "CallBack", "Photo", "Notice", "TrailEntry", "ImportFile"),
        *("Survey", "Blocker", "Whistle", "Referral", "Seat", "Mediation"),
        *("Visit", "Baseline", "ResidentStory"),
        *("Offer", "Need", "Match", "Refusal", "Pledge", "Delivery", "Receipt", "Introduction", "BalanceTask"),
        *("Outreach", "Thread", "Message", "ThreadRead"),
        *("Contribution", "Entry", "Use", "Package"),
        *("Round", "Filing", "Reminder"),
        *(
            "Conference",
            "Call",
            "Topic",
            "Decision",
            "Mobilisation",
            "Turnout",
            "Deliberation",
            "PublicSpace",
            "SpaceSlot",
            "CalendarFeed",
            "MeetingRhythm",
            "Appeal",
            "Project",
            "ProjectPartner",
            "Spending",
            "Crew",
            "Task",
            "TaskProof",
            "TaskPost",
            "Zoning",
            "Zone",
            "Asset",
        ),
        *("Measure", "Template", "TemplateClause", "Agreement", "Clause", "Signature", "Evidence"),
        *("Review", "Judgement", "Verdict", "QuarterReport", "ReportText"),
    )
    missing = []
    for name in about_people:
        model = apps.get_model(next(one for one in apps.get_models() if one.__name__ == name)._meta.label)
        for field in model._meta.concrete_fields:
            person = field.is_relation and field.related_model.__name__ in {"Person", "Account"}  # type: ignore[union-attr]
            text = TEXT.match(field.get_internal_type()) and field.name not in PLAIN
            if (person or text) and f"{name}.{field.name}" not in listed():
                missing.append(f"{name}.{field.name}")
    assert missing == []


def test_nothing_is_named_that_is_not_there() -> None:
    known = {name for model in apps.get_models() for name in fields_of_any(model)}
    assert listed() - known == set()


def fields_of_any(model: type) -> list[str]:
    """`Model.field` for every column, other people's tables included."""
    return [f"{model.__name__}.{field.name}" for field in model._meta.concrete_fields]  # type: ignore[attr-defined]


def test_the_page_names_the_days_that_the_code_starts_from() -> None:
    text = (source.ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    assert f"{rules.THRESHOLDS['contact_days'][1]} days after closing" in text
