#!/usr/bin/env bash
# Builds and runs every test; the last line is `swift test`'s own. A run of no tests is a failure.
# Arguments go to `swift test`: tools/test.sh --filter Krylov
set -euo pipefail
cd "$(dirname "$0")/.."
log=.build/test.log
mkdir -p .build
# Optimised, since the tests compute; tests look inside modules, which `-enable-testing` allows.
options=(-c release -Xswiftc -enable-testing --scratch-path .build/testing)
swift build "${options[@]}" --build-tests
status=0
swift test "${options[@]}" --skip-build --disable-xctest "$@" 2>&1 | tee "$log" || status=$?
if [ "$status" = 0 ] && ! grep -qE 'Test run with [1-9][0-9]* test' "$log"; then
    echo "error: no test ran" >&2
    exit 1
fi
exit "$status"
