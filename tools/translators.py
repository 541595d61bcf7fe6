"""Which layers stand for which PyTorch modules.

A translator is a function from a `Node` (see export_checkpoint.py) to layers: it asks the node for the layers of its
children, stores tensors under the checkpoint's names, and refuses what it does not know. Modules of PyTorch are known
by their class, networks of torchvision and timm by their children's names, and neither is imported. Names prove
nothing: the exporter's check finds out where one promised too much.
"""

import operator

import torch
from torch.nn.utils import parametrize


def type_of(module):
    """The module's class, without what parametrisations make of it."""
    return parametrize.type_before_parametrizations(module)


def _weighted(node, layer):
    """A linear layer or convolution: weight, bias, and the vectors of either spectral norm."""
    module, spectral = node.module, None
    weight, u, v = module._parameters.get("weight"), None, None
    stored = {*module._parameters, *module._buffers} - {"weight", "bias"}
    hooks = [hook for hook in module._forward_pre_hooks.values() if type(hook).__name__ == "SpectralNorm"]
    if parametrize.is_parametrized(module):
        lists = module.parametrizations
        spectral = lists.weight[0] if set(lists) == {"weight"} and len(lists.weight) == 1 else None
        if type(spectral).__name__ != "_SpectralNorm":
            names = [f"{type(one).__name__} on '{name}'" for name, some in lists.items() for one in some]
            return node.refuse(f"is parametrised by {', '.join(names)}; one spectral norm on 'weight' is known")
        weight, u, v = lists.weight.original, spectral._u, spectral._v
    elif len(hooks) == 1 and hooks[0].name == "weight":
        spectral, weight, u, v = hooks[0], module.weight_orig, module.weight_u, module.weight_v
        stored -= {"weight_orig", "weight_u", "weight_v"}
    if stored or weight is None:
        held = ", ".join(sorted(stored)) or "no weight"
        return node.refuse(f"holds {held}; known are weight, bias and spectral norm")
    if spectral is not None:
        if spectral.dim != 0:
            return node.refuse(f"spectral norm along dim={spectral.dim}; known is 0")
        node.tensor(f"{node.name}.weight_u", u)
        node.tensor(f"{node.name}.weight_v", v)
        layer["spectral_norm"] = True
    node.tensor(f"{node.name}.weight", weight)
    if module.bias is None:
        layer["bias"] = False
    else:
        node.tensor(f"{node.name}.bias", module.bias)
    return [layer]


def _linear(node):
    size = {"in": node.module.in_features, "out": node.module.out_features}
    return _weighted(node, {"kind": "linear", "name": node.name, **size})


def _square(value):
    """The one number of a square (height, width), or None."""
    pair = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    return pair[0] if len(set(pair)) == 1 else None


def _conv2d(node):
    conv = node.module
    kernel, stride, dilation = _square(conv.kernel_size), _square(conv.stride), _square(conv.dilation)
    padding = conv.padding
    if padding == "same" and kernel and kernel % 2 == 1:
        padding = kernel // 2
    padding = 0 if padding == "valid" else None if isinstance(padding, str) else _square(padding)
    if not node.unless(
        kernel_size=kernel is None, stride=stride is None, padding=padding is None, dilation=dilation != 1,
        groups=conv.groups != 1, padding_mode=conv.padding_mode != "zeros",
    ):
        return []
    layer = {"kind": "conv2d", "name": node.name, "in": conv.in_channels, "out": conv.out_channels, "kernel": kernel}
    return _weighted(node, {**layer, "stride": stride, "padding": padding})


def _normalisation(kind, keys):
    def translate(node):
        norm, affine = node.module, ["weight", "bias"]
        if kind == "batch_norm2d":
            affine += ["running_mean", "running_var"]
        stored = {name for name, value in {**norm._parameters, **norm._buffers}.items() if value is not None}
        if absent := [name for name in affine if name not in stored]:
            return node.refuse(f"has no {', '.join(absent)}, which {kind} needs")
        if other := stored - {*affine, "num_batches_tracked"}:
            return node.refuse(f"holds {', '.join(sorted(other))}; known are {', '.join(affine)}")
        for name in affine:
            node.tensor(f"{node.name}.{name}", getattr(norm, name))
        return [{"kind": kind, "name": node.name, **{key: get(norm) for key, get in keys.items()}, "eps": norm.eps}]

    return translate


