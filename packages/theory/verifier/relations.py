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
