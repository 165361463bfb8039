"""Programs run with their derivatives: a jet is a number with first and, where asked for, second derivatives in some
parameters, kept in dictionaries that lack what is zero."""

from elementary import FUNCTIONS


class Jet:
    __slots__ = ("value", "first", "second")

    def __init__(self, value, first=None, second=None):
        self.value = value
        self.first = first or {}
        self.second = second or {}


def run(model, field, point, active, order=1):
    """The jets of all steps at a point, which is a list of numbers of the field.

    active: the places of the parameters in which derivatives are taken.
    """
    values = [field.constant(float(p["value"])) for p in model["parameters"]]
    one = field.constant(1)
    jets = []
    for step in model["steps"]:
        kind = step[0]
        if kind == "input":
            jets.append(Jet(point[step[1]]))
        elif kind == "parameter":
            jets.append(Jet(values[step[1]], {step[1]: one} if step[1] in active else None))
        elif kind == "constant":
            jets.append(Jet(field.constant(float(step[1]))))
        elif kind == "add":
            jets.append(_linear(field, jets[step[1]], jets[step[2]], False))
        elif kind == "sub":
            jets.append(_linear(field, jets[step[1]], jets[step[2]], True))
        elif kind == "dot":
            total = Jet(field.constant(0))
            for a, b in zip(step[1], step[2]):
                total = _linear(field, total, product(field, jets[a], jets[b], order), False)
            jets.append(total)
        elif kind == "apply":
            jets.append(apply(field, step[1], jets[step[2]], order))
        elif kind == "greater":
            jets.append(Jet(field.step(field.sub(jets[step[1]].value, jets[step[2]].value))))
        else:
            jets.append(Jet(jets[step[1]].value))
    return jets


def _linear(field, a, b, minus):
    def merged(u, v):
        result = dict(u)
        for key, value in v.items():
            before = result.get(key)
            if before is None:
                result[key] = field.negate(value) if minus else value
            else:
                result[key] = field.sub(before, value) if minus else field.add(before, value)
        return result

    value = field.sub(a.value, b.value) if minus else field.add(a.value, b.value)
    return Jet(value, merged(a.first, b.first), merged(a.second, b.second))


def _collect(field, into, key, value):
    if field.is_zero(value):
        return
    into[key] = field.add(into[key], value) if key in into else value


def product(field, a, b, order):
    """(ab)' = a'b + ab', (ab)'' = a''b + 2 a'b' + ab''."""
    first, second = {}, {}
    for u, v in ((a, b), (b, a)):
        for i, d in u.first.items():
            _collect(field, first, i, field.mul(d, v.value))
        if order == 2:
            for key, d in u.second.items():
                _collect(field, second, key, field.mul(d, v.value))
    if order == 2:
        for i, d in a.first.items():
            for j, e in b.first.items():
                mixed = field.mul(d, e)
                _collect(field, second, (max(i, j), min(i, j)), mixed)
                if i == j:
                    _collect(field, second, (i, i), mixed)
    return Jet(field.mul(a.value, b.value), first, second)


def apply(field, name, a, order):
    """f(a)' = f'a', f(a)'' = f''a'a' + f'a''."""
    value, slope, bend = FUNCTIONS[name](field, a.value)
    first, second = {}, {}
    for i, d in a.first.items():
        _collect(field, first, i, field.mul(slope, d))
    if order == 2:
        for key, d in a.second.items():
            _collect(field, second, key, field.mul(slope, d))
        for i, d in a.first.items():
            for j, e in a.first.items():
                if j <= i:
                    _collect(field, second, (i, j), field.mul(bend, field.mul(d, e)))
    return Jet(value, first, second)
