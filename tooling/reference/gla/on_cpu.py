"""Makes flash-linear-attention's GLA layer and model run on a CPU, in float64.

The forward code that runs is the library's own (fla.layers.gla, fla.models.gla, fla.modules). Only the functions that launch
Triton kernels are replaced, wherever possible by the library's own plain-torch reference functions. README.md lists them all.
"""

import contextlib

import torch
import torch._dynamo
import torch.nn.functional as F
from fla.layers import gla as layer_module
from fla.modules import mlp as mlp_module
from fla.modules.activations import ops as activations
from fla.modules.causal_conv1d import ops as conv_module
from fla.modules.norm import fused_norm_gate, layernorm, layernorm_gated
from fla.ops.gla.naive import naive_recurrent_gla

torch.set_num_threads(1)
torch._dynamo.config.disable = True  # functions under @torch.compile run as they are written


@contextlib.contextmanager
def float_means_double():
    """The reference functions compute in float32, by .float() and new_zeros(dtype=float32). Inside this block in float64."""
    to_float, new_zeros = torch.Tensor.float, torch.Tensor.new_zeros
    torch.Tensor.float = torch.Tensor.double
    torch.Tensor.new_zeros = lambda self, *size, **_: new_zeros(self, *size, dtype=torch.float64)
    try:
        yield
    finally:
        torch.Tensor.float, torch.Tensor.new_zeros = to_float, new_zeros


def recurrent(q, k, v, gk, scale=None, initial_state=None, cu_seqlens=None):
    """naive_recurrent_gla in float64, plus what it lacks: a scale, packed sequences. State [N, H, K, V]."""
    q, k, v, gk = (x.double() for x in (q, k, v, gk))
    if scale is not None:
        q = q * (scale / q.shape[-1] ** -0.5)  # the output is linear in q
    if cu_seqlens is not None:
        parts = [
            recurrent(*(x[:, low:high] for x in (q, k, v, gk)), None, None if initial_state is None else initial_state[i : i + 1])
            for i, (low, high) in enumerate(zip(cu_seqlens[:-1], cu_seqlens[1:], strict=True))
        ]
        return torch.cat([o for o, _ in parts], 1), torch.cat([state for _, state in parts], 0)
    with float_means_double():
        return naive_recurrent_gla(q, k, v, gk, initial_state=initial_state, output_final_state=True)


def gla_op(q, k, v, gk=None, g=None, initial_state=None, output_final_state=False, state_v_first=False, cu_seqlens=None):
    """In place of fused_recurrent_gla, chunk_gla and fused_chunk_gla."""
    if initial_state is not None and state_v_first:
        initial_state = initial_state.transpose(-1, -2)
    o, state = recurrent(q, k, v, gk if gk is not None else g, None, initial_state, cu_seqlens)
    if not output_final_state:
        return o, None
    return o, state.transpose(-1, -2) if state_v_first else state


def rms_norm(x, weight, bias, residual=None, eps=1e-5, prenorm=False, residual_in_fp32=False):
    weight = x.new_ones(x.shape[-1]) if weight is None else weight
    return layernorm.rms_norm_ref(x, weight, bias, residual, eps, prenorm)


def rms_norm_gated(x, g, weight, bias, activation="swish", residual=None, prenorm=False, residual_in_fp32=False, eps=1e-6):
    assert activation in ("swish", "silu") and residual is None and not prenorm
    weight = x.new_ones(x.shape[-1]) if weight is None else weight
    with float_means_double():
        return layernorm_gated.rms_norm_ref(x, weight, bias, z=g, eps=eps, norm_before_gate=True)


def causal_conv1d(x, weight=None, bias=None, residual=None, initial_state=None, output_final_state=False, activation=None, **_):
    """Plain-torch port of the causal depthwise convolution; the library has no reference of its own."""
    assert residual is None and weight is not None
    taps = weight.shape[1]
    past = x.new_zeros(x.shape[0], x.shape[2], taps) if initial_state is None else initial_state
    padded = torch.cat([past, x.transpose(1, 2)], -1)
    y = F.conv1d(padded[..., 1:], weight[:, None], bias, groups=weight.shape[0])
    if activation in ("silu", "swish"):
        y = F.silu(y)
    return y.transpose(1, 2), padded[..., -taps:].clone() if output_final_state else None


def causal_conv1d_update(x, cache, residual=None, weight=None, bias=None, activation=None):
    return causal_conv1d(x, weight, bias, residual, cache, True, activation)


layer_module.fused_recurrent_gla = gla_op
layer_module.chunk_gla = gla_op
layer_module.fused_chunk_gla = gla_op
layernorm.rms_norm = rms_norm
fused_norm_gate.rms_norm_gated = rms_norm_gated
conv_module.causal_conv1d = causal_conv1d
conv_module.causal_conv1d_update = causal_conv1d_update
mlp_module.swiglu_linear = lambda x, y, weight, bias: F.linear(F.silu(x) * y, weight, bias)
mlp_module.swiglu = lambda x, y: F.silu(x) * y
activations.ACT2FN["silu"] = activations.ACT2FN["swish"] = F.silu
activations.ACT2FN["sigmoid"] = torch.sigmoid
activations.ACT2FN["logsigmoid"] = F.logsigmoid


def squared_relu(x, library=activations.ACT2FN["sqrelu"]):
    with float_means_double():
        return library(x)


activations.ACT2FN["sqrelu"] = squared_relu
