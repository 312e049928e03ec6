"""A server is killed while clients use it, and keeps its promises: kills.py HONE OUT ROWS SEED KILLS

ROWS is a file of examples. A server that nobody disturbs first says what each job must come to. Another is then killed, or its
worker, or both, at random moments, while clients send files, create jobs, hold and cancel them, follow their events and chat.
What was answered with 200 must be there at the end, each job with the bytes of the undisturbed one, and nothing else.
"""
import hashlib
import itertools
import json
import os
import random
import signal
import sqlite3
import sys
import threading
import time
import traceback
from pathlib import Path

from server import JOBS, Gone, Refused, Server, insist

hone, out, rows, seed, kills = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4], int(sys.argv[5])

# Which lines a job trains on, epochs and batch size: many short steps and few long ones, checkpoints that are given up for newer.
SPECS = {"long": (slice(0, 48), 4, 2), "short": (slice(100, 130), 2, 1), "big": (slice(50, 114), 5, 16)}
VICTIM = "victim"  # a long job that is cancelled
QUESTIONS = ["Where is my parcel?", "I want to return a teapot.", "How do I pay?"]
ADAPTER = ["adapter_model.safetensors", "adapter_config.json", "hone.json", "hone_proof.json"]
OPEN = ("validating_files", "queued", "running")
MOST_FAILED_STARTS = 4  # the fifth worker in a row that saves nothing new fails its job
ORPHAN_SECONDS = 60


def digest(data):
    return hashlib.sha256(data).hexdigest()


def file_of(spec):
    return b"".join(rows.read_bytes().splitlines(keepends=True)[SPECS[spec][0]])


def create(server, spec, file):
    _, epochs, batch_size = SPECS["long" if spec == VICTIM else spec]
    return server.create(file, epochs, batch_size, seed=7, spec=spec)["id"]


def list_jobs(server):
    return server.ask("GET", JOBS + "?limit=1000")["data"]


def events_of(server, job):
    """Oldest first."""
    return server.ask("GET", f"{JOBS}/{job}/events?limit=10000")["data"][::-1]


def checkpoints_of(server, job):
    return server.ask("GET", f"{JOBS}/{job}/checkpoints?limit=100")["data"]


def chat(model, question):
    return {"model": model, "messages": [{"role": "user", "content": question}], "temperature": 0, "max_tokens": 60}


def answer(server, model, question):
    return server.ask("POST", "/chat/completions", chat(model, question))["choices"][0]["message"]["content"]


def await_end(server):
    """All jobs, ended."""
    end = time.time() + 1200
    while True:
        jobs = insist(lambda: list_jobs(server))
        if not any(job["status"] in OPEN for job in jobs):
            return jobs
        assert time.time() < end, f"jobs do not end: {jobs}"
        time.sleep(0.2)


def outcome(server, job):
    """What must be the same for a job, however it came about."""
    said = [event["message"] for event in events_of(server, job["id"])]
    run = server.data / "jobs" / job["id"] / "run"
    return {
        "status": job["status"],
        "tokens": job["trained_tokens"],
        "adapter": [digest((run / name).read_bytes()) for name in ADAPTER],
        "results": [server.content(file) for file in job["result_files"]],
        "events": [one for one in said if one.startswith(("Created", "Files", "Step", "Checkpoint", "Fine tuning"))],
        "models": sum(one.startswith("New fine-tuned model") for one in said),
        "checkpoints": [(one["step_number"], one["metrics"]) for one in checkpoints_of(server, job["id"])],
        "answers": [answer(server, job["fine_tuned_model"], question) for question in QUESTIONS],
    }


def undisturbed():
    """What the jobs come to, what the base answers, and the seconds that a server takes to start on this machine."""
    begun = time.time()
    with Server(hone, out / "whole") as server:
        insist(lambda: list_jobs(server))
        pace = time.time() - begun
        for spec in SPECS:
            file = insist(lambda: server.upload(file_of(spec)))
            create(server, spec, file)
        outcomes = {job["metadata"]["spec"]: outcome(server, job) for job in await_end(server)}
        return outcomes, {question: answer(server, "hone", question) for question in QUESTIONS}, pace


