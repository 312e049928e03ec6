"""check_merged.py DIR [ADAPTER | IDS.json]: does transformers load a merged model, and give the adapter's logits?

With ADAPTER, or with a hone_proof.json in DIR itself, compares with the adapted logits of that file and exits 1 above a
relative error of 1e-4. With a JSON list of id lists prints the logits at the last position of each. With DIR alone it
says that the directory loads, weights complete.
"""

import pathlib
import sys

import proof


def check(model, directory):
    if not proof.judge("merged", proof.errors(model, proof.read_prompts(directory))):
        sys.exit(1)


def main(directory, other=None):
    model, other = proof.load(directory), pathlib.Path(other or directory)
    if other.is_file():
        proof.print_logits(model, other)
    elif (other / "hone_proof.json").exists() or len(sys.argv) == 3:
        check(model, other)
    else:
        print(f"{directory}: loads, {model.num_parameters():,} parameters")


if len(sys.argv) not in (2, 3):
    sys.exit(__doc__)
main(*sys.argv[1:])
