"""Checks certificates of @tfjs-moe/theory: python3 verify.py certificate.json [...]

Prints what is proved, or the first thing that is wrong, and ends with status 1 if any certificate is refused. The
standard library alone; README.md says what is checked, and how.
"""

import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from direction import check_direction  # noqa: E402
from gauge import check_gauge  # noqa: E402
from independence import check_independence, check_values  # noqa: E402
from measure import check_measure  # noqa: E402
from mixture import is_sigmoid  # noqa: E402
from reach import reached_by  # noqa: E402
from refused import Refused, Undecided  # noqa: E402
from relations import check_relations  # noqa: E402
from shape import check_shape, expect  # noqa: E402


def verify(certificate):
    """Returns what a certificate proves, in a sentence; raises Refused."""
    check_shape(certificate)
    model, functions, relations = (certificate[key] for key in ("model", "functions", "relations"))
    check_values(model, certificate["values"])
    check_covered(model, functions, certificate["gauge"])
    check_relations(model, certificate["gauge"], "gauge")
    if certificate["question"] == "second order" and certificate["verdict"] == "independent":
        expect(not relations and "independence" not in certificate, "a measure and relations exclude each other")
        expect("measure" in certificate and "direction" not in certificate, "there is no measure alone")
        check_measure(model, functions, certificate["measure"])
        check_gauge(model, certificate["gauge"])
        atoms = ", ".join(str(block["atom"]) for block in certificate["measure"]["blocks"])
        return f"the second-order criterion holds at these parameters, for the over-fitted atoms {atoms}{fixed(model)}"
    expect("measure" not in certificate, "a measure proves the second order alone")
    if "direction" in certificate:
        expect(certificate["question"] == "second order", "a direction is of second order")
        expect(not relations and "independence" not in certificate, "a direction and relations exclude each other")
        atoms = ", ".join(str(e) for e in check_direction(model, functions, certificate["direction"]))
        return f"the second-order criterion fails at these parameters, for the over-fitted atoms {atoms}{fixed(model)}"
    return check_first_order(certificate)


def fixed(model):
    """What the second order is asked with."""
    of_sigmoid = "; their gates are constant in the input (regime 1)" if is_sigmoid(model) else ""
    selects = "selected" in model["atoms"] or "summed" in model["atoms"]
    return of_sigmoid + ("; the selection is held fixed, and copies of an atom are selected with it" if selects else "")


def check_covered(model, functions, gauge):
    """Every parameter is asked about, or is fixed by a relation, or is none that the function depends on."""
    asked = set(functions)
    fixed = [relation["left"] for relation in gauge]
    expect(len(set(fixed)) == len(fixed) and not asked & set(fixed), "the gauge fixes a parameter twice")
    for relation in gauge:
        expect(all(name in asked for name, _ in relation["terms"]), "the gauge refers to what nobody asks about")
    reached = reached_by(model, model["output"])
    for place, parameter in enumerate(model["parameters"]):
        name = parameter["name"]
        expect(name in asked or name in fixed or place not in reached, f"{name} is left out without a reason")
    expect(functions, "there are no functions")


def check_first_order(certificate):
    model, functions, relations = (certificate[key] for key in ("model", "functions", "relations"))
    lefts = [relation["left"] for relation in relations]
    independence = certificate.get("independence")
    remaining = [name for name in functions if name not in lefts]
    expect(len(set(lefts)) == len(lefts), "two relations have one left side")
    expect(set(lefts) <= set(functions), "a relation about what nobody asks about")
    for relation in relations:
        expect(all(name in remaining for name, _ in relation["terms"]), "a relation refers to another left side")
    if certificate["verdict"] == "independent":
        expect(not relations, "independent functions have no relations")
        expect(independence is not None, "there is no proof of independence")
    else:
        expect(relations, "dependent functions without a relation")
    check_relations(model, relations, "relations")
    if independence is not None:
        expect(sorted(independence.get("functions", [])) == sorted(remaining), "independence is of other functions")
        check_independence(model, independence)
    if not relations:
        return f"the {len(functions)} derivatives are linearly independent at these parameters"
    rest = f"and the {len(remaining)} others are independent" if independence else "and nothing is said of others"
    return f"{len(relations)} of the {len(functions)} derivatives depend on others, {rest}"


def notes(model):
    """What a reader must know of the function that the model writes down."""
    places, open_ = set(), [model["output"]]
    while open_:
        place = open_.pop()
        if place in places:
            continue
        places.add(place)
        kind, *rest = model["steps"][place]
        open_ += rest[0] + rest[1] if kind == "dot" else rest[1:] if kind == "apply" else []
        open_ += rest if kind in ("add", "sub", "greater", "stop") else []
    steps = [model["steps"][place] for place in places]
    found = []
    if any(step[0] == "greater" or step[:2] == ["apply", "relu"] for step in steps):
        found.append("off kinks and ties")
    if any(step[0] == "stop" and reached_by(model, step[1]) for step in steps):
        found.append("what the model stops is held constant in derivatives")
    return "".join(f"; {note}" for note in found)


def left_out(certificate):
    """Of the first order a reader judges whether what is fixed is the gauge."""
    lefts = [relation["left"] for relation in certificate["gauge"]]
    is_first = certificate["question"] == "first order"
    return f"; fixed, by relations that are proved: {', '.join(lefts)}" if lefts and is_first else ""


def load(text):
    """JSON without what JSON does not have."""

    def refuse(name):
        raise Refused(f"{name} is no number of JSON")

    def once(pairs):
        result = dict(pairs)
        expect(len(result) == len(pairs), "an entry stands twice in an object")
        return result

    return json.loads(text, parse_constant=refuse, object_pairs_hook=once)


def checked(text):
    """(True, what is proved) or (False, what is wrong)."""
    try:
        certificate = load(text)
        return True, verify(certificate) + notes(certificate["model"]) + left_out(certificate)
    except Refused as reason:
        return False, str(reason)
    except (Undecided, ValueError, TypeError, KeyError, IndexError, ArithmeticError, RecursionError) as error:
        return False, f"not as the format says: {type(error).__name__}: {error}"


def main(paths):
    if not paths:
        print(__doc__)
        return 2
    status = 0
    for path in paths:
        holds, words = checked(Path(path).read_text(encoding="utf-8"))
        print(f"{path}: {'proved' if holds else 'refused'}: {words}")
        status = status if holds else 1
    return status


if __name__ == "__main__":
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)
    sys.exit(main(sys.argv[1:]))
