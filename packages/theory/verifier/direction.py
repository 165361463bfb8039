"""A null direction of second order: with psi_e = e^z_e (s_e h_e - t_e f), f and the masks of a selection held fixed, the second derivative of the psi of some
atoms along vectors in their own parameters is a combination of free functions, identically in the input.

It is proved with a free symbol in the place of f first, and with f itself where that does not suffice; in a tree the
equation is one of a group's own mixture, and f is that. A second
derivative of a ReLU is an unknown there, so that the identity holds only if no kink moves; or, for a vector in the
expert alone, the first derivative of the expert along it is a multiple of the expert, hence continuous.
"""

from fractions import Fraction

from formal import Formal
from jets import run
from mixture import Parts, check_mixture, is_sigmoid, members_of
from reach import is_constant_slope, reached_by, read_elsewhere
from refused import Refused, Undecided
from regime_one import check_equation
from shape import expect, fraction, is_index, is_number


def check_direction(model, functions, given):
    """Proves a direction, and returns the over-fitted atoms."""
    expect("atoms" in model, "the model does not say what its atoms are")
    keys = {"vectors", "terms"}
    expect(set(given) == (keys | {"over"} if is_sigmoid(model) else keys), "direction has other entries")
    check_mixture(model)
    if is_sigmoid(model):
        return check_equation(model, functions, given, is_euler)
    check_vectors(model, given["vectors"])
    check_terms(model, functions, given)
    try:
        for kinks_may_move in (True, False):
            if not kinks_may_move and not all(is_euler(model, vector) for vector in given["vectors"]):
                continue
            if any(holds(model, given, kinks_may_move, is_free) for is_free in (True, False)):
                return [vector["atom"] for vector in given["vectors"]]
    except Undecided as reason:
        raise Refused(f"the direction is not proved, {reason}") from None
    raise Refused("the equation of the direction is not proved")


def check_vectors(model, vectors):
    names = [p["name"] for p in model["parameters"]]
    atoms = model["atoms"]
    count = len(atoms["logits"])
    of_expert = [reached_by(model, step) for step in atoms["experts"]]
    reach = [reached_by(model, z) | h for z, h in zip(atoms["logits"], of_expert)]
    expect(type(vectors) is list and vectors, "there are no vectors")
    for vector in vectors:
        expect(type(vector) is dict and set(vector) == {"atom", "entries"}, "a vector is an atom and entries")
        atom, entries = vector["atom"], vector["entries"]
        expect(is_index(atom, count) and type(entries) is list and entries, "a vector of no atom")
        others = read_elsewhere(model, reach, atom)
        for entry in entries:
            expect(type(entry) is list and len(entry) == 2 and entry[0] in names, "an entry is a name and a number")
            name, value = entry
            place = names.index(name)
            expect(is_number(value) and value != 0, "an entry of a vector is zero or no number")
            expect(place in reach[atom] - others, f"{name} is not atom {atom}'s alone")
            tilts = place in of_expert[atom] or not is_constant_slope(model, atoms["logits"][atom], place)
            expect(tilts, f"{name} is a mass, which no null direction moves")
        expect(len({name for name, _ in entries}) == len(entries), "a vector names a parameter twice")
    chosen = [vector["atom"] for vector in vectors]
    expect(len(set(chosen)) == len(chosen), "an atom has two vectors")


def check_terms(model, functions, given):
    names = {p["name"] for p in model["parameters"]}
    count = len(model["atoms"]["logits"])
    expect(type(given["terms"]) is list, "terms must be a list")
    for term in given["terms"]:
        expect(type(term) is list and len(term) == 2 and type(term[1]) is str, "a term is a function and a fraction")
        expect(is_index(term[0], count) if type(term[0]) is int else term[0] in names, "a term of no function")
    expect(len({term[0] for term in given["terms"]}) == len(given["terms"]), "a function stands twice among the terms")
    if "groups" in model["atoms"]:
        check_one_group(model, given)


