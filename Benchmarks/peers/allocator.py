"""Memory that glibc keeps instead of giving it back to the system after every operation and fetching it anew, page by
page: for PyTorch's convolutions here the larger part of a second."""

import os
import sys

# glibc reads these when a process starts.
KEEPING = {
    "MALLOC_TOP_PAD_": str(1 << 30),
    "MALLOC_MMAP_THRESHOLD_": str(4 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(8 << 30),
}


def keep_pages() -> None:
    """Starts this program anew with these settings, unless it runs with them. Process number, pipes and arguments
    stay."""
    if any(os.environ.get(name) != value for name, value in KEEPING.items()):
        os.environ.update(KEEPING)
        os.execv(sys.executable, [sys.executable, *sys.argv])
