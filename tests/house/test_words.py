"""The words of the house: one glossary for code and screens, and what must not stand in the files."""

import re
import subprocess

import pytest
from django.apps import apps

from gongzhi.agreements import rules as agreements
from gongzhi.conferences import pavilion_rules as pavilion
from gongzhi.conferences import rules as conferences
from gongzhi.conferences import space_rules as spaces
from gongzhi.demands import rules as demands
from gongzhi.exchange import giving_rules as giving
from gongzhi.exchange import round_rules as rounds
from gongzhi.exchange import rules as exchange
from gongzhi.exchange import talk_rules as talk
from gongzhi.neighbourhood import rules as neighbourhood
from gongzhi.problems import field_rules as field
from gongzhi.problems import rules as problems
from gongzhi.projects import rules as projects
from gongzhi.statistics import rules as statistics
from tests.house import source

ROW = re.compile(r"^\| `([^`]+)` \| ([^|]+?) \|", re.MULTILINE)
HAN = re.compile(r"[\u4e00-\u9fff]")
LABELS: dict[str, dict[str, str]] = {
    "States of a demand": {key.value: label for key, label in demands.STATE_LABELS.items()},
    "What is done to a demand": {verb: row.label for verb, row in demands.MOVES.items()},
    "Kinds of demand": {key.value: label for key, label in demands.KIND_LABELS.items()},
    "Channels": {key.value: label for key, label in demands.CHANNEL_LABELS.items()},
    "Urgency": {key.value: label for key, label in demands.URGENCY_LABELS.items()},
    "States of a problem": {key.value: label for key, label in problems.STATE_LABELS.items()},
    "What is done to a problem": {verb: row.label for verb, row in problems.MOVES.items()},
    "Kinds of problem": {key.value: label for key, label in problems.KIND_LABELS.items()},
    "Origins of a problem": {key.value: label for key, label in problems.ORIGIN_LABELS.items()},
    "Owners of a cause": {key.value: label for key, label in problems.CAUSE_OWNER_LABELS.items()},
    "Kinds of blocker": {key.value: label for key, label in problems.BLOCKER_LABELS.items()},
    "Seats of a dispute": {key.value: label for key, label in problems.SEAT_LABELS.items()},
    "Outcomes of a mediation": {key.value: label for key, label in problems.OUTCOME_LABELS.items()},
    "States of a whistle": {key.value: label for key, label in problems.WHISTLE_LABELS.items()},
    "What is done about a whistle": {verb: row.label for verb, row in problems.WHISTLE_MOVES.items()},
    "Ratings of a whistle": problems.WHISTLE_RATINGS,
    "States of a referral": {key.value: label for key, label in problems.REFERRAL_LABELS.items()},
    "What is done about a referral": {verb: row.label for verb, row in problems.REFERRAL_MOVES.items()},
    "Kinds of offer and need": {key.value: label for key, label in exchange.KIND_LABELS.items()},
    "Askers": {key.value: label for key, label in exchange.ASKER_LABELS.items()},
    "Visibility of an offer": {key.value: label for key, label in exchange.VISIBILITY_LABELS.items()},
    "Urgency of a need": {str(key): label for key, label in exchange.URGENCY_LABELS.items()},
    "Sides": {key.value: label for key, label in exchange.SIDE_LABELS.items()},
    "States of an offer": {key.value: label for key, label in exchange.OFFER_LABELS.items()},
    "What is done to an offer": {verb: row.label for verb, row in exchange.OFFER_MOVES.items()},
    "States of a need": {key.value: label for key, label in exchange.NEED_LABELS.items()},
    "What is done to a need": {verb: row.label for verb, row in exchange.NEED_MOVES.items()},
    "States of a match": {key.value: label for key, label in exchange.MATCH_LABELS.items()},
    "What is done about a match": {verb: row.label for verb, row in exchange.MATCH_MOVES.items()},
    "Reasons of a refusal": {key.value: label for key, label in exchange.REFUSAL_LABELS.items()},
    "States of a pledge": {key.value: label for key, label in exchange.PLEDGE_LABELS.items()},
    "What is done about a pledge": {verb: row.label for verb, row in exchange.PLEDGE_MOVES.items()},
    "States of an introduction": {key.value: label for key, label in exchange.INTRODUCTION_LABELS.items()},
    "What is done about an introduction": {verb: row.label for verb, row in exchange.INTRODUCTION_MOVES.items()},
    "Sheets of a round": {key.value: label for key, label in rounds.SHEET_LABELS.items()},
    "Ways to take part": {key.value: label for key, label in rounds.WAY_LABELS.items()},
    "Ways to be reached": {key.value: label for key, label in rounds.REACH_LABELS.items()},
    "States of a round": {key.value: label for key, label in rounds.ROUND_LABELS.items()},
    "What is done about a round": {verb: row.label for verb, row in rounds.ROUND_MOVES.items()},
    "States of a balance task": {key.value: label for key, label in exchange.TASK_LABELS.items()},
    "What is done about a balance task": {verb: row.label for verb, row in exchange.TASK_MOVES.items()},
    "States of an outreach": {key.value: label for key, label in talk.OUTREACH_LABELS.items()},
    "What is done about an outreach": {verb: row.label for verb, row in talk.OUTREACH_MOVES.items()},
    "Voices": {key.value: label for key, label in talk.VOICE_LABELS.items()},
    "Topics of a thread": {key.value: label for key, label in talk.TOPIC_LABELS.items()},
    "Givers": {key.value: label for key, label in giving.GIVER_LABELS.items()},
    "Openness of a contribution": {key.value: label for key, label in giving.OPENNESS_LABELS.items()},
    "What is done about a contribution": {verb: row.label for verb, row in giving.GIVING_MOVES.items()},
    "States of a conference": {key.value: label for key, label in conferences.CONFERENCE_LABELS.items()},
    "What is done about a conference": {verb: row.label for verb, row in conferences.CONFERENCE_MOVES.items()},
    "Kinds of conference": {key.value: label for key, label in conferences.CONFERENCE_KIND_LABELS.items()},
    "Rhythms": {key.value: label for key, label in conferences.RHYTHM_LABELS.items()},
    "Presence": {key.value: label for key, label in conferences.PRESENCE_LABELS.items()},
    "States of a topic": {key.value: label for key, label in conferences.TOPIC_LABELS.items()},
    "Kinds of decision": {key.value: label for key, label in conferences.DECISION_KIND_LABELS.items()},
    "States of a decision": {key.value: label for key, label in conferences.DECISION_LABELS.items()},
    "What is done about a decision": {verb: row.label for verb, row in conferences.DECISION_MOVES.items()},
    "What became of a decision": {key.value: label for key, label in conferences.BECAME_LABELS.items()},
    "States of a mobilisation": {key.value: label for key, label in conferences.MOBILISATION_LABELS.items()},
    "What is done about a mobilisation": {verb: row.label for verb, row in conferences.MOBILISATION_MOVES.items()},
    "States of a deliberation": {key.value: label for key, label in pavilion.DELIBERATION_LABELS.items()},
    "What is done about a deliberation": {verb: row.label for verb, row in pavilion.DELIBERATION_MOVES.items()},
    "States of a slot": {key.value: label for key, label in spaces.SLOT_LABELS.items()},
    "What is done about a slot": {verb: row.label for verb, row in spaces.SLOT_MOVES.items()},
    "Days of a slot": {key.value: label for key, label in spaces.REPEAT_LABELS.items()},
    "Strands": {key.value: label for key, label in projects.STRAND_LABELS.items()},
    "Goals": {key.value: label for key, label in projects.GOAL_LABELS.items()},
    "States of an appeal": {key.value: label for key, label in projects.APPEAL_LABELS.items()},
    "What is done about an appeal": {verb: row.label for verb, row in projects.APPEAL_MOVES.items()},
    "States of a project": {key.value: label for key, label in projects.PROJECT_LABELS.items()},
    "What is done about a project": {verb: row.label for verb, row in projects.PROJECT_MOVES.items()},
    "States of a task": {key.value: label for key, label in projects.TASK_LABELS.items()},
    "What is done about a task": {verb: row.label for verb, row in projects.TASK_MOVES.items()},
    "Kinds of proof": {key.value: label for key, label in projects.PROOF_LABELS.items()},
    "States of a zoning": {key.value: label for key, label in projects.ZONING_LABELS.items()},
    "What is done about a zoning": {verb: row.label for verb, row in projects.ZONING_MOVES.items()},
    "States of an asset": {key.value: label for key, label in projects.ASSET_LABELS.items()},
    "What is done about an asset": {verb: row.label for verb, row in projects.ASSET_MOVES.items()},
    "Sides of an agreement": {key.value: label for key, label in agreements.SIDE_LABELS.items()},
    "Kinds of clause": {key.value: label for key, label in agreements.CLAUSE_KIND_LABELS.items()},
    "Kinds of proof of a clause": {key.value: label for key, label in agreements.PROOF_LABELS.items()},
    "States of an agreement": {key.value: label for key, label in agreements.AGREEMENT_LABELS.items()},
    "What is done about an agreement": {verb: row.label for verb, row in agreements.AGREEMENT_MOVES.items()},
    "States of a review": {key.value: label for key, label in agreements.REVIEW_LABELS.items()},
    "What is done about a review": {verb: row.label for verb, row in agreements.REVIEW_MOVES.items()},
    "Marks of a clause": {key.value: label for key, label in agreements.MARK_LABELS.items()},
    "Wishes for an agreement": {key.value: label for key, label in agreements.WISH_LABELS.items()},
    "Steps of the ladder": {key.value: label for key, label in neighbourhood.PLACE_KIND_LABELS.items()},
    "Compound types": {key.value: label for key, label in neighbourhood.COMPOUND_TYPE_LABELS.items()},
    "Kinds of unit": {key.value: label for key, label in neighbourhood.UNIT_KIND_LABELS.items()},
    "Kinds of visit": {key.value: label for key, label in problems.VISIT_LABELS.items()},
    "Follow-up of a visit": {key.value: label for key, label in field.FOLLOW_UP_LABELS.items()},
    "Counts": {code: count.label for code, count in statistics.COUNTS.items()},
    "Rates": {code: rate.label for code, rate in statistics.RATES.items()},
}
NAMED = {
    "Nouns": {model.__name__ for model in apps.get_models() if model.__module__.startswith("gongzhi.")},
    "Standings": {standing.value for standing in neighbourhood.Standing},
    "Rights": {right.value for right in neighbourhood.Right},
}


