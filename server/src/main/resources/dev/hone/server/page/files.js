import { get, post } from "./api.js";
import { attempt, byId, make, say, set, showError, size, time } from "./dom.js";
import { showLines } from "./lines.js";

const FILES = "/v1/files?purpose=fine-tune&limit=1000";

async function check(file) {
  say(`Checking ${file.filename} …`);
  const verdict = await post(`/v1/files/${encodeURIComponent(file.id)}/check`);
  say("");
  byId("verdict").hidden = false;
  set(byId("verdict-title"), "Check of " + file.filename);
  const words = byId("verdict-words");
  words.className = verdict.valid ? "right" : "wrong";
  const total = verdict.invalid_lines_total;
  words.textContent = verdict.valid
    ? `${verdict.examples.toLocaleString("en")} examples, all of them well-formed.`
    : total === 0 ? verdict.error.message
      : `A job on it would fail: ${total === 1 ? "one line is" : total.toLocaleString("en") + " lines are"} wrong.`;
  showLines(byId("lines"), verdict.invalid_lines, total);
  byId("verdict-title").focus();
  if (verdict.valid) byId("training").value = file.id;
}

function row(file) {
  const row = make("tr");
  const name = make("th", file.filename);
  name.scope = "row";
  const uploaded = make("td"), checking = make("td"), button = make("button", "Check");
  button.type = "button";
  button.setAttribute("aria-label", "Check " + file.filename);
  button.onclick = () => attempt(button, () => check(file));
  uploaded.append(time(file.created_at));
  checking.append(button);
  row.append(name, make("td", size(file.bytes), "number"), uploaded, checking);
  return row;
}

function options(select, entries) {
  const chosen = select.value;
  select.replaceChildren(...entries.map(([value, text]) => {
    const option = make("option", text);
    option.value = value;
    return option;
  }));
  if (entries.some(([value]) => value === chosen)) select.value = chosen;
}

async function list() {
  const files = (await get(FILES)).data;
  byId("none").hidden = files.length > 0;
  byId("files").hidden = files.length === 0;
  byId("files").tBodies[0].replaceChildren(...files.map(row));
  const entries = files.map(file => [file.id, `${file.filename}, ${size(file.bytes)}, ${new Date(1000 * file.created_at).toLocaleString()}`]);
  options(byId("training"), entries);
  options(byId("validation"), [["", "none"], ...entries]);
}

byId("upload").onsubmit = event => {
  event.preventDefault();
  attempt(event.submitter, async () => {
    const form = new FormData();
    form.append("purpose", "fine-tune"); // before the file: the server wants to know it first
    form.append("file", byId("file").files[0]);
    say("Uploading …");
    const file = await post("/v1/files", form);
    await list();
    await check(file);
  });
};

byId("start").onsubmit = event => {
  event.preventDefault();
  attempt(event.submitter, async () => {
    const numbers = { n_epochs: "epochs", batch_size: "batch", learning_rate_multiplier: "rate" };
    const hyperparameters = {};
    for (const [name, field] of Object.entries(numbers)) {
      if (byId(field).value !== "") hyperparameters[name] = Number(byId(field).value);
    }
    const wanted = {
      model: byId("model").value,
      training_file: byId("training").value,
      method: { type: "supervised", supervised: { hyperparameters } },
    };
    if (byId("validation").value) wanted.validation_file = byId("validation").value;
    if (byId("suffix").value) wanted.suffix = byId("suffix").value;
    if (byId("seed").value) wanted.seed = Number(byId("seed").value);
    const job = await post("/v1/fine_tuning/jobs", wanted);
    location.href = "/job?id=" + encodeURIComponent(job.id);
  });
};

async function begin() {
  await list();
  const base = (await get("/v1/models")).data[0].id; // the base is the first of them
  options(byId("model"), [[base, base]]);
}
begin().catch(showError);
