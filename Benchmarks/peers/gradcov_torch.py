"""What the PyTorch adapters of the gradient covariance share: from products of gradients to the spectrum."""

import numpy as np
import torch


def cosine_normalised(gram: torch.Tensor) -> torch.Tensor:
    """Gᵢⱼ / √(Gᵢᵢ Gⱼⱼ), in place: the cosine between each two gradients."""
    scale = gram.diagonal().rsqrt()
    return gram.mul_(scale[:, None]).mul_(scale[None, :])


def gram_of_gradients(gradients: list[torch.Tensor]) -> torch.Tensor:
    """Σ over the parameters of Jₗ Jₗᵀ, from per-example gradients `[examples, …shape]`."""
    rows = [gradient.flatten(1) for gradient in gradients]
    gram = rows[0] @ rows[0].T
    for row in rows[1:]:
        gram.addmm_(row, row.T)
    return gram


def with_spectrum(gram: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    matrix = cosine_normalised(gram)
    return matrix, torch.linalg.eigvalsh(matrix)


def matrix_of(pair: tuple[torch.Tensor, torch.Tensor]) -> np.ndarray:
    return pair[0].numpy()
