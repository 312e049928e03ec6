import { get, post, request } from "./api.js";
import { attempt, byId, isOpen, make, pausedBy, say, set, showError, statusWords, time, timeLeft } from "./dom.js";
import { events } from "./events.js";
import { showLines } from "./lines.js";
import { LossPlot } from "./plot.js";

const id = new URLSearchParams(location.search).get("id") ?? "";
const path = "/v1/fine_tuning/jobs/" + encodeURIComponent(id);
const NUMBERS = 500;
const ORDERS = ["pause", "resume", "cancel"];
const plot = new LossPlot(byId("plot"));
let job;
let isPaused = false;

function show() {
  const name = job.user_provided_suffix ? `${job.user_provided_suffix} (${job.id})` : job.id;
  set(byId("title"), "Job " + name);
  document.title = `${statusWords(job, isPaused)}: ${name} - Hone`;
  const state = byId("state");
  state.className = "state " + job.status;
  set(state, statusWords(job, isPaused));
  set(byId("left"), job.estimated_finish ? `${timeLeft(job)} left` : "");
  showOrders();
  byId("failed").hidden = !job.error;
  if (job.error) set(byId("why"), job.error.message);
  showFacts();
}

function showOrders() {
  const focused = document.activeElement;
  byId("pause").disabled = !isOpen(job) || isPaused;
  byId("resume").disabled = !isOpen(job) || !isPaused;
  byId("cancel").disabled = !isOpen(job);
  if (!focused.disabled) return;
  const usable = ORDERS.map(byId).find(button => !button.disabled);
  (usable ?? byId("title")).focus(); // the keyboard stays where it was, nearly
}

function showFacts() {
  const facts = byId("facts"), hyper = job.hyperparameters;
  const link = job.fine_tuned_model && make("a", `Ask ${job.fine_tuned_model}`);
  if (link) link.href = "/ask?model=" + encodeURIComponent(job.fine_tuned_model);
  const entries = [
    ["Model it made", link],
    ["From", job.model],
    ["Training file", job.training_file],
    ["Validation file", job.validation_file],
    ["Epochs, batch size, rate", `${hyper.n_epochs}, ${hyper.batch_size}, ${hyper.learning_rate_multiplier}`],
    ["Seed", String(job.seed)],
    ["Trained tokens", job.trained_tokens?.toLocaleString("en")],
    ["Created", time(job.created_at)],
    ["Ended", job.finished_at && time(job.finished_at)],
    ["Results", job.result_files.length > 0 && results()],
  ];
  const hadFocus = facts.contains(document.activeElement);
  if (hadFocus) return; // nothing is taken away from under the keyboard
  facts.replaceChildren(...entries.filter(([, value]) => value).flatMap(([term, value]) => {
    const description = make("dd");
    description.append(value);
    return [make("dt", term), description];
  }));
}

function results() {
  const box = make("span");
  job.result_files.forEach(file => {
    const button = make("button", "Download " + file);
    button.type = "button";
    button.onclick = () => attempt(button, () => download(file));
    box.append(button, " ");
  });
  return box;
}

async function download(file) {
  const about = await get("/v1/files/" + encodeURIComponent(file));
  const content = await (await request(`/v1/files/${encodeURIComponent(file)}/content`)).blob();
  const link = make("a");
  link.href = URL.createObjectURL(content);
  link.download = about.filename;
  link.click();
  URL.revokeObjectURL(link.href);
}

function take(event) {
  if (event.type === "metrics") {
    measured(event.data);
    return;
  }
  isPaused = pausedBy([event]) ?? isPaused;
  const item = make("li", undefined, event.level === "info" ? "" : "wrong");
  item.append(time(event.created_at), event.message);
  const list = byId("events");
  list.append(item);
  list.scrollTop = list.scrollHeight;
  const lines = event.data?.invalid_lines;
  if (lines) showLines(byId("lines"), lines, event.data.invalid_lines_total);
  refresh();
}

function measured(data) {
  plot.add(data);
  const bar = byId("progress");
  bar.hidden = false;
  bar.value = data.step / data.total_steps;
  const number = value => value === null ? "" : value.toFixed(4);
  const row = make("tr");
  [data.step.toLocaleString("en"), number(data.train_loss), number(data.full_valid_loss),
    number(data.train_mean_token_accuracy)].forEach(text => row.append(make("td", text, "number")));
  const body = byId("numbers").tBodies[0];
  body.prepend(row);
  if (body.rows.length > NUMBERS) body.lastChild.remove();
  set(byId("last-loss"), `Step ${data.step} of ${data.total_steps}: ` + plot.words());
}

let refreshing = null;
function refresh() {
  refreshing ??= get(path)
    .then(fresh => { job = fresh; show(); })
    .catch(showError)
    .finally(() => { refreshing = null; });
  return refreshing;
}

async function follow() {
  let last = "";
  for (;;) {
    try {
      const after = last && "&after=" + encodeURIComponent(last);
      for await (const event of events(`${path}/events?stream=true${after}`)) {
        take(event);
        last = event.id;
      }
      showError();
      job = await get(path);
      show();
      say(`The job has ended: ${statusWords(job)}.`);
      return;
    } catch (error) {
      showError(error);
      if (error.status !== undefined) return; // the server's word is not changed by asking again
      await new Promise(resolve => setTimeout(resolve, 2_000));
      showError();
    }
  }
}

async function tell(order) {
  await attempt(byId(order), async () => {
    await post(`${path}/${order}`);
    if (order !== "cancel") isPaused = order === "pause"; // the event that says so may come later
  });
  await refresh();
}

byId("pause").onclick = () => tell("pause");
byId("resume").onclick = () => tell("resume");
byId("cancel").onclick = () => {
  if (confirm("Cancel this job? It cannot go on afterwards.")) tell("cancel");
};

async function begin() {
  try {
    job = await get(path);
  } catch (error) {
    showError(error);
    return;
  }
  show();
  setInterval(() => { if (isOpen(job)) refresh(); }, 5_000);
  await follow();
}
begin();
