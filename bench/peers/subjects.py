"""What both sides train: a checkpoint, an adapter made by PEFT, and files of token ids.

A `Subject` makes each of them in its folder where it is asked for, once. Weights are random and float32, since speed
does not depend on them; tinystories-656k is the real model. Adapters start with a B that is not zero, so that equal
losses say something about them.

Rows are `[{"ids": [...], "trained_from": k}, ...]`, whole batches in the order in which they are trained:

    uniform   random ids, all of one length, every token trained
    support   support conversations of users through the chat path of `hone tune`, answers trained
    policy    the same, with a support team's instructions (`support_policy.txt`) as system prompt
"""

import dataclasses
import json
import pathlib
import random
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
RUN = HERE.parent / "run"
SHAPES = {
    "tinystories-656k": None,
    "smollm2-135m": dict(
        vocab_size=49152, hidden_size=576, intermediate_size=1536, num_hidden_layers=30, num_attention_heads=9,
        num_key_value_heads=3, rope_theta=100000.0),
    "qwen3-0.6b": dict(  # as a Llama: without its norms of queries and keys
        vocab_size=151936, hidden_size=1024, intermediate_size=3072, num_hidden_layers=28, num_attention_heads=16,
        num_key_value_heads=8, head_dim=128, rope_theta=1000000.0),
}
ROWS = ("uniform", "support", "policy")


@dataclasses.dataclass
class Subject:
    """A model to train, in a folder of its own.

    `overrides` change the shape, for other widths; a subject with any is given random weights.
    """
    work: pathlib.Path
    shared: pathlib.Path
    shape: str
    overrides: dict = dataclasses.field(default_factory=dict)

    @property
    def folder(self):
        return self.work / "-".join([self.shape] + [f"{key}{value}" for key, value in self.overrides.items()])

    def model(self):
        """A Hugging Face checkpoint with a tokenizer and a chat template whose ids fit its vocabulary."""
        if SHAPES[self.shape] is None:
            return self.shared / "models" / self.shape
        return made(self.folder / "model", self._write_model)

    def adapter(self, rank=16):
        return made(self.folder / f"lora-r{rank}", lambda path: self._write_adapter(path, rank))

    def rows(self, kind, count, length=256):
        """A file of `count` rows; `length` is that of uniform ones."""
        name = f"uniform-{length}" if kind == "uniform" else kind
        write = self._write_uniform if kind == "uniform" else self._write_conversations
        return made(self.folder / f"{name}-{count}.json", lambda path: write(path, kind, count, length))

    def vocab_size(self):
        return json.loads((self.model() / "config.json").read_text())["vocab_size"]

    def _write_model(self, path):
        import torch
        from transformers import LlamaConfig, LlamaForCausalLM

        torch.manual_seed(0)
        config = LlamaConfig(**{**SHAPES[self.shape], **self.overrides}, tie_word_embeddings=True,
                             max_position_embeddings=4096, bos_token_id=1, eos_token_id=32000)
        LlamaForCausalLM(config).save_pretrained(path)
        for name in "tokenizer.json", "tokenizer_config.json":  # 32,011 entries: fewer than any shape here has
            shutil.copyfile(self.shared / "tokenizers" / "phi-3-mini" / name, path / name)

    def _write_adapter(self, path, rank):
        import torch
        from peft import LoraConfig, get_peft_model
        from transformers import AutoModelForCausalLM

        torch.manual_seed(1)
        base = AutoModelForCausalLM.from_pretrained(self.model(), dtype=torch.float32)
        model = get_peft_model(base, LoraConfig(task_type="CAUSAL_LM", r=rank, lora_alpha=2 * rank,
                                                target_modules="all-linear"))
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(parameter, std=0.01)
        model.save_pretrained(path)

    def _write_uniform(self, path, _, count, length):
        rng, vocab = random.Random(0), self.vocab_size()
        path.write_text(json.dumps([{"ids": [rng.randrange(vocab) for _ in range(length)], "trained_from": 1}
                                    for _ in range(count)]))

    def _write_conversations(self, path, kind, count, _):
        lines = (self.shared / "data" / "support" / "train.jsonl").read_text(encoding="utf-8").splitlines()[:count]
        conversations = [json.loads(line) for line in lines]
        if kind == "policy":
            policy = (HERE / "support_policy.txt").read_text(encoding="utf-8").strip()
            for conversation in conversations:
                assert conversation["messages"][0]["role"] == "system"
                conversation["messages"][0]["content"] = policy
        data = path.with_name(f"{kind}.jsonl")
        data.write_text("".join(json.dumps(conversation) + "\n" for conversation in conversations), encoding="utf-8")
        with path.open("w") as out:
            subprocess.run([RUN, "ChatRows", self.model(), data], stdout=out, check=True)


def made(path, write):
    """The path, written under another name first where it is not there yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name("unfinished-" + path.name)
        write(unfinished)
        unfinished.rename(path)
    return path
