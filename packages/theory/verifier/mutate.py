"""Changes certificates in every way that makes them false, and checks that each is refused:
python3 mutate.py [--every N] certificate.json [...]

--every takes the first of every N changes alone. Prints what was accepted, and ends with status 1 if anything was.
"""

import json
import sys
from copy import deepcopy
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from reach import reached_by  # noqa: E402
from verify import checked  # noqa: E402

SWAPPED = {"exp": "tanh", "tanh": "sigmoid", "sigmoid": "tanh", "reciprocal": "exp", "relu": "softplus"}
HOSTILE = [None, True, -1, 0, "", "x", [], {}, 1.5, 10**400]


def without(items, n):
    return items[:n] + items[n + 1 :]


def mutations(certificate):
    """Pairs of a name and a certificate that is false, or that is none."""

    def changed(name, change):
        copy = deepcopy(certificate)
        change(copy)
        return name, copy

    for key in ("format", "version", "question", "verdict", "model", "values", "functions", "gauge", "relations"):
        for value in HOSTILE:
            if value != certificate[key]:
                yield changed(f"{key} becomes {str(value)[:8]!r}", lambda c: c.__setitem__(key, value))
        yield changed(f"{key} is missing", lambda c: c.pop(key))
    yield changed("an unknown entry", lambda c: c.__setitem__("proof", "trust me"))
    other = {"independent": "dependent", "dependent": "independent"}[certificate["verdict"]]
    yield changed("the other verdict", lambda c: c.__setitem__("verdict", other))
    for name in certificate["functions"]:
        yield changed(f"{name} is not asked about", lambda c: c["functions"].remove(name))
        yield changed(f"{name} twice", lambda c: c["functions"].append(name))
    yield from of_model(certificate, changed)
    for key in ("gauge", "relations"):
        for n, relation in enumerate(certificate[key]):
            yield changed(f"{key} without {n}", lambda c: c.__setitem__(key, without(c[key], n)))
            for m, (name, coefficient) in enumerate(relation["terms"]):
                at = lambda c: c[key][n]["terms"]
                yield changed(f"{key} {n} lacks {name}", lambda c: at(c).pop(m))
                for text in ("0", "1/0", "1e3", "nan", f"-{coefficient}".replace("--", "")):
                    yield changed(f"{key} {n}: {text} {name}", lambda c: at(c)[m].__setitem__(1, text))
    if "independence" in certificate:
        yield from of_independence(certificate, changed)
    if "measure" in certificate:
        yield from of_measure(certificate, changed)
    if "direction" in certificate:
        yield from of_direction(certificate, changed)


def of_model(certificate, changed):
    model = certificate["model"]
    reached = reached_by(model, model["output"])
    smooth = not_compared(model)
    for n, parameter in enumerate(model["parameters"]):
        if n not in reached:
            continue
        value = parameter["value"] * 1.25 + 0.125
        yield changed(f"{parameter['name']} moves", lambda c: c["model"]["parameters"][n].update(value=value))
        yield changed(f"parameter {n} is none", lambda c: c["model"]["parameters"][n].update(value="1"))
        yield changed(f"parameter {n} has no name", lambda c: c["model"]["parameters"][n].pop("name"))
    for n, step in enumerate(model["steps"]):
        at = lambda c: c["model"]["steps"]
        yield changed(f"step {n} names itself", lambda c: at(c).__setitem__(n, ["add", n, n]))
        yield changed(f"step {n} is unknown", lambda c: at(c)[n].__setitem__(0, "system"))
        # What is only compared may change and leave the selection as it is.
        if step[0] == "apply" and n in smooth and reached_by(model, n):
            name = SWAPPED.get(step[1], "exp")
            yield changed(f"step {n}: {step[1]} becomes {name}", lambda c: at(c)[n].__setitem__(1, name))
        if step[0] == "parameter" and len(model["parameters"]) > 1:
            place = (step[1] + 1) % len(model["parameters"])
            yield changed(f"step {n} is another parameter", lambda c: at(c)[n].__setitem__(1, place))
    if "atoms" in model:
        yield from of_atoms(model, changed)
    for n, point in enumerate(certificate["values"]["points"]):
        # A function that is zero on a whole piece is zero beside a point too.
        if certificate["values"]["output"][n][0] != "0":
            yield changed(f"value {n} elsewhere", lambda c: c["values"]["points"][n].__setitem__(0, point[0] + 0.25))
        yield changed(f"without value {n}", lambda c: c["values"]["output"].pop(n))
        yield changed(f"value {n} is wide", lambda c: c["values"]["output"][n].__setitem__(1, str(1 << 192)))
    yield changed("the output is an input", lambda c: c["model"].update(output=0))
    yield changed("the output is no step", lambda c: c["model"].update(output=len(model["steps"])))


