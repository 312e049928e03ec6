"""A file becomes a model that answers, with OpenAI's client for Python: story.py PORT KEY_FILE ROWS CONTRACT"""
import http.client
import json
import sys
import threading
import time

import openai
import pydantic
from contract import Contract

port, key_file, rows, contract_file = sys.argv[1:]
key = open(key_file, encoding="utf-8").read().strip()
contract = Contract(contract_file)


def note(response):
    """Holds an answer that the client gets to the contract."""
    response.read()
    path = response.request.url.raw_path.decode().split("?")[0].removeprefix("/v1")
    kind = response.headers.get("content-type", "")
    if response.status_code == 200:
        contract.success(response.request.method, path, kind, response.text)
    else:
        contract.error(f"{response.request.method} {path}", kind, response.text)
    assert response.headers["x-request-id"].startswith("req_")


def client_of(secret):
    web = openai.DefaultHttpxClient(event_hooks={"response": [note]})
    return openai.OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key=secret, max_retries=0, http_client=web)


client = client_of(key)
print("openai", openai.__version__)

# A file, whole and in parts.
file = client.files.create(file=open(rows, "rb"), purpose="fine-tune")
assert client.files.retrieve(file.id) == file
assert client.files.content(file.id).read() == open(rows, "rb").read()
upload = client.uploads.upload_file_chunked(file=open(rows, "rb").read(), filename="parts.jsonl", bytes=file.bytes,
                                            mime_type="application/jsonl", purpose="fine-tune", part_size=1000)
assert upload.status == "completed" and upload.file.bytes == file.bytes
assert client.uploads.cancel(client.uploads.create(filename="a.jsonl", purpose="fine-tune", bytes=9,
                                                   mime_type="text/plain").id).status == "cancelled"
assert {file.id, upload.file.id} <= {one.id for one in client.files.list(limit=1)}

# A job, its events in pages, its checkpoints, its result.
hyper = {"n_epochs": 2, "batch_size": 8, "learning_rate_multiplier": 2}
job = client.fine_tuning.jobs.create(model="hone", training_file=file.id, suffix="bakery", seed=3, metadata={"team": "a"},
                                     method={"type": "supervised", "supervised": {"hyperparameters": hyper}})
begun = time.time()
while job.finished_at is None:
    assert time.time() - begun < 300, f"the job takes too long: {job}"
    time.sleep(0.5)
    job = client.fine_tuning.jobs.retrieve(job.id)
assert job.status == "succeeded", job
print(f"trained {job.trained_tokens} tokens in {time.time() - begun:.0f} s")
events = list(client.fine_tuning.jobs.list_events(job.id, limit=5))
assert events[-1].message == "Created fine-tuning job", events[-1]
assert len({event.id for event in events}) == len(events) > 10
checkpoints = list(client.fine_tuning.jobs.checkpoints.list(job.id))
assert [c.step_number for c in checkpoints] == sorted((c.step_number for c in checkpoints), reverse=True)
assert client.files.content(job.result_files[0]).text.startswith("step,train_loss")
assert job.id in [one.id for one in client.fine_tuning.jobs.list(metadata={"team": "a"})]
assert not list(client.fine_tuning.jobs.list(metadata={"team": "b"}))

# The model answers, whole and streamed.
model = job.fine_tuned_model
assert client.models.retrieve(model).id == model
assert {"hone", model, checkpoints[0].fine_tuned_model_checkpoint} <= {one.id for one in client.models.list()}
ask = {"model": model, "messages": [{"role": "user", "content": "What do you sell?"}], "temperature": 0, "max_tokens": 40}
whole = client.chat.completions.create(**ask)
with client.chat.completions.stream(**ask, stream_options={"include_usage": True}) as stream:
    for _ in stream:
        pass
    streamed = stream.current_completion_snapshot
assert whole.choices[0].message.content == streamed.choices[0].message.content != ""
assert whole.usage.total_tokens == streamed.usage.total_tokens
print("answer:", whole.choices[0].message.content)
odds = client.chat.completions.create(**{**ask, "logprobs": True, "top_logprobs": 2, "n": 2, "stop": ["."], "seed": 1})
assert len(odds.choices) == 2 and odds.choices[0].logprobs.content

# Tools, and a form.
tool = {"type": "function", "function": {"name": "order", "description": "Orders bread.", "parameters": {
    "type": "object", "additionalProperties": False, "required": ["bread", "loaves"], "properties": {
        "bread": {"enum": ["rye", "spelt"]}, "loaves": {"type": "integer", "minimum": 1, "maximum": 9}}}}}
want = {"model": "hone", "messages": [{"role": "user", "content": "Two loaves of rye bread, please."}], "tools": [tool],
        "temperature": 0, "max_tokens": 200}
