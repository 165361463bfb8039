"""Elementary functions with their first two derivatives, from what an arithmetic knows: exp, log, sqrt, inverse, step
and the normal law. The arithmetic may be that of intervals or that of formal expressions."""


def _logistic(field, a):
    one = field.constant(1)
    value = field.inverse(field.add(one, field.exp(field.negate(a))))
    first = field.mul(value, field.sub(one, value))
    second = field.mul(first, field.sub(one, field.mul(field.constant(2), value)))
    return value, first, second


def _times_argument(field, a, f):
    """a f(a) from f, f', f'' at a."""
    value, first, second = f
    twice = field.mul(field.constant(2), first)
    return field.mul(a, value), field.add(value, field.mul(a, first)), field.add(twice, field.mul(a, second))


def _exp(field, a):
    value = field.exp(a)
    return value, value, value


def _log(field, a):
    inverse = field.inverse(a)
    return field.log(a), inverse, field.negate(field.mul(inverse, inverse))


def _sqrt(field, a):
    root = field.sqrt(a)
    first = field.mul(field.constant(0.5), field.inverse(root))
    return root, first, field.negate(field.mul(first, field.mul(field.constant(0.5), field.inverse(a))))


def _reciprocal(field, a):
    value = field.inverse(a)
    square = field.mul(value, value)
    return value, field.negate(square), field.mul(field.constant(2), field.mul(square, value))


def _normal_cdf(field, a):
    density = field.normal_density(a)
    return field.normal_cdf(a), density, field.negate(field.mul(a, density))


def _relu(field, a):
    active = field.active(a)
    return field.mul(a, active), active, field.kink(a)


def _sigmoid(field, a):
    return _logistic(field, a)


def _tanh(field, a):
    value, first, second = _logistic(field, field.mul(field.constant(2), a))
    two, four, eight = (field.constant(n) for n in (2, 4, 8))
    return field.sub(field.mul(two, value), field.constant(1)), field.mul(four, first), field.mul(eight, second)


def _silu(field, a):
    return _times_argument(field, a, _logistic(field, a))


def _softplus(field, a):
    value, first, _ = _logistic(field, a)
    return field.log(field.add(field.constant(1), field.exp(a))), value, first


def _gelu(field, a):
    return _times_argument(field, a, _normal_cdf(field, a))


def _gelu_tanh(field, a):
    """z s(c (z + 0.044715 z^3)) with the logistic function s and c = 2 sqrt(2 / pi)."""
    from fractions import Fraction

    cubic = Fraction(44715, 1000000)
    slope, square = field.gelu_slope(), field.mul(a, a)
    one = field.constant(1)
    inner = field.mul(slope, field.mul(a, field.add(one, field.mul(field.constant(cubic), square))))
    inner_first = field.mul(slope, field.add(one, field.mul(field.constant(3 * cubic), square)))
    inner_second = field.mul(slope, field.mul(field.constant(6 * cubic), a))
    value, first, second = _logistic(field, inner)
    chained = field.add(
        field.mul(second, field.mul(inner_first, inner_first)),
        field.mul(first, inner_second),
    )
    return _times_argument(field, a, (value, field.mul(first, inner_first), chained))


FUNCTIONS = {
    "exp": _exp,
    "log": _log,
    "sqrt": _sqrt,
    "reciprocal": _reciprocal,
    "normalCdf": _normal_cdf,
    "relu": _relu,
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "silu": _silu,
    "softplus": _softplus,
    "gelu": _gelu,
    "geluTanh": _gelu_tanh,
}
