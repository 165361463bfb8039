"""Formal expressions: polynomials with fractions as coefficients, in the inputs and in symbols for everything else.

A monomial is a product of powers of symbols times one exponential e^p of a polynomial p, so that e^p e^q = e^(p+q) needs
no rule. Symbols obey true identities only: s q = 1 for the inverse s of q, r^2 = a for the root r of a, H^2 = H and
H(-z) = 1 - H(z) for the step, sqrt(p^2) = p (2 H(p) - 1), Phi(-z) = 1 - Phi(z), e^(n log p) = p^n. An
expression that is zero is zero wherever it is defined, off the kinks. The converse is false: what cannot be shown to be zero may be zero.
"""

from fractions import Fraction

from refused import Undecided

EMPTY = ((), 0)
MOST_TERMS = 200_000
# Expressions that were squared, whose squares have known roots.
MOST_SQUARES = 40


class Formal:
    def __init__(self, inputs, kinks_may_move=False):
        self.kinks_may_move = kinks_may_move
        self.inputs = inputs
        self.symbols = [("input", i) for i in range(inputs)]
        self.known = {}
        self.exponents = [{}]
        self.numbers_of_exponents = {frozenset(): 0}
        self.work = 0
        self.squared = []

    # Polynomials are dictionaries from monomials to fractions; none of them is changed after it was made.

    def input(self, i):
        return {(((i, 1),), 0): Fraction(1)}

    def constant(self, value):
        exact = Fraction(value)
        return {EMPTY: exact} if exact else {}

    def is_zero(self, a):
        return not a

    def add(self, a, b):
        result = dict(a)
        for monomial, c in b.items():
            total = result.get(monomial, 0) + c
            if total:
                result[monomial] = total
            else:
                result.pop(monomial, None)
        return result

    def negate(self, a):
        return {monomial: -c for monomial, c in a.items()}

    def sub(self, a, b):
        return self.add(a, self.negate(b))

    def scale(self, a, factor):
        return {monomial: c * factor for monomial, c in a.items()} if factor else {}

    def mul(self, a, b):
        self.work += len(a) * len(b)
        if a is b and len(a) > 1 and len(self.squared) < MOST_SQUARES and a not in self.squared:
            self.squared.append(a)
        if self.work > 20 * MOST_TERMS:
            raise Undecided("formal expressions that grow too long")
        result = {}
        for (u, p), c in a.items():
            for (v, q), d in b.items():
                for monomial, e in self._times(u, v, self._sum_of_exponents(p, q)).items():
                    total = result.get(monomial, 0) + c * d * e
                    if total:
                        result[monomial] = total
                    else:
                        result.pop(monomial, None)
        return result

    def _times(self, u, v, exponent):
        """The product of two monomials, with the rules of roots and steps."""
        if not u or not v:
            return {(u or v, exponent): 1}
        powers = dict(u)
        for symbol, n in v:
            powers[symbol] = powers.get(symbol, 0) + n
        under_roots = []
        for symbol, n in powers.items():
            kind = self.symbols[symbol]
            if kind[0] == "step" and n > 1:
                powers[symbol] = 1
            elif kind[0] == "root" and n > 1:
                powers[symbol] = n % 2
                under_roots += [kind[1]] * (n // 2)
        result = {(tuple(sorted((s, n) for s, n in powers.items() if n)), exponent): 1}
        for square in under_roots:
            result = self.mul(result, square)
        return result

    def _symbol(self, kind, polynomial):
        key = (kind, frozenset(polynomial.items()))
        if key not in self.known:
            self.known[key] = len(self.symbols)
            self.symbols.append((kind, polynomial))
        return {(((self.known[key], 1),), 0): Fraction(1)}

    # Exponents of exponentials are polynomials with a number each.

    def _number_of_exponent(self, polynomial):
        key = frozenset(polynomial.items())
        if key not in self.numbers_of_exponents:
            self.numbers_of_exponents[key] = len(self.exponents)
            self.exponents.append(polynomial)
        return self.numbers_of_exponents[key]

    def _sum_of_exponents(self, p, q):
        if p == 0 or q == 0:
            return p or q
        return self._number_of_exponent(self.add(self.exponents[p], self.exponents[q]))

    def exp(self, a):
        """e^a, with e^(n log p) = p^n, where a logarithm stands only of what is positive."""
        rest, factor = dict(a), self.constant(1)
        for (symbols, exponent), c in a.items():
            if exponent or len(symbols) != 1 or symbols[0][1] != 1 or c.denominator != 1 or abs(c) > 8:
                continue
            kind, of = self.symbols[symbols[0][0]]
            if kind != "log":
                continue
            del rest[(symbols, exponent)]
            for _ in range(abs(int(c))):
                factor = self.mul(factor, of if c > 0 else self.inverse(of))
        return self.mul(factor, {((), self._number_of_exponent(rest)): Fraction(1)})

    def _order(self, monomial):
        """A key that orders products of symbols, the constant first."""
        symbols, exponent = monomial
        return sum(n for _, n in symbols), symbols, exponent

    def _leading(self, a):
        """The term that decides signs: by a fixed order of monomials."""
        return max(a.items(), key=lambda term: self._order(term[0]))

    def _highest_exponent(self, a):
        """Of the exponents in an expression the one that is highest in an order that sums preserve."""
        best = None
        for _, exponent in a:
            if best is None:
                best = exponent
                continue
            difference = self.sub(self.exponents[exponent], self.exponents[best])
            if difference and self._leading(difference)[1] > 0:
                best = exponent
        return best

    def inverse(self, a):
        if not a:
            raise Undecided("a division by zero")
        highest = self._highest_exponent(a)
        shift = {((), self._number_of_exponent(self.negate(self.exponents[highest]))): Fraction(1)}
        a = self.mul(a, shift)
        if len(a) == 1:
            ((symbols, _), c), = a.items()
            result = self.scale(shift, 1 / c)
            for symbol, n in symbols:
                for _ in range(n):
                    result = self.mul(result, self._inverse_of_symbol(symbol))
            return result
        leading = self._leading(a)[1]
        return self.scale(self.mul(shift, self._symbol("inverse", self.scale(a, 1 / leading))), 1 / leading)

    def _inverse_of_symbol(self, symbol):
        kind, of = self.symbols[symbol]
        own = {(((symbol, 1),), 0): Fraction(1)}
        if kind == "inverse":
            return of
        if kind == "root":
            return self.mul(own, self.inverse(of))
        return self._symbol("inverse", own)

    def sqrt(self, a):
        base = next((b for b in self.squared if self.mul(b, b) == a), None) if a else None
        if base is not None and set(base) != {EMPTY}:
            # sqrt(p^2) = p (2 H(p) - 1)
            return self.mul(base, self.sub(self.scale(self.step(base), 2), self.constant(1)))
        return self._symbol("root", a) if a else a

    def log(self, a):
        return {} if a == {EMPTY: 1} else self._symbol("log", a)

    def _reflected(self, kind, a):
        """f(a), with f(a) = 1 - f(-a) where the leading coefficient is negative."""
        if self._leading(a)[1] > 0:
            return self._symbol(kind, a)
        return self.sub(self.constant(1), self._symbol(kind, self.negate(a)))

    def step(self, a):
        if not a:
            raise Undecided("a step at zero everywhere")
        if set(a) == {EMPTY}:
            return self.constant(1 if a[EMPTY] > 0 else 0)
        return self._reflected("step", self.scale(a, 1 / abs(self._leading(a)[1])))

    def active(self, a):
        """The slope of a ReLU: of what has a step in it, on either side of the step. Where it is 0 on a side it has no
        derivative there that could be multiplied with the wrong number."""
        if not a:
            return {}
        steps = sorted({s for symbols, _ in a for s, _ in symbols if self.symbols[s][0] == "step"})
        if not steps or len(steps) > 2:
            return self.step(a)
        own, above, below = steps[0], {}, {}
        for (symbols, exponent), c in a.items():
            rest = tuple(pair for pair in symbols if pair[0] != own)
            above = self.add(above, {(rest, exponent): c})
            if rest == symbols:
                below = self.add(below, {(rest, exponent): c})
        here = {(((own, 1),), 0): Fraction(1)}
        other = self.active(below)
        return self.add(other, self.mul(here, self.sub(self.active(above), other)))

    def kink(self, a):
        """The second derivative of a ReLU: an unknown where kinks may move, else zero."""
        return self._symbol("kink", a) if a and self.kinks_may_move else {}

    def normal_cdf(self, a):
        return self._reflected("cdf", a) if a else self.constant(Fraction(1, 2))

    def normal_density(self, a):
        half_square = self.scale(self.mul(a, a), Fraction(-1, 2))
        return self.mul(self._symbol("density at zero", {}), self.exp(half_square))

    def gelu_slope(self):
        return self._symbol("slope", {})

    def vanishes(self, a):
        """Whether an expression is zero when all inverses are multiplied away, the youngest first."""
        while True:
            inverses = {s for symbols, _ in a for s, _ in symbols if self.symbols[s][0] == "inverse"}
            if not inverses:
                return not a
            youngest = max(inverses)
            of = self.symbols[youngest][1]
            parts = {}
            for (symbols, exponent), c in a.items():
                n = dict(symbols).get(youngest, 0)
                rest = tuple(pair for pair in symbols if pair[0] != youngest)
                part = parts.setdefault(n, {})
                part[(rest, exponent)] = part.get((rest, exponent), 0) + c
            # Horner: a_n + q (a_(n-1) + q (...)), from the lowest power on.
            total = {}
            for n in range(0, max(parts) + 1):
                total = self.add(self.mul(total, of), parts.get(n, {}))
            a = total
