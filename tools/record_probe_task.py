"""Records what PyTorch makes of a probe's tasks: the oracle of Tests/PlasticityTests/Probe/ReplicaTests.swift.

    python tools/record_probe_task.py Tests/TestSupport/Fixtures

Inputs, parameters and batches are drawn here as `RandomSource` draws them (xoshiro256++ seeded by SplitMix64, a stream by
the FNV-1a hash of its name), so that the streams of the probe are checked too. Everything is in double precision: targets
a + sin(1e5 f(x; omega)) in every output with a the mean prediction at theta, the mean squared error, and Adam with an
epsilon inside the root as well (Lyle et al. 2023, section 3), written out.
"""

import math
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

MASK = (1 << 64) - 1
SEED, TASKS, STEPS, BATCH, EXAMPLES = 7, 2, 40, 16, 40
SHAPES = {"fc1.weight": (24, 12), "fc1.bias": (24,), "fc2.weight": (3, 24), "fc2.bias": (3,)}
OPTIMISERS = {  # learning rate, beta1, beta2, epsilon, epsilon inside the root
    "adam": (1e-3, 0.9, 0.999, 1e-8, 0.0),
    "tuned": (1e-3, 0.9, 0.9, 1e-9, 1e-3),
}


class RandomSource:
    """The library's generator, at the beginning of the stream `stream` of `seed`."""

    def __init__(self, seed: int, stream: str) -> None:
        name = 0xCBF29CE484222325
        for byte in stream.encode():
            name = ((name ^ byte) * 0x100000001B3) & MASK
        mixed = seed ^ (name if stream else 0)
        self.state = []
        for _ in range(4):
            mixed = (mixed + 0x9E3779B97F4A7C15) & MASK
            word = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
            word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & MASK
            self.state.append(word ^ (word >> 31))

    def next(self) -> int:
        state = self.state
        result = (rotated((state[0] + state[3]) & MASK, 23) + state[0]) & MASK
        shifted = (state[1] << 17) & MASK
        state[2] ^= state[0]
        state[3] ^= state[1]
        state[1] ^= state[2]
        state[0] ^= state[3]
        state[2] ^= shifted
        state[3] = rotated(state[3], 45)
        return result

    def uniform(self) -> float:
        return (self.next() >> 11) * 2.0**-53

    def index(self, bound: int) -> int:
        """Lemire 2019, as Swift's `next(upperBound:)`."""
        product = self.next() * bound
        threshold = ((1 << 64) - bound) % bound
        while product & MASK < threshold:
            product = self.next() * bound
        return product >> 64

    def normal_pair(self) -> tuple[float, float]:
        radius = math.sqrt(-2 * math.log(1 - self.uniform()))
        angle = 2 * math.pi * self.uniform()
        return radius * math.cos(angle), radius * math.sin(angle)


def rotated(word: int, bits: int) -> int:
    return ((word << bits) | (word >> (64 - bits))) & MASK


def parameters(seed: int) -> list[torch.Tensor]:
    """A fresh network: uniform in one over the root of the inputs, each tensor from a stream of its own."""
    tensors = []
    for name, shape in SHAPES.items():
        source = RandomSource(seed, f"initialise {name}")
        bound = 1 / math.sqrt(12 if name.startswith("fc1") else 24)
        count = math.prod(shape)
        # Drawn in pairs; of the last pair one is dropped where the count is odd.
        numbers = [bound * (2 * source.uniform() - 1) for _ in range(count + count % 2)][:count]
        tensors.append(torch.tensor(numbers, dtype=torch.float64).reshape(shape))
    return tensors


def outputs(parameters: list[torch.Tensor], inputs: torch.Tensor) -> torch.Tensor:
    weight1, bias1, weight2, bias2 = parameters
    return torch.relu(inputs @ weight1.T + bias1) @ weight2.T + bias2


def learn(inputs: torch.Tensor, task: int, constants: tuple[float, ...]) -> tuple[torch.Tensor, torch.Tensor]:
    rate, beta1, beta2, epsilon, epsilon_in_root = constants
    theta = [tensor.requires_grad_() for tensor in parameters(1)]
    omega = parameters(RandomSource(SEED, f"probe task {task}").next())
    with torch.no_grad():
        targets = outputs(theta, inputs).mean() + torch.sin(1e5 * outputs(omega, inputs))
    first = [torch.zeros_like(parameter) for parameter in theta]
    second = [torch.zeros_like(parameter) for parameter in theta]
    curve, losses = [], []
    for step in range(STEPS + 1):
        if step in (0, 1) or step % 2 == 0:
            with torch.no_grad():
                curve.append(((outputs(theta, inputs) - targets) ** 2).mean())
        if step == STEPS:
            break
        source = RandomSource(SEED, f"probe batch {task} {step}")
        rows = [source.index(EXAMPLES) for _ in range(BATCH)]
        loss = ((outputs(theta, inputs[rows]) - targets[rows]) ** 2).mean()
        losses.append(loss.detach())
        gradients = torch.autograd.grad(loss, theta)
        with torch.no_grad():
            for parameter, gradient, m, v in zip(theta, gradients, first, second, strict=True):
                m.mul_(beta1).add_((1 - beta1) * gradient)
                v.mul_(beta2).add_((1 - beta2) * gradient**2)
                corrected = m / (1 - beta1 ** (step + 1)), v / (1 - beta2 ** (step + 1))
                parameter -= rate * corrected[0] / ((corrected[1] + epsilon_in_root).sqrt() + epsilon)
    return torch.stack(curve), torch.stack(losses)


def main() -> None:
    source = RandomSource(3, "inputs")
    numbers = [number for _ in range(EXAMPLES * 12 // 2) for number in source.normal_pair()]
    inputs = torch.tensor(numbers, dtype=torch.float64).reshape(EXAMPLES, 12)
    recorded = {"inputs": inputs}
    for name, constants in OPTIMISERS.items():
        for task in range(TASKS):
            curve, losses = learn(inputs, task, constants)
            recorded[f"{name}.curve.{task}"] = curve
            recorded[f"{name}.batch_losses.{task}"] = losses
    path = Path(sys.argv[1]) / "probe_task.expected.safetensors"
    save_file(recorded, path, metadata={"torch": torch.__version__})


if __name__ == "__main__":
    main()
