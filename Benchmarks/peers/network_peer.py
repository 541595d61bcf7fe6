"""What the works on larger networks share."""

from dataclasses import replace

import numpy as np

from protocol import Peer

# Of the deep Q-network: γ, and the steps between two copies of θ into θ′.
DISCOUNT = 0.99
TARGET_PERIOD = 1000


def checked(peer: Peer) -> Peer:
    """The peer, run once, with the norm of its result: the harness, which works at the same point on the same
    examples, holds its own against it. The run is the warm-up too."""
    norm = float(np.linalg.norm(peer.result(peer.run())))
    return replace(peer, warm_up_runs=0, details={**peer.details, "norm": norm})
