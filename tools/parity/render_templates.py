"""Renders chat templates as transformers does, on the conversations of the tests.

    render_templates.py FOLDER... --digest            digests of every rendering, into the test resources (they hold no text
                                                      of a template, which isn't ours)
    render_templates.py FOLDER... --dump OUT.json     the renderings themselves, to look at a difference

FOLDER holds *.jinja files and *tokenizer_config.json files with a chat_template inside. A rendering is the text, a NUL, and
the spans of {% generation %} blocks as "start-end," in code points; what cannot be rendered is "error".
Written with jinja2 3.1.6 and transformers 5.18.0.
"""

import argparse
import datetime
import hashlib
import json
import pathlib

from transformers.utils import chat_template_utils

ROOT = pathlib.Path(__file__).parents[2]
CONVERSATIONS = ROOT / "model/src/test/resources/chat/conversations.json"
DIGESTS = ROOT / "model/src/test/resources/chat/template_digests.json"
NOW = datetime.datetime(2026, 1, 5, 15, 4, 9)


def templates(folders):
    """Name, source and special tokens of every template."""
    for folder in map(pathlib.Path, folders):
        for path in sorted(folder.rglob("*.jinja")):
            yield path.name, path.read_text(), {"bos_token": "<s>", "eos_token": "</s>"}
        for path in sorted(folder.rglob("*tokenizer_config.json")):
            source = json.loads(path.read_text()).get("chat_template")
            name = str(path.relative_to(folder))
            if isinstance(source, str):
                yield name, source, {"bos_token": "<s>", "eos_token": "</s>"}
            elif source:
                for one in source:
                    yield f"{name}#{one['name']}", one["template"], {"bos_token": "<s>", "eos_token": "</s>"}


def render(source, conversation, prompt, tokens):
    """The rendering, or None where the template refuses."""
    template = chat_template_utils._compile_jinja_template(source)
    template.globals["strftime_now"] = NOW.strftime
    variables = {**tokens, **conversation.get("kwargs", {})}
    try:
        text, spans = chat_template_utils._render_with_assistant_indices(
            template, conversation["messages"], conversation.get("tools"), None, prompt, **variables)
    except Exception:  # whatever Python raises, the answer is: refused
        return None
    return text + "\0" + "".join(f"{a}-{b}," for a, b in spans)


def digest(text):
    """The first 8 bytes of the SHA-256, as hexadecimal digits."""
    return "error" if text is None else hashlib.sha256(text.encode()).hexdigest()[:16]


def write(path, content):
    pathlib.Path(path).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--digest", action="store_true")
    parser.add_argument("--dump")
    args = parser.parse_args()
    conversations = json.loads(CONVERSATIONS.read_text())
    texts = {}
    for name, source, tokens in templates(args.folders):
        texts[name] = {
            f"{conversation['name']} | {'prompt' if prompt else 'whole'}": render(source, conversation, prompt, tokens)
            for conversation in conversations for prompt in (False, True)}
    if args.digest:
        write(DIGESTS, {name: {key: digest(text) for key, text in of.items()} for name, of in texts.items()})
    if args.dump:
        write(args.dump, {f"{name} | {key}": text for name, of in texts.items() for key, text in of.items()})
    every = [text for of in texts.values() for text in of.values()]
    print(f"{len(texts)} templates, {len(every)} renderings, {every.count(None)} refused")


if __name__ == "__main__":
    main()
