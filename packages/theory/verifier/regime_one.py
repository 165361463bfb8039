"""The second order under a sigmoid gate, for over-fitted atoms whose gate is constant in the input (regime 1).

An atom behind a sigmoid is split into atoms with masses s_i that sum to its own. With offsets p_i in its router and q_i in
its expert the second order is (sum s''_i p_i p_i) g g (h - f) / 2 + (sum s'_i p_i q_i) g dh + (sum s_i q_i q_i) ddh / 2, g
being the derivatives of the logit. The first and the last matrix are positive semidefinite in the limit, and bound the
one between them; so the mixed functions g dh are free ones, and each atom has two matrices. (Without f where the mixture
is not divided by a sum.)

That needs a logit that is affine in the router's parameters, for all their values, and its mass added to it; and, where
the mass is asked, no input.
"""

from formal import Formal
from jets import run
from mixture import Parts, is_divided
from reach import is_constant_slope, own_places, reached_by
from refused import Refused, Undecided
from shape import expect, fraction, is_index, is_number


class Split:
    """An over-fitted atom: the places of its mass, of the rest of its router and of its expert."""

    def __init__(self, atom, mass, gate, expert):
        self.atom, self.mass, self.gate, self.expert = atom, mass, gate, expert


def split_atoms(model, functions, atoms):
    """The over-fitted atoms, each of which can be split."""
    names = [p["name"] for p in model["parameters"]]
    result = []
    for e in atoms:
        logit, expert = model["atoms"]["logits"][e], model["atoms"]["experts"][e]
        own = own_places(model, e)
        for place in own:
            expect(names[place] in functions, f"{names[place]} is not asked about")
        of_gate = [i for i in sorted(own) if i in reached_by(model, logit)]
        of_expert = [i for i in sorted(own) if i in reached_by(model, expert)]
        expect(not set(of_gate) & set(of_expert), f"atom {e}: its router and its expert have a parameter in common")
        masses = [i for i in of_gate if is_constant_slope(model, logit, i)]
        expect(len(masses) == 1, f"atom {e} has no mass of its own")
        check_affine(model, logit, of_gate, masses[0], e)
        result.append(Split(e, masses[0], [i for i in of_gate if i != masses[0]], of_expert))
    return result


def check_affine(model, step, places, mass, atom):
    """That a logit is affine in some of its parameters, whatever their values, and constant in the input where it is."""
    dim = model["inputDim"]
    steps = [
        ["input", dim + places.index(step[1])] if step[0] == "parameter" and step[1] in places else step
        for step in model["steps"]
    ]
    formal = Formal(dim + len(places))
    point = [formal.input(i) for i in range(dim + len(places))]
    try:
        logit = run({**model, "steps": steps[: step + 1]}, formal, point, set())[step].value
        here = run(model, Formal(dim), point[:dim], set())[step].value
    except Undecided as reason:
        raise Refused(f"the logit of atom {atom} is not known, {reason}") from None
    for symbols, exponent in logit:
        plain = exponent == 0 and all(formal.symbols[symbol][0] == "input" for symbol, _ in symbols)
        moved = sum(n for symbol, n in symbols if symbol >= dim)
        expect(plain and moved <= 1, f"the logit of atom {atom} is not affine in its router")
        alone = all(symbol != dim + places.index(mass) for symbol, _ in symbols) or len(symbols) == 1
        expect(alone, f"the mass of atom {atom} is not added to its logit")
    expect(all(not symbols and exponent == 0 for symbols, exponent in here), f"the gate of atom {atom} reads the input")


def key_of(split, model):
    """The names of the free functions of a split atom: of first order, and mixed ones."""
    names = [p["name"] for p in model["parameters"]]
    first = [names[split.mass]] + [names[i] for i in split.gate + split.expert]
    return first, [(names[u], names[v]) for u in split.gate for v in split.expert]


def own_functions(model, field, parts, split, f_times, total):
    """The free functions of a split atom by their names, and both triangles of second derivatives.

    f_times, total: what f and 1 are multiplied with, so that there is no division; nothing where there is no sum below.
    """
    names = [p["name"] for p in model["parameters"]]
    e = split.atom
    h, z = parts.experts[e], parts.logits[e]
    scaled = lambda value: parts.above_mask(e, value if total is None else field.mul(total, value))
    value = scaled(h.value)
    if total is not None:
        value = field.sub(value, parts.below_mask(e, f_times))
    zero = field.constant(0)
    slope = {i: z.first.get(i, zero) for i in split.gate}
    first = {i: scaled(h.first.get(i, zero)) for i in split.expert}
    free = {names[split.mass]: value}
    free.update({names[i]: field.mul(slope[i], value) for i in split.gate})
    free.update({names[i]: first[i] for i in split.expert})
    for u in split.gate:
        for v in split.expert:
            free[names[u], names[v]] = field.mul(slope[u], first[v])
    pairs = lambda places: [(i, j) for n, i in enumerate(places) for j in places[: n + 1]]
    of_gate = [field.mul(field.mul(slope[i], slope[j]), value) for i, j in pairs(split.gate)]
    of_expert = [scaled(h.second.get((max(i, j), min(i, j)), zero)) for i, j in pairs(split.expert)]
    return free, of_gate, of_expert


