"""`gongzhi train categories`: learn to suggest categories from what people have categorised."""

import argparse
import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from gongzhi.console import surroundings
from gongzhi.demands.categorising import (
    CategoryModel,
    NothingToLearn,
    Score,
    UnreadableModel,
    cross_validate,
    score,
    train,
)
from gongzhi.shared.sheets import SheetError, read_sheet

Pairs = list[tuple[str, str]]


class _Misused(Exception):
    """The command was given what it cannot use; the message is for people."""


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    parser = subparsers.add_parser("train", help="训练分类建议 learn to suggest categories")
    parser.add_argument("what", choices=["categories"])
    parser.add_argument("--from", dest="file", type=Path, help="表格文件 a table instead of this district's demands")
    parser.add_argument(
        "--text-column", nargs="+", default=["text"], metavar="COLUMN", help="内容列，可多列 one or several (text)"
    )
    parser.add_argument("--label-column", default="category", metavar="COLUMN", help="类别列 its category (category)")
    parser.add_argument("--anyway", action="store_true", help="即使更差也启用 install even a worse model")


def run(args: argparse.Namespace) -> int:
    """Train, print the figures, and install the model unless the present one is better on the same messages.

    A tenth of the messages, chosen by their text, is never learned from, so that this year's model and last year's
    can be judged on the same unseen rows.
    """
    from django.conf import settings

    from gongzhi.demands.queries import training_texts

    try:
        pairs = _coded(_file(args)) if args.file else list(training_texts())
    except (_Misused, SheetError) as error:
        surroundings.say(str(error))
        return 2
    learned = [pair for pair in pairs if not _kept_back(pair[0])]
    held = [pair for pair in pairs if _kept_back(pair[0])]
    try:
        model, figures = _learn(learned)
    except (NothingToLearn, ValueError) as error:
        print("无法训练：至少要有两个类别，每类十来条不同的诉求，才能学习和检验。")
        print(f"There is too little to learn from, and to judge by: {error}.")
        return 1
    print(f"{model.rows} 条，{len(model.codes)} 类，宏平均 F1 {figures.macro_f1:.3f}", end="，")
    print(f"准确率 {figures.accuracy:.3f}，校准误差 {figures.calibration_error:.3f}（五折交叉验证）")
    if model.left_out:
        print(f"样本太少，未学习：{'、'.join(model.left_out)}")
    path = Path(settings.DATA) / "models" / "categories.npz"
    if held and _worse(model, path, held) and not args.anyway:
        print("新模型不如现有模型，未启用；确需启用请加 --anyway")
        return 1
    _install(model, path)
    print(f"已启用：{path}")
    return 0


def _learn(pairs: Pairs) -> tuple[CategoryModel, Score]:
    """The model, and how good its kind is on messages left out; categories too small to learn are not judged."""
    model = train([text for text, _ in pairs], [label for _, label in pairs])
    known = [pair for pair in pairs if pair[1] in model.codes]
    return model, cross_validate([text for text, _ in known], [label for _, label in known])


def _file(args: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """(text, label) of each row. Raises _Misused or SheetError with a sentence for people."""
    if not args.file.is_file():
        raise _Misused(f"找不到文件 {args.file}。There is no such file.")
    with read_sheet(args.file) as sheet:
        header = list(sheet.header)
        missing = [name for name in (*args.text_column, args.label_column) if name not in header]
        if missing:
            raise _Misused(
                f"文件里没有这一列 no such column：{'、'.join(missing)}。现有 it has：{'、'.join(header)}。"
                f"请用 --text-column 和 --label-column 指明。"
            )
        texts, label = [header.index(name) for name in args.text_column], header.index(args.label_column)
        for row in sheet.rows:
            yield "\n".join(row.cells[place] for place in texts), row.cells[label].strip()


def _coded(pairs: Iterator[tuple[str, str]]) -> Pairs:
    """The rows with the district's own codes for labels, which may be codes or names; others are said and left out.

    A suggestion of a category that the district does not have could never be shown.
    """
    from gongzhi.demands.queries import current_categories

    codes: set[str] = set()
    names: dict[str, list[str]] = {}
    for category in current_categories():
        codes.add(category.code)
        names.setdefault(category.name, []).append(category.code)
    found, strange = [], Counter[str]()
    for text, label in pairs:
        named = names.get(label, [])
        if label in codes or len(named) == 1:
            found.append((text, label if label in codes else named[0]))
        elif label:
            strange[label] += 1
    if strange:
        words = "、".join(f"{label}（{number}）" for label, number in strange.most_common(10))
        print(f"本区没有这些类别，未学习 not this district's categories: {words}")
    if not found:
        raise _Misused("文件里没有本区的类别。The file holds none of this district's categories.")
    return found


def _kept_back(text: str) -> bool:
    return hashlib.sha256(text.encode(errors="replace")).digest()[0] % 10 == 0


def _worse(model: CategoryModel, path: Path, held: Pairs) -> bool:
    try:
        present = CategoryModel.load(path)
    except (FileNotFoundError, UnreadableModel):
        return False
    texts, labels = [text for text, _ in held], [label for _, label in held]
    new, old = score(model, texts, labels).macro_f1, score(present, texts, labels).macro_f1
    print(f"留出的 {len(held)} 条：新模型宏平均 F1 {new:.3f}，现有模型 {old:.3f}")
    return new < old


def _install(model: CategoryModel, path: Path) -> None:
    """Put the file in place in one step, keeping the one before as categories.previous.npz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        model.save(file)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        previous = path.with_name("categories.previous.npz")
        previous.unlink(missing_ok=True)
        os.link(path, previous)
    fresh.replace(path)
