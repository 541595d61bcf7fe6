"""Records what Tests/PlasticityTests/Statistics compares with: statistics of the reference cases by PyTorch and NumPy.

    python record.py FIXTURES > statistics.json

An interpreter of the architecture documents of its own, autograd for the gradient, numpy.linalg.svd for singular
values, all in double precision; every statistic written out from its definition.
"""
import json, sys, glob, os
import numpy as np, torch
import torch.nn.functional as F
from safetensors import safe_open

torch.set_default_dtype(torch.float64)
ACT = {"relu", "leaky_relu", "tanh", "sigmoid", "silu", "gelu"}


def act(layer, x):
    k = layer["kind"]
    if k == "leaky_relu": return F.leaky_relu(x, layer.get("slope", 0.01))
    if k == "gelu": return F.gelu(x, approximate=layer.get("approximate", "none"))
    return {"relu": F.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "silu": F.silu}[k](x)


def weight(layer, P, B):
    w = P[layer["name"] + ".weight"]
    if layer.get("spectral_norm"):
        u, v = B[layer["name"] + ".weight_u"], B[layer["name"] + ".weight_v"]
        w = w / (u @ w.reshape(w.shape[0], -1) @ v)
    return w


def run(layers, x, P, B, seen, path="", top=False):
    name = None
    for i, l in enumerate(layers):
        k = l["kind"]
        n = l.get("name")
        if k == "flatten": x = x.flatten(1)
        elif k == "linear": x = F.linear(x, weight(l, P, B), P.get(n + ".bias"))
        elif k == "conv2d": x = F.conv2d(x, weight(l, P, B), P.get(n + ".bias"), l.get("stride", 1), l.get("padding", 0))
        elif k in ACT:
            x = act(l, x)
            seen.append((f"{name}.{k}" if name else f"{path}{i}.{k}", k, x))
            name = None
        elif k == "layer_norm": x = F.layer_norm(x, l["shape"], P[n + ".weight"], P[n + ".bias"], l.get("eps", 1e-5))
        elif k == "group_norm": x = F.group_norm(x, l["groups"], P[n + ".weight"], P[n + ".bias"], l.get("eps", 1e-5))
        elif k == "batch_norm2d":
            x = F.batch_norm(x, B[n + ".running_mean"], B[n + ".running_var"], P[n + ".weight"], P[n + ".bias"], False, 0, l.get("eps", 1e-5))
        elif k == "max_pool2d": x = F.max_pool2d(x, l["kernel"], l.get("stride", l["kernel"]), l.get("padding", 0))
        elif k == "avg_pool2d": x = F.avg_pool2d(x, l["kernel"], l.get("stride", l["kernel"]), l.get("padding", 0))
        elif k == "global_avg_pool": x = x.mean((2, 3))
        elif k == "residual":
            b = run(l["body"], x, P, B, seen, f"{path}{i}.body.")
            s = run(l.get("shortcut", []), x, P, B, seen, f"{path}{i}.shortcut.")
            x = b + s
            name = None
            if i + 1 == len(layers) or layers[i + 1]["kind"] not in ACT: seen.append((f"{path}{i}.residual", "residual", x))
        elif k == "tokens": x = x.flatten(2).transpose(1, 2)
        elif k == "class_token": x = torch.cat([P[n].expand(len(x), 1, -1), x], 1)
        elif k == "position_embedding": x = x + P[n]
        elif k == "select_token": x = x[:, l.get("index", 0)]
        elif k == "mean_tokens": x = x.mean(1)
        elif k == "attention":
            q, kk, v = F.linear(x, P[n + ".qkv.weight"], P[n + ".qkv.bias"]).chunk(3, -1)
            h = l["heads"]
            sp = lambda t: t.unflatten(-1, (h, -1)).transpose(1, 2)
            q, kk, v = sp(q), sp(kk), sp(v)
            o = torch.softmax(q @ kk.transpose(-1, -2) / q.shape[-1] ** 0.5, -1) @ v
            x = F.linear(o.transpose(1, 2).flatten(2), P[n + ".proj.weight"], P[n + ".proj.bias"])
        else: raise ValueError(k)
        if n is not None: name = n
        if top and i + 1 < len(layers) and any("name" in m or "body" in m for m in layers[i + 1:i + 2]): run.before_head = x
    return x


def ranks(m, eps=2.0**-52):
    s = np.linalg.svd(m, compute_uv=False)
    r, c = m.shape
    p = s[s > 0] / s.sum()
    least = lambda v: int(np.argmax(np.cumsum(v) >= 0.99 * v.sum())) + 1
    return {
        "exact_rank": int((s > max(r, c) * eps * s[0]).sum()), "numerical_rank": int((s > 0.01 * s[0]).sum()),
        "absolute_rank": int((s / np.sqrt(r) > 0.01).sum()), "srank": least(s), "energy_rank": least(s**2),
        "entropy_rank": float(np.exp(-(p * np.log(p)).sum())), "stable_rank": float((s**2).sum() / s[0] ** 2),
        "spectral_norm": float(s[0]),
    }


