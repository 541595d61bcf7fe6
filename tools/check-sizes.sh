#!/usr/bin/env bash
# Files that a person can read at one sitting: none of ours above 400 lines. What protoc writes nobody reads.
set -euo pipefail
cd "$(dirname "$0")/.."
most=400
git ls-files -co --exclude-standard -- '*.swift' ':!*.pb.swift' '*.c' '*.h' '*.sh' '*.py' Makefile | {
    status=0
    while read -r file; do
        [ -f "$file" ] || continue
        lines=$(wc -l <"$file")
        if [ "$lines" -gt "$most" ]; then
            echo "error: $file has $lines lines, and $most are the most" >&2
            status=1
        fi
    done
    exit $status
}
