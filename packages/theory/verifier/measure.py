"""The second order: a signed measure on finitely many inputs that integrates the free functions to zero and the second
derivatives of every over-fitted atom to a positive definite matrix.

Under a tree of softmaxes the free functions are df/dtheta, and those of the atoms of group g are those below for the
group's own D and N, times W_g / D^2 with the weight W_g of the group.

With D = sum_e t_e e^z_e, N = sum_e s_e e^z_e h_e, f = N / D and psi_e = e^z_e (s_e h_e - t_e f), f and the masks s and t of a
selection held fixed (1 without one), the free functions are
D^2 df/dtheta for all parameters, and D psi_e for atoms without a mass of their own; those of second order are the second
derivatives of D psi_e in the own parameters of the atom but its mass. Those of sigmoid gates: regime_one.py.

Weights are given to some bits and leave a residual r. The free functions have full column rank at the points, with
singular values above sigma, so weights that leave none exist within |r| / sigma of those given, which changes an entry
of the integrals by at most |r| / sigma times the length of the function at the points.
"""

from fractions import Fraction
from math import isqrt

from independence import derivatives_at
from intervals import intervals
from jets import apply as apply_to
from jets import run
from linear import has_singular_values_above, is_positive_definite
from mixture import Parts, check_mixture, is_divided, is_sigmoid, members_of
from reach import is_constant_slope, read_elsewhere, reached_by
from refused import Refused, Undecided
from regime_one import check_ties, own_functions, split_atoms
from shape import check_bits, check_bound, check_points, expect, is_index, integer

GUARD = 128


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


def functions_at(model, field, point, functions, masses, blocks, splits, ties):
    """The free functions at a point, and per block the lower triangle of second derivatives."""
    names = {p["name"]: i for i, p in enumerate(model["parameters"])}
    inputs = [field.constant(float(u)) for u in point]
    own = {names[name] for block in blocks for name in block["coordinates"]}
    try:
        jets = run(model, field, inputs, own, order=2)
        parts = Parts(model, field, jets, 2)
    except Undecided as reason:
        raise Refused(f"at the point {point}: {reason}") from None
    groups = model["atoms"].get("groups")
    sums = {}
    for g, members in enumerate(members_of(model)):
        below, above = parts.sums(members)
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
        of_output = parts.above_mask(e, field.mul(below, wh))
        value = field.sub(of_output, parts.below_mask(e, field.mul(above, w)))
        return value if factor is None else field.mul(factor, value)

    if is_sigmoid(model):
        return regime_one_at(model, field, point, functions, parts, sums[0][:2], splits, ties)
    free = derivatives_at(model, field, point, functions)
    if groups is None:
        free = [scaled(model, field, d, sums[0][0]) for d in free]
    free += [combined(e, parts.products[e].value, parts.masses[e].value) for e in masses]
    curved = []
    for block in blocks:
        e, places = block["atom"], [names[name] for name in block["coordinates"]]
        keys = [(max(i, j), min(i, j)) for u, i in enumerate(places) for j in places[: u + 1]]
        of = lambda jet, key: jet.second.get(key, field.zero)
        curved.append([combined(e, of(parts.products[e], key), of(parts.masses[e], key)) for key in keys])
    return free, curved


def scaled(model, field, derivative, below):
    """D^2 df, or df where there is no sum D below; without the factor of the output."""
    value = field.mul(field.mul(below, below), derivative) if is_divided(model) else derivative
    factor = model["atoms"].get("factor", 1)
    return value if factor == 1 else field.mul(field.inverse(field.constant(Fraction(factor))), value)


def regime_one_at(model, field, point, functions, parts, sums, splits, ties):
    """The functions of a sigmoid gate, with two triangles for each over-fitted atom."""
    below, above = sums if is_divided(model) else (None, None)
    names = [p["name"] for p in model["parameters"]]
    own = {names[i] for split in splits for i in [split.mass] + split.gate + split.expert}
    others = [name for name in functions if name not in own]
    free = [scaled(model, field, d, below) for d in derivatives_at(model, field, point, others)] if others else []
    curved = []
    for split in splits:
        functions_of, of_gate, of_expert = own_functions(model, field, parts, split, above, below)
        free += [value for key, value in functions_of.items() if key not in ties]
        curved += [triangle for triangle in (of_gate, of_expert) if triangle]
    return free, curved


def check_measure(model, functions, given):
    keys = {"blocks", "masses", "points", "bits", "weights", "sigmaMin", "curvature"}
    expect("atoms" in model, "the model does not say what its atoms are")
    expect(set(given) == (keys | {"ties"} if is_sigmoid(model) else keys), "measure has other entries")
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
    splits, ties, sizes = [], set(), [(block["atom"], len(block["coordinates"])) for block in blocks]
    if is_sigmoid(model):
        expect(not masses, "a sigmoid has no masses of other kinds")
        splits = split_atoms(model, functions, [block["atom"] for block in blocks])
        ties = check_ties(model, splits, given["ties"])
        sizes = [(split.atom, len(of)) for split in splits for of in (split.gate, split.expert) if of]
    rows = [functions_at(model, field, point, functions, masses, blocks, splits, ties) for point in points]
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
    for b, (atom, size) in enumerate(sizes):
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
        expect(positive, f"the integrals of atom {atom} are not proved to be positive definite")