def not_compared(model):
    """The steps that the output depends on otherwise than through a comparison."""
    open_, seen = [model["output"]], set()
    while open_:
        place = open_.pop()
        if place in seen:
            continue
        seen.add(place)
        kind, *rest = model["steps"][place]
        open_ += rest[0] + rest[1] if kind == "dot" else rest[1:] if kind == "apply" else []
        open_ += rest if kind in ("add", "sub", "stop") else []
    return seen


def of_atoms(model, changed):
    given = model["atoms"]
    atoms = lambda c: c["model"]["atoms"]
    for key, of in given.items():
        yield changed(f"no {key}", lambda c: atoms(c).pop(key))
        yield changed(f"{key} becomes none", lambda c: atoms(c).update({key: None}))
        if type(of) is not list:
            continue
        if len(set(of)) > 1:
            yield changed(f"{key} change places", lambda c: atoms(c).update({key: of[1:] + of[:1]}))
        yield changed(f"one of {key} is missing", lambda c: atoms(c)[key].pop())
        yield changed(f"one of {key} is the output", lambda c: atoms(c)[key].__setitem__(0, model["output"]))
    yield changed("another mass", lambda c: atoms(c).update(mass="exp"))
    if "mass" not in given:
        yield changed("the mass of a sigmoid", lambda c: atoms(c).update(mass="sigmoid"))
    if "divided" not in given:
        yield changed("no sum below", lambda c: atoms(c).update(divided=False))
    yield changed("a factor", lambda c: atoms(c).update(factor=1.5 * given.get("factor", 1)))
    if "selected" not in given:
        yield changed("masks that are logits", lambda c: atoms(c).update(selected=given["logits"]))
        yield changed("sums of logits", lambda c: atoms(c).update(summed=given["logits"]))