def _pool(kind):
    def translate(node):
        pool = node.module
        kernel, stride, padding = _square(pool.kernel_size), _square(pool.stride), _square(pool.padding)
        wrong = {"kernel_size": kernel is None, "stride": stride is None, "padding": padding is None}
        wrong["ceil_mode"] = pool.ceil_mode
        if kind == "max_pool2d":
            wrong.update(dilation=_square(pool.dilation) != 1, return_indices=pool.return_indices)
        else:
            wrong["divisor_override"] = pool.divisor_override is not None
            wrong["count_include_pad"] = not pool.count_include_pad and padding != 0
        return [{"kind": kind, "kernel": kernel, "stride": stride, "padding": padding}] if node.unless(**wrong) else []

    return translate


def _adaptive_pool(node):
    if node.unless(output_size=_square(node.module.output_size) != 1):
        return [{"kind": "global_avg_pool", "_pool": node}]
    return []


def _flatten(node):
    right = node.unless(start_dim=node.module.start_dim != 1, end_dim=node.module.end_dim != -1)
    return [{"kind": "flatten"}] if right else []


def _dropout(node):
    rate = float(getattr(node.module, "p", None) or getattr(node.module, "drop_prob", None) or 0)
    if rate > 0 and node.walk.dropout and type(node.module) is torch.nn.Dropout:
        return [{"kind": "dropout", "p": rate}]
    if rate > 0:
        what = f"{node.name} ({type(node.module).__name__}, {rate:g})"
        node.walk.notes.append(f"{what} is left out: analysis has no dropout")
    return []


def _kind(kind):
    return lambda node: [{"kind": kind}]


# Networks.


def _residual(body, shortcut=()):
    return {"kind": "residual", "body": body, **({"shortcut": list(shortcut)} if shortcut else {})}


def _activation(node, *names):
    """The activation under the first of these names; ReLU where forward() calls the function."""
    present = [name for name in names if hasattr(node.module, name)]
    return node.child(present[0]) if present else [{"kind": "relu"}]


def _residual_block(node):
    """torchvision's BasicBlock and Bottleneck: a residual unit with an activation behind it."""
    last = 3 if hasattr(node.module, "conv3") else 2
    body = []
    for i in range(1, last + 1):
        body += node.children(f"conv{i}", f"bn{i}")
        body += _activation(node, "relu", f"act{i}") if i < last else []
    # timm's block has further places, which hold an identity unless asked for.
    body += node.children("drop_block", "aa", "drop_path")
    shortcut = node.children("downsample", "shortcut")
    return [_residual(body, shortcut)] + _activation(node, "relu", f"act{last}")


def _resnet(node):
    layers = node.children("conv1", "bn1") + _activation(node, "relu", "act1") + node.child("maxpool")
    layers += node.children(*(f"layer{i}" for i in range(1, 10)))
    pool = node.children("avgpool", "global_pool") or [{"kind": "global_avg_pool"}]
    return layers + pool + [{"kind": "flatten"}] + node.children("fc", "linear")


def _transformer_block(node):
    """timm's Block and torchvision's EncoderBlock: both parts normalise first."""
    return [
        _residual(node.children("norm1", "ln_1", "attn", "self_attention", "ls1", "drop_path1", "dropout")),
        _residual(node.children("norm2", "ln_2", "mlp", "ls2", "drop_path2")),
    ]


_PROJECTIONS = ("qkv.weight", "qkv.bias", "proj.weight", "proj.bias")


def _attention(node):
    parts = node.module
    if node.children("q_norm", "k_norm", "norm"):
        return node.refuse("normalises inside the attention, which is not known")
    node.children("attn_drop", "proj_drop")
    return _projections(node, parts.qkv.in_features, {name: operator.attrgetter(name)(parts) for name in _PROJECTIONS})


def _multihead_attention(node):
    """PyTorch's own, attending to itself: its one input projection is `qkv` here."""
    module = node.module
    if module.in_proj_weight is None or module.bias_k is not None or module.add_zero_attn or not module.batch_first:
        return node.refuse("is known with batch_first, equal widths of q, k and v, and nothing added to k and v")
    out = module.out_proj
    weights = (module.in_proj_weight, module.in_proj_bias, out.weight, out.bias)
    return _projections(node, module.embed_dim, dict(zip(_PROJECTIONS, weights)))


def _projections(node, dim, tensors):
    if absent := [name for name, tensor in tensors.items() if tensor is None]:
        return node.refuse(f"has no {', '.join(absent)}, which attention needs")
    if list(tensors["qkv.weight"].shape) != [3 * dim, dim] or list(tensors["proj.weight"].shape) != [dim, dim]:
        return node.refuse(f"its heads do not add up to its width {dim}")
    for name, tensor in tensors.items():
        node.tensor(f"{node.name}.{name}", tensor)
    return [{"kind": "attention", "name": node.name, "dim": dim, "heads": node.module.num_heads}]


