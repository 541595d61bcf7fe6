#!/usr/bin/env bash
# Installs what the build and the pictures need, by Debian's names, where it is absent. Nothing to do: no output.
set -euo pipefail

fail() {
    echo "error: $1" >&2
    exit 1
}

swift_version_needed=6.2
if ! command -v swift >/dev/null; then
    fail "swift is not installed (or not on the PATH). This package needs Swift $swift_version_needed or newer:
get it from https://www.swift.org/install/linux/ (a download for Debian 12 is there), then run this again."
fi
swift_version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
if [ "$(printf '%s\n%s\n' "$swift_version_needed" "$swift_version" | sort -V | head -n 1)" != "$swift_version_needed" ]
then
    fail "this is Swift $swift_version, and the package needs $swift_version_needed or newer:
see https://www.swift.org/install/linux/"
fi

# What is there already may have come in another way, so each is asked for by what it does.
missing=()
has() { command -v "$1" >/dev/null; }
library() { has pkg-config && pkg-config --exists "$1"; }
debian_has() { has dpkg-query && [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
has git || missing+=(git)
has pkg-config || missing+=(pkg-config)
library openblas || debian_has libopenblas-dev || missing+=(libopenblas-dev)
library lapacke || debian_has liblapacke-dev || missing+=(liblapacke-dev)
library sqlite3 || debian_has libsqlite3-dev || missing+=(libsqlite3-dev)
has gnuplot || missing+=(gnuplot-nox)
if ! { has fc-list && fc-list 2>/dev/null | grep -q DejaVuSans; } && ! debian_has fonts-dejavu-core; then
    missing+=(fonts-dejavu-core)
fi
[ ${#missing[@]} -gt 0 ] || exit 0

if ! has apt-get; then
    fail "these are missing: ${missing[*]} (Debian's names). Install what your system calls them, then run this again."
fi
as_root=()
if [ "$(id -u)" != 0 ]; then
    has sudo || fail "these Debian packages are missing: ${missing[*]}. As root: apt-get install ${missing[*]}"
    as_root=(sudo)
fi
echo "Installing Debian packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
