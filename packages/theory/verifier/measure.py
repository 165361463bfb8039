"""The second order: a signed measure on finitely many inputs that integrates the free functions to zero and the second
derivatives of every over-fitted atom to a positive definite matrix.

Under a tree of softmaxes the free functions are df/dtheta, and those of the atoms of group g are those below for the
group's own D and N, times W_g / D^2 with the weight W_g of the group.

With D = sum_e e^z_e, N = sum_e e^z_e h_e, f = N / D and psi_e = e^z_e (h_e - f), f held fixed, the free functions are
D^2 df/dtheta for all parameters, and D psi_e for atoms without a mass of their own; those of second order are the second
derivatives of D psi_e in the own parameters of the atom but its mass.

Weights are given to some bits and leave a residual r. The free functions have full column rank at the points, with
singular values above sigma, so weights that leave none exist within |r| / sigma of those given, which changes an entry
of the integrals by at most |r| / sigma times the length of the function at the points.
"""

from fractions import Fraction
from math import isqrt

from formal import Formal
from independence import derivatives_at
from intervals import intervals
from jets import product, run
from jets import apply as apply_to
from linear import has_singular_values_above, is_positive_definite
from refused import Refused, Undecided
from relations import check_mixture, members_of
from shape import check_bits, check_bound, check_points, expect, is_index, integer

GUARD = 128


def reached_by(model, step):
    """The places of the parameters that a step depends on."""
    seen, open_, found = set(), [step], set()
    while open_:
        place = open_.pop()
        if place in seen:
            continue
        seen.add(place)
        kind, *rest = model["steps"][place]
        if kind == "parameter":
            found.add(rest[0])
        elif kind == "apply":
            open_.append(rest[1])
        elif kind == "dot":
            open_ += rest[0] + rest[1]
        elif kind in ("add", "sub", "greater", "stop"):
            open_ += rest
    return found


def read_elsewhere(model, reach, atom):
    """The parameters that other atoms read, or the logits of groups: what is no atom's alone."""
    groups = [reached_by(model, step) for step in model["atoms"].get("groups", [])]
    return set().union(*(of for e, of in enumerate(reach) if e != atom), *groups)


def check_blocks(model, blocks, masses):
    """That every block holds all that an atom has alone, but its mass, and that every split atom has a mass."""
    names = [p["name"] for p in model["parameters"]]
    atoms = model["atoms"]
    count = len(atoms["logits"])
    of_logit = [reached_by(model, step) for step in atoms["logits"]]
    of_expert = [reached_by(model, step) for step in atoms["experts"]]
    reach = [a | b for a, b in zip(of_logit, of_expert)]
    expect(type(blocks) is list and blocks, "there are no blocks")
    expect(type(masses) is list and all(is_index(e, count) for e in masses), "masses names no atom")
    expect(len(set(masses)) == len(masses), "masses names an atom twice")
    chosen = []
    for block in blocks:
        expect(type(block) is dict and set(block) == {"atom", "coordinates"}, "a block is an atom and coordinates")
        atom, coordinates = block["atom"], block["coordinates"]
        expect(is_index(atom, count) and type(coordinates) is list and coordinates, "a block of no atom")
        chosen.append(atom)
        others = read_elsewhere(model, reach, atom)
        own = {names[i] for i in reach[atom] - others}
        expect(len(set(coordinates)) == len(coordinates) and set(coordinates) <= own, "coordinates of another atom")
        left = own - set(coordinates)
        expect(len(left) + (atom in masses) == 1, f"atom {atom}: its coordinates are not all but its mass")
        for name in left:
            place = names.index(name)
            expect(place not in of_expert[atom], f"{name} is no mass: the expert depends on it")
            expect(is_constant_slope(model, atoms["logits"][atom], place), f"{name} is no mass: it tilts the logit")
    expect(len(set(chosen)) == len(chosen), "an atom has two blocks")


def is_constant_slope(model, step, place):
    """Whether the derivative of a step in a parameter is the same positive number at all inputs."""
    formal = Formal(model["inputDim"])
    point = [formal.input(i) for i in range(model["inputDim"])]
    try:
        slope = run(model, formal, point, {place})[step].first.get(place, {})
    except Undecided:
        return False
    return len(slope) == 1 and all(not symbols and not exponent for symbols, exponent in slope)


