"""A `hone serve` in a process of its own, and requests to it."""
import contextlib
import hashlib
import http.client
import json
import os
import socket
import subprocess
import time
from pathlib import Path

JOBS = "/fine_tuning/jobs"


class Gone(Exception):
    """The server went away before it had answered: it may have done what was asked, or not."""


class Refused(Exception):
    """The server said no."""


def insist(call):
    """Asks until there is an answer."""
    while True:
        try:
            return call()
        except Gone:
            pass


class Server:
    """A server over one data directory; it keeps its port when it is started again."""

    def __init__(self, hone, data, key_file=None):
        self.hone, self.data, self.log, self.key_file = hone, Path(data), Path(f"{data}.log"), key_file
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def start(self):
        command = [self.hone, "serve", "--port", str(self.port), "--data-dir", str(self.data)]
        command += ["--api-key-file", str(self.key_file)] if self.key_file else []
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(60)

    def kill(self):
        assert self.process.poll() is None, f"the server has ended by itself: {self.log.read_text()[-2000:]}"
        self.process.kill()
        self.process.wait()

    def workers(self):
        """Process ids of the workers over this directory, with their parents'."""
        found = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                command = Path("/proc", pid, "cmdline").read_bytes()
                if b"JobWorker" in command and bytes(self.data) in command:
                    found[int(pid)] = int(Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                pass  # it has just ended
        return found

    def headers(self, kind):
        """Of a request with a body of that type."""
        key = {"Authorization": "Bearer " + self.key_file.read_text().strip()} if self.key_file else {}
        return {"Content-Type": kind, **key}

    @contextlib.contextmanager
    def _sent(self, method, path, body=b"", kind="application/json"):
        """The answer to a request, which must be 200."""
        web = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            web.connect()
            web.request(method, "/v1" + path, body, self.headers(kind))
            answer = web.getresponse()
            if answer.status != 200:
                raise Refused(f"{method} {path}: {answer.status} {answer.read().decode()[:300]}")
            yield answer
        except (ConnectionError, http.client.HTTPException) as gone:
            time.sleep(0.1)
            raise Gone from gone
        finally:
            web.close()

    def lines(self, method, path, body=None):
        """Those of an answer, as they come; when the server goes away they may just end."""
        with self._sent(method, path, json.dumps(body).encode() if body else b"") as answer:
            yield from answer

    def content(self, file):
        with self._sent("GET", f"/files/{file}/content") as answer:
            return answer.read()

    def ask(self, method, path, body=None):
        with self._sent(method, path, json.dumps(body).encode() if body else b"") as answer:
            return json.loads(answer.read())

    def form(self, path, field, data, **fields):
        """Sends a form with a file."""
        bound = "-" * 20 + hashlib.sha256(data).hexdigest()
        head = f'--{bound}\r\nContent-Disposition: form-data; name='
        parts = [f'{head}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
        parts.append(f'{head}"{field}"; filename="rows.jsonl"\r\n\r\n')
        body = "".join(parts).encode() + data + f"\r\n--{bound}--\r\n".encode()
        with self._sent("POST", path, body, f"multipart/form-data; boundary={bound}") as answer:
            return json.loads(answer.read())

    def upload(self, data, purpose="fine-tune"):
        return self.form("/files", "file", data, purpose=purpose)["id"]

    def create(self, file, epochs, batch_size, seed, **metadata):
        """Creates a job."""
        hyper = {"n_epochs": epochs, "batch_size": batch_size}
        return self.ask("POST", JOBS, {"model": "hone", "training_file": file, "seed": seed, "metadata": metadata,
                                       "method": {"type": "supervised", "supervised": {"hyperparameters": hyper}}})
