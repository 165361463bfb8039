"""What `checkpoints.mjs` has taken out, computed by numpy alone: `python3 checkpoints.py trained.safetensors`.

Prints the largest distance of its output from that in the file, over the largest number there.
"""

import json
import struct
import sys

import numpy as np

with open(sys.argv[1], "rb") as file:
    (length,) = struct.unpack("<Q", file.read(8))
    header, data = json.loads(file.read(length)), file.read()
tensors = {
    name: np.frombuffer(data[slice(*one["data_offsets"])], "<f4").reshape(one["shape"]).astype(np.float64)
    for name, one in header.items()
    if name != "__metadata__"
}


x, k = tensors["input"], 2
scores = x @ tensors["gate/router/kernel"].T
best = np.argsort(-scores, axis=-1, kind="stable")[:, :k]
chosen = np.take_along_axis(scores, best, -1)
weights = np.exp(chosen - chosen.max(-1, keepdims=True))
weights /= weights.sum(-1, keepdims=True)
w1, b1, w2, b2 = [tensors[f"expert/layer_{n}/{part}"] for n in (1, 2) for part in ("kernel", "bias")]


def expert(e, t):
    return np.maximum(t @ w1[e] + b1[e], 0) @ w2[e] + b2[e]


y = np.array([sum(w * expert(e, t) for w, e in zip(weights[i], best[i])) for i, t in enumerate(x)])
print(np.abs(y - tensors["output"]).max() / np.abs(tensors["output"]).max())
