"""The suggestion model in use: the district's own, else one made of its category rows alone."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connections

from gongzhi.demands.queries import current_categories

if TYPE_CHECKING:
    from gongzhi.demands.categorising import SeedRow
    from gongzhi.demands.category_model import CategoryModel

_log = logging.getLogger(__name__)
_kept: "tuple[tuple[int, int], CategoryModel | None] | None" = None


def model() -> "CategoryModel | None":
    """The model in use, kept while its file stands as it is; None where there are no categories yet."""
    global _kept  # noqa: PLW0603 - one process, one model
    path = Path(settings.DATA) / "models" / "categories.npz"
    try:
        found = path.stat()
        stamp = found.st_mtime_ns, found.st_size
    except OSError:
        stamp = 0, 0
    if _kept is None or _kept[0] != stamp or _kept[1] is None:
        _kept = stamp, (_learned(path) if stamp[1] else None) or _first()
    return _kept[1]


def warm() -> None:
    """Load the model before anyone asks for it; what goes wrong is logged and left for the asking."""
    try:
        model()
    # Whatever is amiss with the file or the database, the process that warms up must go on.
    except Exception:
        _log.exception("the category model could not be loaded ahead of its first use")
    finally:
        connections.close_all()


def _learned(path: Path) -> "CategoryModel | None":
    """The district's own model; None, and a line in the log, where the file is no model of this version."""
    from gongzhi.demands.category_model import CategoryModel, UnreadableModel

    try:
        return CategoryModel.load(path)
    except (OSError, UnreadableModel) as error:
        _log.warning("the category model %s cannot be read: %s; suggesting from the categories alone", path, error)
        return None


def _first() -> "CategoryModel | None":
    # Imported here: scikit-learn costs a second that a web process need not pay at its start.
    from gongzhi.demands import categorising

    try:
        return categorising.cold_start(seeds())
    except categorising.NothingToLearn:
        return None


def seeds() -> "list[SeedRow]":
    """The rows that a suggestion model can start from: of every set that goes below the first level.

    A set of first-level classes alone is a grid for reports, too coarse to tell a handler anything.
    """
    from gongzhi.demands.categorising import SeedRow

    rows = list(current_categories())
    deep = {row.version for row in rows if row.parent_id}
    return [
        SeedRow(
            version=row.version,
            code=row.code,
            parent_code=row.parent.code if row.parent else "",
            name=row.name,
            english=row.english,
            kind="",
            standard=row.standard,
            valid_from="",
            phrases=tuple(row.phrases.split()),
        )
        for row in rows
        if row.version in deep
    ]