def chapters() -> dict[str, dict[str, str]]:
    """Each table of the glossary by the English name of its chapter."""
    text = (source.ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return {part.partition(" · ")[0]: dict(ROW.findall(part)) for part in parts}


@pytest.mark.parametrize("chapter", list(LABELS))
def test_the_glossary_says_what_the_screens_say(chapter: str) -> None:
    assert chapters()[chapter] == LABELS[chapter]


@pytest.mark.parametrize("chapter", list(NAMED))
def test_every_noun_has_its_row_in_both_languages(chapter: str) -> None:
    rows = chapters()[chapter]
    assert set(rows) == NAMED[chapter]
    assert all(HAN.search(words) for words in rows.values())


# Folders of one machine and the names of tools that are nobody's business; written so that they do not find themselves.
FORBIDDEN = re.compile("|".join((r"/wor" + "k/", r"/tmp/g" + "z", "Lorem ips" + "um", r"farm-(?:stu" + "dio|bench)")))


def _texts() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=source.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = listed.stdout.splitlines()
    if not names:
        pytest.skip("not a checkout of git: nothing tells which files are ours")
    binary = (".ttf", ".png", ".jpg", ".lock", ".npz", ".xlsx")
    return [name for name in names if "vendor/" not in name and not name.endswith(binary)]


def test_no_forbidden_words() -> None:
    found = []
    for name in _texts():
        path = source.ROOT / name
        if path.is_file() and (match := FORBIDDEN.search(path.read_text(encoding="utf-8", errors="replace"))):
            found.append(f"{name}: {match.group()}")
    assert found == []


def test_english_stays_out_of_the_screens_and_chinese_out_of_the_names() -> None:
    """A template's own words are Chinese or none; identifiers are English."""
    for path in source.modules():
        for name, _node in source.functions(path):
            assert not HAN.search(name), f"{source.short(path)}: {name}"
