"""What grouping is held against: known methods over the same rows, each in a process of its own.

`python -m bench.peers average_link --rows 100000` prints one line of JSON: scores, demands per second of processor
(user and system time from the rows in memory to the labels), peak memory of the process, rows included.
`--tune` tries the settings of its grid on the tuning half and prints each; those in SETTINGS came out best. No peer
sees the held-out half before it is measured.

None of them runs on 100,000 rows as it is: all get the place blocks of bench.blocks, and pairs further apart in time
than `days` are never joined directly. Place code and category are given to the text methods as words.
"""

import argparse
import importlib
import itertools
import json
import logging
import re
import resource
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bench.scores import score
from bench.troubles import HALVES, Row, demands

GRIDS: dict[str, dict[str, tuple[Any, ...]]] = {
    "average_link": {"cut": (0.8, 0.85, 0.88, 0.91), "days": (15, 30), "longest": (1, 2), "words": (2, 4)},
    "dbscan": {"cut": (0.5, 0.55, 0.6, 0.65), "days": (7, 15, 30), "longest": (2,), "least": (1, 3), "words": (2, 4)},
    "minhash": {"cut": (0.2, 0.25, 0.3), "days": (4, 7, 15), "bands": (32,), "words": (4, 8)},
    "splink": {"cut": (0.5, 0.8, 0.95, 0.99), "days": (15, 30)},
}
# What was best on the tuning half: 20,000 rows, the sum of both F1. splink: 30 days gave 0.0001 more at a third less
# speed. Several lie at the edge of their grids (README).
SETTINGS: dict[str, dict[str, Any]] = {
    "average_link": {"cut": 0.85, "days": 30, "longest": 2, "words": 4},
    "dbscan": {"cut": 0.65, "days": 15, "longest": 2, "least": 1, "words": 4},
    "minhash": {"cut": 0.25, "days": 15, "bands": 32, "words": 8},
    "splink": {"cut": 0.5, "days": 15},
}
NEEDS = {"minhash": "datasketch", "splink": "splink"}
INSTALL = ".venv/bin/python -m pip install --require-hashes -r requirements-bench.lock"
NUMBER = re.compile(r"([0-9]+|[一二三四五六七八九十]+)(?:栋|号楼|幢|#|座)|([北南东西])(?:大?门|侧门)|([0-9]+)号")
TENS = {
    word: str(at) for at, word in enumerate("一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六".split(), 1)
}


def average_link(rows: list[Row], *, cut: float, days: float, longest: int, words: int) -> np.ndarray:
    """Average link over TF-IDF cosine inside the blocks: the plain reference."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    def clusters(far: np.ndarray) -> np.ndarray:
        return fcluster(linkage(squareform(far, checks=False), "average"), cut, "distance")

    return _inside_blocks(rows, clusters, days, longest, words)


def dbscan(rows: list[Row], *, cut: float, days: float, longest: int, least: int, words: int) -> np.ndarray:
    """scikit-learn's DBSCAN over TF-IDF cosine inside the blocks; noise stays alone."""
    from sklearn.cluster import DBSCAN

    def clusters(far: np.ndarray) -> np.ndarray:
        labels = DBSCAN(eps=cut, min_samples=least, metric="precomputed").fit_predict(far)
        alone = labels < 0
        labels[alone] = labels.max() + 1 + np.arange(alone.sum())
        return labels

    return _inside_blocks(rows, clusters, days, longest, words)


