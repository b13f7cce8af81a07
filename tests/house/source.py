"""What the house tests read: the files of the product as text and as syntax trees."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "gongzhi"
TEMPLATES = PACKAGE / "web" / "templates"
# Folders that are read for rules on text; what others made (vendored files) is theirs.
SKIPPED = {"vendor", "__pycache__", "fonts"}


def modules(*, migrations: bool = False) -> list[Path]:
    """Every Python file of the product, in order."""
    found = [path for path in PACKAGE.rglob("*.py") if not SKIPPED & set(path.parts)]
    return sorted(path for path in found if migrations or "migrations" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def short(path: Path) -> str:
    """The path as people write it, from the root of the checkout."""
    return path.relative_to(ROOT).as_posix()


def room_of(path: Path) -> str:
    """The folder of the product in which a file lies; its own name where it lies directly in the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def templates() -> list[Path]:
    """Every page template."""
    return sorted(TEMPLATES.rglob("*.html"))


@lru_cache(maxsize=1)
def contracts() -> dict[str, dict[str, list[str]]]:
    """The import contracts of pyproject.toml by their ids."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {one["id"]: one for one in settings["tool"]["importlinter"]["contracts"]}


def staircase() -> dict[str, int]:
    """How high each room stands, 0 lowest; rooms that share a step share a number."""
    steps = reversed(contracts()["staircase"]["layers"])
    return {room.strip(" ()"): height for height, step in enumerate(steps) for room in step.split("|")}


def functions(path: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function of a file with its dotted name."""

    def walk(node: ast.AST, name: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name}{child.name}", child
            inner = f"{name}{child.name}." if hasattr(child, "name") and not isinstance(child, ast.alias) else name
            yield from walk(child, inner)

    return walk(tree(path), "")
