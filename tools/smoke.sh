#!/usr/bin/env bash
# Runs the built commands once, small: do they start, train, save, and say where?
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$(swift build -c release --show-bin-path)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for command in agents landscape; do
    "$bin/$command" --help >/dev/null
    "$bin/$command" --version >/dev/null
done
"$bin/agents" train "$folder/run" --quiet --images 500 --evaluation 100 --hidden 16 --batch 16 --steps 40 \
    --checkpoint-period 20 --log-period 10 --replay 200 --warm-up 50 >/dev/null
checkpoint=$folder/run/checkpoints/step_00000040.safetensors
test -f "$checkpoint"
test -f "$folder/run/training.png"
"$bin/agents" show "$folder/run" --json >/dev/null
"$bin/landscape" hessian --checkpoint "$checkpoint" --examples 64 --output "$folder/hessian" >/dev/null
"$bin/landscape" gradcov --checkpoint "$checkpoint" --examples 64 --output "$folder/gradcov" >/dev/null
"$bin/landscape" scalars --checkpoint "$checkpoint" --examples 64 --output "$folder/scalars" >/dev/null
"$bin/landscape" surface --checkpoint "$checkpoint" --examples 64 --points 5 --output "$folder/surface" >/dev/null
"$bin/landscape" interpolate --checkpoint "$folder/run/checkpoints/step_00000000.safetensors" --to "$checkpoint" \
    --examples 64 --points 5 --output "$folder/interpolate" >/dev/null
"$bin/landscape" trajectory --checkpoint "$folder/run" --examples 64 --points 5 --output "$folder/trajectory" >/dev/null
"$bin/landscape" evolution --checkpoint "$folder/run" --examples 64 --output "$folder/evolution" >/dev/null
cat >"$folder/sweep.yaml" <<'END'
defaults: {images: 300, evaluation: 100, batch: 16, steps: 20, replay: 200, warm-up: 50}
grid: {hidden: [16, 8], seed: [0, 1]}
END
"$bin/agents" sweep "$folder/sweep.yaml" --dry-run >/dev/null
"$bin/agents" sweep "$folder/sweep.yaml" --output "$folder/sweep" --quiet >/dev/null
"$bin/agents" status "$folder/sweep" --json >/dev/null
"$bin/agents" export "$folder/sweep" --table statistics --format json >/dev/null
"$bin/agents" sweep tools/examples/falsification.yaml --dry-run >/dev/null
echo "smoke run passed"