def of_independence(certificate, changed):
    given = certificate["independence"]
    at = lambda c: c["independence"]
    for factor in (1e6, 1e12, -1, 0, float("nan"), float("inf")):
        yield changed(f"sigmaMin times {factor}", lambda c: at(c).update(sigmaMin=given["sigmaMin"] * factor))
    for bits in (given["bits"] - 1, given["bits"] + 1, 0, -64, "192", 10**9):
        yield changed(f"bits {bits}", lambda c: at(c).update(bits=bits))
    for n, point in enumerate(given["points"]):
        yield changed(f"without point {n}", lambda c: at(c)["points"].pop(n))
        if n > 0:
            yield changed(f"point {n} is point 0", lambda c: at(c)["points"].__setitem__(n, given["points"][0]))
            rows = lambda c: at(c)["matrix"]
            yield changed(f"row {n} is row 0", lambda c: rows(c).__setitem__(n, given["matrix"][0]))
        for u, value in enumerate(point):
            if any(entry[0] != "0" for entry in given["matrix"][n]):
                yield changed(f"point {n} moves", lambda c: at(c)["points"][n].__setitem__(u, value + 0.25))
        column = n % len(given["functions"])
        middle, radius = map(int, given["matrix"][n][column])
        entry = lambda c: at(c)["matrix"][n][column]
        far = str(middle + 2 * radius + (1 << given["bits"] // 4))
        yield changed(f"an entry of row {n} moves", lambda c: entry(c).__setitem__(0, far))
        yield changed(f"an entry of row {n} has a radius below zero", lambda c: entry(c).__setitem__(1, "-1"))
        wide = str(1 << given["bits"])
        yield changed(f"an entry of row {n} is wide", lambda c: entry(c).__setitem__(1, wide))
    for n, name in enumerate(given["functions"]):
        yield changed(f"independence of {name} twice", lambda c: at(c)["functions"].append(name))

        def drop(c):
            at(c)["functions"].pop(n)
            for row in at(c)["matrix"]:
                row.pop(n)

        yield changed(f"nothing of {name}", drop)

        def silently(c):
            drop(c)
            c["functions"].remove(name)

        yield changed(f"not a word of {name}", silently)
    # More relations than there are.
    if len(given["functions"]) > 1:
        first, second = given["functions"][:2]
        relation = {"left": first, "terms": [[second, "1"]]}

        def invent(c):
            c["relations"].append(relation)
            c["verdict"] = "dependent"
            c.pop("independence")

        yield changed("a relation that does not hold", invent)


def of_measure(certificate, changed):
    given = certificate["measure"]
    at = lambda c: c["measure"]
    for key in ("sigmaMin", "curvature"):
        for factor in (1e6, 1e12, -1, 0):
            yield changed(f"{key} times {factor}", lambda c: at(c).update({key: given[key] * factor}))
    for n, weight in enumerate(given["weights"]):
        if int(weight) == 0:
            continue
        yield changed(f"weight {n} has the other sign", lambda c: at(c)["weights"].__setitem__(n, str(-int(weight))))
        yield changed(f"weight {n} is zero", lambda c: at(c)["weights"].__setitem__(n, "0"))
        yield changed(f"weight {n} is none", lambda c: at(c)["weights"].__setitem__(n, "1.5"))
    yield changed("no weights", lambda c: at(c).update(weights=[]))
    yield changed("a weight is missing", lambda c: at(c)["weights"].pop())
    yield changed("all signs", lambda c: at(c).update(weights=[str(-int(w)) for w in given["weights"]]))
    for n, point in enumerate(given["points"]):
        for u, value in enumerate(point):
            yield changed(f"point {n} moves", lambda c: at(c)["points"][n].__setitem__(u, value + 0.25))
    for n, tie in enumerate(given.get("ties", [])):
        yield changed(f"without tie {n}", lambda c: at(c)["ties"].pop(n))
        yield changed(f"tie {n} twice", lambda c: at(c)["ties"].append(tie))
        yield changed(f"tie {n} of others", lambda c: at(c)["ties"][n]["left"].reverse())
        for m, (of, coefficient) in enumerate(tie["terms"]):
            terms = lambda c: at(c)["ties"][n]["terms"]
            yield changed(f"tie {n} without {of}", lambda c: terms(c).pop(m))
            yield changed(f"tie {n}, minus {of}", lambda c: terms(c)[m].__setitem__(1, f"-{coefficient}".replace("--", "")))
            yield changed(f"tie {n}, a term of itself", lambda c: terms(c)[m].__setitem__(0, tie["left"]))
    for b, block in enumerate(given["blocks"]):
        for k, name in enumerate(block["coordinates"]):
            yield changed(f"without {name}", lambda c: at(c)["blocks"][b]["coordinates"].pop(k))
        # What is another atom's, or of two atoms at once, is no coordinate of one.
        for name in [p["name"] for p in certificate["model"]["parameters"]]:
            if name not in block["coordinates"]:
                yield changed(f"also {name}", lambda c: at(c)["blocks"][b]["coordinates"].append(name))
        others = [e for e in range(len(certificate["model"]["atoms"]["logits"])) if e != block["atom"]]
        for e in others:
            yield changed(f"atom {e} instead", lambda c: at(c)["blocks"][b].update(atom=e))
        yield changed("a mass of its own", lambda c: at(c)["masses"].append(block["atom"]))
    yield changed("no blocks", lambda c: at(c).update(blocks=[]))
    swapped = lambda atoms: {"logits": atoms["experts"], "experts": atoms["logits"]}
    yield changed("atoms swapped", lambda c: c["model"].update(atoms=swapped(c["model"]["atoms"])))


def of_direction(certificate, changed):
    given = certificate["direction"]
    at = lambda c: c["direction"]
    if given["vectors"]:
        yield changed("no vectors", lambda c: at(c).update(vectors=[]))
    if "over" in given:
        count = len(certificate["model"]["atoms"]["logits"])
        others = [e for e in range(count) if e not in given["over"]]
        for over in [[], given["over"] * 2, others, given["over"] + others, [count], None]:
            yield changed(f"over-fitted atoms {over}", lambda c: at(c).update(over=over))
    asked = [p["name"] for p in certificate["model"]["parameters"]]
    for n, vector in enumerate(given["vectors"]):
        entries = lambda c: at(c)["vectors"][n]["entries"]
        yield changed("a vector of no entries", lambda c: at(c)["vectors"][n].update(entries=[]))
        # A parameter of the gate, along which no direction of one atom is null.
        for name in asked:
            if name.startswith("gate/") and name not in [entry[0] for entry in vector["entries"]]:
                yield changed(f"the vector moves {name}", lambda c: entries(c).append([name, 1.0]))
    for n, (of, coefficient) in enumerate(given["terms"]):
        yield changed(f"without {of}", lambda c: at(c)["terms"].pop(n))
        yield changed(f"minus {of}", lambda c: at(c)["terms"][n].__setitem__(1, f"-{coefficient}".replace("--", "")))
    yield changed("a term more", lambda c: at(c)["terms"].append([0, "1"]))


def main(words):
    every, paths = (int(words[1]), words[2:]) if words[:1] == ["--every"] else (1, words)
    status = 0
    for path in paths:
        certificate = json.loads(Path(path).read_text(encoding="utf-8"))
        count, accepted = 0, []
        for n, (name, mutated) in enumerate(mutations(certificate)):
            if n % every > 0:
                continue
            count += 1
            if checked(json.dumps(mutated))[0]:
                accepted.append(name)
        print(f"{path}: {count - len(accepted)} of {count} mutations refused")
        for name in accepted:
            print(f"  accepted: {name}")
        status = 1 if accepted else status
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