def _inside_blocks(rows: list[Row], clusters: Callable, days: float, longest: int, words: int) -> np.ndarray:
    """Labels from the cosine distances of each block, 1 where the days between are too many."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    from bench.blocks import Sheet

    sheet = Sheet(rows)
    letters = TfidfVectorizer(analyzer="char", ngram_range=(1, longest), min_df=2, sublinear_tf=True, dtype=np.float32)
    vectors = letters.fit_transform(_worded(rows, words))
    labels, used = np.empty(len(rows), dtype=np.int64), 0
    for members in sheet.members():
        if len(members) == 1:
            found = np.zeros(1, dtype=np.int64)
        else:
            block = vectors[members]
            far = 1 - np.asarray((block @ block.T).toarray(), dtype=np.float64)
            far[np.abs(sheet.days[members][:, None] - sheet.days[members]) > days] = 1.0
            np.fill_diagonal(far, 0.0)
            found = clusters(np.clip(far, 0.0, 1.0))
        labels[members] = found + used
        used += int(found.max()) + 1
    return labels


def minhash(rows: list[Row], *, cut: float, days: float, bands: int, words: int) -> np.ndarray:
    """datasketch's MinHash LSH, candidates kept by estimated Jaccard, then connected components."""
    from datasketch import MinHash, MinHashLSH
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    from bench.blocks import Sheet

    sheet = Sheet(rows)
    index = MinHashLSH(num_perm=64, params=(bands, 64 // bands))
    hashes, links = [], []
    # The block stands in every shingle, so that rows of different blocks never meet.
    shingles = (_shingles(row, int(block), words) for row, block in zip(rows, sheet.block, strict=True))
    for at, one in enumerate(MinHash.generator(shingles, num_perm=64, seed=1)):
        for other in index.query(one):
            if sheet.days[at] - sheet.days[other] <= days and (hashes[other] == one.hashvalues).mean() >= cut:
                links.append((at, other))
        hashes.append(one.hashvalues)
        index.insert(at, one, check_duplication=False)
    ends = np.array(links, dtype=np.int64).reshape(-1, 2)
    graph = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(len(rows),) * 2)
    return connected_components(graph, directed=False)[1]


def _shingles(row: Row, block: int, words: int) -> list[bytes]:
    text = f"{row.subject} {row.body}"
    said = {text[at : at + 2] for at in range(len(text) - 1)}
    marks = [mark for mark in (row.place, row.category, _number(text)) if mark]
    said |= {f"{mark}/{copy}" for mark in marks for copy in range(words)}
    return [f"{block}:{word}".encode() for word in said]


def splink(rows: list[Row], *, cut: float, days: float) -> np.ndarray:
    """splink on duckdb: Fellegi-Sunter over place, number, distance, time, category and letters, trained by itself."""
    import pyarrow
    from splink import Linker
    from splink.backends.duckdb import DuckDBAPI

    from bench.blocks import Sheet

    logging.getLogger("splink").setLevel(logging.ERROR)
    sheet = Sheet(rows)
    table = pyarrow.table(
        {
            "unique_id": list(range(len(rows))),
            "block": sheet.block,
            "day": sheet.days,
            "place": [row.place if "-" in row.place else None for row in rows],
            "number": [_number(text) or None for text in sheet.texts],
            "category": [row.category or None for row in rows],
            "lon": [row.lon for row in rows],
            "lat": [row.lat for row in rows],
            "letters": [sorted({text[at : at + 2] for at in range(len(text) - 1)}) for text in sheet.texts],
        }
    )
    database = DuckDBAPI()
    linker = Linker(database.register(table), _splink_settings(days), log_level="ERROR")
    linker.training.estimate_u_using_random_sampling(max_pairs=4e5, seed=1)
    for rule in (f"l.block = r.block AND abs(l.day - r.day) < {days}", "l.place = r.place AND abs(l.day - r.day) < 60"):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    pairs = linker.inference.predict(threshold_match_probability=min(cut, 0.5))
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=cut)
    columns = found.as_dict()
    labels = np.empty(len(rows), dtype=np.int64)
    labels[np.array(columns["unique_id"])] = np.unique(columns["cluster_id"], return_inverse=True)[1]
    return labels


def _splink_settings(days: float) -> Any:
    import splink.comparison_level_library as levels
    import splink.comparison_library as comparisons
    from splink import SettingsCreator

    def steps(name: str, measure: str, edges: tuple[float, ...], sign: str) -> Any:
        middle = [levels.CustomLevel(f"{measure} {sign} {edge}", f"{name} {edge}") for edge in edges]
        return comparisons.CustomComparison([levels.NullLevel(name), *middle, levels.ElseLevel()], name)

    shared = "len(list_intersect(letters_l, letters_r)) / (1.0 + least(len(letters_l), len(letters_r)))"
    return SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[f"l.block = r.block AND abs(l.day - r.day) < {days}"],
        comparisons=[
            steps("day", "abs(day_l - day_r)", (1, 3, 8, 16), "<="),
            steps("letters", shared, (0.6, 0.45, 0.3, 0.2, 0.12), ">="),
            comparisons.ExactMatch("place"),
            comparisons.ExactMatch("number"),
            comparisons.ExactMatch("category"),
            comparisons.DistanceInKMAtThresholds("lat", "lon", [0.02, 0.04, 0.08]),
        ],
        retain_matching_columns=False,
        probability_two_random_records_match=1e-4,
    )


