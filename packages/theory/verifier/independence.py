"""Independence: at some points the derivatives have full column rank, in intervals of this verifier's own."""

from fractions import Fraction

from intervals import intervals
from jets import run
from linear import has_singular_values_above
from refused import Refused, Undecided
from shape import check_bits, check_bound, check_names, check_points, expect, integer

GUARD = 96


def derivatives_at(model, field, point, names):
    """The derivatives of the output in some parameters at a point."""
    places = {p["name"]: i for i, p in enumerate(model["parameters"])}
    active = {places[name] for name in names}
    try:
        jets = run(model, field, [field.constant(float(u)) for u in point], active)
    except Undecided as reason:
        raise Refused(f"at the point {point}: {reason}") from None
    first = jets[model["output"]].first
    return [first.get(places[name], field.zero) for name in names]


def check_values(model, given):
    """That the output is what the certificate says at some points: of which function it speaks."""
    expect(set(given) == {"points", "bits", "output"}, "values has other entries")
    check_points(given["points"], model)
    check_bits(given["bits"])
    output = given["output"]
    expect(type(output) is list and len(output) == len(given["points"]), "as many values as points")
    field = intervals(given["bits"] + GUARD)
    for n, (point, entry) in enumerate(zip(given["points"], output)):
        try:
            jets = run(model, field, [field.constant(float(u)) for u in point], set())
        except Undecided as reason:
            raise Refused(f"at the point {point}: {reason}") from None
        radius = check_entry(jets[model["output"]].value, entry, f"value {n}")
        expect(radius < 1 << max(0, given["bits"] - 32), f"value {n} is too wide")


def check_independence(model, given):
    expect(set(given) == {"functions", "points", "bits", "matrix", "sigmaMin"}, "independence has other entries")
    names, points, bits, matrix = (given[key] for key in ("functions", "points", "bits", "matrix"))
    check_names(names, {p["name"] for p in model["parameters"]}, "independence")
    check_points(points, model)
    check_bits(bits)
    check_bound(given["sigmaMin"], "sigmaMin")
    expect(names, "independence of no functions")
    expect(len(points) >= len(names), "fewer points than functions")
    expect(type(matrix) is list and len(matrix) == len(points), "the matrix has other rows than points")
    field = intervals(bits + GUARD)
    rows, radii = [], 0
    for n, (point, entries) in enumerate(zip(points, matrix)):
        expect(type(entries) is list and len(entries) == len(names), f"row {n} has other entries than functions")
        row = derivatives_at(model, field, point, names)
        for name, own, entry in zip(names, row, entries):
            radii += check_entry(own, entry, f"row {n}, {name}") ** 2
        rows.append(row)
    expect(
        Fraction(radii, 1 << (2 * bits)) < Fraction(given["sigmaMin"]) ** 2,
        "the radii of the matrix are not below sigmaMin",
    )
    expect(
        has_singular_values_above(field, rows, Fraction(given["sigmaMin"])),
        "the smallest singular value is not proved to be above sigmaMin",
    )


def check_entry(own, entry, where):
    """That a ball holds the interval found here; returns its radius."""
    expect(type(entry) is list and len(entry) == 2, f"{where}: an entry is a middle and a radius")
    middle, radius = integer(entry[0], where) << GUARD, integer(entry[1], where) << GUARD
    expect(radius >= 0, f"{where}: a radius below zero")
    expect(middle - radius <= own[0] and own[1] <= middle + radius, f"{where}: the entry is not the number there")
    return radius >> GUARD
