"""OpenAI's description of its API: whether an answer keeps it."""
import json

import jsonschema


def nullable(schema):
    """A schema with `nullable`, a word of older descriptions, said as JSON Schema says it."""
    if isinstance(schema, list):
        return [nullable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    rest = {key: nullable(value) for key, value in schema.items() if key != "nullable"}
    return {"anyOf": [rest, {"type": "null"}]} if schema.get("nullable") is True else rest


class Contract:
    """The schemas of a description; what was checked is counted."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.spec = nullable(json.load(file))
        self.checked = 0

    def _operation(self, method, path):
        wanted = path.split("/")
        for template, operations in self.spec["paths"].items():
            parts = template.split("/")
            fits = len(parts) == len(wanted) and all(a == b or a.startswith("{") for a, b in zip(parts, wanted))
            if fits and method.lower() in operations:
                return operations[method.lower()]
        raise AssertionError(f"the contract has no {method} {path}")

    def _check(self, schema, value, where):
        whole = {**schema, "components": self.spec["components"]}
        for error in jsonschema.Draft202012Validator(whole).iter_errors(value):
            at = "/".join(str(step) for step in error.absolute_path)
            raise AssertionError(f"{where}, at {at or 'the top'}: {error.message[:500]}")
        self.checked += 1

    def success(self, method, path, kind, text):
        """An answer of status 200; path is the part behind /v1, kind its content type."""
        content = self._operation(method, path)["responses"]["200"]["content"]
        kind = kind.split(";")[0].strip()
        if path.endswith("/content"):
            self.checked += 1  # the bytes of a file
            return
        assert kind in content, f"{method} {path} answers with {kind}, not {list(content)}"
        schema = content[kind]["schema"]
        if kind != "text/event-stream":
            self._check(schema, json.loads(text), f"{method} {path}")
            return
        events = [block[len("data: "):] for block in text.strip().split("\n\n")]
        assert events[-1] == "[DONE]", f"{method} {path}: the stream ends with {events[-1]}"
        for event in events[:-1]:
            self._check(schema, json.loads(event), f"{method} {path}, a chunk")

    def error(self, where, kind, text):
        """An answer that refuses."""
        assert kind.split(";")[0] == "application/json", f"{where}: an error as {kind}"
        body = json.loads(text)
        self._check({"$ref": "#/components/schemas/ErrorResponse"}, body, where)
        missing = {"message", "type", "param", "code"} - set(body["error"])
        assert not missing, f"{where}: the error lacks {missing}"
        return body["error"]