def ours(rows: list[Row]) -> np.ndarray:
    """The product's own engine on the same rows, through its door."""
    engine = importlib.import_module("gongzhi.problems.grouping")
    grouping = engine.group([engine.Report(*row[:-1]) for row in rows])
    return np.unique([grouping.problem_of[row.demand_id] for row in rows], return_inverse=True)[1]


def _worded(rows: list[Row], words: int) -> Iterator[str]:
    """Each row's text, with code, category and number as letters of their own, `words` times over."""
    area = 0xE000
    marks: dict[str, str] = {}
    for row in rows:
        text = f"{row.subject} {row.body}"
        named = (row.place, row.category, _number(text))
        extra = "".join(marks.setdefault(mark, chr(area + len(marks) % 6000)) for mark in named if mark)
        yield f"{text} {extra * words}"


def _number(text: str) -> str:
    """The first building, gate or house number that a text names, in one way of writing."""
    found = NUMBER.search(text)
    if not found:
        return ""
    building, gate, door = found.groups()
    return f"b{TENS.get(building, building)}" if building else f"g{gate}" if gate else f"r{door}"


PEERS: dict[str, Callable[..., np.ndarray]] = {
    "ours": ours, "average_link": average_link, "dbscan": dbscan, "minhash": minhash, "splink": splink,
}  # fmt: skip


def missing(name: str) -> str:
    """Why this one cannot run here, in words; nothing where it can."""
    try:
        importlib.import_module("gongzhi.problems.grouping" if name == "ours" else NEEDS.get(name, "sklearn"))
    except ImportError as absent:
        return f"not there yet ({absent})" if name == "ours" else f"not installed: {INSTALL}"
    return ""


def measure(name: str, rows: list[Row], settings: dict[str, Any]) -> dict[str, Any]:
    """Scores, rate and peak memory of one method; gold labels are looked at only afterwards."""
    begun, clock = time.process_time(), time.perf_counter()
    labels = PEERS[name](rows, **settings)
    spent, waited = time.process_time() - begun, time.perf_counter() - clock
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    scores = score([row.problem for row in rows], labels)._asdict()
    return {
        "name": name, "rows": len(rows), **{key: round(value, 4) for key, value in scores.items()},
        "cpu_seconds": round(spent, 2), "seconds": round(waited, 2), "rate": round(len(rows) / spent), "peak_mb": round(peak),
    }  # fmt: skip


def tune(name: str, rows: list[Row]) -> dict[str, Any]:
    """The settings of the grid with the best mean of both F1 on these rows, each printed."""
    best, kept = -1.0, {}
    for values in itertools.product(*GRIDS[name].values()):
        settings = dict(zip(GRIDS[name], values, strict=True))
        seen = measure(name, rows, settings)
        print(settings, seen["b3_f1"], seen["pair_f1"], seen["rate"], flush=True)
        if seen["b3_f1"] + seen["pair_f1"] > best:
            best, kept = seen["b3_f1"] + seen["pair_f1"], settings
    return kept


def main() -> int:
    """Measure one, or choose its settings; 2 where it cannot run here."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("name", choices=PEERS)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--half", choices=HALVES, default="held_out")
    asked.add_argument("--seed", type=int)
    asked.add_argument("--tune", action="store_true", help="try the grid on the tuning half")
    options = asked.parse_args()
    if words := missing(options.name):
        print(json.dumps({"name": options.name, "missing": words}))
        return 2
    rows = list(demands(options.rows, "tuning" if options.tune else options.half, options.seed))
    if options.tune:
        print("best:", tune(options.name, rows))
    else:
        print(json.dumps(measure(options.name, rows, SETTINGS.get(options.name, {}))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
