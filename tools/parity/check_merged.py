"""check_merged.py DIR [ADAPTER | IDS.json]: does transformers load a merged model, and give the adapter's logits?

With ADAPTER, or with a hone_proof.json in DIR itself, compares with the adapted logits of that file and exits 1 above a
relative error of 1e-4. With a JSON list of id lists prints the logits at the last position of each. With DIR alone it
says that the directory loads, weights complete.
"""

import pathlib
import sys

import proof


def check(model, directory):
    errors = [proof.relative_error(proof.last_logits(model, p["ids"]), p["logits"])
              for p in proof.read_prompts(directory)]
    if not proof.judge("merged", errors):
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
