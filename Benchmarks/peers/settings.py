"""What a peer is asked to do. Nothing is imported here that reads the number of threads when it is loaded."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """What the command line of `peer.py` says; every adapter takes what concerns it."""

    threads: int = 2
    precision: str = "single"
    batch: int = 1024
    examples: int = 512
    block: int = 512
    probes: int = 10
    steps: int = 80
    training_steps: int = 200
    points: int = 25
    # Of the works on larger networks: which, from which files (default: drawn anew), and whether the library is told
    # what its users seldom tell it.
    network: str = "cnn"
    folder: str | None = None
    tuned: bool = False

    @property
    def dtype(self) -> str:
        return "float64" if self.precision == "double" else "float32"
