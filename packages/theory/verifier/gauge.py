"""The gauge in the second order: parameters may be left out only where they shift all logits of a softmax alike.

A relation among derivatives would otherwise hide that the first order is dependent, as of a temperature that is learned.
Of trees it is proved that the relations are the gate's alone.
"""

from formal import Formal
from jets import run
from mixture import is_sigmoid
from reach import reached_by
from refused import Refused, Undecided
from shape import expect, fraction


def check_gauge(model, gauge):
    names = {p["name"]: i for i, p in enumerate(model["parameters"])}
    atoms = model["atoms"]
    reached = reached_by(model, model["output"])
    relations = [relation for relation in gauge if names[relation["left"]] in reached]
    expect(not (relations and is_sigmoid(model)), "a sigmoid has no gauge")
    of_experts = set().union(*(reached_by(model, step) for step in atoms["experts"]))
    moves = []
    for relation in relations:
        move = {names[relation["left"]]: 1}
        move.update({names[name]: -fraction(text) for name, text in relation["terms"]})
        expect(not set(move) & of_experts, f"{relation['left']}: what an expert reads is no gauge")
        moves.append(move)
    if not moves or "groups" in atoms:
        return
    formal = Formal(model["inputDim"])
    point = [formal.input(i) for i in range(model["inputDim"])]
    shifts = []
    try:
        jets = run(model, formal, point, {place for move in moves for place in move})
        for relation, move in zip(relations, moves):
            all_shifts = [shift_of(formal, jets[step], move) for step in atoms["logits"]]
            alike = all(formal.vanishes(formal.sub(shift, all_shifts[0])) for shift in all_shifts[1:])
            expect(alike, f"{relation['left']}: the logits are not shifted alike")
            shifts.append(all_shifts[0])
    except Undecided as reason:
        raise Refused(f"the gauge is not known, {reason}") from None
    for shift in shifts:
        plain = all(e == 0 and all(formal.symbols[s][0] == "input" for s, _ in of) for of, e in shift)
        expect(plain, "the gauge shifts the logits by no polynomial in the inputs")
    expect(are_independent(formal, shifts), "the gauge fixes more than the shifts of a softmax")


def shift_of(formal, logit, move):
    total = {}
    for place, factor in move.items():
        total = formal.add(total, formal.scale(logit.first.get(place, {}), factor))
    return total


def are_independent(formal, polynomials):
    """By elimination: polynomials in the inputs are independent functions if their coefficients are."""
    left = list(polynomials)
    while left:
        pivot = left.pop()
        if not pivot:
            return False
        monomial, c = next(iter(pivot.items()))
        left = [formal.sub(of, formal.scale(pivot, of.get(monomial, 0) / c)) for of in left]
    return True
