"""What an architecture means: each kind of layer in a line or two of PyTorch, on tensors named as in a checkpoint.

The exporter holds a translation against the model it came from with this (`compare`); it serves as a reference for
readers of the format too. Everything runs as in analysis: running statistics in batch norm, no dropout, the vectors of
spectral norm as they are stored.
"""

import copy
import math

import torch
from torch.nn import functional as F

# What each kind may have besides `kind`: required keys, and optional ones.
KEYS = {
    "flatten": ((), ()),
    "linear": (("name", "in", "out"), ("bias", "spectral_norm")),
    "conv2d": (("name", "in", "out", "kernel"), ("stride", "padding", "bias", "spectral_norm")),
    "relu": ((), ()),
    "tanh": ((), ()),
    "sigmoid": ((), ()),
    "silu": ((), ()),
    "leaky_relu": ((), ("slope",)),
    "crelu": ((), ()),
    "gelu": ((), ("approximate",)),
    "layer_norm": (("name", "shape"), ("eps",)),
    "group_norm": (("name", "groups", "channels"), ("eps",)),
    "batch_norm2d": (("name", "channels"), ("eps",)),
    "max_pool2d": (("kernel",), ("stride", "padding")),
    "avg_pool2d": (("kernel",), ("stride", "padding")),
    "global_avg_pool": ((), ()),
    "residual": (("body",), ("shortcut",)),
    "tokens": ((), ()),
    "class_token": (("name", "dim"), ()),
    "position_embedding": (("name", "tokens", "dim"), ()),
    "attention": (("name", "dim", "heads"), ()),
    "select_token": ((), ("index",)),
    "mean_tokens": ((), ()),
    "dropout": ((), ("p",)),
}


class ArchitectureError(ValueError):
    """The layers, their tensors and the inputs do not belong together; says which layer or tensor."""


def evaluate(architecture, tensors, inputs, outputs_by_name=None):
    """The network's outputs `[examples, outputs]` on `inputs [examples, …architecture["input"]]`.

    `tensors` maps names to tensors of the inputs' dtype; all must be used. Into the dictionary `outputs_by_name` goes
    what each layer with a name gives. Raises `ArchitectureError`.
    """
    if list(inputs.shape[1:]) != list(architecture["input"]):
        raise ArchitectureError(f"inputs have shape {list(inputs.shape[1:])}, the architecture {architecture['input']}")
    network = _Network(tensors, {} if outputs_by_name is None else outputs_by_name)
    outputs = network.sequence(architecture["layers"], inputs)
    left_over = sorted(set(tensors) - network.used)
    if left_over:
        raise ArchitectureError(f"left over, no layer has them: {', '.join(left_over)}")
    return outputs


class Disagreement(ValueError):
    """The layers do not compute what the model computes; says by how much and from which layer on."""


# Two ways of computing the same numbers in double differ by roundings: some hundred layers, each a relative error of a
# few eps √terms, stay under 1e-12. A layer that is wrong or absent shows at 1e-3 and more.
TOLERANCE = 1e-9


def compare(model, architecture, tensors, examples=4, seed=0):
    """Runs the layers (f) beside the model (g), in evaluation mode and in double; returns ‖f − g‖₂ / ‖g‖₂.

    Inputs are Gaussian. The model itself is left as it is. Raises `Disagreement` above `TOLERANCE`.
    """
    twin, outputs, expected = double_copy(model), {}, {}

    def keep(name):
        def hook(module, inputs, output):
            if torch.is_tensor(output):
                # Cloned, because an in-place activation writes over it.
                expected.setdefault(name, output.clone())

        return hook

    handles = [module.register_forward_hook(keep(name)) for name, module in twin.named_modules() if name]
    generator = torch.Generator().manual_seed(seed)
    inputs = torch.randn(examples, *architecture["input"], dtype=torch.float64, generator=generator)
    doubles = {name: tensor.detach().cpu().double() for name, tensor in tensors.items()}
    with torch.no_grad(), torch.random.fork_rng(devices=[]):
        try:
            theirs = twin(inputs.clone())
        except Exception as error:
            raise Disagreement(f"the model does not run on inputs of shape {list(inputs.shape)}: {error}") from error
        if not torch.is_tensor(theirs):
            raise Disagreement(f"the model returns a {type(theirs).__name__}, not a tensor")
        try:
            ours = evaluate(architecture, doubles, inputs, outputs)
        except ArchitectureError as error:
            raise Disagreement(f"the layers found do not run: {error}") from error
    for handle in handles:
        handle.remove()
    difference = _difference(ours, theirs)
    if difference <= TOLERANCE:
        return difference
    wrong = next((n for n in outputs if n in expected and _difference(outputs[n], expected[n]) > TOLERANCE), None)
    place = f"first after the layer {wrong}" if wrong else "after the last layer that has a name"
    amount = f"a relative difference of {difference:.1e}"
    if ours.shape != theirs.shape:
        amount = f"shape {list(ours.shape)} in place of the model's {list(theirs.shape)}"
    raise Disagreement(
        f"the layers found do not compute what the model computes: {amount}, {place}. "
        "Its forward() does something that its submodules do not show"
    )


