"""What the verifier computes with, against Python's own decimals and against identities: python3 -m unittest"""

import math
import sys
import unittest
from decimal import Decimal, getcontext
from fractions import Fraction
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from elementary import FUNCTIONS  # noqa: E402
from formal import Formal  # noqa: E402
from intervals import intervals  # noqa: E402
from linear import has_singular_values_above  # noqa: E402
from refused import Undecided  # noqa: E402

getcontext().prec = 120
BITS = 256
ARGUMENTS = [Fraction(n, 16) for n in (-640, -161, -33, -16, -5, -1, 1, 2, 7, 16, 35, 77, 160, 640)]


def decimal(value):
    return Decimal(value.numerator) / Decimal(value.denominator)


def ends(interval):
    return [Decimal(end) / Decimal(1 << BITS) for end in interval]


class Enclosures(unittest.TestCase):
    def setUp(self):
        self.field = intervals(BITS)

    def encloses(self, interval, truth, tolerance=Decimal(10) ** -70):
        low, high = ends(interval)
        self.assertLessEqual(low, truth + Decimal(10) ** -110)
        self.assertLessEqual(truth, high + Decimal(10) ** -110)
        self.assertLessEqual(high - low, tolerance * max(1, abs(truth)))

    def test_exp(self):
        for x in ARGUMENTS:
            self.encloses(self.field.exp(self.field.constant(x)), decimal(x).exp())

    def test_log_and_roots(self):
        for x in ARGUMENTS:
            if x > 0:
                self.encloses(self.field.log(self.field.constant(x)), decimal(x).ln())
                self.encloses(self.field.sqrt(self.field.constant(x)), decimal(x).sqrt())

    def test_inverse_of_negative_numbers(self):
        for x in ARGUMENTS:
            self.encloses(self.field.inverse(self.field.constant(x)), 1 / decimal(x))

    def test_tanh(self):
        for x in ARGUMENTS:
            up, down = decimal(x).exp(), (-decimal(x)).exp()
            truth = (up - down) / (up + down)
            self.encloses(FUNCTIONS["tanh"](self.field, self.field.constant(x))[0], truth)

    def test_pi(self):
        digits = "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803"
        self.encloses(self.field.pi(), Decimal(digits), Decimal(10) ** -70)

    def test_normal_law(self):
        """Against the alternating series of the error function in decimals, and erf of floats."""
        pi = Decimal(intervals(512).pi()[0]) / Decimal(1 << 512)
        for x in ARGUMENTS:
            interval = self.field.normal_cdf(self.field.constant(x))
            low, high = ends(interval)
            self.assertLessEqual(high - low, Decimal(10) ** -70)
            self.assertAlmostEqual(float(low), 0.5 * math.erfc(-float(x) / math.sqrt(2)), delta=1e-15)
            if abs(x) > 5:
                continue
            u, total, n = decimal(x) / Decimal(2).sqrt(), Decimal(0), 0
            term = u
            while abs(term) > Decimal(10) ** -110:
                total += term / (2 * n + 1)
                n += 1
                term *= -u * u / n
            self.encloses(interval, Decimal("0.5") + total / pi.sqrt(), Decimal(10) ** -70)

    def test_derivatives_are_differences(self):
        """f' and f'' of every function against central differences of its values."""
        h = Fraction(1, 1 << 40)
        for name in FUNCTIONS:
            for x in (Fraction(3, 8), Fraction(7, 5)):
                at = lambda u: FUNCTIONS[name](self.field, self.field.constant(u))
                value, first, second = (sum(ends(d)) / 2 for d in at(x))
                above, below = (sum(ends(at(u)[0])) / 2 for u in (x + h, x - h))
                step = decimal(h)
                self.assertLess(abs((above - below) / (2 * step) - first), Decimal(10) ** -20, name)
                self.assertLess(abs((above - 2 * value + below) / step**2 - second), Decimal(10) ** -20, name)

    def test_what_is_not_decided_is_refused(self):
        wide = (-1, 1)
        for ask in (self.field.inverse, self.field.step, self.field.log, self.field.sqrt):
            with self.assertRaises(Undecided):
                ask(wide)

    def test_singular_values(self):
        rows = [[self.field.constant(v) for v in row] for row in ((3, 0), (0, 2), (0, 0))]
        self.assertTrue(has_singular_values_above(self.field, rows, Fraction(199, 100)))
        self.assertFalse(has_singular_values_above(self.field, rows, Fraction(2)))
        same = [[self.field.constant(v)] * 2 for v in (1, 2, 3)]
        self.assertFalse(has_singular_values_above(self.field, same, Fraction(1, 10**30)))


