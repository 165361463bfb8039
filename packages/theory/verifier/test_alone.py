"""What is an atom's alone: not what the logit of a group reads too: python3 test_alone.py"""

import json
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
folder = Path(__file__).resolve().parent
sys.path.insert(0, str(folder))

from direction import check_vectors  # noqa: E402
from measure import check_blocks  # noqa: E402
from reach import reached_by  # noqa: E402
from refused import Refused  # noqa: E402


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


if __name__ == "__main__":
    unittest.main()