for choice in "required", {"type": "function", "function": {"name": "order"}}:
    called = client.chat.completions.create(**want, tool_choice=choice).choices[0]
    assert called.finish_reason == "tool_calls", called
    arguments = json.loads(called.message.tool_calls[0].function.arguments)
    assert arguments["bread"] in ("rye", "spelt") and arguments["loaves"] in range(1, 10), arguments
with client.chat.completions.stream(**want, tool_choice="required") as stream:
    again = stream.get_final_completion().choices[0]
assert again.message.tool_calls[0].function.arguments == called.message.tool_calls[0].function.arguments
free = client.chat.completions.create(**want, tool_choice="auto").choices[0]
print("auto:", free.message.content or free.message.tool_calls)
talk = want["messages"] + [called.message.to_dict(),
                           {"role": "tool", "tool_call_id": called.message.tool_calls[0].id, "content": "ordered"}]
assert client.chat.completions.create(**{**want, "messages": talk}).choices[0].finish_reason


class Order(pydantic.BaseModel):
    bread: str = pydantic.Field(max_length=20)
    fresh: bool


parsed = client.chat.completions.parse(**{**want, "tools": openai.omit}, response_format=Order)
assert isinstance(parsed.choices[0].message.parsed, Order), parsed


# Graders, alone and combined by a formula.
near = {"type": "text_similarity", "name": "near", "evaluation_metric": "fuzzy_match",
        "input": "{{ sample.output_json.bread }}", "reference": "{{ item.bread }}"}
label = {"type": "label_model", "name": "label", "model": "hone", "labels": ["bread", "other"],
         "passing_labels": ["bread", "other"], "input": [{"role": "user", "content": "What is {{ sample.output_text }}?"}]}
judge = {"type": "score_model", "name": "judge", "model": model, "range": [1, 5], "input": [
    {"role": "user", "content": [{"type": "input_text", "text": "Grade {{ sample.output_text }}, please."}]}]}
several = {"type": "multi", "name": "all", "graders": {"near": near, "label": label}, "calculate_output": "near + 2 * label"}
sample = {"item": {"bread": "rye"}, "model_sample": '{"bread": "rye"}'}
graders = client.fine_tuning.alpha.graders
for grader in near, judge, {**several, "graders": near, "calculate_output": "near"}:
    graders.validate(grader=grader)
assert graders.run(grader=near, **sample).reward == 1
assert 1 <= graders.run(grader=judge, **sample).reward <= 5
graded = graders.run(grader=several, **sample)
assert graded.reward == 3 and graded.sub_rewards == {"near": 1, "label": 1}, graded
assert graders.run(grader=near, model_sample="rye").metadata.errors.sample_parse_error


# Errors, by the client's own types.
def refused(kind, call, *args, **named):
    try:
        call(*args, **named)
    except openai.APIStatusError as error:
        assert type(error) is kind, f"{type(error)}: {error}"
        return error
    raise AssertionError(f"{kind} was expected")


refused(openai.BadRequestError, client.chat.completions.create, **{**ask, "temperature": 9})
refused(openai.NotFoundError, client.chat.completions.create, **{**ask, "model": "gpt-none"})
refused(openai.NotFoundError, client.fine_tuning.jobs.retrieve, "ftjob-none")
refused(openai.AuthenticationError, client_of("sk-wrong").models.list)

busy, idle = [], threading.Lock()


def crowd():
    try:
        crowded = client.chat.completions.create(**{**ask, "model": "hone", "n": 16, "temperature": 1, "max_tokens": 8})
        assert len(crowded.choices) == 16
    except openai.RateLimitError as error:
        with idle:
            busy.append(error)