def _embedding(node, kind, name):
    """A class token or position embedding, a parameter of the network itself; nothing where it has none."""
    parameter = operator.attrgetter(name)(node.module) if hasattr(node.module, name.partition(".")[0]) else None
    if parameter is None:
        return []
    name = f"{node.path}.{name}".lstrip(".")
    node.tensor(name, parameter)
    tokens = {"tokens": parameter.shape[1]} if kind == "position_embedding" else {}
    return [{"kind": kind, "name": name, **tokens, "dim": parameter.shape[2]}]


def _vision_transformer(node):
    """timm's VisionTransformer, with class token or average pooling."""
    vit = node.module
    tokens = [_embedding(node, "class_token", "cls_token"), _embedding(node, "position_embedding", "pos_embed")]
    first, second = reversed(tokens) if getattr(vit, "no_embed_class", False) else tokens
    pooling = getattr(vit, "global_pool", "token" if tokens[0] else "avg")
    if pooling not in ("token", "avg"):
        return node.refuse(f"global_pool='{pooling}' is not known")
    if pooling == "avg" and tokens[0] and not getattr(vit, "pool_include_prefix", False):
        return node.refuse("averages all tokens but the class token, mean_tokens all; build it with class_token=False")
    layers = node.child("patch_embed.proj") + [{"kind": "tokens"}] + node.child("patch_embed.norm") + first + second
    layers += node.children("pos_drop", "patch_drop", "norm_pre", "blocks", "norm")
    layers += [{"kind": "select_token", "index": 0} if pooling == "token" else {"kind": "mean_tokens"}]
    return layers + node.children("fc_norm", "head_drop", "head")


def _torchvision_transformer(node):
    layers = node.child("conv_proj") + [{"kind": "tokens"}] + _embedding(node, "class_token", "class_token")
    layers += _embedding(node, "position_embedding", "encoder.pos_embedding")
    layers += node.children("encoder.dropout", "encoder.layers", "encoder.ln")
    return layers + [{"kind": "select_token", "index": 0}] + node.child("heads")


CLASSES = {
    "Linear": _linear,
    "Conv2d": _conv2d,
    "ReLU": _kind("relu"),
    "Tanh": _kind("tanh"),
    "Sigmoid": _kind("sigmoid"),
    "SiLU": _kind("silu"),
    "LeakyReLU": lambda node: [{"kind": "leaky_relu", "slope": node.module.negative_slope}],
    "GELU": lambda node: [{"kind": "gelu", "approximate": getattr(node.module, "approximate", "none")}],
    "LayerNorm": _normalisation("layer_norm", {"shape": lambda norm: list(norm.normalized_shape)}),
    "GroupNorm": _normalisation(
        "group_norm", {"groups": lambda norm: norm.num_groups, "channels": lambda norm: norm.num_channels}),
    "BatchNorm2d": _normalisation("batch_norm2d", {"channels": lambda norm: norm.num_features}),
    "MaxPool2d": _pool("max_pool2d"),
    "AvgPool2d": _pool("avg_pool2d"),
    "AdaptiveAvgPool2d": _adaptive_pool,
    "Flatten": _flatten,
    "Identity": lambda node: [],
    # Not named_children(), which leaves out a module that stands there twice.
    "Sequential": lambda node: node.children(*(name for name, child in node.module._modules.items() if child is not None)),
    "MultiheadAttention": _multihead_attention,
    **dict.fromkeys(("Dropout", "Dropout1d", "Dropout2d", "DropPath", "StochasticDepth"), _dropout),
}
# Children's names: those that must be there, a pattern for those that may; and what they mean then.
COMPOSITES = [
    (
        {"conv1", "bn1", "conv2", "bn2"},
        r"conv3|bn3|relu|act\d|downsample|shortcut|drop_block|aa|drop_path",
        _residual_block,
    ),
    ({"conv1", "bn1", "layer1"}, r"relu|act1|maxpool|layer\d|avgpool|global_pool|fc|linear", _resnet),
    ({"norm1", "attn", "norm2", "mlp"}, r"ls\d|drop_path\d?", _transformer_block),
    ({"ln_1", "self_attention", "ln_2", "mlp"}, r"dropout", _transformer_block),
    ({"qkv", "proj"}, r"attn_drop|proj_drop|q_norm|k_norm|norm", _attention),
    ({"pool", "flatten"}, r"", lambda node: node.children("pool", "flatten")),
    ({"fc1", "act", "fc2"}, r"drop\d?|norm", lambda node: node.children("fc1", "act", "drop1", "norm", "fc2", "drop2")),
    ({"patch_embed", "blocks"}, r"pos_drop|patch_drop|norm_pre|norm|fc_norm|head_drop|head", _vision_transformer),
    ({"conv_proj", "encoder", "heads"}, r"", _torchvision_transformer),
]