def check_one_group(model, given):
    """That an equation in a tree is about the atoms of one group, and of parameters that no other group has."""
    places = {p["name"]: i for i, p in enumerate(model["parameters"])}
    atoms = model["atoms"]
    reach = [reached_by(model, z) | reached_by(model, h) for z, h in zip(atoms["logits"], atoms["experts"])]
    groups = members_of(model)
    moving = {vector["atom"] for vector in given["vectors"]}
    moving |= {of for of, _ in given["terms"] if type(of) is int}
    own = [members for members in groups if moving <= set(members)]
    expect(len(own) == 1, "an equation in a tree is about the atoms of one group")
    others = set().union(*(reach[e] for members in groups if members is not own[0] for e in members))
    others |= set().union(*(reached_by(model, step) for step in atoms["groups"]))
    inside = set().union(*(reach[e] for e in own[0]))
    for of, _ in given["terms"]:
        if type(of) is str:
            expect(places[of] in inside - others, f"{of} is not of that group alone")


def mixed_with(model, given):
    """The atoms whose mixture f is: all of them, in a tree those of the group that the equation is about."""
    if "groups" not in model["atoms"]:
        return range(len(model["atoms"]["logits"]))
    moving = {vector["atom"] for vector in given["vectors"]}
    return next(members for members in members_of(model) if moving <= set(members))


def holds(model, given, kinks_may_move, is_free):
    """Whether the equation is an identity, with a free symbol for f or with f itself."""
    places = {p["name"]: i for i, p in enumerate(model["parameters"])}
    dim = model["inputDim"]
    formal = Formal(dim + 1, kinks_may_move)
    point = [formal.input(i) for i in range(dim)]
    moved = {places[name] for vector in given["vectors"] for name, _ in vector["entries"]}
    named = {places[of] for of, _ in given["terms"] if type(of) is str}
    second = Parts(model, formal, run(model, formal, point, moved, order=2), 2)
    first = Parts(model, formal, run(model, formal, point, named), 1)
    if is_free:
        f = formal.input(dim)
    else:
        below, above = second.sums(mixed_with(model, given))
        f = formal.mul(above, formal.inverse(below))

    def psi(e, wh, w):
        return formal.sub(first.above_mask(e, wh), first.below_mask(e, formal.mul(f, w)))

    total = {}
    for vector in given["vectors"]:
        e = vector["atom"]
        entries = [(places[name], Fraction(value)) for name, value in vector["entries"]]
        for i, u in entries:
            for j, v in entries:
                key = (max(i, j), min(i, j))
                of = psi(e, second.products[e].second.get(key, {}), second.masses[e].second.get(key, {}))
                total = formal.add(total, formal.scale(of, u * v))
    for of, text in given["terms"]:
        coefficient = fraction(text)
        if type(of) is int:
            value = psi(of, first.products[of].value, first.masses[of].value)
            total = formal.sub(total, formal.scale(value, coefficient))
            continue
        for e, (w, wh) in enumerate(zip(first.masses, first.products)):
            value = psi(e, wh.first.get(places[of], {}), w.first.get(places[of], {}))
            total = formal.sub(total, formal.scale(value, coefficient))
    return formal.vanishes(total)


def is_euler(model, vector):
    """Whether the derivative of an expert along a vector is a multiple of it, and the gate does not move."""
    places = {p["name"]: i for i, p in enumerate(model["parameters"])}
    logit, expert = (model["atoms"][key][vector["atom"]] for key in ("logits", "experts"))
    moved = {places[name]: Fraction(value) for name, value in vector["entries"]}
    if set(moved) & reached_by(model, logit):
        return False
    formal = Formal(model["inputDim"])
    jet = run(model, formal, [formal.input(i) for i in range(model["inputDim"])], set(moved))[expert]
    along = {}
    for place, value in moved.items():
        along = formal.add(along, formal.scale(jet.first.get(place, {}), value))
    if not along or not jet.value:
        return not along
    monomial, c = next(iter(jet.value.items()))
    return formal.vanishes(formal.sub(along, formal.scale(jet.value, along.get(monomial, Fraction(0)) / c)))