threads = [threading.Thread(target=crowd) for _ in range(48)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert busy, "768 answers at a time, and none was refused"
assert all(error.response.headers["retry-after"] for error in busy)
print(f"{len(busy)} of {len(threads)} requests in a crowd were refused")

# Other projects may ask the model, as long as they have a permission.
permissions = client.fine_tuning.checkpoints.permissions
given = list(permissions.create(model, project_ids=["bakery", "mill"]))
assert [one.id for one in permissions.list(model, limit=1)] == [one.id for one in reversed(given)]
assert [one.project_id for one in permissions.list(model, project_id="mill", order="ascending")] == ["mill"]
assert permissions.delete(given[0].id, fine_tuned_model_checkpoint=model).deleted
refused(openai.NotFoundError, permissions.delete, given[0].id, fine_tuned_model_checkpoint=model)
assert not list(permissions.list(model, project_id="bakery"))

# A job is cancelled, a model and a file are deleted.
other = client.fine_tuning.jobs.create(model="hone", training_file=file.id)
assert client.fine_tuning.jobs.cancel(other.id).status == "cancelled"
refused(openai.BadRequestError, client.fine_tuning.jobs.cancel, other.id)
assert client.models.delete(model).deleted
refused(openai.NotFoundError, client.chat.completions.create, **ask)
assert client.files.delete(file.id).deleted
refused(openai.NotFoundError, client.files.retrieve, file.id)

# What is refused, byte by byte.
BEARER = {"Authorization": "Bearer " + key}


def send(method, path, body=b"", **headers):
    web = http.client.HTTPConnection("127.0.0.1", int(port), timeout=20)
    web.request(method, "/v1" + path, body, headers or BEARER)
    answer = web.getresponse()
    text = answer.read().decode()
    web.close()
    return answer, text


def chat(**changes):
    asked = {"model": "hone", "messages": [{"role": "user", "content": "x"}], "max_tokens": 2, **changes}
    return "POST", "/chat/completions", json.dumps(asked).encode()


def grade(grader):
    return "POST", "/fine_tuning/alpha/graders/run", json.dumps({"grader": grader, **sample}).encode()


JOBS = "/fine_tuning/jobs"
PERMISSIONS = "/fine_tuning/checkpoints/no/permissions"
FORM = {**BEARER, "Content-Type": "multipart/form-data; boundary=x"}
cases = [
    (400, chat(temperature=-1)), (400, chat(max_tokens=0)), (400, chat(n=99)), (400, chat(messages=[])),
    (400, chat(messages=[{"role": "nobody", "content": "x"}])), (400, chat(messages="x")), (400, chat(model=3)),
    (400, chat(surprise=1)), (400, chat(tool_choice="required")), (400, chat(response_format={"type": "xml"})),
    (400, chat(response_format={"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "nothing"}}})),
    (400, chat(messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}])),
    (400, chat(top_logprobs=3)), (400, chat(stream_options={})), (400, chat(messages=[{"role": "user", "content": "x " * 9000}])),
    (404, chat(model="nothing")), (400, ("POST", "/chat/completions", b"{")), (400, ("POST", "/chat/completions", b"")),
    (400, ("POST", "/chat/completions", b"[]")), (400, ("POST", "/chat/completions", b'{"a": 1, "a": 2}')),
    (400, ("POST", "/chat/completions", b'"\xff"')), (404, ("GET", "/nothing", b"")), (405, ("PUT", "/models", b"")),
    (404, ("GET", "/models/nothing", b"")), (404, ("DELETE", "/models/nothing", b"")), (404, ("GET", "/files/nothing", b"")),
    (404, ("GET", "/files/nothing/content", b"")), (400, ("GET", "/files?limit=0", b"")), (400, ("GET", "/files?order=up", b"")),
    (400, ("GET", "/files?after=nothing", b"")), (400, ("GET", "/files?colour=red", b"")), (400, ("POST", "/files", b"x")),
    (400, ("POST", "/files", b"--x--\r\n", FORM)), (404, ("GET", JOBS + "/nothing", b"")), (404, ("POST", JOBS + "/no/cancel", b"")),
    (404, ("GET", JOBS + "/no/events", b"")), (404, ("GET", JOBS + "/no/checkpoints", b"")), (400, ("POST", JOBS, b"{}")),
    (400, ("POST", JOBS, b'{"model": "hone", "training_file": "file-no"}')),
    (400, ("POST", JOBS, b'{"model": "gpt-4", "training_file": "file-no"}')),
    (400, ("POST", JOBS, b'{"model": "hone", "training_file": "x", "method": {"type": "dpo"}}')),
    (400, ("POST", "/uploads", b"{}")), (404, ("POST", "/uploads/no/complete", b'{"part_ids": []}')),
    (400, ("POST", PERMISSIONS, b"{}")), (400, ("POST", PERMISSIONS, b'{"project_ids": []}')),
    (404, ("POST", PERMISSIONS, b'{"project_ids": ["mill"]}')), (404, ("GET", PERMISSIONS, b"")),
    (400, ("GET", PERMISSIONS + "?order=asc", b"")), (404, ("DELETE", PERMISSIONS + "/cp_no", b"")),
    (400, grade({**near, "type": "python"})), (400, grade({**near, "evaluation_metric": "meteor"})), (400, grade({})),
    (400, grade({**near, "input": "{{ env.HOME }}"})), (404, grade({**judge, "model": "nothing"})),
    (404, ("POST", "/uploads/no/cancel", b"")), (401, ("GET", "/models", b"", {"Authorization": "Bearer x"})),
    (401, ("GET", "/models", b"", {"Authorization": "Basic x"})), (401, ("GET", "/models", b"", {"X-Nothing": "x"})),
]
for status, (method, path, body, *headers) in cases:
    answer, text = send(method, path, body, **(headers[0] if headers else {}))
    where = f"{method} {path} {body[:80]}"
    assert answer.status == status, f"{where}: {answer.status} {text}"
    contract.error(where, answer.headers["content-type"], text)
print(f"{len(cases)} errors, {contract.checked} answers and chunks keep the contract")
