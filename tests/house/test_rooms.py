"""The rules of the house that import contracts cannot read."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.db import models

from tests.house import source

OURS = [model for model in apps.get_models() if model.__module__.startswith("gongzhi.")]
# The files that a room may have beside its engines, which the contract "pure" lists.
PARTS = {"__init__", "apps", "migrations"} | {
    part.strip(" ()") for layer in source.contracts()["inside-a-room"]["layers"] for part in layer.split("|")
}
# What shared owns by name (docs/decisions/0002) and what its tables need.
SHARED = {
    "compiling",
    "moves",
    "steps",
    "lately",
    "workdays",
    "sheets",
    "trail",
    "notices",
    "days",
    "secrets",
    "texts",
    "reading",
    "tries",
    "writing",
    "checks",
}


def _names(path: Path) -> set[str]:
    return {found.stem for found in path.iterdir() if found.suffix == ".py" or (found / "__init__.py").exists()}


@pytest.mark.parametrize(
    "room", ["neighbourhood", "demands", "problems", "exchange", "projects", "conferences", "agreements"]
)
def test_every_file_of_a_room_is_a_known_part_or_a_listed_engine(room: str) -> None:
    pure = {name.rpartition(".")[2] for name in source.contracts()["pure"]["source_modules"] if f".{room}." in name}
    assert _names(source.PACKAGE / room) - PARTS - pure == set()


def test_shared_holds_what_was_decided_and_nothing_else() -> None:
    assert _names(source.PACKAGE / "shared") - PARTS - SHARED == set()


def test_nothing_is_called_a_helper() -> None:
    forbidden = {"utils", "util", "helpers", "common", "misc", "base", "core", "lib"}
    assert [source.short(path) for path in source.modules() if path.stem in forbidden] == []


def test_no_row_points_upstairs() -> None:
    heights = source.staircase()
    wrong = []
    for model in OURS:
        for field in model._meta.get_fields():
            target = field.related_model
            if not field.is_relation or field.auto_created or not isinstance(target, type):
                continue
            if target.__module__.startswith("gongzhi."):
                here, there = (one.__module__.split(".")[1] for one in (model, target))
                if heights[there] > heights[here]:
                    wrong.append(f"{model.__name__}.{field.name} -> {there}.{target.__name__}")
    assert wrong == []


def test_no_row_is_reached_backwards_from_another_room() -> None:
    named = [
        f"{model.__name__}.{field.name}"
        for model in OURS
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.remote_field.related_name != "+"
    ]
    assert named == []


def test_no_signals_save_overrides_or_generic_relations() -> None:
    wrong = []
    for path in source.modules():
        text = path.read_text(encoding="utf-8")
        if "@receiver" in text or "django.dispatch" in text or "models.signals" in text:
            wrong.append(f"{source.short(path)}: a signal receiver")
        if path.stem == "models":
            methods = {name.rpartition(".")[2] for name, _ in source.functions(path)} - {"_one_of", "_given"}
            wrong += [f"{source.short(path)}: {name}" for name in sorted(methods - {"__str__"})]
    for model in OURS:
        fields = model._meta.private_fields
        wrong += [
            f"{model.__name__}.{one.name}" for one in fields if isinstance(one, GenericForeignKey | GenericRelation)
        ]
    assert wrong == []


def test_no_custom_managers_and_no_hierarchies_of_rows() -> None:
    """The login's own manager is Django's and stays."""
    for model in OURS:
        managers = {type(manager) for manager in model._meta.managers}
        assert managers <= {models.Manager, BaseUserManager}, model
        assert not any(base.__module__.startswith("gongzhi.") for base in model.__bases__), model


def test_rows_are_asked_and_made_only_in_their_own_room() -> None:
    """Upstairs may name a row; `Row.objects` and `Row(...)` belong to its room (statistics may ask)."""
    rooms = {model.__name__: model.__module__.split(".")[1] for model in OURS}
    wrong = []
    for path in source.modules():
        room = source.room_of(path)
        foreign = {
            alias.asname or alias.name: alias.name
            for node in ast.walk(source.tree(path))
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith((".rows", ".models"))
            for alias in node.names
            if rooms.get(alias.name, room) != room
        }
        # `Row.objects.none()`, where a form's field needs a kind before it has its choices, asks nothing.
        nothing = {
            id(node.value)
            for node in ast.walk(source.tree(path))
            if isinstance(node, ast.Attribute) and node.attr == "none"
        }
        for node in ast.walk(source.tree(path)):
            asked = isinstance(node, ast.Attribute) and node.attr == "objects" and isinstance(node.value, ast.Name)
            asked = asked and id(node) not in nothing
            made = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            name = node.value.id if asked else node.func.id if made else ""  # type: ignore[attr-defined]
            if name in foreign and not (asked and room == "statistics"):
                wrong.append(f"{source.short(path)}:{node.lineno} {name}")  # type: ignore[attr-defined]
    assert wrong == []


def test_migrations_import_nothing_of_ours() -> None:
    wrong = []
    for path in source.modules(migrations=True):
        if "migrations" not in path.parts:
            continue
        for node in ast.walk(source.tree(path)):
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            imported += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            wrong += [f"{source.short(path)}: {name}" for name in imported if name.startswith("gongzhi")]
    assert wrong == []


def test_one_settings_file_for_every_surrounding() -> None:
    found = [source.short(path) for path in source.modules() if "settings" in path.stem and path.stem != "setup"]
    assert found == ["gongzhi/settings.py"]


def test_a_rooms_door_says_what_it_owns() -> None:
    for room in (
        "shared",
        "neighbourhood",
        "demands",
        "problems",
        "exchange",
        "conferences",
        "projects",
        "agreements",
        "statistics",
        "web",
        "console",
    ):
        body = source.tree(source.PACKAGE / room / "__init__.py").body
        words = ast.get_docstring(source.tree(source.PACKAGE / room / "__init__.py")) or ""
        assert len(body) == 1, f"{room}/__init__.py holds more than its words"
        assert "\n" in words and len(words.splitlines()) <= 8, room


def test_the_map_shows_every_room() -> None:
    words = (source.ROOT / "docs" / "map.md").read_text(encoding="utf-8")
    folders = {path.parent.name for path in source.PACKAGE.glob("*/__init__.py")}
    assert {name for name in folders if f"`{name}/`" not in words} == set()
    listed = {name for name in source.staircase() if (source.PACKAGE / name).is_dir()}
    order = [words.index(f"`{name}/`") for name in sorted(listed, key=source.staircase().__getitem__, reverse=True)]
    rooms = [
        place
        for name, place in zip(sorted(listed, key=source.staircase().__getitem__, reverse=True), order, strict=True)
        if name not in {"web", "console", "api"}
    ]
    assert rooms == sorted(rooms), "the map lists the rooms in another order than the staircase"


def test_every_decision_says_what_and_why() -> None:
    pages = sorted((source.ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    numbers = [int(page.name[:4]) for page in pages]
    assert numbers == list(range(1, len(pages) + 1))
    for page in pages:
        words = page.read_text(encoding="utf-8")
        assert all(f"## {part}" in words for part in ("Decided", "Why", "Costs")), page.name


def test_the_moment_is_taken_in_the_districts_zone() -> None:
    """The date of a moment in UTC is yesterday's until eight in the morning."""
    used = [source.short(path) for path in source.modules() if "timezone.now()" in path.read_text(encoding="utf-8")]
    assert used == []
