"""What a mixture is made of: f = c sum_e s_e m_e h_e / sum_e t_e m_e with m_e = exp(z_e) or the logistic function of z_e,
masks s and t that are constant near almost every input, and no sum below where the model says that it is not divided."""

from formal import Formal
from jets import apply, product, run
from refused import Refused, Undecided
from shape import expect


def members_of(model):
    """The atoms of each group; of a gate without groups all of them."""
    atoms = model["atoms"]
    count, groups = len(atoms["logits"]), len(atoms.get("groups", [0]))
    sizes = atoms.get("sizes", [count // groups] * groups)
    return [list(range(sum(sizes[:g]), sum(sizes[: g + 1]))) for g in range(groups)]


def is_sigmoid(model):
    return model["atoms"].get("mass") == "sigmoid"


def is_divided(model):
    return model["atoms"].get("divided", True)


class Parts:
    """The masses m_e, the products m_e h_e and the masks at a point, from the jets of all steps."""

    def __init__(self, model, field, jets, order):
        atoms = model["atoms"]
        name = "sigmoid" if is_sigmoid(model) else "exp"
        self.field = field
        self.experts = [jets[step] for step in atoms["experts"]]
        self.logits = [jets[step] for step in atoms["logits"]]
        self.masses = [apply(field, name, z, order) for z in self.logits]
        self.products = [product(field, m, h, order) for m, h in zip(self.masses, self.experts)]
        self.selected, self.summed = (
            [jets[step].value for step in atoms[key]] if key in atoms else None for key in ("selected", "summed")
        )

    def above_mask(self, e, value):
        return value if self.selected is None else self.field.mul(self.selected[e], value)

    def below_mask(self, e, value):
        return value if self.summed is None else self.field.mul(self.summed[e], value)

    def sums(self, members):
        """sum t m and sum s m h."""
        below, above = self.field.constant(0), self.field.constant(0)
        for e in members:
            below = self.field.add(below, self.below_mask(e, self.masses[e].value))
            above = self.field.add(above, self.above_mask(e, self.products[e].value))
        return below, above


def check_mixture(model):
    """Proves that the output is the mixture of its atoms, or of the mixtures of its groups: f sum_g e^Z_g = sum_g e^Z_g f_g."""
    check_masks(model)
    formal = Formal(model["inputDim"])
    atoms = model["atoms"]
    try:
        jets = run(model, formal, [formal.input(i) for i in range(model["inputDim"])], set())
        parts = Parts(model, formal, jets, 0)
        output = jets[model["output"]].value
        groups = atoms.get("groups")
        total = {}
        for g, members in enumerate(members_of(model)):
            below, above = parts.sums(members)
            left = formal.mul(output, below) if is_divided(model) else output
            difference = formal.sub(left, formal.mul(formal.constant(atoms.get("factor", 1)), above))
            if groups is not None:
                share = formal.mul(formal.exp(jets[groups[g]].value), formal.inverse(below))
                difference = formal.mul(share, difference)
            total = formal.add(total, difference)
        holds = formal.vanishes(total)
    except Undecided as reason:
        raise Refused(f"that the output is the mixture of its atoms is not proved, {reason}") from None
    expect(holds, "the output is not the mixture of its atoms")


def check_masks(model):
    """That masks are constant near almost every input: all that they read, they compare."""
    atoms = model["atoms"]
    for step in atoms.get("selected", []) + atoms.get("summed", []):
        open_, seen = [step], set()
        while open_:
            place = open_.pop()
            if place in seen:
                continue
            seen.add(place)
            kind, *rest = model["steps"][place]
            expect(kind not in ("input", "parameter"), "a mask is not constant near an input")
            if kind == "apply":
                open_.append(rest[1])
            elif kind == "dot":
                open_ += rest[0] + rest[1]
            elif kind in ("add", "sub", "stop"):
                open_ += rest
