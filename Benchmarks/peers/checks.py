"""What the checks of the peers share: one run of every peer of a work, and a count of what does not hold."""

from __future__ import annotations

import importlib
import itertools
from dataclasses import replace

import numpy as np

from peer import ADAPTERS
from protocol import Absent
from settings import Settings


def results(work: str, settings: Settings, *, with_tuned: bool = False) -> dict[str, np.ndarray]:
    """One run of every installed peer of a work, by library; PyTorch's tuned variants too, where they are wanted."""
    found: dict[str, np.ndarray] = {}
    for (peer_work, library), module in ADAPTERS.items():
        if peer_work != work:
            continue
        for tuned in (False, True) if with_tuned and library.startswith("torch") else (False,):
            name = f"{library} tuned" if tuned else library
            try:
                peer = importlib.import_module(module).prepare(replace(settings, tuned=tuned) if tuned else settings)
            except (Absent, ImportError) as reason:
                print(f"     {work} {name} absent: {reason}")
                continue
            found[name] = np.asarray(peer.result(peer.run()), dtype=np.float64)
    return found


class Checks:
    """Counts what did not hold, and says each figure beside its bound."""

    def __init__(self) -> None:
        self.failures = 0

    def below(self, what: str, value: float, bound: float) -> None:
        holds = bool(value <= bound)  # NaN does not hold
        self.failures += not holds
        print(f"{'ok  ' if holds else 'FAIL'} {what:58} {value:9.2e} ≤ {bound:.0e}")

    def same(self, what: str, a: np.ndarray, b: np.ndarray, bound: float) -> None:
        self.below(what, distance(a, b), bound)

    def same_arrays(self, work: str, settings: Settings, expected: np.ndarray, bound: float) -> None:
        found = results(work, settings)
        for library, array in found.items():
            self.below(f"{work} {settings.precision} {library} – reference", distance(array, expected), bound)
        for (one, a), (other, b) in itertools.combinations(found.items(), 2):
            self.below(f"{work} {settings.precision} {one} – {other}", distance(a, b), bound)


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """‖a − b‖ / ‖b‖; infinite where the shapes differ."""
    return float(np.linalg.norm(a - b) / np.linalg.norm(b)) if a.shape == b.shape else float("inf")
