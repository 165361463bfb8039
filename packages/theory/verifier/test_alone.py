"""What is an atom's alone: not what the logit of a group reads too: python3 test_alone.py"""

import json
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
folder = Path(__file__).resolve().parent
sys.path.insert(0, str(folder))

from direction import check_vectors  # noqa: E402
from gauge import check_gauge  # noqa: E402
from measure import check_blocks  # noqa: E402
from reach import reached_by  # noqa: E402
from refused import Refused  # noqa: E402
from verify import checked  # noqa: E402


def fixture(name):
    return json.loads((folder / "fixtures" / f"{name}.json").read_text(encoding="utf-8"))


def read_by_a_group(model, name):
    """Lets the logit of the first group read a parameter in the place of its own slope."""
    place = [p["name"] for p in model["parameters"]].index(name)
    logit = model["atoms"]["groups"][0]
    own = next(i for i, step in enumerate(model["steps"]) if step == ["parameter", min(reached_by(model, logit))])
    model["steps"][own] = ["parameter", place]


class Alone(unittest.TestCase):
    def test_a_vector(self):
        certificate = fixture("tree-linear-second-order")
        model, vectors = certificate["model"], certificate["direction"]["vectors"]
        check_vectors(model, vectors)
        read_by_a_group(model, vectors[0]["entries"][0][0])
        with self.assertRaisesRegex(Refused, "alone"):
            check_vectors(model, vectors)

    def test_a_block(self):
        certificate = fixture("tree-tanh-second-order")
        model, measure = certificate["model"], certificate["measure"]
        check_blocks(model, measure["blocks"], measure["masses"])
        names = [name for name in measure["blocks"][0]["coordinates"] if name.startswith("expert/")]
        read_by_a_group(model, names[0])
        with self.assertRaisesRegex(Refused, "another atom"):
            check_blocks(model, measure["blocks"], measure["masses"])


class Sizes(unittest.TestCase):
    def test_other_sizes(self):
        """Groups of unequal sizes are told apart by their sizes, not by their number."""
        certificate = fixture("tree-of-sizes-tanh-second-order")
        self.assertTrue(checked(json.dumps(certificate))[0])
        for sizes in ([1, 2], [3], [2], [1, 1], [2, 1, 0], [3, 0], [2, 1.0], None):
            atoms = certificate["model"]["atoms"]
            atoms.pop("sizes", None)
            if sizes is not None:
                atoms["sizes"] = sizes
            self.assertFalse(checked(json.dumps(certificate))[0], sizes)


class Gauge(unittest.TestCase):
    def test_what_is_hidden_in_it(self):
        """A second bias of an atom is no gauge: the first order is dependent with it."""
        certificate = fixture("softmax-tanh-second-order")
        model = certificate["model"]
        check_gauge(model, certificate["gauge"])
        place = len(model["parameters"])
        model["parameters"].append({"name": "gate/more#1", "value": 0.0})
        old = next(i for i, step in enumerate(model["steps"]) if step == ["parameter", bias_of(model, 1)])
        renumber(model, old)
        model["steps"][old + 1] = ["parameter", place]
        model["steps"][old + 2] = ["add", old, old + 1]
        gauge = certificate["gauge"] + [{"left": "gate/more#1", "terms": [["gate/bias[0]#0", "-1"]]}]
        with self.assertRaises(Refused):
            check_gauge(model, gauge)
        certificate["gauge"] = gauge
        holds, words = checked(json.dumps(certificate))
        self.assertEqual((holds, words), (False, "the gauge fixes more than the shifts of a softmax"))


def bias_of(model, atom):
    return [p["name"] for p in model["parameters"]].index(f"gate/bias[0]#{atom}")


def renumber(model, old):
    """Makes room for two steps after one, whose sum stands for it."""
    at = lambda i: i + 2 if i >= old else i

    def moved(step):
        kind, *rest = step
        if kind == "dot":
            return [kind, [at(i) for i in rest[0]], [at(i) for i in rest[1]]]
        if kind == "apply":
            return [kind, rest[0], at(rest[1])]
        return step if kind in ("input", "parameter", "constant") else [kind] + [at(i) for i in rest]

    steps = [moved(step) for step in model["steps"]]
    model["steps"] = steps[: old + 1] + [None, None] + steps[old + 1 :]
    model["output"] = at(model["output"])
    model["atoms"] = {key: [at(i) for i in of] for key, of in model["atoms"].items()}


if __name__ == "__main__":
    unittest.main()