def double_copy(model):
    """The model once more, in double, in evaluation mode and on the CPU."""
    for module in model.modules():
        for name, value in list(vars(module).items()):
            # The older spectral norm leaves its last result there, which cannot be copied with its history.
            if torch.is_tensor(value) and value.grad_fn is not None:
                setattr(module, name, value.detach())
    return copy.deepcopy(model).cpu().double().eval()


def shaken(model, seed=1):
    """A copy in double at other weights near by, and with other running statistics.

    Weights that start at zero hide whatever is behind them, and fresh running statistics whether they are used.
    """
    twin, generator = double_copy(model), torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in [*twin.named_parameters(), *twin.named_buffers()]:
            noise = torch.randn(tensor.shape, dtype=torch.float64, generator=generator)
            if name.endswith("running_var"):
                tensor.mul_(torch.exp(0.1 * noise))
            elif isinstance(tensor, torch.nn.Parameter) or name.endswith("running_mean"):
                inputs = max(1, tensor.numel() // max(1, len(tensor)))
                size = tensor.square().mean().sqrt().item() or inputs**-0.5
                tensor.add_(0.1 * size * noise)
    return twin


def _difference(ours, theirs):
    if ours.shape != theirs.shape:
        return math.inf
    distance, size = (ours - theirs).norm().item(), theirs.norm().item()
    # A model that gives zeros (a head that starts at zero) is matched by zeros.
    relative = distance if size == 0 else distance / size
    return relative if math.isfinite(relative) else math.inf


class _Network:
    """Tensors by name, and which of them were used."""

    def __init__(self, tensors, outputs_by_name):
        self.tensors, self.outputs_by_name, self.used = tensors, outputs_by_name, set()

    def tensor(self, name, shape):
        if name not in self.tensors:
            raise ArchitectureError(f"{name} is missing; the architecture needs it with shape {list(shape)}")
        if list(self.tensors[name].shape) != list(shape):
            found = list(self.tensors[name].shape)
            raise ArchitectureError(f"{name} has shape {found} where the architecture needs {list(shape)}")
        self.used.add(name)
        return self.tensors[name]

    def sequence(self, layers, x):
        for layer in layers:
            kind = layer.get("kind")
            if kind not in KEYS:
                raise ArchitectureError(f"there is no layer kind '{kind}'")
            required, optional = KEYS[kind]
            place = f"{kind} {layer.get('name', '')}".strip()
            if wrong := set(required) - set(layer):
                raise ArchitectureError(f"{place}: needs {', '.join(sorted(wrong))}")
            if wrong := set(layer) - set(required) - set(optional) - {"kind"}:
                raise ArchitectureError(f"{place}: does not know {', '.join(sorted(wrong))}")
            try:
                x = getattr(self, kind)(layer, x)
            except (RuntimeError, IndexError) as error:
                raise ArchitectureError(f"{place}: on an input of shape {list(x.shape)[1:]}: {error}") from error
            if "name" in layer:
                self.outputs_by_name[layer["name"]] = x
        return x

    # Layers with weights.

    def weights(self, layer, shape):
        """Weight and bias of a linear layer or convolution; W / (uᵀ W v) under spectral norm."""
        weight = self.tensor(f"{layer['name']}.weight", shape)
        if layer.get("spectral_norm", False):
            u = self.tensor(f"{layer['name']}.weight_u", shape[:1])
            v = self.tensor(f"{layer['name']}.weight_v", [math.prod(shape[1:])])
            weight = weight / (u @ weight.flatten(1) @ v)
        return weight, self.tensor(f"{layer['name']}.bias", shape[:1]) if layer.get("bias", True) else None

    def linear(self, layer, x):
        return F.linear(x, *self.weights(layer, [layer["out"], layer["in"]]))

    def conv2d(self, layer, x):
        kernel = layer["kernel"]
        weight, bias = self.weights(layer, [layer["out"], layer["in"], kernel, kernel])
        return F.conv2d(x, weight, bias, stride=layer.get("stride", 1), padding=layer.get("padding", 0))

    def affine(self, layer, shape):
        return self.tensor(f"{layer['name']}.weight", shape), self.tensor(f"{layer['name']}.bias", shape)

    def layer_norm(self, layer, x):
        return F.layer_norm(x, layer["shape"], *self.affine(layer, layer["shape"]), layer.get("eps", 1e-5))

    def group_norm(self, layer, x):
        weight, bias = self.affine(layer, [layer["channels"]])
        return F.group_norm(x, layer["groups"], weight, bias, layer.get("eps", 1e-5))

    def batch_norm2d(self, layer, x):
        shape = [layer["channels"]]
        mean = self.tensor(f"{layer['name']}.running_mean", shape)
        variance = self.tensor(f"{layer['name']}.running_var", shape)
        return F.batch_norm(x, mean, variance, *self.affine(layer, shape), eps=layer.get("eps", 1e-5))

    def attention(self, layer, x):
        name, dim, heads = layer["name"], layer["dim"], layer["heads"]
        if dim % heads != 0:
            raise ArchitectureError(f"attention {name}: {heads} heads do not divide dim {dim}")
        weight, bias = self.tensor(f"{name}.qkv.weight", [3 * dim, dim]), self.tensor(f"{name}.qkv.bias", [3 * dim])
        examples, tokens, _ = x.shape
        q, k, v = (
            part.reshape(examples, tokens, heads, dim // heads).transpose(1, 2)
            for part in F.linear(x, weight, bias).split(dim, dim=-1)
        )
        mixed = torch.softmax(q @ k.mT / math.sqrt(dim // heads), dim=-1) @ v
        weight, bias = self.tensor(f"{name}.proj.weight", [dim, dim]), self.tensor(f"{name}.proj.bias", [dim])
        return F.linear(mixed.transpose(1, 2).reshape(examples, tokens, dim), weight, bias)

    def class_token(self, layer, x):
        token = self.tensor(layer["name"], [1, 1, layer["dim"]])
        return torch.cat([token.expand(x.shape[0], -1, -1), x], dim=1)

    def position_embedding(self, layer, x):
        if list(x.shape[1:]) != [layer["tokens"], layer["dim"]]:
            raise ArchitectureError(f"{layer['name']}: got tokens of shape {list(x.shape[1:])}")
        return x + self.tensor(layer["name"], [1, layer["tokens"], layer["dim"]])

    # Layers without.

    def flatten(self, layer, x):
        return x.flatten(1)

    def relu(self, layer, x):
        return F.relu(x)

    def tanh(self, layer, x):
        return torch.tanh(x)

    def sigmoid(self, layer, x):
        return torch.sigmoid(x)

    def silu(self, layer, x):
        return x * torch.sigmoid(x)

    def leaky_relu(self, layer, x):
        return F.leaky_relu(x, layer.get("slope", 0.01))

    def crelu(self, layer, x):
        return torch.cat([F.relu(x), F.relu(-x)], dim=1 if x.dim() == 4 else -1)

    def gelu(self, layer, x):
        return F.gelu(x, approximate=layer.get("approximate", "none"))

    def max_pool2d(self, layer, x):
        return F.max_pool2d(x, layer["kernel"], layer.get("stride", layer["kernel"]), layer.get("padding", 0))

    def avg_pool2d(self, layer, x):
        return F.avg_pool2d(x, layer["kernel"], layer.get("stride", layer["kernel"]), layer.get("padding", 0))

    def global_avg_pool(self, layer, x):
        return x.mean(dim=(2, 3))

    def residual(self, layer, x):
        return self.sequence(layer["body"], x) + self.sequence(layer.get("shortcut", []), x)

    def tokens(self, layer, x):
        return x.flatten(2).mT

    def select_token(self, layer, x):
        return x[:, layer.get("index", 0)]

    def mean_tokens(self, layer, x):
        return x.mean(dim=1)

    def dropout(self, layer, x):
        return x
