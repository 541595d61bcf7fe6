"""Records what PyTorch's and optax's optimisers make of one sequence of gradients, in double precision.

    python record_optimisers.py ../../Tests/TestSupport/Fixtures/optimisers.safetensors

The file holds `parameters` [P], `gradients` [steps, P] and for every case and library `CASE.LIBRARY` [steps, P], the
parameters after each step. The metadata say under `cases` which constants of ours each case is, under the keys of
`run.json`, and under `versions` who computed. Where a library has no such constant, it has no tensor.
"""

import json
import sys

import jax
import numpy as np
import optax
import torch
from safetensors.numpy import save_file

jax.config.update("jax_enable_x64", True)

PARAMETERS, STEPS = 37, 12
# name → (our constants, PyTorch's optimiser, optax's)
CASES = {
    "sgd": (
        {"kind": "sgd", "learning_rate": 0.1},
        lambda p: torch.optim.SGD(p, lr=0.1),
        optax.sgd(0.1),
    ),
    "sgd_decay": (
        {"kind": "sgd", "learning_rate": 0.1, "weight_decay": 0.2},
        lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.2),
        optax.chain(optax.add_decayed_weights(0.2), optax.sgd(0.1)),
    ),
    "momentum": (
        {"kind": "momentum", "learning_rate": 0.1, "decay1": 0.7},
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.7),
        optax.sgd(0.1, momentum=0.7),
    ),
    "nesterov": (
        {"kind": "nesterov", "learning_rate": 0.1, "decay1": 0.7},
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.7, nesterov=True),
        optax.sgd(0.1, momentum=0.7, nesterov=True),
    ),
    "rmsprop": (
        {"kind": "rmsprop", "learning_rate": 0.01, "decay2": 0.8, "epsilon": 0.01},
        lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.8, eps=0.01, centered=True),
        optax.rmsprop(0.01, decay=0.8, eps=0.01, centered=True, eps_in_sqrt=False),
    ),
    "rmsprop_in_root": (
        {"kind": "rmsprop", "learning_rate": 0.01, "decay2": 0.8, "epsilon_in_root": 0.01},
        None,
        optax.rmsprop(0.01, decay=0.8, eps=0.01, centered=True, eps_in_sqrt=True),
    ),
    "rmsprop_uncentred": (
        {"kind": "rmsprop-uncentred", "learning_rate": 0.01, "decay2": 0.9, "epsilon": 1e-8},
        lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, eps=1e-8),
        optax.rmsprop(0.01, decay=0.9, eps=1e-8, eps_in_sqrt=False),
    ),
    "rmsprop_uncentred_in_root": (
        {"kind": "rmsprop-uncentred", "learning_rate": 0.01, "decay2": 0.9, "epsilon_in_root": 1e-3},
        None,
        optax.rmsprop(0.01, decay=0.9, eps=1e-3, eps_in_sqrt=True),
    ),
    "adam": (
        {"kind": "adam", "learning_rate": 0.05, "decay1": 0.9, "decay2": 0.999, "epsilon": 1e-8},
        lambda p: torch.optim.Adam(p, lr=0.05),
        optax.adam(0.05),
    ),
    "adam_in_root": (
        {"kind": "adam", "learning_rate": 0.05, "decay1": 0.9, "decay2": 0.9, "epsilon": 1e-9, "epsilon_in_root": 1e-3},
        None,
        optax.adam(0.05, b2=0.9, eps=1e-9, eps_root=1e-3),
    ),
    "adam_decay": (
        {
            "kind": "adam",
            "learning_rate": 0.05,
            "decay1": 0.9,
            "decay2": 0.999,
            "epsilon": 1e-3,
            "weight_decay": 0.3,
        },
        lambda p: torch.optim.Adam(p, lr=0.05, eps=1e-3, weight_decay=0.3),
        optax.chain(optax.add_decayed_weights(0.3), optax.adam(0.05, eps=1e-3)),
    ),
    "adamw": (
        {
            "kind": "adamw",
            "learning_rate": 0.05,
            "decay1": 0.9,
            "decay2": 0.999,
            "epsilon": 1e-8,
            "weight_decay": 0.3,
        },
        lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.3),
        optax.adamw(0.05, weight_decay=0.3),
    ),
    "adagrad": (
        {"kind": "adagrad", "learning_rate": 0.1, "epsilon": 1e-10},
        lambda p: torch.optim.Adagrad(p, lr=0.1),
        None,
    ),
    "adagrad_in_root": (
        {"kind": "adagrad", "learning_rate": 0.1, "epsilon_in_root": 1e-3},
        None,
        optax.adagrad(0.1, initial_accumulator_value=0.0, eps=1e-3),
    ),
}


def with_torch(make, start: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    parameter = torch.nn.Parameter(torch.from_numpy(start.copy()))
    optimiser = make([parameter])
    path = []
    for gradient in gradients:
        parameter.grad = torch.from_numpy(gradient.copy())
        optimiser.step()
        path.append(parameter.detach().numpy().copy())
    return np.stack(path)


def with_optax(optimiser, start: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    parameters = jax.numpy.asarray(start)
    state = optimiser.init(parameters)
    path = []
    for gradient in gradients:
        updates, state = optimiser.update(jax.numpy.asarray(gradient), state, parameters)
        parameters = optax.apply_updates(parameters, updates)
        path.append(np.asarray(parameters))
    return np.stack(path)


def main(path: str) -> None:
    generator = np.random.default_rng(5)
    start = generator.standard_normal(PARAMETERS)
    # Gradients of all sizes, as in training.
    gradients = generator.standard_normal((STEPS, PARAMETERS)) * 10.0 ** generator.uniform(-4, 1, PARAMETERS)
    tensors = {"parameters": start, "gradients": gradients}
    for name, (_, torch_optimiser, optax_optimiser) in CASES.items():
        if torch_optimiser is not None:
            tensors[f"{name}.torch"] = with_torch(torch_optimiser, start, gradients)
        if optax_optimiser is not None:
            tensors[f"{name}.optax"] = with_optax(optax_optimiser, start, gradients)
    unread = dict.fromkeys(("decay1", "decay2", "epsilon", "epsilon_in_root", "weight_decay"), 0.0)
    ours = {name: unread | constants for name, (constants, _, _) in CASES.items()}
    versions = {"torch": torch.__version__, "optax": optax.__version__, "jax": jax.__version__}
    save_file(tensors, path, {"cases": json.dumps(ours), "versions": json.dumps(versions)})


main(sys.argv[1])
