#!/usr/bin/env bash
# Trains a small DQN agent on drawn digits, looks at its loss landscape over training, and names the pictures.
set -euo pipefail
cd "$(dirname "$0")/.."
run=demo/run
began=$(date +%s)
bin=$(swift build -c release --show-bin-path)
agents=$bin/agents
landscape=$bin/landscape

rm -rf demo
echo "== 1. A DQN agent, 2 × 512, learns to name digits"
"$agents" train "$run" --environment true-label --data digits --hidden 512,512 --batch 128 --steps 4000 \
    --checkpoint-period 1000 --log-period 100 --target-period 350 --replay 40000 --warm-up 2000 \
    --actions-per-update 4 --discount 0.9 --learning-rate 2e-4 --seed 1

echo
echo "== 2. The spectrum of its loss's Hessian, at every checkpoint"
"$landscape" hessian --checkpoint "$run" --probes 5 --steps 60 --seed 1 --output demo/hessian

echo
echo "== 3. How far one example's gradient helps or hinders another's, at every checkpoint"
"$landscape" gradcov --checkpoint "$run" --examples 512 --seed 1 --output demo/gradcov

echo
echo "== 4. The loss around its last checkpoint, and on the plane that it moved in"
"$landscape" surface --checkpoint "$run/checkpoints/step_00004000.safetensors" --seed 1 --output demo/surface
"$landscape" trajectory --checkpoint "$run" --seed 1 --output demo/trajectory

echo
echo "Done in $(($(date +%s) - began)) s. The pictures:"
find demo -name '*.png' | sort | sed 's/^/  /'
