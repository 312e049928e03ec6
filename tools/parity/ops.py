"""Golden files of the tensor module's operations, forward and backward.

Inputs are exact in f32; results are computed in f64 by torch's own definition and rounded to f32 once, so that a
test sees only our error. Matrices are row-major `(T, C)`; heads lie side by side, `(T, H*D)`.
"""

import torch
import torch.nn.functional as F
from transformers import LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding, rotate_half

import golden


def f32(*shape, scale=1.0):
    """Normal values that f32 holds exactly."""
    return torch.randn(*shape, generator=rng) * scale


def backward(function, dy, **inputs):
    """`function(**inputs)` in f64 and the gradient of each input for `dy`: `(y, [dx...])`, all f32."""
    leaves = {k: v.double().requires_grad_() for k, v in inputs.items()}
    y = function(**leaves)
    y.backward(dy.double())
    return y.detach().float(), [leaf.grad.float() for leaf in leaves.values()]


def save(name, tensors, **metadata):
    golden.save("tensor", "ops/" + name, tensors, **metadata)


def rmsnorm(rows=5, channels=37, eps=1e-5):
    x, w, dy = f32(rows, channels), 1 + f32(channels, scale=0.3), f32(rows, channels)
    x[3] *= 1e-3  # a row where eps weighs
    y, (dx, dw) = backward(lambda x, w: x * torch.rsqrt(x.square().mean(-1, keepdim=True) + eps) * w, dy, x=x, w=w)
    save("rmsnorm", dict(x=x, w=w, dy=dy, y=y, dx=dx, dw=dw), eps=eps)


def rope(name, parameters, head_dim=16, heads=3, max_positions=2048, positions=(0, 1, 2, 3, 7, 18, 63, 511, 2047)):
    """Hugging Face's convention: the two halves of a head turn against each other (`rotate_half`)."""
    config = LlamaConfig(hidden_size=head_dim * heads, num_attention_heads=heads, head_dim=head_dim,
                         max_position_embeddings=max_positions, rope_parameters=parameters)
    if parameters["rope_type"] == "default":
        inv_freq, scaling = LlamaRotaryEmbedding.compute_default_rope_parameters(config)
    else:
        inv_freq, scaling = ROPE_INIT_FUNCTIONS[parameters["rope_type"]](config, None)
    assert scaling == 1.0
    at = torch.tensor(positions, dtype=torch.int32)
    # The angles are f32 products as in transformers, so that position 2047 is compared at its precision.
    angle = (at.float()[:, None] * inv_freq[None, :]).double().repeat(1, 2)[:, None, :]

    def turn(x):
        x = x.view(len(positions), heads, head_dim)
        return (x * angle.cos() + rotate_half(x) * angle.sin()).reshape(len(positions), -1)

    x, dy = f32(len(positions), heads * head_dim), f32(len(positions), heads * head_dim)
    y, (dx,) = backward(turn, dy, x=x)
    save(name, dict(x=x, positions=at, inv_freq=inv_freq, dy=dy, y=y, dx=dx),
         heads=heads, headDim=head_dim, rope=parameters)


def swiglu(rows=5, channels=37):
    gate, up, dy = f32(rows, channels, scale=3), f32(rows, channels), f32(rows, channels)
    y, (dgate, dup) = backward(lambda gate, up: F.silu(gate) * up, dy, gate=gate, up=up)
    save("swiglu", dict(gate=gate, up=up, dy=dy, y=y, dgate=dgate, dup=dup))


def attention(rows, heads, kv_heads, head_dim):
    """Causal, grouped: query head h reads key and value head `h / (heads / kv_heads)`; scale `1/sqrt(D)`."""
    def causal(q, k, v):
        def split(x, n):
            return x.view(rows, n, head_dim).transpose(0, 1)
        o = F.scaled_dot_product_attention(split(q, heads), split(k, kv_heads), split(v, kv_heads),
                                           is_causal=True, enable_gqa=True)
        return o.transpose(0, 1).reshape(rows, heads * head_dim)

    q, do = f32(rows, heads * head_dim, scale=1.5), f32(rows, heads * head_dim)
    k, v = f32(rows, kv_heads * head_dim, scale=1.5), f32(rows, kv_heads * head_dim)
    o, (dq, dk, dv) = backward(causal, do, q=q, k=k, v=v)
    save(f"attention_h{heads}_kv{kv_heads}_t{rows}", dict(q=q, k=k, v=v, do=do, o=o, dq=dq, dk=dk, dv=dv),
         heads=heads, kvHeads=kv_heads, headDim=head_dim)


def cross_entropy(name, scale, rows=7, vocab=61):
    """The sum over rows, never a mean; with large logits a softmax without its maximum subtracted overflows."""
    logits = f32(rows, vocab, scale=scale)
    targets = torch.randint(vocab, (rows,), generator=rng, dtype=torch.int64)
    loss, (dlogits,) = backward(lambda logits: F.cross_entropy(logits, targets, reduction="sum"),
                                torch.tensor(1.0), logits=logits)
    save(name, dict(logits=logits, targets=targets.int(), loss_sum=loss.reshape(1), dlogits=dlogits))


def linear(rows=5, n_in=19, n_out=23, rank=4, scale=2.0):
    x, w, bias, dy = f32(rows, n_in), f32(n_out, n_in), f32(n_out), f32(rows, n_out)
    y, (dx, dw, dbias) = backward(lambda x, w, bias: F.linear(x, w, bias), dy, x=x, w=w, bias=bias)
    save("linear", dict(x=x, w=w, bias=bias, dy=dy, y=y, dx=dx, dw=dw, dbias=dbias))
    a, b = f32(rank, n_in), f32(n_out, rank)
    y, (dx, dw, da, db) = backward(lambda x, w, a, b: F.linear(x, w) + scale * F.linear(F.linear(x, a), b),
                                   dy, x=x, w=w, a=a, b=b)
    save("lora_linear", dict(x=x, w=w, a=a, b=b, dy=dy, y=y, dx=dx, dw=dw, da=da, db=db), scale=scale)


def adamw(size=37, steps=3, lr=1e-2, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.1):
    """torch.optim.AdamW; row `s` of `params`, `m` and `v` is the state after step `s + 1`."""
    param, grads = f32(size), f32(steps, size)
    leaf = param.double().requires_grad_()
    optimizer = torch.optim.AdamW([leaf], lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, foreach=False)
    params, m, v = [], [], []
    for grad in grads:
        leaf.grad = grad.double()
        optimizer.step()
        state = optimizer.state[leaf]
        for into, value in (params, leaf), (m, state["exp_avg"]), (v, state["exp_avg_sq"]):
            into.append(value.detach().float())
    save("adamw", dict(param=param, grads=grads, params=torch.stack(params), m=torch.stack(m), v=torch.stack(v)),
         lr=lr, beta1=betas[0], beta2=betas[1], eps=eps, weightDecay=weight_decay)


rng = golden.deterministic(1)
rmsnorm()
rope("rope", dict(rope_type="default", rope_theta=10000.0))
rope("rope_linear", dict(rope_type="linear", rope_theta=10000.0, factor=2.0))
rope("rope_llama3", dict(rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0,
                         high_freq_factor=4.0, original_max_position_embeddings=16))
swiglu()
attention(17, 8, 2, 16)
attention(70, 3, 3, 8)
cross_entropy("cross_entropy", 1.0)
cross_entropy("cross_entropy_large", 60.0)
linear()
adamw()
