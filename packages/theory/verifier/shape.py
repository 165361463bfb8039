"""The form of a certificate: refuses what is not written as the format says, before anything is computed."""

import re
from fractions import Fraction

from elementary import FUNCTIONS
from refused import Refused

TOP = {
    "format": str,
    "version": int,
    "question": str,
    "verdict": str,
    "about": dict,
    "model": dict,
    "values": dict,
    "functions": list,
    "gauge": list,
    "relations": list,
}
OPTIONAL = {"independence": dict, "measure": dict, "direction": dict}


def expect(condition, message):
    if not condition:
        raise Refused(message)


def is_number(value):
    return type(value) in (int, float) and value == value and abs(value) != float("inf")


def is_index(value, end):
    return type(value) is int and 0 <= value < end


def check_shape(certificate):
    expect(type(certificate) is dict, "a certificate is an object")
    for key, kind in TOP.items():
        expect(type(certificate.get(key)) is kind, f"{key} is missing or of another type")
    for key, value in certificate.items():
        expect(key in TOP or (key in OPTIONAL and type(value) is OPTIONAL[key]), f"unknown entry {key}")
    expect(certificate["format"] == "tfjs-moe certificate", "another format")
    expect(certificate["version"] == 1, "another version of the format")
    expect(certificate["question"] in ("first order", "second order"), "unknown question")
    expect(certificate["verdict"] in ("independent", "dependent"), "unknown verdict")
    check_model(certificate["model"])
    names = {p["name"] for p in certificate["model"]["parameters"]}
    check_names(certificate["functions"], names, "functions")
    for key in ("gauge", "relations"):
        for relation in certificate[key]:
            check_relation(relation, names, key)


def check_names(of, names, where):
    expect(type(of) is list, f"{where} must be a list")
    expect(all(type(name) is str and name in names for name in of), f"{where} names an unknown parameter")
    expect(len(set(of)) == len(of), f"{where} names a parameter twice")


def check_relation(relation, names, where):
    expect(type(relation) is dict and set(relation) == {"left", "terms"}, f"{where} holds no relation")
    expect(type(relation["terms"]) is list, f"{where}: terms must be a list")
    for term in relation["terms"]:
        expect(type(term) is list and len(term) == 2, f"{where}: a term is a name and a coefficient")
        expect(type(term[1]) is str, f"{where}: a coefficient is text")
    check_names([relation["left"]] + [name for name, _ in relation["terms"]], names, where)


def check_model(model):
    keys = {"inputDim", "parameters", "steps", "output"}
    expect(keys <= set(model) <= keys | {"atoms"}, "model has other entries than the format")
    expect(type(model["inputDim"]) is int and model["inputDim"] > 0, "inputDim must be a positive integer")
    expect(type(model["parameters"]) is list and type(model["steps"]) is list, "model must hold lists")
    for parameter in model["parameters"]:
        expect(type(parameter) is dict and set(parameter) == {"name", "value"}, "a parameter is a name and a value")
        expect(type(parameter["name"]) is str and is_number(parameter["value"]), "a parameter is a name and a number")
    names = [p["name"] for p in model["parameters"]]
    expect(len(set(names)) == len(names), "two parameters have one name")
    for place, step in enumerate(model["steps"]):
        check_step(step, place, model)
    expect(is_index(model["output"], len(model["steps"])), "output is no step")
    if "atoms" in model:
        atoms = model["atoms"]
        check_atoms(atoms, len(model["steps"]))


def check_atoms(atoms, steps):
    expect(type(atoms) is dict and {"logits", "experts"} <= set(atoms), "atoms are logits and experts")
    lists = ("logits", "experts", "groups", "selected", "summed")
    expect(set(atoms) <= {*lists, "sizes", "mass", "divided", "factor"}, "atoms have other entries than the format")
    for key in lists:
        of = atoms.get(key, [])
        expect(type(of) is list and all(is_index(step, steps) for step in of), f"{key} of atoms are no steps")
    count = len(atoms["logits"])
    expect(len(atoms["experts"]) == count > 0, "as many logits as experts")
    check_groups(atoms, count)
    for key in ("selected", "summed"):
        expect(key not in atoms or len(atoms[key]) == count, f"{key}: as many as experts")
    expect(atoms.get("mass", "sigmoid") == "sigmoid", "a mass of another kind")
    expect(atoms.get("divided", False) is False, "divided is false or left out")
    expect("divided" not in atoms or "mass" in atoms, "what is no sigmoid is divided by its sum")
    check_bound(atoms.get("factor", 1), "factor")
    of_tree = set(atoms) <= {"logits", "experts", "groups", "sizes"}
    expect("groups" not in atoms or of_tree, "a tree has no masks")


def check_groups(atoms, count):
    groups = atoms.get("groups")
    if "sizes" not in atoms:
        expect(groups is None or (groups and count % len(groups) == 0), "groups without sizes must be of one size")
        return
    sizes = atoms["sizes"]
    expect(groups is not None, "sizes of no groups")
    expect(type(sizes) is list and all(type(size) is int and size > 0 for size in sizes), "a size is no positive integer")
    expect(len(sizes) == len(groups) and sum(sizes) == count, "the sizes of groups do not add up to the atoms")


def check_step(step, place, model):
    expect(type(step) is list and step and type(step[0]) is str, f"step {place} is none")
    kind, rest = step[0], step[1:]
    good = False
    if kind == "input":
        good = len(rest) == 1 and is_index(rest[0], model["inputDim"])
    elif kind == "parameter":
        good = len(rest) == 1 and is_index(rest[0], len(model["parameters"]))
    elif kind == "constant":
        good = len(rest) == 1 and is_number(rest[0])
    elif kind in ("add", "sub", "greater"):
        good = len(rest) == 2 and all(is_index(i, place) for i in rest)
    elif kind == "dot":
        good = (
            len(rest) == 2
            and all(type(side) is list and all(is_index(i, place) for i in side) for side in rest)
            and len(rest[0]) == len(rest[1]) > 0
        )
    elif kind == "apply":
        good = len(rest) == 2 and rest[0] in FUNCTIONS and is_index(rest[1], place)
    elif kind == "stop":
        good = len(rest) == 1 and is_index(rest[0], place)
    expect(good, f"step {place} is not as the format says")


def check_points(points, model):
    expect(type(points) is list and points, "there are no points")
    for point in points:
        expect(type(point) is list and len(point) == model["inputDim"], "a point has other coordinates than inputs")
        expect(all(is_number(u) for u in point), "a coordinate is no number")
    expect(len({tuple(point) for point in points}) == len(points), "a point stands twice")


def check_bits(bits):
    expect(type(bits) is int and 32 <= bits <= 4096, "bits must be between 32 and 4096")


def check_bound(bound, name):
    expect(is_number(bound) and bound > 0, f"{name} must be a positive number")


def integer(text, where):
    expect(type(text) is str and re.fullmatch(r"-?[0-9]+", text), f"{where} is no integer")
    return int(text)


def fraction(text):
    """A coefficient such as -3/4, which is not zero."""
    expect(type(text) is str and re.fullmatch(r"-?[0-9]+(/[1-9][0-9]*)?", text), f"{text!r} is no fraction")
    expect(Fraction(text) != 0, "a coefficient is zero")
    return Fraction(text)