def rows(x):
    """[examples · positions, channels]"""
    if x.dim() == 4: return x.permute(0, 2, 3, 1).reshape(-1, x.shape[1])
    if x.dim() == 3: return x.reshape(-1, x.shape[2])
    return x


def units(kind, x, tau=0.025):
    h = x.flatten(1)
    out = {}
    score = lambda e: float((e / e.mean() <= tau).double().mean()) if e.mean() > 0 else 1.0
    out["dormant_fraction"] = score(h.abs().mean(0))
    out["dormant_channel_fraction"] = score(rows(x).abs().mean(0))
    flat = rows(x)
    if kind == "relu":
        out["dead_fraction"] = float((h == 0).all(0).double().mean())
        out["dead_channel_fraction"] = float((flat == 0).all(0).double().mean())
        out["zero_activation_fraction"] = float((h == 0).double().mean())
    if kind == "relu":
        out["linearised_fraction"] = float((h > 0).all(0).double().mean())
        out["linearised_channel_fraction"] = float((flat > 0).all(0).double().mean())
    if kind in ("tanh", "sigmoid"):
        z = h if kind == "tanh" else 2 * h - 1
        f = flat if kind == "tanh" else 2 * flat - 1
        out["saturated_fraction"] = float((z.abs() > 0.95).all(0).double().mean())
        out["saturated_channel_fraction"] = float((f.abs() > 0.95).all(0).double().mean())
        out["saturation_rate"] = float((z.abs() > 0.95).double().mean())
    return out


def case(folder, name):
    c = safe_open(f"{folder}/{name}.checkpoint.safetensors", "pt")
    e = safe_open(f"{folder}/{name}.expected.safetensors", "pt")
    architecture = json.loads(c.metadata()["landscape.architecture"])
    tensors = {k: c.get_tensor(k).double() for k in c.keys()}
    isBuffer = lambda k: k.endswith(("running_mean", "running_var", "weight_u", "weight_v", "num_batches_tracked"))
    P = {k: v.requires_grad_() for k, v in tensors.items() if not isBuffer(k)}
    B = {k: v for k, v in tensors.items() if isBuffer(k)}
    x, y = e.get_tensor("inputs").double(), e.get_tensor("targets")
    seen = []
    f = run(architecture["layers"], x.reshape(-1, *architecture["input"]), P, B, seen, top=True)
    assert torch.allclose(f, e.get_tensor("outputs").double(), rtol=1e-9), name
    kind = e.metadata()["loss"]
    loss = {"mse": lambda: ((f - y) ** 2).mean(1).mean(), "cross_entropy": lambda: F.cross_entropy(f, y),
            "huber": lambda: F.huber_loss(f, y, delta=float(e.metadata().get("huber_delta", 1)))}[kind.replace("-", "_")]()
    g = torch.autograd.grad(loss, list(P.values()))
    flat = torch.cat([t.flatten() for t in g])
    theta = torch.cat([t.detach().flatten() for t in P.values()])
    result = {"loss": float(loss), "gradient_norm": float(flat.norm()), "zero_gradient_fraction": float((flat == 0).double().mean()),
              "weight_norm": float(theta.norm()), "weight_mean_magnitude": float(theta.abs().mean()),
              "output_mean": float(f.mean()), "output_standard_deviation": float(f.std(unbiased=False)),
              "output_root_mean_square": float((f**2).mean().sqrt())}
    matrices = {k[: -len(".weight")]: v.detach() for k, v in P.items() if k.endswith(".weight") and v.dim() > 1}
    result["weight_norm_without_biases"] = float(torch.cat([m.flatten() for m in matrices.values()]).norm())
    layers = []
    for k, m in matrices.items():
        found = ranks(m.reshape(len(m), -1).numpy())
        found.pop("absolute_rank")
        layers.append({"name": k, "kind": "weights", **{"weight_" + d: v for d, v in found.items()}})
    for d in ["exact_rank", "numerical_rank", "srank", "energy_rank", "entropy_rank", "stable_rank"]:
        result["weight_" + d] = float(np.mean([l["weight_" + d] for l in layers]))
    for n, k, h in seen:
        h = h.detach()
        found = ranks(rows(h).numpy())
        found.pop("spectral_norm")
        layer = {"name": n, "kind": k, "feature_norm": float(h.flatten(1).norm(dim=1).mean()),
                 **{"feature_" + d: v for d, v in found.items()}}
        if k in ACT: layer.update(units(k, h))
        layers.append(layer)
    head = rows(run.before_head.detach())
    found = ranks(head.numpy())
    found.pop("spectral_norm")
    result.update({"feature_" + d: v for d, v in found.items()})
    result["feature_norm"] = float(run.before_head.detach().flatten(1).norm(dim=1).mean())
    relu = [h.detach().flatten(1) for _, k, h in seen if k == "relu"]
    if relu:
        dead = torch.cat([(h == 0).all(0) for h in relu])
        result["dead_fraction"] = float(dead.double().mean())
    return {"statistics": result, "layers": layers}


folder = sys.argv[1]
names = sorted(os.path.basename(p)[: -len(".checkpoint.safetensors")] for p in glob.glob(folder + "/*.checkpoint.safetensors"))
print(json.dumps({n: case(folder, n) for n in names}, indent=1, sort_keys=True))