class Clients:
    """What clients do, each in a thread, and what they were promised."""

    def __init__(self, server, answers, pace):
        self.server, self.answers, self.pace = server, answers, pace
        self.files, self.deleted = {}, set()
        self.events, self.followed, self.cancelled = {}, set(), set()
        self.whole_chats = self.cut_chats = 0
        self.orphans = {}
        self.over, self.failures, self.threads = threading.Event(), [], []

    def __enter__(self):
        self.sent = {spec: insist(lambda: self.server.upload(file_of(spec))) for spec in SPECS}
        self.files.update({file: digest(file_of(spec)) for spec, file in self.sent.items()})
        self.sent[VICTIM] = self.sent["long"]
        for work in self.send, self.send_parts, self.create, self.meddle, self.follow_one, self.chat, self.watch:
            self.threads.append(threading.Thread(target=self.run, args=(work, random.Random(f"{seed} {work.__name__}"))))
            self.threads[-1].start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()
        assert not self.failures, "\n".join(self.failures)

    def run(self, work, dice):
        try:
            while not self.over.is_set():
                try:
                    work(dice)
                except Gone:
                    pass
                time.sleep(dice.random() * 0.4)
        except BaseException:
            self.failures.append(traceback.format_exc())
            self.over.set()

    def send(self, dice):
        data = dice.randbytes(int(2 ** dice.uniform(0, 20)))
        self.files[self.server.upload(data, "user_data")] = digest(data)
        file = dice.choice(list(self.files))
        if dice.random() < 0.7 or file in self.sent.values():
            assert digest(self.server.content(file)) == self.files[file], f"{file} has other bytes"
        else:
            del self.files[file]  # where the answer is lost, it may be there or not
            self.server.ask("DELETE", f"/files/{file}")
            self.deleted.add(file)

    def send_parts(self, dice):
        data = dice.randbytes(int(2 ** dice.uniform(3, 20)))
        about = {"filename": "x", "purpose": "user_data", "bytes": len(data), "mime_type": "text/plain"}
        path = "/uploads/" + self.server.ask("POST", "/uploads", about)["id"]
        cuts = [0, *sorted(dice.sample(range(1, len(data)), 3)), len(data)]
        parts = [insist(lambda: self.server.form(path + "/parts", "data", data[a:b]))["id"] for a, b in itertools.pairwise(cuts)]
        try:
            if dice.random() < 0.2:
                insist(lambda: self.server.ask("POST", path + "/cancel"))
            else:
                order = {"part_ids": parts, "md5": hashlib.md5(data).hexdigest()}
                done = insist(lambda: self.server.ask("POST", path + "/complete", order))
                self.files[done["file"]["id"]] = digest(data)
        except Refused as refused:  # it was done before, and the answer lost
            assert "is completed" in str(refused) or "is cancelled" in str(refused), refused

    def create(self, dice):
        if sum(job["status"] in OPEN for job in list_jobs(self.server)) < 3:
            spec = dice.choice([*SPECS, *SPECS, VICTIM])
            self.events[create(self.server, spec, self.sent[spec])] = []

    def meddle(self, dice):
        """Cancels a victim, or holds another job for a while."""
        jobs = [job for job in list_jobs(self.server) if job["status"] in OPEN]
        if not jobs:
            return
        job = dice.choice(jobs)
        path = f"{JOBS}/{job['id']}"
        try:
            if job["metadata"]["spec"] == VICTIM:
                self.server.ask("POST", path + "/cancel")
                self.cancelled.add(job["id"])
            else:
                self.hold(path, dice)
        except Refused as refused:  # it has ended; or it was done before, and the answer lost
            assert "has already ended" in str(refused) or "is not paused" in str(refused), refused
        time.sleep(dice.uniform(0, 8 * self.pace))

    def hold(self, path, dice):
        try:
            self.server.ask("POST", path + "/pause")
            time.sleep(dice.uniform(0, self.pace))
            status = insist(lambda: self.server.ask("GET", path))["status"]
            assert status in ("validating_files", "queued"), f"a paused job is {status}"
        finally:
            insist(lambda: self.server.ask("POST", path + "/resume"))

    def follow_one(self, dice):
        jobs = [job for job in list(self.events) if job not in self.followed]
        if jobs:
            self.follow(dice.choice(jobs), dice.uniform(0, 2 * self.pace))

    def follow(self, job, seconds):
        """Reads a job's events, from the last one on that was seen."""
        seen, end = self.events.setdefault(job, []), time.time() + seconds
        after = f"&after={seen[-1]['id']}" if seen else ""
        for line in self.server.lines("GET", f"{JOBS}/{job}/events?stream=true{after}"):
            if line.startswith(b"data: {") and line.endswith(b"\n"):
                seen.append(json.loads(line[6:]))
            if line == b"data: [DONE]\n":
                self.followed.add(job)
            if time.time() > end:
                return

    def chat(self, dice):
        question, text, is_whole = dice.choice(QUESTIONS), "", False
        if dice.random() < 0.5:
            text, is_whole = answer(self.server, "hone", question), True
        else:
            try:
                for line in self.server.lines("POST", "/chat/completions", {**chat("hone", question), "stream": True}):
                    if line.startswith(b"data: {") and line.endswith(b"\n"):
                        text += json.loads(line[6:])["choices"][0]["delta"].get("content") or ""
                    is_whole |= line == b"data: [DONE]\n"
            except Gone:
                pass
        expected = self.answers[question]
        assert text == expected or not is_whole and expected.startswith(text), f"the answer is {text}, not {expected}"
        self.whole_chats += is_whole
        self.cut_chats += not is_whole

    def watch(self, _):
        """Whether a worker outlives its server."""
        for pid, parent in self.server.workers().items():
            if parent != self.server.process.pid:
                age = time.time() - self.orphans.setdefault(pid, time.time())
                assert age < ORPHAN_SECONDS, f"worker {pid} goes on without its server"


