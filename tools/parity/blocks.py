"""Blocks of every type that GGUF files are quantised in, and what the gguf package decodes them to.

Types that the package can quantise are given numbers; of the others, blocks are drawn, with scales that are finite."""

import gguf
import numpy
import torch
from gguf import GGMLQuantizationType as Type

import golden

ROWS, COLS = 3, 512
rng = numpy.random.default_rng(11)

# Where a block's halves (16-bit floats) lie.
HALVES = {Type.Q2_K: (80, 82), Type.Q3_K: (108,), Type.Q4_K: (0, 2), Type.Q5_K: (0, 2), Type.Q6_K: (208,), Type.IQ4_NL: (0,)}


def numbers():
    x = rng.standard_normal((ROWS, COLS)).astype(numpy.float32)
    x[0, :32] = 0
    x[1, 32:64] = rng.integers(-3, 4, 32)  # ties
    x[2] *= 1e-3
    return x


def drawn(kind, rows, cols, scale):
    elements, size = gguf.GGML_QUANT_SIZES[kind]
    blocks = rng.integers(0, 256, (rows * cols // elements, size), dtype=numpy.uint8)
    for at in HALVES[kind]:
        scales = (rng.standard_normal(len(blocks)) * scale).astype(numpy.float16)
        blocks[:, at:at + 2] = scales.view(numpy.uint8).reshape(-1, 2)
    return blocks.reshape(rows, -1)


def write():
    tensors = {}
    for kind in Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.Q8_0, *HALVES:
        if kind in HALVES:
            blocks = drawn(kind, ROWS, COLS, 0.01)
        else:
            x = numbers()
            blocks = gguf.quantize(x, kind)
            tensors[kind.name + ".x"] = torch.from_numpy(x)
        tensors[kind.name + ".blocks"] = torch.from_numpy(blocks.reshape(-1).view(numpy.int32).copy())
        tensors[kind.name + ".w"] = torch.from_numpy(gguf.dequantize(blocks, kind).reshape(ROWS, COLS))
    golden.save("tensor", "blocks", tensors, gguf=gguf.__file__ and "0.19.0")


if __name__ == "__main__":
    write()
