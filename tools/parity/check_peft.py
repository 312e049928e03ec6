"""check_peft.py BASE ADAPTER [IDS.json]: does PEFT load an adapter, and give the logits that Hone gave?

Compares base and adapted logits with ADAPTER/hone_proof.json and exits 1 above a relative error of 1e-4. With a JSON
list of id lists it prints the adapted logits at the last position of each instead.
"""

import pathlib
import sys
import warnings

from peft import PeftModel

import proof


def load_adapter(base, adapter):
    """PEFT's model; that keys are missing is only a warning of PEFT's, and an error here."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Found missing adapter keys")
        return PeftModel.from_pretrained(base, adapter).eval()


def check(model, adapter):
    prompts = proof.read_prompts(adapter)
    with model.disable_adapter():
        base_errors = proof.errors(model, prompts, "logits_base")
    return all([proof.judge("base", base_errors), proof.judge("adapter", proof.errors(model, prompts))])


def main(base, adapter, ids_file=None):
    model = load_adapter(proof.load(base), pathlib.Path(adapter))
    if ids_file:
        proof.print_logits(model, pathlib.Path(ids_file))
    elif not check(model, pathlib.Path(adapter)):
        sys.exit(1)


if len(sys.argv) not in (3, 4):
    sys.exit(__doc__)
main(*sys.argv[1:])