def may_lose_another(server):
    """Whether the running job does not fail when its worker is killed now."""
    try:
        with sqlite3.connect(f"file:{server.data}/state.db?mode=ro", uri=True, timeout=10) as state:
            most = state.execute("select max(failed_starts) from hone_job where status = 'running'").fetchone()[0]
            return most is not None and most < MOST_FAILED_STARTS
    except sqlite3.OperationalError:
        return False  # the server is just starting


def worker_of(server, pace):
    """The process id of its worker, as soon as there is one."""
    end = time.time() + 60 + 4 * pace
    while time.time() < end:
        for pid, parent in server.workers().items():
            if parent == server.process.pid:
                return pid
        time.sleep(0.02)
    raise AssertionError("there is no worker, and there should be jobs")


def disturb(server, over, pace):
    """Kills while servers and workers start and while they work, and says how often what was killed."""
    dice = random.Random(seed)
    done = {"server": 0, "worker": 0, "both": 0}
    while sum(done.values()) < kills and not over.is_set():
        what = dice.choice(["server", "server", "worker", "worker", "both"])
        if what == "server":
            time.sleep(dice.uniform(0, 2 * pace))
        else:
            worker = worker_of(server, pace)
            time.sleep(dice.uniform(0, 1.5 * pace))
            if server.workers().get(worker) != server.process.pid or not may_lose_another(server):
                continue
            os.kill(worker, signal.SIGKILL)
        if what != "worker":
            server.kill()
            server.start()
        done[what] += 1
    return done


def check(server, clients, whole):
    """That all promises are kept."""
    jobs = {job["id"]: job for job in await_end(server)}
    assert set(clients.events) <= set(jobs), f"lost jobs: {set(clients.events) - set(jobs)}"
    for job in jobs.values():
        spec = job["metadata"]["spec"]
        assert job["id"] not in clients.cancelled or job["status"] == "cancelled", job
        if spec != VICTIM:
            got = outcome(server, job)
            for part, expected in whole[spec].items():
                assert got[part] == expected, f"{job['id']} ({spec}): {part} is {got[part]}, not {expected}"
        clients.follow(job["id"], 60)
        seen = clients.events[job["id"]]
        assert seen == events_of(server, job["id"]), f"{job['id']}: other events than were seen"
        assert len({event["id"] for event in seen}) == len(seen)
    listed = {file["id"] for file in server.ask("GET", "/files")["data"]}
    assert set(clients.files) <= listed, f"lost files: {set(clients.files) - listed}"
    assert not clients.deleted & listed, f"files are back: {clients.deleted & listed}"
    for file, expected in clients.files.items():
        assert digest(server.content(file)) == expected, f"{file} has other bytes"
    return jobs, listed, {job: {f"step-{one['step_number']}" for one in checkpoints_of(server, job)} for job in jobs}


def check_directory(data, jobs, files, checkpoints):
    """That whatever lies there is something's."""
    assert set(os.listdir(data / "files")) == files, set(os.listdir(data / "files")) ^ files
    assert not os.listdir(data / "parts")
    assert {path.name for path in (data / "jobs").iterdir() if path.is_dir()} == set(jobs)
    for job in jobs.values():
        home = data / "jobs" / job["id"]
        kept = {path.name for path in home.glob("checkpoints/*")}
        assert kept == checkpoints[job["id"]], f"{home} has {kept}, and the server {checkpoints[job['id']]}"
        work = {path.name for name in ("*.jsonl", "run/*.tokens", "run/checkpoints") for path in home.glob(name)}
        assert work <= {"report.jsonl"}, f"{home} still has {work}"
        assert (home / "run").exists() == (job["status"] == "succeeded"), f"{home}: a run, and the job is {job['status']}"
    assert not list(data.rglob("*.tmp")), list(data.rglob("*.tmp"))


def main():
    begun = time.time()
    whole, answers, pace = undisturbed()
    print(f"undisturbed: {time.time() - begun:.0f} s, {pace:.1f} s of them to start", flush=True)
    begun = time.time()
    with Server(hone, out / "killed") as server:
        with Clients(server, answers, pace) as clients:
            done = disturb(server, clients.over, pace)
        print(f"killed: {done} in {time.time() - begun:.0f} s", flush=True)
        await_end(server)
        server.kill()
        server.start()
        jobs, files, checkpoints = check(server, clients, whole)
    check_directory(server.data, jobs, files, checkpoints)
    assert not server.workers()
    for log in server.log, *server.data.glob("jobs/*/worker.log"):
        assert "Exception" not in log.read_text(), f"{log}: {log.read_text()[-3000:]}"
    print(f"kept: {len(clients.files)} files, {len(jobs)} jobs, {sum(map(len, clients.events.values()))} events, "
          f"{clients.whole_chats} chats, and {clients.cut_chats} that were cut off")


main()