def check_ties(model, splits, ties):
    """Proves that mixed functions are combinations of others, whatever f is, and returns which."""
    expect(type(ties) is list, "ties must be a list")
    if not ties:
        return set()
    by_mixed = {key: split for split in splits for key in key_of(split, model)[1]}
    lefts = []
    for tie in ties:
        expect(type(tie) is dict and set(tie) == {"left", "terms"}, "ties holds no equation")
        lefts.append(read_key(tie["left"]))
        expect(lefts[-1] in by_mixed, "a tie of no mixed function")
    expect(len(set(lefts)) == len(lefts), "two ties have one left side")
    for left, tie in zip(lefts, ties):
        split = by_mixed[left]
        terms = read_terms(tie["terms"], [key for keys in key_of(split, model) for key in keys], "a tie")
        expect(not set(terms) & set(lefts), "a tie refers to another left side")
        expect(holds(model, [split], [], {**terms, left: -1}), f"the tie of {' and '.join(left)} is not proved")
    return set(lefts)


def read_key(key):
    return tuple(key) if type(key) is list and len(key) == 2 and all(type(of) is str for of in key) else key


def read_terms(terms, known, where):
    expect(type(terms) is list, f"{where}: terms must be a list")
    result = {}
    for term in terms:
        expect(type(term) is list and len(term) == 2, f"{where}: a term is a function and a fraction")
        key = read_key(term[0])
        expect(type(key) in (str, tuple) and key in known and key not in result, f"{where}: a term of no function")
        result[key] = fraction(term[1])
    return result


def holds(model, splits, vectors, terms, kinks_may_move=False):
    """Whether second derivatives of experts along vectors are a combination of free functions of split atoms, with a free
    symbol for f or with f itself."""
    return any(_holds(model, splits, vectors, terms, kinks_may_move, is_free) for is_free in (True, False))


def _holds(model, splits, vectors, terms, kinks_may_move, is_free):
    dim = model["inputDim"]
    formal = Formal(dim + 1, kinks_may_move)
    point = [formal.input(i) for i in range(dim)]
    places = {p["name"]: i for i, p in enumerate(model["parameters"])}
    own = {i for split in splits for i in split.gate + split.expert}
    others = {places[key] for key in terms if type(key) is str} - own - {split.mass for split in splits}
    parts = Parts(model, formal, run(model, formal, point, own, order=2), 2)
    total, f = (formal.constant(1), formal.input(dim)) if is_divided(model) else (None, None)
    below, above = parts.sums(range(len(parts.masses)))
    if is_divided(model) and not is_free:
        f = formal.mul(above, formal.inverse(below))
    sum_ = {}
    known = {}
    for split in splits:
        free, _, of_expert = own_functions(model, formal, parts, split, f, total)
        known.update(free)
        for vector in vectors:
            if vector["atom"] != split.atom:
                continue
            u = {places[name]: formal.constant(value) for name, value in vector["entries"]}
            pairs = [(i, j) for n, i in enumerate(split.expert) for j in split.expert[: n + 1]]
            for (i, j), value in zip(pairs, of_expert):
                if i in u and j in u:
                    both = formal.mul(formal.mul(u[i], u[j]), value)
                    sum_ = formal.add(sum_, both if i == j else formal.scale(both, 2))
    if others:
        # D df in the parameters of other atoms, and in those that atoms share.
        moved = Parts(model, formal, run(model, formal, point, others), 1)
        for name, place in places.items():
            if place in others:
                known[name] = _derivative(formal, moved, f, place)
    for key, coefficient in terms.items():
        sum_ = formal.sub(sum_, formal.scale(known[key], coefficient))
    return formal.vanishes(sum_)


def _derivative(formal, parts, f, place):
    result = {}
    for e, (mass, both) in enumerate(zip(parts.masses, parts.products)):
        result = formal.add(result, parts.above_mask(e, both.first.get(place, {})))
        if f is not None:
            of_mass = parts.below_mask(e, formal.mul(f, mass.first.get(place, {})))
            result = formal.sub(result, of_mass)
    return result


def check_equation(model, functions, given, is_euler):
    """A direction of the experts of split atoms, or an equation of first order."""
    vectors, terms, over = given["vectors"], given["terms"], given["over"]
    count = len(model["atoms"]["logits"])
    names = {p["name"]: i for i, p in enumerate(model["parameters"])}
    expect(type(over) is list and over and all(is_index(e, count) for e in over), "over names no atom")
    expect(len(set(over)) == len(over), "over names an atom twice")
    expect(type(vectors) is list, "vectors must be a list")
    for vector in vectors:
        expect(type(vector) is dict and set(vector) == {"atom", "entries"}, "a vector is an atom and entries")
        expect(is_index(vector["atom"], count) and vector["atom"] in over, "a vector of no over-fitted atom")
    moving = [vector["atom"] for vector in vectors]
    expect(len(set(moving)) == len(moving), "an atom has two vectors")
    splits = split_atoms(model, functions, over)
    known = set(functions) | {key for split in splits for key in key_of(split, model)[0]}
    read = read_terms(terms, known, "the direction")
    for vector in vectors:
        split = next(split for split in splits if split.atom == vector["atom"])
        check_entries(vector["entries"], {p: i for p, i in names.items() if i in split.expert})
    expect(vectors or read, "an equation without terms")
    try:
        for kinks_may_move in (True, False):
            if not kinks_may_move and not all(is_euler(model, vector) for vector in vectors):
                continue
            if holds(model, splits, vectors, read, kinks_may_move):
                return [split.atom for split in splits]
    except Undecided as reason:
        raise Refused(f"the direction is not proved, {reason}") from None
    raise Refused("the equation of the direction is not proved")


def check_entries(entries, own):
    expect(type(entries) is list and entries, "a vector of no entries")
    for entry in entries:
        expect(type(entry) is list and len(entry) == 2 and type(entry[0]) is str, "an entry is a name and a number")
        expect(entry[0] in own, f"{entry[0]} is none of the expert's own")
        expect(is_number(entry[1]) and entry[1] != 0, "an entry of a vector is zero or no number")
    expect(len({name for name, _ in entries}) == len(entries), "a vector names a parameter twice")
