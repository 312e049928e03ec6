"""Loads a `hone serve` as many clients do: load.py HONE OUT ROWS [--clients N] [--seconds N] ...

ROWS is a file of examples. First three small jobs run one after the other, and each model is asked as soon as its job has
succeeded. Then one and eight requests are answered at a time, and by one and by eight of the jobs' checkpoints, by turns. Then
clients ask for a while, each at a bounded rate, base and checkpoints, prompts of 10 to 300 words, answers of 64 to 128 tokens,
and the server's memory is watched. Exits with 1 where a bound is broken.
"""
import argparse
import asyncio
import json
import random
import re
import statistics
import sys
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from server import JOBS, Server, insist

SOME, TOKENS = 8, 128
STOPS = []  # ids of the tokens that end an answer of the base
WORDS = "parcel teapot order return gift card delivery address price colour lid cup leaf water refund week".split()


@dataclass
class Answer:
    """How a streamed answer came: seconds to its first token and between each and the next."""
    status: int = 0  # of the reply; 0 where it broke off
    first: float = 0
    gaps: list = field(default_factory=list)
    tokens: int = 0


def prompt(dice, words):
    return " ".join(dice.choices(WORDS, k=words))


async def ask(server, model, text, tokens, user="one"):
    """Streams an answer of just so many tokens: those that would end it are forbidden."""
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": text}], "max_tokens": tokens, "user": user, "stream": True,
                       "stream_options": {"include_usage": True}, "logit_bias": {stop: -100 for stop in STOPS}}).encode()
    headers = {**server.headers("application/json"), "Host": "127.0.0.1", "Content-Length": len(body), "Connection": "close"}
    head = "POST /v1/chat/completions HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    answer, begun = Answer(), time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write(head.encode() + b"\r\n" + body)
        status = int((await reader.readline()).split()[1])
        last = begun
        async for line in reader:  # the sizes of chunks stand on lines of their own
            if line == b"data: [DONE]\n":
                answer.status = status
            elif line.startswith(b"data: {"):
                chunk, now = json.loads(line[6:]), time.perf_counter()
                if chunk["choices"] and chunk["choices"][0]["delta"].get("content"):
                    if last == begun:
                        answer.first = now - begun
                    else:
                        answer.gaps.append(now - last)
                    last = now
                answer.tokens = (chunk.get("usage") or {}).get("completion_tokens", 0)
        if status != 200:
            answer.status = status
    except (ConnectionError, IndexError):
        pass
    finally:
        writer.close()
    return answer


def tuned(server, rows):
    """Names of eight models, and the seconds from each job's success to its model's first token."""
    file = insist(lambda: server.upload(b"".join(rows.read_bytes().splitlines(keepends=True)[:20])))
    models, seconds = [], []
    for seed in range(3):
        job = server.create(file, epochs=3, batch_size=16, seed=seed)
        while job["status"] != "succeeded":
            assert job["finished_at"] is None, job
            time.sleep(0.02)
            job = server.ask("GET", f"{JOBS}/{job['id']}")
        if not STOPS:
            order = json.loads(Path(server.data, "jobs", job["id"], "order.json").read_text())
            STOPS.extend(json.loads(Path(order["base"], "generation_config.json").read_text())["eos_token_id"])
        seconds.append(asyncio.run(ask(server, job["fine_tuned_model"], "Where is my parcel?", 16)).first)
        checkpoints = server.ask("GET", f"{JOBS}/{job['id']}/checkpoints")["data"]
        models += [one["fine_tuned_model_checkpoint"] for one in checkpoints]
    return models[:SOME], seconds


async def rate(server, dice, models):
    """Tokens a second of so many requests at a time."""
    begun = time.perf_counter()
    answers = await asyncio.gather(*(ask(server, model, prompt(dice, 8), TOKENS) for model in models))
    assert all(answer.tokens == TOKENS for answer in answers), answers
    return TOKENS * len(models) / (time.perf_counter() - begun)


def ratios(server, models, rounds):
    """Medians over rounds of loads that are run by turns, and of what they are of each other."""
    loads = {"1": ["hone"], "8": ["hone"] * SOME, "8_one_adapter": models[:1] * SOME, "8_eight_adapters": models}
    dice = random.Random(1)
    measured = [{name: asyncio.run(rate(server, dice, load)) for name, load in loads.items()} for _ in range(rounds + 3)][3:]
    median = {name: statistics.median(one[name] for one in measured) for name in loads}
    return median | {
        "8_of_1": statistics.median(one["8"] / one["1"] for one in measured),
        "eight_of_one_adapter": statistics.median(one["8_eight_adapters"] / one["8_one_adapter"] for one in measured),
    }


