"""How likely two short reports near each other speak of one trouble. Pure.

Two small networks: a gate that looks at what costs little and lets most strangers go, and a judge that sees all. The
shipped model is a plain file of numbers, made by `near_training`: nothing in it can run, and nothing in it is text.
"""

from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

import numpy as np
from scipy.special import expit

from gongzhi.problems.near_features import PLAIN, WORDY, Facts, plain_features, wordy_features
from gongzhi.problems.pair_model import UnreadableModel

SHIPPED = Path(__file__).parent / "seeds" / "near.npz"
SHIPPED_PLACING = Path(__file__).parent / "seeds" / "placing.npz"
FORMAT = 1


@dataclass(frozen=True)
class NearModel:
    """Arrays alone, float32. Layer n of a network takes its input times `weights` plus `bias`, negative ones as 0.

    The last layer gives the logit. `limits` (3): what the gate lets through, the probability at which clusters are
    joined, and what a pair counts that was let go.
    """

    gate_weights: tuple[np.ndarray, ...]
    gate_bias: tuple[np.ndarray, ...]
    judge_weights: tuple[np.ndarray, ...]
    judge_bias: tuple[np.ndarray, ...]
    limits: np.ndarray

    @property
    def cut(self) -> float:
        return float(self.limits[1])

    @property
    def missing(self) -> float:
        return float(self.limits[2])

    def likely(self, facts: Facts, one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, ...]:
        """Of the pairs (one, other) those that the gate lets through, and their probability (float32)."""
        plain = plain_features(facts, one, other)
        through = self.lets_through(plain)
        one, other = one[through], other[through]
        return one, other, self._judge(np.hstack([plain[through], wordy_features(facts, one, other)]))

    def likely_of(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The same of pairs by their features PLAIN and WORDY: which of them are let through, and their probability."""
        through = self.lets_through(features[:, : len(PLAIN)])
        return through, self._judge(features[through])

    def _judge(self, features: np.ndarray) -> np.ndarray:
        return _judged(features, self.judge_weights, self.judge_bias)

    def lets_through(self, plain: np.ndarray) -> np.ndarray:
        """Which rows of the features PLAIN are not strangers at first sight."""
        return np.flatnonzero(_judged(plain, self.gate_weights, self.gate_bias) >= self.limits[0])

    def save(self, path: Path | IO[bytes]) -> None:
        """Write one compressed .npz; the same model gives the same bytes."""
        arrays: dict[str, Any] = {"limits": self.limits}
        for part in fields(self)[:-1]:
            arrays |= {f"{part.name}_{at}": layer for at, layer in enumerate(getattr(self, part.name))}
        np.savez_compressed(path, format=np.array([FORMAT, len(PLAIN), len(WORDY)]), **arrays)

    @staticmethod
    def load(path: Path | IO[bytes]) -> "NearModel":
        """Read what `save` wrote; `UnreadableModel` for anything else, never running what the file holds."""
        try:
            with np.load(path, allow_pickle=False) as file:
                form, limits = file["format"].tolist(), file["limits"]
                parts = {
                    part.name: tuple(file[name] for name in sorted(file.files) if name.startswith(f"{part.name}_"))
                    for part in fields(NearModel)[:-1]
                }
        except FileNotFoundError:
            raise
        except Exception as error:
            raise UnreadableModel(f"not a model of near pairs: {error}") from error
        if form != [FORMAT, len(PLAIN), len(WORDY)]:
            raise UnreadableModel("a model of near pairs of another version; train it again")
        return NearModel(**parts, limits=limits)


@lru_cache(maxsize=1)
def shipped_near() -> NearModel:
    """The model of pairs in an archive that comes with the program."""
    return NearModel.load(SHIPPED)


@lru_cache(maxsize=1)
def shipped_placing() -> NearModel:
    """The same for one report among its neighbours, whose words are counted among so few."""
    return NearModel.load(SHIPPED_PLACING)


def _judged(values: np.ndarray, weights: tuple[np.ndarray, ...], bias: tuple[np.ndarray, ...]) -> np.ndarray:
    for layer, (factors, more) in enumerate(zip(weights, bias, strict=True)):
        values = values @ factors + more
        if layer < len(weights) - 1:
            np.maximum(values, 0, out=values)
    return np.asarray(expit(values[:, 0]))
