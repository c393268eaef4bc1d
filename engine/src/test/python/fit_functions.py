#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fits the coefficients of ScalarMath and prints them as Java constants.

Each function is approximated twice over. First in exact arithmetic: a rational minimax fit by
Sanathanan-Koerner iteration (linearised least squares, reweighted by the last denominator) with
Lawson's weights, which pull the largest errors down until all are level. Then in float: the
rounded coefficients are moved by single units in the last place, keeping what lowers the largest
error of the very operations that Java executes, in both numeric classes, fused and not. The
sample for that grows by the arguments at which the best coefficients so far do worst.

    /usr/bin/python3 fit_functions.py            # all functions, some minutes
    /usr/bin/python3 fit_functions.py tanh erf   # some

Needs numpy, scipy and mpmath. The error over ALL floats is not measured here but by the Java
program ExhaustiveError, on the code that ships.
"""

import sys
from dataclasses import dataclass
from typing import Callable

import mpmath
import numpy as np
from numpy.polynomial import Chebyshev, Polynomial, chebyshev
from scipy import special

F = np.float32
mpmath.mp.dps = 40


def rational(target, weight, low, high, numerator_degree, denominator_degree, points=800):
    """Returns power-basis (P, Q) with Q[0] = 1, minimising max |P/Q - f| / |f| * weight.

    target and weight map an array of points in [low, high] to arrays of float64.
    """
    nodes = 0.5 - 0.5 * np.cos(np.pi * (np.arange(points) + 0.5) / points)
    x = low + (high - low) * nodes
    f, w = target(x), weight(x)
    numerator = chebyshev.chebvander(2 * nodes - 1, numerator_degree) / f[:, None]
    denominator = chebyshev.chebvander(2 * nodes - 1, denominator_degree)
    lawson = np.ones(points)
    last_q = np.ones(points)
    best = (np.inf, None, None)
    for _ in range(600):
        rows = np.hstack([numerator, -denominator]) * (w * np.sqrt(lawson) / last_q)[:, None]
        solution = np.linalg.svd(rows, full_matrices=False)[2][-1]
        p, q = np.split(solution, [numerator_degree + 1])
        values = denominator @ q
        if values.mean() < 0:
            p, q, values = -p, -q, -values
        error = np.abs(numerator @ p / values - 1) * w
        if values.min() > 0 and error.max() < best[0]:
            best = (error.max(), p, q)
        last_q = np.where(np.abs(values) > 1e-9, values, 1e-9)
        lawson = np.maximum(lawson * error / (lawson * error).sum(), 1e-14)
    p, q = (Chebyshev(c, domain=[low, high]).convert(kind=Polynomial).coef for c in best[1:])
    print(f"    fit: {best[0] * 2**24:.4f} * 2^-24 before rounding", file=sys.stderr)
    return p / q[0], q / q[0]


@dataclass(frozen=True)
class Arithmetic:
    """float32 arithmetic of one numeric class."""

    fused: bool

    def fma(self, a, b, c):
        if self.fused:
            # The product is exact in float64; rounding the sum twice differs from one rounding
            # in about one case of 2^29: irrelevant to a fit.
            return (np.float64(a) * np.float64(b) + np.float64(c)).astype(F)
        return F(F(a) * F(b)) + F(c)

    def polynomial(self, x, *coefficients):
        """c0 + c1 x + c2 x^2 + ..."""
        result = np.full_like(x, coefficients[-1])
        for c in coefficients[-2::-1]:
            result = self.fma(result, x, F(c))
        return result


CLASSES = (Arithmetic(True), Arithmetic(False))


def ulps(result, exact):
    """Errors in units in the last place of a float of the exact value's binade."""
    _, exponent = np.frexp(exact)
    return np.abs(np.float64(result) - exact) / np.ldexp(1.0, np.maximum(exponent, -125) - 24)


def quarters(result, exact):
    """Errors in quarters of 2^-23: the absolute bound is 4 of them."""
    return np.abs(np.float64(result) - exact) * 2**25


def within_one(result, exact):
    """The bound of a sigmoidal function: 4 ulp or 4 quarters, and never beyond 1."""
    error = np.minimum(ulps(result, exact), quarters(result, exact))
    return np.where(np.abs(result) > 1, 10, error)