class Identities(unittest.TestCase):
    def setUp(self):
        self.formal = Formal(2)
        self.x, self.y = self.formal.input(0), self.formal.input(1)
        self.one = self.formal.constant(1)

    def vanishes(self, a, b):
        return self.formal.vanishes(self.formal.sub(a, b))

    def test_true_ones(self):
        f = self.formal
        neg = f.negate(self.x)
        both = f.add(self.x, self.y)
        self.assertTrue(self.vanishes(f.mul(f.exp(self.x), f.exp(self.y)), f.exp(both)))
        self.assertTrue(self.vanishes(f.mul(f.inverse(both), both), self.one))
        self.assertTrue(self.vanishes(f.add(f.step(self.x), f.step(neg)), self.one))
        self.assertTrue(self.vanishes(f.add(f.normal_cdf(self.x), f.normal_cdf(neg)), self.one))
        root = f.sqrt(f.add(f.mul(self.x, self.x), self.one))
        self.assertTrue(self.vanishes(f.mul(root, root), f.add(f.mul(self.x, self.x), self.one)))
        self.assertTrue(self.vanishes(f.mul(f.inverse(root), root), self.one))
        weight = f.exp(f.sub(f.exp(self.y), f.scale(f.log(both), 2)))
        self.assertTrue(self.vanishes(f.mul(weight, f.mul(both, both)), f.exp(f.exp(self.y))))
        sigmoid = lambda a: FUNCTIONS["sigmoid"](f, a)[0]
        self.assertTrue(self.vanishes(f.add(sigmoid(self.x), sigmoid(neg)), self.one))
        tanh = lambda a: FUNCTIONS["tanh"](f, a)[0]
        self.assertTrue(self.vanishes(tanh(self.x), f.negate(tanh(neg))))

    def test_kinks(self):
        f = self.formal
        relu = lambda a: FUNCTIONS["relu"](f, a)[0]
        z = f.sub(self.x, self.one)
        self.assertTrue(self.vanishes(relu(relu(z)), relu(z)))
        self.assertTrue(self.vanishes(relu(f.negate(relu(z))), {}))
        self.assertTrue(self.vanishes(f.add(relu(z), relu(f.negate(z))), f.sqrt(f.mul(z, z))))
        self.assertFalse(self.vanishes(f.sqrt(f.mul(z, z)), z))
        self.assertFalse(self.vanishes(relu(relu(z)), z))

    def test_false_ones(self):
        f = self.formal
        self.assertFalse(self.vanishes(f.exp(self.x), self.one))
        self.assertFalse(self.vanishes(f.mul(f.exp(self.x), f.exp(self.x)), f.exp(self.x)))
        self.assertFalse(self.vanishes(f.inverse(self.x), f.inverse(self.y)))
        self.assertFalse(self.vanishes(f.step(self.x), f.step(f.negate(self.x))))
        self.assertFalse(self.vanishes(f.sqrt(self.x), self.x))
        self.assertFalse(self.vanishes(f.exp(f.scale(f.log(self.x), Fraction(1, 2))), self.x))
        self.assertFalse(self.vanishes(FUNCTIONS["tanh"](f, self.x)[0], FUNCTIONS["sigmoid"](f, self.x)[0]))


if __name__ == "__main__":
    unittest.main()
