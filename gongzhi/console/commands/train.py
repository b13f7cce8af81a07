"""`gongzhi train categories`: learn to suggest categories from what people have categorised."""

import argparse
import csv
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from gongzhi.demands.categorising import (
    CategoryModel,
    NothingToLearn,
    UnreadableModel,
    cross_validate,
    score,
    train,
)


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    parser = subparsers.add_parser("train", help="训练分类建议 learn to suggest categories")
    parser.add_argument("what", choices=["categories"])
    parser.add_argument("--from", dest="file", type=Path, help="表格文件 a .csv instead of this district's demands")
    parser.add_argument("--text-column", default="text")
    parser.add_argument("--label-column", default="category")
    parser.add_argument("--anyway", action="store_true", help="即使更差也启用 install even a worse model")


def run(args: argparse.Namespace) -> int:
    """Train, print the figures, and install the model unless the present one is better on the same messages.

    A tenth of the messages, chosen by their text, is never learned from, so that this year's model and last year's
    can be judged on the same unseen rows.
    """
    from django.conf import settings

    from gongzhi.demands.queries import training_texts

    pairs = list(_file(args) if args.file else training_texts())
    learned = [pair for pair in pairs if not _kept_back(pair[0])]
    held = [pair for pair in pairs if _kept_back(pair[0])]
    texts, labels = [text for text, _ in learned], [label for _, label in learned]
    try:
        model = train(texts, labels)
        figures = cross_validate(texts, labels)
    except (NothingToLearn, ValueError) as error:
        print(f"无法训练：{error}")
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


def _file(args: argparse.Namespace) -> Iterable[tuple[str, str]]:
    with args.file.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield row[args.text_column], row[args.label_column]


def _kept_back(text: str) -> bool:
    return hashlib.sha256(text.encode(errors="replace")).digest()[0] % 10 == 0


def _worse(model: CategoryModel, path: Path, held: list[tuple[str, str]]) -> bool:
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
