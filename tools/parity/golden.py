"""Writes golden files: safetensors with their own maker, versions and shapes inside, byte-identical at every run."""

import json
import pathlib
import struct
import sys

import torch
import transformers

ROOT = pathlib.Path(__file__).resolve().parents[2]
DTYPES = {torch.float32: "F32", torch.float64: "F64", torch.int32: "I32", torch.int64: "I64"}


def path(module, name):
    """Where the test class path of `module` finds golden file `name`, such as `ops/rmsnorm`."""
    return ROOT / module / "src/test/resources/golden" / (name + ".safetensors")


def save(module, name, tensors, **metadata):
    """Writes `tensors` (name to tensor); metadata values become strings, the script's name is added.

    Own writer, because the library's order of metadata keys changes from run to run.
    """
    target = path(module, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    metadata = {k: v if isinstance(v, str) else json.dumps(v) for k, v in metadata.items()}
    metadata["script"] = "tools/parity/" + pathlib.Path(sys.argv[0]).name
    metadata["versions"] = f"torch {torch.__version__.split('+')[0]}, transformers {transformers.__version__}"
    header, body = {"__metadata__": metadata}, bytearray()
    for key, tensor in tensors.items():
        data = tensor.detach().contiguous().numpy().tobytes()
        header[key] = {"dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape),
                       "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    target.write_bytes(struct.pack("<Q", len(text)) + text + body)
    print(f"{target.relative_to(ROOT)}  {target.stat().st_size:,} bytes")


def deterministic(seed):
    """A generator for every draw of a script; one thread, so that sums have one order."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    return torch.Generator().manual_seed(seed)