def functions_at(model, field, point, functions, masses, blocks):
    """The free functions at a point, and per block the lower triangle of second derivatives."""
    names = {p["name"]: i for i, p in enumerate(model["parameters"])}
    inputs = [field.constant(float(u)) for u in point]
    own = {names[name] for block in blocks for name in block["coordinates"]}
    try:
        jets = run(model, field, inputs, own, order=2)
        logits = [jets[step] for step in model["atoms"]["logits"]]
        experts = [jets[step] for step in model["atoms"]["experts"]]
        mass = [apply_to(field, "exp", z, 2) for z in logits]
        both = [product(field, w, h, 2) for w, h in zip(mass, experts)]
    except Undecided as reason:
        raise Refused(f"at the point {point}: {reason}") from None
    groups = model["atoms"].get("groups")
    sums = {}
    for g, members in enumerate(members_of(model)):
        below, above = field.zero, field.zero
        for e in members:
            below, above = field.add(below, mass[e].value), field.add(above, both[e].value)
        factor = None
        if groups is not None:
            # A split changes f by W_g / D_g times the psi of the group's own mixture.
            weights = [apply_to(field, "exp", jets[step], 0).value for step in groups]
            total = field.zero
            for weight in weights:
                total = field.add(total, weight)
            under = field.mul(field.mul(total, below), below)
            factor = field.mul(weights[g], field.inverse(under))
        for e in members:
            sums[e] = (below, above, factor)

    def combined(e, wh, w):
        below, above, factor = sums[e]
        value = field.sub(field.mul(below, wh), field.mul(above, w))
        return value if factor is None else field.mul(factor, value)

    free = derivatives_at(model, field, point, functions)
    if groups is None:
        square = field.mul(sums[0][0], sums[0][0])
        free = [field.mul(square, d) for d in free]
    free += [combined(e, both[e].value, mass[e].value) for e in masses]
    curved = []
    for block in blocks:
        e, places = block["atom"], [names[name] for name in block["coordinates"]]
        keys = [(max(i, j), min(i, j)) for u, i in enumerate(places) for j in places[: u + 1]]
        of = lambda jet, key: jet.second.get(key, field.zero)
        curved.append([combined(e, of(both[e], key), of(mass[e], key)) for key in keys])
    return free, curved


def check_measure(model, functions, given):
    keys = {"blocks", "masses", "points", "bits", "weights", "sigmaMin", "curvature"}
    expect(set(given) == keys, "measure has other entries")
    expect("atoms" in model, "the model does not say what its atoms are")
    blocks, masses, points, bits = (given[key] for key in ("blocks", "masses", "points", "bits"))
    check_points(points, model)
    check_bits(bits)
    check_bound(given["sigmaMin"], "sigmaMin")
    check_bound(given["curvature"], "curvature")
    check_mixture(model)
    check_blocks(model, blocks, masses)
    expect(type(given["weights"]) is list and len(given["weights"]) == len(points), "as many weights as points")
    field = intervals(bits + GUARD)
    weights = [integer(w, "weights") << GUARD for w in given["weights"]]
    rows = [functions_at(model, field, point, functions, masses, blocks) for point in points]
    free = [row[0] for row in rows]
    expect(len(free) >= len(free[0]), "fewer points than free functions")
    sigma = field.constant(Fraction(given["sigmaMin"]))
    expect(
        has_singular_values_above(field, free, Fraction(given["sigmaMin"])),
        "the free functions are not proved to have full rank",
    )

    def integral(values):
        total = field.zero
        for w, value in zip(weights, values):
            total = field.add(total, field.mul((w, w), value))
        return total

    def length(values):
        """An upper bound on the length of a list of intervals."""
        squares = sum(max(abs(low), abs(high)) ** 2 for low, high in values)
        return isqrt(squares) + 1

    residual = length([integral([row[i] for row in free]) for i in range(len(free[0]))])
    correction = field.mul((residual, residual), field.inverse(sigma))[1] + 1
    mass = sum(abs(w) for w in weights)
    least = field.mul((mass, mass), field.constant(Fraction(given["curvature"])))
    for b, block in enumerate(blocks):
        size = len(block["coordinates"])
        matrix = [[None] * size for _ in range(size)]
        k = 0
        for i in range(size):
            for j in range(i + 1):
                values = [row[1][b][k] for row in rows]
                low, high = integral(values)
                error = field.mul((correction, correction), (length(values),) * 2)[1] + 1
                entry = (low - error, high + error)
                matrix[i][j] = matrix[j][i] = field.sub(entry, least) if i == j else entry
                k += 1
        try:
            positive = is_positive_definite(field, matrix)
        except Undecided:
            positive = False
        expect(positive, f"the integrals of atom {block['atom']} are not proved to be positive definite")
