# SPDX-License-Identifier: Apache-2.0
"""The recurrent operators straight from the equations of the ONNX specification, in NumPy.

Computed in the type of x. Shapes are the operators' own (layout 0): X [T, B, I], W [D, G*H, I],
R [D, G*H, H], B [D, 2*G*H], P [D, 3*H], h and c [D, B, H].
"""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


FUNCTIONS = {
    "Sigmoid": lambda x, a, b: sigmoid(x),
    "Tanh": lambda x, a, b: np.tanh(x),
    "Relu": lambda x, a, b: np.maximum(x, 0),
    "LeakyRelu": lambda x, a, b: np.where(x >= 0, x, x.dtype.type(a) * x),
    "Elu": lambda x, a, b: np.where(x >= 0, x, x.dtype.type(a) * np.expm1(np.minimum(x, 0))),
    "HardSigmoid": lambda x, a, b: np.clip(x.dtype.type(a) * x + x.dtype.type(b), 0, 1),
    "Softplus": lambda x, a, b: np.logaddexp(x, x.dtype.type(0)),
}


def functions(names, alphas, betas):
    """The functions of one direction, with the numbers that belong to each."""
    return [
        lambda x, f=FUNCTIONS[name], a=alpha, b=beta: f(x, a, b)
        for name, alpha, beta in zip(names, alphas, betas)
    ]


def clipped(x, clip):
    return np.clip(x, -clip, clip) if clip else x


def lstm_step(x, h, c, w, r, b, p, f, clip, input_forget):
    size = h.shape[-1]
    wb, rb = np.split(b, 2)
    z = x @ w.T + h @ r.T + wb + rb
    pi, po, pf = np.split(p, 3)
    zi, zo, zf, zc = (z[:, k * size : (k + 1) * size] for k in range(4))
    i = f[0](clipped(zi + pi * c, clip))
    forget = 1 - i if input_forget else f[0](clipped(zf + pf * c, clip))
    c = forget * c + i * f[1](clipped(zc, clip))
    o = f[0](clipped(zo + po * c, clip))
    return o * f[2](c), c


def gru_step(x, h, w, r, b, f, clip, linear_before_reset):
    size = h.shape[-1]
    wz, wr, wh = np.split(w, 3)
    rz, rr, rh = np.split(r, 3)
    wbz, wbr, wbh, rbz, rbr, rbh = np.split(b, 6)
    z = f[0](clipped(x @ wz.T + h @ rz.T + wbz + rbz, clip))
    reset = f[0](clipped(x @ wr.T + h @ rr.T + wbr + rbr, clip))
    if linear_before_reset:
        candidate = x @ wh.T + wbh + reset * (h @ rh.T + rbh)
    else:
        candidate = x @ wh.T + wbh + (reset * h) @ rh.T + rbh
    candidate = f[1](clipped(candidate, clip))
    assert size == candidate.shape[-1]
    return (1 - z) * candidate + z * h


def rnn_step(x, h, w, r, b, f):
    wb, rb = np.split(b, 2)
    return f[0](x @ w.T + h @ r.T + wb + rb)


def run(
    operator, x, w, r, b, p, h0, c0, f, clip=0, linear_before_reset=0, input_forget=0, reverse=False
):
    """All outputs [T, B, D*H], and the final h and c [D, B, H]."""
    directions, hidden = r.shape[0], r.shape[2]
    outs, hs, cs = [], [], []
    for d in range(directions):
        h, c = h0[d], c0[d]
        out = np.zeros((x.shape[0], x.shape[1], hidden), x.dtype)
        backward = reverse or d == 1
        for t in reversed(range(x.shape[0])) if backward else range(x.shape[0]):
            if operator == "LSTM":
                h, c = lstm_step(x[t], h, c, w[d], r[d], b[d], p[d], f, clip, input_forget)
            elif operator == "GRU":
                h = gru_step(x[t], h, w[d], r[d], b[d], f, clip, linear_before_reset)
            else:
                h = rnn_step(x[t], h, w[d], r[d], b[d], f)
            out[t] = h
        outs.append(out)
        hs.append(h)
        cs.append(c)
    return np.concatenate(outs, axis=-1), np.stack(hs), np.stack(cs)
