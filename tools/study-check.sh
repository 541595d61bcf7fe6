#!/usr/bin/env bash
# Makes every study anew at small scale, and fails where the numbers do not bear out what the paper claims.
# One that was interrupted goes on; one that is finished is begun again.
# Arguments are studies: tools/study-check.sh optimizer-instability
set -euo pipefail
cd "$(dirname "$0")/.."
agents=$(swift build -c release --show-bin-path)/agents
folder=${STUDY_FOLDER:-.build/studies}
studies=("$@")
if [ ${#studies[@]} = 0 ]; then
    mapfile -t studies < <("$agents" study | awk 'NR > 1 { print $1 }')
fi
failed=()
for study in "${studies[@]}"; do
    echo "== $study"
    if [ -e "$folder/$study/report.md" ]; then rm -rf "${folder:?}/$study"; fi
    began=$(date +%s)
    status=0
    "$agents" study "$study" --scale small --output "$folder/$study" --check || status=$?
    echo "   $(($(date +%s) - began)) s"
    # After an interrupt the others are not wanted either.
    if [ "$status" = 130 ]; then exit 130; fi
    if [ "$status" != 0 ]; then failed+=("$study"); fi
done
if [ ${#failed[@]} != 0 ]; then
    echo "error: the claims of ${failed[*]} do not hold" >&2
    exit 1
fi
echo "All claims of ${#studies[@]} studies hold."
