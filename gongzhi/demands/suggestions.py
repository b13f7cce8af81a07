"""The suggestion model in use: the district's own, else one made of its category rows alone."""

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from gongzhi.demands.queries import current_categories

if TYPE_CHECKING:
    from gongzhi.demands.categorising import SeedRow
    from gongzhi.demands.category_model import CategoryModel

_kept: "tuple[float, CategoryModel | None] | None" = None


def model() -> "CategoryModel | None":
    """The model in use, kept while its file stands as it is; None where there are no categories yet."""
    global _kept  # noqa: PLW0603 - one process, one model
    # Imported here: scikit-learn costs a second that a web process need not pay at its start.
    from gongzhi.demands import categorising
    from gongzhi.demands.category_model import CategoryModel

    path = Path(settings.DATA) / "models" / "categories.npz"
    stamp = path.stat().st_mtime if path.exists() else 0.0
    if _kept is None or _kept[0] != stamp or _kept[1] is None:
        rows = seeds()
        _kept = stamp, CategoryModel.load(path) if stamp else categorising.cold_start(rows) if rows else None
    return _kept[1]


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
