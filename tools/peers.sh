#!/usr/bin/env bash
# Installs the Python libraries that the benchmarks compare with, in a virtual environment of the project's own.
set -euo pipefail
cd "$(dirname "$0")/../Benchmarks"
if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    echo "error: Python cannot make virtual environments. As root: apt-get install python3-venv" >&2
    exit 1
fi
python3 -m venv .venv
.venv/bin/pip install --quiet --extra-index-url https://download.pytorch.org/whl/cpu -r peers/requirements.txt
echo "Installed in Benchmarks/.venv; now run: make benchmark"
