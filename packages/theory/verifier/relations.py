"""Relations between derivatives, proved as identities of formal expressions."""

from formal import Formal
from jets import run
from refused import Refused, Undecided
from shape import expect, fraction


def check_relations(model, relations, where):
    """Proves every relation, or refuses."""
    if not relations:
        return
    places = {p["name"]: i for i, p in enumerate(model["parameters"])}
    wanted = {r["left"] for r in relations} | {name for r in relations for name, _ in r["terms"]}
    formal = Formal(model["inputDim"])
    point = [formal.input(i) for i in range(model["inputDim"])]
    try:
        jets = run(model, formal, point, {places[name] for name in wanted})
    except Undecided as reason:
        raise Refused(f"{where}: not proved, {reason}") from None
    first = jets[model["output"]].first
    for relation in relations:
        left = relation["left"]
        total = formal.negate(first.get(places[left], {}))
        for name, text in relation["terms"]:
            total = formal.add(total, formal.scale(first.get(places[name], {}), fraction(text)))
        try:
            holds = formal.vanishes(total)
        except Undecided as reason:
            raise Refused(f"{where}: the relation of {left} is not proved, {reason}") from None
        expect(holds, f"{where}: the relation of {left} is not proved")


def members_of(model):
    """The atoms of each group; of a gate without groups all of them."""
    atoms = model["atoms"]
    count = len(atoms["logits"])
    size = count // len(atoms.get("groups", [0]))
    return [list(range(first, first + size)) for first in range(0, count, size)]


def check_mixture(model):
    """Proves that the output is the mixture of its atoms: f sum_e e^z_e = sum_e e^z_e h_e, or that of the mixtures of its
    groups: f sum_g e^Z_g = sum_g e^Z_g f_g."""
    formal = Formal(model["inputDim"])
    point = [formal.input(i) for i in range(model["inputDim"])]
    atoms = model["atoms"]
    try:
        jets = run(model, formal, point, set())
        total = {}
        groups = atoms.get("groups")
        for g, members in enumerate(members_of(model)):
            below, above = {}, {}
            for e in members:
                mass = formal.exp(jets[atoms["logits"][e]].value)
                difference = formal.sub(jets[model["output"]].value, jets[atoms["experts"][e]].value)
                below, above = formal.add(below, mass), formal.add(above, formal.mul(mass, difference))
            if groups is not None:
                share = formal.mul(formal.exp(jets[groups[g]].value), formal.inverse(below))
                above = formal.mul(share, above)
            total = formal.add(total, above)
        holds = formal.vanishes(total)
    except Undecided as reason:
        raise Refused(f"that the output is the mixture of its atoms is not proved, {reason}") from None
    expect(holds, "the output is not the softmax mixture of its atoms")
