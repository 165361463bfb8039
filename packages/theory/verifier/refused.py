"""The one way in which a certificate fails."""


class Refused(Exception):
    """The certificate does not prove what it says; the message names the first thing that is wrong."""


class Undecided(Exception):
    """Intervals too wide for a decision: a division by what may be zero, a kink that may be met."""
