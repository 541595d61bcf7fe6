"""Asserts that the peers do the same work on the larger networks; a part of `check_agreement.py`.

* Hessian products and matrices of cosines: ‖a − b‖ ≤ 1e-10 ‖b‖ between PyTorch and JAX in double, two independent
  differentiations of two independent programs; and in single ≤ 5e-3 of PyTorch's in double, channels-last included.
* Deep Q-network: the loss after 10 steps, in double, 1e-8, as for Adam.

The shapes are those of the benchmark, the examples 8. Of ResNet-18's four million rectifiers one or two are within
single precision's rounding of 0, and may be open in one library and shut in another. One of the 8 · 512 · 16 in the
last stage carries about 1/√65 000 = 4e-3 of a product, hence the bound; a wrong formula shows in double.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import networks
from checks import Checks, results
from settings import Settings


def check(checks: Checks) -> None:
    for network, work in itertools.product(networks.NAMES, ("network-hvp", "network-gradcov")):
        settings = Settings(precision="double", network=network, batch=8, examples=8)
        double = results(work, settings, with_tuned=True)
        if not double:
            continue
        first, *_ = expected = list(double)
        for library in expected[1:]:
            checks.same(f"{work} {network} double {library} – {first}", double[library], double[first], 1e-10)
        for library, array in results(work, replace(settings, precision="single"), with_tuned=True).items():
            checks.same(f"{work} {network} single {library} – double {first}", array, double[first], 5e-3)
    settings = Settings(precision="double", batch=8, training_steps=10)
    losses = results("network-dqn", settings, with_tuned=True)
    for (one, a), (other, b) in itertools.combinations(losses.items(), 2):
        checks.same(f"network-dqn cnn double {one} – {other}", a, b, 1e-8)
