"""Interval arithmetic on integers: a number is a pair (low, high) in units of 2^-bits, and the truth lies between.

Every operation rounds low down and high up. Nothing here is floating point.
"""

from fractions import Fraction
from functools import lru_cache
from math import isqrt

from refused import Undecided


def _up(a, n):
    """a / 2^n, rounded up."""
    return -((-a) >> n)


def _divide_up(a, b):
    return -((-a) // b)


@lru_cache(maxsize=None)
def intervals(bits):
    """The arithmetic of a precision; one of each."""
    return Intervals(bits)


class Intervals:
    def __init__(self, bits):
        self.bits = bits
        self.one = 1 << bits
        self.zero = (0, 0)

    def constant(self, value):
        """A float or a fraction, exactly what it is."""
        exact = Fraction(value)
        scaled = exact.numerator << self.bits
        return scaled // exact.denominator, _divide_up(scaled, exact.denominator)

    def is_zero(self, a):
        return a == (0, 0)

    def add(self, a, b):
        return a[0] + b[0], a[1] + b[1]

    def sub(self, a, b):
        return a[0] - b[1], a[1] - b[0]

    def negate(self, a):
        return -a[1], -a[0]

    def mul(self, a, b):
        products = (a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1])
        return min(products) >> self.bits, _up(max(products), self.bits)

    def inverse(self, a):
        if a[0] <= 0 <= a[1]:
            raise Undecided("a division by what may be zero")
        square = 1 << (2 * self.bits)
        return square // a[1], _divide_up(square, a[0])

    def step(self, a):
        """1 where a > 0, 0 where a < 0."""
        if a[0] > 0:
            return self.one, self.one
        if a[1] < 0:
            return self.zero
        raise Undecided("a kink or a tie that may be met")

    def active(self, a):
        """The slope of a ReLU. Where its argument is 0 itself, as behind a unit that is dead, any from 0 to 1."""
        return (0, self.one) if a == (0, 0) else self.step(a)

    def kink(self, a):
        """The second derivative of a ReLU, off its kink."""
        return self.zero

    def sqrt(self, a):
        if a[0] < 0:
            raise Undecided("the root of what may be negative")
        return isqrt(a[0] << self.bits), isqrt(a[1] << self.bits) + (a[1] > 0)

    def exp(self, a):
        return self._exp_at(a[0])[0], self._exp_at(a[1])[1]

    def log(self, a):
        if a[0] <= 0:
            raise Undecided("the logarithm of what may not be positive")
        return self._log_at(a[0])[0], self._log_at(a[1])[1]

    def normal_cdf(self, a):
        return self._cdf_at(a[0])[0], self._cdf_at(a[1])[1]

    def normal_density(self, a):
        half_square = self.mul(self.constant(Fraction(-1, 2)), self.mul(a, a))
        return self.mul(self.exp(half_square), self.inverse(self.sqrt(self.mul(self.constant(2), self.pi()))))

    def gelu_slope(self):
        """2 sqrt(2 / pi)"""
        return self.mul(self.constant(2), self.sqrt(self.mul(self.constant(2), self.inverse(self.pi()))))

    @lru_cache(maxsize=None)
    def pi(self):
        """Machin: pi = 16 atan(1/5) - 4 atan(1/239)."""
        first, second = self._atan_of_inverse(5), self._atan_of_inverse(239)
        return 16 * first[0] - 4 * second[1], 16 * first[1] - 4 * second[0]

    def _atan_of_inverse(self, n):
        power, k, low, high = self.one // n, 0, 0, 0
        terms = 0
        while power > 0:
            term = power // (2 * k + 1)
            if k % 2 == 0:
                low, high = low + term, high + term
            else:
                low, high = low - term, high - term
            power //= n * n
            k += 1
            terms += 2
        # Every term was cut twice by less than a unit, and what is left out is less than one.
        return low - terms - 2, high + terms + 2

    @lru_cache(maxsize=None)
    def log_two(self):
        """log 2 = 2 atanh(1/3)"""
        low, high = self._atanh_at(self.one // 3, self.one // 3 + 1)
        return 2 * low, 2 * high

    def _atanh_at(self, u_low, u_high):
        """Bounds on atanh of numbers between 0 and 1/2: u + u^3/3 + u^5/5 + ..."""
        low, high, k = 0, 0, 0
        power_low, power_high = u_low, u_high
        square_low, square_high = (u_low * u_low) >> self.bits, _up(u_high * u_high, self.bits)
        while power_high > 1 and k < 4 * self.bits:
            low += power_low // (2 * k + 1)
            high += _divide_up(power_high, 2 * k + 1)
            power_low = (power_low * square_low) >> self.bits
            power_high = _up(power_high * square_high, self.bits)
            k += 1
        # The rest is at most a geometric series in u^2 <= 1/4 from the next power on.
        return low, high + 2 * power_high + 1

    def _log_at(self, m):
        guarded = intervals(self.bits + 64)
        scaled = m << 64
        exponent = scaled.bit_length() - 1 - guarded.bits
        # m = f 2^exponent with 1 <= f < 2, and log f = 2 atanh((f - 1) / (f + 1)).
        above, below = scaled - (guarded.one << exponent if exponent >= 0 else guarded.one >> -exponent), scaled + (
            guarded.one << exponent if exponent >= 0 else guarded.one >> -exponent
        )
        u = (above << guarded.bits) // below
        low, high = guarded._atanh_at(u, u + 1)
        two = guarded.log_two()
        shift = (exponent * two[0], exponent * two[1]) if exponent >= 0 else (exponent * two[1], exponent * two[0])
        return (2 * low + shift[0]) >> 64, _up(2 * high + shift[1], 64)

    @lru_cache(maxsize=200_000)
    def _exp_at(self, m):
        """e^m between two integers: m = k log 2 + r, and the series of e^r with 0 <= r < 1."""
        size = abs(m) >> self.bits
        if size > 1 << 20:
            if m < 0:
                return 0, 1
            raise Undecided("an exponential that is too large")
        extra = 64 + (max(0, m) >> self.bits) * 3 // 2
        guarded = intervals(self.bits + extra)
        scaled = m << extra
        two = guarded.log_two()
        k = scaled // two[1] if scaled >= 0 else -_divide_up(-scaled, two[0])
        r = (scaled - k * (two[1] if k >= 0 else two[0]), scaled - k * (two[0] if k >= 0 else two[1]))
        r_low, r_high = max(0, r[0]), r[1]
        low = high = term_low = term_high = guarded.one
        n = 0
        while term_high > 1:
            n += 1
            term_low = ((term_low * r_low) >> guarded.bits) // n
            term_high = _divide_up(_up(term_high * r_high, guarded.bits), n)
            low += term_low
            high += term_high
        # r < 1, so the rest is less than twice the next term.
        high += 2 * term_high + 2
        shift = k - extra
        if shift >= 0:
            return low << shift, high << shift
        return low >> -shift, _up(high, -shift)

    @lru_cache(maxsize=200_000)
    def _cdf_at(self, m):
        """Phi(z) = 1/2 + phi(z) (z + z^3/3 + z^5/(3 5) + ...) for z >= 0, and 1 - Phi(-z) for others."""
        if m < 0:
            low, high = self._cdf_at(-m)
            return self.one - high, self.one - low
        z = m >> self.bits
        if z >= 64:
            # 1 - Phi(z) < phi(z) for z > 1.
            density = self.normal_density((m, m))
            return self.one - density[1], self.one
        guard = 64 + (z + 1) ** 2
        inner = intervals(self.bits + guard)
        at = m << guard
        square_low, square_high = (at * at) >> inner.bits, _up(at * at, inner.bits)
        low = high = term_low = term_high = at
        k = 1
        while term_high > 1 or k * inner.one < 2 * square_high:
            k += 2
            term_low = ((term_low * square_low) >> inner.bits) // k
            term_high = _divide_up(_up(term_high * square_high, inner.bits), k)
            low += term_low
            high += term_high
        # z^2 / k <= 1/2 from here on.
        high += 2 * term_high + 2
        density = inner.normal_density((at, at))
        half = inner.one >> 1
        return (
            max(0, half + ((low * density[0]) >> inner.bits)) >> guard,
            min(self.one, _up(half + _up(high * density[1], inner.bits), guard)),
        )
