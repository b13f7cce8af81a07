"""How good category suggestions are, and how quick: python -m bench.categories FILE.csv

FILE has the columns category, subject, body. The peer (character 1-2-gram TF-IDF with a linear SVM) runs on the
same folds; messages that repeat one another never stand on both sides of a fold.
"""

import argparse
import csv
import io
import time
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.svm import LinearSVC

from bench.machine import describe
from gongzhi.demands.categorising import cold_start, cross_validate, read_seeds, score, train
from gongzhi.demands.wording import parts, twin_groups


def peer(texts: list[str], labels: list[str]) -> float:
    """Macro F1 of the peer on the folds that `cross_validate` uses."""
    named, groups = np.array(labels), twin_groups([parts(text) for text in texts])
    chosen = np.empty_like(named)
    for learned, held in StratifiedGroupKFold(5, shuffle=True, random_state=0).split(named, named, groups):
        vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        machine = LinearSVC().fit(vectors.fit_transform([texts[at] for at in learned]), named[learned])
        chosen[held] = machine.predict(vectors.transform([texts[at] for at in held]))
    return float(f1_score(named, chosen, average="macro"))


def main() -> None:
    """Print the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("file", type=Path, nargs="?", default=Path("../shared/data/categories/labelled_messages.csv"))
    path = asked.parse_args().file
    if not path.exists():
        print(f"categories: not measured, there is no {path}")
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    texts = [f"{row['subject']}\n{row['body']}" for row in rows]
    seeds = read_seeds("letters7")
    code = {seed.name: seed.code for seed in seeds}
    labels = [code.get(row["category"], row["category"]) for row in rows]
    print(describe())
    print(f"{len(rows)} messages, {len(set(labels))} categories, 5 folds without repeats across them")
    print(f"peer, macro F1:            {peer(texts, labels):.4f}")
    judged = cross_validate(texts, labels)
    print(f"ours, macro F1:            {judged.macro_f1:.4f}")
    print(f"  expected calibration error {judged.calibration_error:.4f}, accuracy {judged.accuracy:.4f}")
    cold = score(cold_start(seeds), texts, labels)
    print(f"cold start, macro F1:      {cold.macro_f1:.4f}, calibration error {cold.calibration_error:.4f}")
    start = time.perf_counter()
    model = train(texts, labels)
    print(f"training:                  {time.perf_counter() - start:.1f} s")
    start = time.perf_counter()
    for text in texts[:500]:
        model.suggest(text)
    print(f"one suggestion:            {(time.perf_counter() - start) * 2:.2f} ms on average")
    file_size = io.BytesIO()
    model.save(file_size)
    print(f"model:                     {len(file_size.getvalue()) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
