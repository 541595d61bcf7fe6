"""The conversation between the Swift harness and one peer, over standard input and output, a line at a time.

    peer                                   harness
    ready {"library": …, "version": …}
                                           run
    {"seconds": 0.0213}
                                           run
    …                                      …
                                           quit            (or the end of the input)
    {"peak_rss_bytes": 612368384}

A peer that cannot be set up says `absent REASON` instead and exits 0. A run that fails is answered with `{"error": …}`
and ends the peer with exit status 1. The peer sleeps in a read between two runs, so that while it waits it costs the
others nothing.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    import numpy as np


class Absent(Exception):
    """The peer cannot take part; the message says why."""


@dataclass(frozen=True)
class Peer:
    """One library, set up for one work.

    `run` does the work once and returns when the result is there, not when it is under way. `result` turns what `run`
    returned into an array that can be compared between libraries; it is never timed.
    """

    library: str
    version: str
    run: Callable[[], Any]
    result: Callable[[Any], np.ndarray]
    warm_up_runs: int = 3
    details: dict[str, Any] = field(default_factory=dict)


def claim_standard_output() -> TextIO:
    """Keeps the real standard output for the protocol; whatever a library prints goes to standard error instead."""
    protocol = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    return protocol


def peak_resident_bytes() -> int:
    """The largest resident set so far. Linux: `VmHWM`, because `ru_maxrss` survives `exec` and so may be that of the
    process which started this one."""
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def serve(prepare: Callable[[], Peer], output: TextIO) -> int:
    """Sets the peer up, warms it up, then answers the harness until it is told to stop. Returns the exit status."""

    def say(line: str) -> None:
        output.write(line + "\n")
        output.flush()

    try:
        peer = prepare()
        for _ in range(peer.warm_up_runs):
            peer.run()
    except (Absent, ImportError) as reason:
        say("absent " + " ".join(str(reason).split()))
        return 0
    except Exception as fault:
        # Not the expected way to be absent: the whole story goes to standard error, the harness goes on without.
        traceback.print_exc()
        say("absent set-up failed: " + " ".join(f"{type(fault).__name__}: {fault}".split()))
        return 0

    say("ready " + json.dumps({"library": peer.library, "version": peer.version, **peer.details}))
    for line in sys.stdin:
        command = line.strip()
        if command == "run":
            try:
                start = time.perf_counter()
                peer.run()
                seconds = time.perf_counter() - start
            except Exception as fault:
                traceback.print_exc()
                say(json.dumps({"error": f"{type(fault).__name__}: {fault}"}))
                return 1
            say(json.dumps({"seconds": seconds}))
        elif command == "quit":
            break
        elif command:
            say(json.dumps({"error": f"unknown command {command!r}: run or quit"}))
            return 1
    say(json.dumps({"peak_rss_bytes": peak_resident_bytes()}))
    return 0
