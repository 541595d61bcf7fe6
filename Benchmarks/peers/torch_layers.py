"""Layers that `torch.nn` does not have as the networks need them."""

import torch
from torch import nn


class Residual(nn.Module):
    def __init__(self, body: nn.Module, shortcut: nn.Module) -> None:
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.body(inputs) + self.shortcut(inputs)


class GlobalAveragePool(nn.Module):
    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images.mean((-2, -1))


class Tokens(nn.Module):
    """[N, C, H, W] → [N, H·W, C]."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images.flatten(-2).transpose(-2, -1)


class ClassToken(nn.Module):
    def __init__(self, dim: int) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.zeros(1, 1, dim))

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.token.expand(tokens.shape[0], -1, -1), tokens], dim=1)


class PositionEmbedding(nn.Module):
    def __init__(self, tokens: int, dim: int) -> None:
        super().__init__()
        self.embedding = nn.Parameter(torch.zeros(1, tokens, dim))

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return tokens + self.embedding


class SelectToken(nn.Module):
    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return tokens[:, self.index]


class Attention(nn.Module):
    """softmax(q kᵀ/√d) v written out, as timm does without its fused attention: PyTorch's fused kernel on the CPU has
    no second derivative."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        examples, count, dim = tokens.shape
        split = self.qkv(tokens).reshape(examples, count, 3, self.heads, dim // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4).unbind(0)
        scores = query * (dim // self.heads) ** -0.5 @ key.transpose(-2, -1)
        mixed = scores.softmax(dim=-1) @ value
        return self.proj(mixed.transpose(1, 2).reshape(examples, count, dim))
