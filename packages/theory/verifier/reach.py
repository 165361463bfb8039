"""Which parameters the steps of a model read, and what belongs to one atom alone."""

from formal import Formal
from jets import run
from refused import Undecided


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


def own_places(model, atom):
    """The places of the parameters that an atom has alone."""
    atoms = model["atoms"]
    reach = [reached_by(model, z) | reached_by(model, h) for z, h in zip(atoms["logits"], atoms["experts"])]
    return reach[atom] - read_elsewhere(model, reach, atom)


def is_constant_slope(model, step, place):
    """Whether the derivative of a step in a parameter is the same positive number at all inputs."""
    formal = Formal(model["inputDim"])
    point = [formal.input(i) for i in range(model["inputDim"])]
    try:
        slope = run(model, formal, point, {place})[step].first.get(place, {})
    except Undecided:
        return False
    return len(slope) == 1 and all(not symbols and not exponent for symbols, exponent in slope)