def sample(server):
    """MiB of memory and of heap, threads and descriptors."""
    status = Path("/proc", str(server.process.pid), "status").read_text()
    metrics = urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics").read().decode()
    return (int(re.search(r"VmRSS:\s*(\d+)", status)[1]) / 1024, float(re.search(r"^jvm_heap_used_bytes (\S+)", metrics, re.M)[1]) / 2**20,
            int(re.search(r"Threads:\s*(\d+)", status)[1]), int(float(re.search(r"^process_open_fds (\S+)", metrics, re.M)[1])))


async def client(server, number, models, options, end, answers):
    dice = random.Random(number)
    due = time.perf_counter() + dice.uniform(0, options.every)
    while due < end:
        await asyncio.sleep(max(0, due - time.perf_counter()))
        words = int(10 * 30 ** dice.random())
        begun = time.perf_counter()
        answer = await ask(server, dice.choice(["hone", *models]), prompt(dice, words), dice.randint(64, TOKENS), f"client {number}")
        answers.append((begun, answer))
        due = max(due + options.every, time.perf_counter())


async def load(server, models, options):
    """Answers with the times of their requests, and samples with theirs."""
    begun, answers, samples = time.perf_counter(), [], []
    end = begun + options.seconds
    clients = [asyncio.create_task(client(server, i, models, options, end, answers)) for i in range(options.clients)]
    while time.perf_counter() < end:
        await asyncio.sleep(options.seconds / 30)
        samples.append((time.perf_counter(), *await asyncio.to_thread(sample, server)))
        print("%4.0f s: %.1f MiB, %.1f of heap, %d threads, %d descriptors" % (samples[-1][0] - begun, *samples[-1][1:]), file=sys.stderr)
    await asyncio.gather(*clients)
    return begun + options.seconds * options.warmup, answers, samples


def slope(samples, column):
    """What a column grows by a minute."""
    return statistics.linear_regression([one[0] / 60 for one in samples], [one[column] for one in samples]).slope


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def summary(warm, answers, samples, options):
    counted = [answer for begun, answer in answers if begun >= warm and answer.status == 200]
    gaps = [gap for answer in counted for gap in answer.gaps]
    firsts = [answer.first for answer in counted]
    settled = [one for one in samples if one[0] >= warm]
    return {
        "requests": len(answers),
        "by_status": dict(Counter(answer.status for _, answer in answers)),
        "tokens_per_second": sum(answer.tokens for answer in counted) / (options.seconds * (1 - options.warmup)),
        "first_token_p50": quantile(firsts, 0.5),
        "first_token_p95": quantile(firsts, 0.95),
        "between_tokens_p50": quantile(gaps, 0.5),
        "between_tokens_p95": quantile(gaps, 0.95),
        "between_tokens_max": max(gaps),
        "resident_mib": statistics.median(one[1] for one in settled),
        "resident_mib_a_minute": slope(settled, 1),
        "heap_mib": [min(one[2] for one in settled), max(one[2] for one in settled)],
        "threads": [min(one[3] for one in settled), max(one[3] for one in settled)],
        "descriptors": [min(one[4] for one in settled), max(one[4] for one in settled)],
    }


def broken(report, options):
    """Which bounds are."""
    load = report["load"]
    bounds = {
        "first token within a second of success": max(report["first_token_after_success"]) < 1,
        "no error but 429": set(load["by_status"]) <= {200, 429},
        "eight at a time get three times the tokens": report["8_of_1"] >= options.least_8_of_1,
        "eight adapters get 80 % of one": report["eight_of_one_adapter"] >= options.least_adapters,
        "memory is flat": load["resident_mib_a_minute"] < options.most_growth,
    }
    return [what for what, holds in bounds.items() if not holds]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("hone")
    parser.add_argument("out", type=Path)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--every", type=float, default=6, help="seconds from a client's request to its next")
    parser.add_argument("--warmup", type=float, default=0.3, help="share of the time that does not count")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--least-8-of-1", type=float, default=3)
    parser.add_argument("--least-adapters", type=float, default=0.8)
    parser.add_argument("--most-growth", type=float, default=1, help="MiB a minute")
    options = parser.parse_args()
    with Server(options.hone, options.out / "loaded", options.out / "key") as server:
        models, seconds = tuned(server, options.rows)
        report = {"first_token_after_success": seconds, **ratios(server, models, options.rounds)}
        report["load"] = summary(*asyncio.run(load(server, models, options)), options)
    print(json.dumps(report))
    for what in broken(report, options):
        print("broken:", what, file=sys.stderr)
    sys.exit(bool(broken(report, options)))


main()