@dataclass
class Problem:
    names: list[str]
    start: list[float]
    evaluate: Callable  # (Arithmetic, coefficients, x) -> float32 results
    exact: Callable  # x -> float64 results
    error: Callable  # (results, exact results) -> errors, 4 of which are the bound
    domain: list[tuple[float, float]]  # intervals without 0, both ends of one sign

    def floats(self, count):
        """About count floats of the domain, evenly spread over the bit patterns."""
        ends = [[F(end).view(np.int32) for end in interval] for interval in self.domain]
        total = sum(abs(int(high) - int(low)) for low, high in ends)
        stride = max(total // count, 1)
        return np.concatenate(
            [np.arange(min(low, high), max(low, high), stride, dtype=np.int32) for low, high in ends]
        ).view(F)

    def errors(self, coefficients, x):
        exact = self.exact(np.float64(x))
        return [self.error(self.evaluate(m, coefficients, x), exact) for m in CLASSES]


def score(errors):
    # Processors with fused multiply-add are the rule: they decide, the others weigh less.
    return errors[0].max() + 0.5 * errors[1].max()


def search(problem, sweeps=8, rounds=500, seed=1):
    """Moves the rounded coefficients by single ulps, keeping each improvement."""
    random = np.random.default_rng(seed)
    grid = problem.floats(6_000_000)
    sample = problem.floats(60_000)
    best = np.array(problem.start, F)
    found = []
    for _ in range(sweeps):
        best_score = score(problem.errors(best, sample))
        for _ in range(rounds):
            trial = best.copy()
            for i in random.choice(len(trial), size=random.integers(1, 3), replace=False):
                trial[i] += np.spacing(trial[i]) * random.choice([-3, -2, -1, 1, 2, 3])
            trial_score = score(problem.errors(trial, sample))
            if trial_score < best_score:
                best, best_score = trial, trial_score
        hard = []
        worst = np.zeros(len(CLASSES))
        for part in np.array_split(grid, 12):
            errors = problem.errors(best, part)
            worst = np.maximum(worst, [e.max() for e in errors])
            hard += [part[np.argpartition(e, -150)[-150:]] for e in errors]
        sample = np.concatenate([sample, *hard])
        found.append((worst[0] + 0.5 * worst[1], worst, best))
    _, worst, best = min(found, key=lambda entry: entry[0])
    print(f"    on the grid: {worst[0]:.2f} fused, {worst[1]:.2f} not", file=sys.stderr)
    return best


def exactly(function):
    """A float64 array function from an mpmath one, for formulas that cancel in float64."""
    return lambda xs: np.array([float(function(mpmath.mpf(float(x)))) for x in xs])


def doubled(math, b, q):
    a = F(0.5) * b
    return (b * q) / math.fma(q, q, a * a)


def tanh():
    """tanh x = 2t / (1 + t^2) with t = tanh(x/2) = b / (2q), b = x P(x^2), q = Q(x^2).

    The doubling halves the range of the rational, and an error of t counts 1/cosh(x) times only:
    where tanh nears 1 and a plain rational has its largest rounding errors, they vanish.
    """
    saturation = 8.67
    p, q = rational(
        lambda u: np.tanh(np.sqrt(u) / 2) / np.sqrt(u),
        lambda u: 1 / np.cosh(np.sqrt(u)),
        0.0, saturation**2, 2, 3)
    p = p / p[0]  # b = x exactly for tiny x

    def evaluate(math, c, x):
        u = x * x
        b = math.fma(x * u, math.polynomial(u, c[0], c[1]), x)
        return doubled(math, b, math.polynomial(u, 1, *c[2:]))

    def error(y, exact):
        """Of tanh x, and of sigmoid(2x) and sigmoid(-2x), which are computed from it."""
        half = F(0.5) * y
        above = quarters(F(0.5) + half, 0.5 + 0.5 * exact)
        below = quarters(F(0.5) - half, 0.5 - 0.5 * exact)
        return np.maximum(within_one(y, exact), np.maximum(above, below))

    return Problem(["P1", "P2", "Q1", "Q2", "Q3"], [*p[1:], *q[1:]], evaluate, np.tanh, error,
                   [(2**-5, saturation)])


def erf():
    """erf x = 2t / (1 + t^2), t = tanh(atanh(erf x) / 2): the scheme of tanh."""
    saturation = 3.83

    def complement(u):  # 1 / cosh(atanh(erf))
        s = np.sqrt(u)
        return np.sqrt(special.erfc(s) * (1 + special.erf(s)))

    p, q = rational(
        lambda u: special.erf(np.sqrt(u)) / (1 + complement(u)) / np.sqrt(u),
        complement, 0.0, saturation**2, 3, 4)

    def evaluate(math, c, x):
        u = x * x
        b = math.fma(x * u, math.polynomial(u, *c[1:4]), x * c[0])
        return doubled(math, b, math.polynomial(u, 1, *c[4:]))

    return Problem(["P0", "P1", "P2", "P3", "Q1", "Q2", "Q3", "Q4"], [*(2 * p), *q[1:]],
                   evaluate, special.erf, within_one, [(2**-5, saturation)])


LN2_HIGH = F(float.fromhex("0x1.62e4p-1"))  # 15 bits: its products with 9-bit integers are exact
LN2_LOW = F(float(mpmath.log(2) - mpmath.mpf(float(LN2_HIGH))))


def exp():
    """e^r = 1 + r + r^2 P(r); expm1 uses the same P, and its weight is the stricter one."""
    half = float(mpmath.log(2)) / 2 * 1.0001
    p, _ = rational(
        exactly(lambda r: (mpmath.expm1(r) - r) / r**2),
        exactly(lambda r: abs((mpmath.expm1(r) - r) / mpmath.expm1(r))),
        -half, half, 4, 0)

    def evaluate(math, c, x):
        magic = F(1.5 * 2**23)
        n = math.fma(x, F(np.log2(np.e)), magic) - magic
        r = math.fma(n, -LN2_LOW, math.fma(n, -LN2_HIGH, x))
        rest = math.polynomial(r, *c)
        e = np.ldexp(math.fma(math.fma(rest, r, F(1)), r, F(1)), n.astype(int))
        scale = np.ldexp(F(0.5), n.astype(int))
        expm1 = 2 * math.fma(scale, math.fma(r * r, rest, r), scale - F(0.5))
        return np.stack([e, expm1])

    return Problem(["P0", "P1", "P2", "P3", "P4"], list(p), evaluate,
                   lambda x: np.stack([np.exp(x), np.expm1(x)]),
                   lambda y, exact: ulps(y, exact).max(axis=0),
                   [(2**-12, 20), (-(2**-12), -17)])


def log1p():
    """log(1 + f) = f - f^2 P(f) / Q(f) for f in [sqrt(1/2) - 1, 1], for log and softplus."""
    low, high = float(mpmath.sqrt(0.5)) - 1, 1.0
    p, q = rational(
        exactly(lambda f: (f - mpmath.log1p(f)) / f**2),
        exactly(lambda f: abs((f - mpmath.log1p(f)) / mpmath.log1p(f))),
        low, high, 2, 3)

    def evaluate(math, c, f):
        quotient = math.polynomial(f, *c[:3]) / math.polynomial(f, 1, *c[3:])
        return math.fma(f * f, quotient, f)

    return Problem(["P0", "P1", "P2", "Q1", "Q2", "Q3"], [*(-p), *q[1:]], evaluate,
                   np.log1p, ulps, [(2**-12, high), (-(2**-12), low)])


def java_literal(value):
    mantissa, exponent = float(value).hex().split("p")
    mantissa = mantissa.rstrip("0")
    return (mantissa + "0" if mantissa.endswith(".") else mantissa) + f"p{int(exponent)}f"


def main(names):
    problems = {f.__name__: f for f in (tanh, erf, exp, log1p)}
    for name in names or problems:
        print(name, file=sys.stderr)
        problem = problems[name]()
        for constant, value in zip(problem.names, search(problem)):
            print(f"  static final float {name.upper()}_{constant} = {java_literal(value)};")
    print(f"  static final float LN2_HIGH = {java_literal(LN2_HIGH)};")
    print(f"  static final float LN2_LOW = {java_literal(LN2_LOW)};")


if __name__ == "__main__":
    main(sys.argv[1:])
