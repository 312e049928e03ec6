import { get } from "./api.js";
import { byId, isOpen, make, pausedBy, set, showError, statusWords, time, timeLeft } from "./dom.js";

const EVENTS = 100;
const rows = new Map();
let limit = 50;

function newRow(job) {
  const row = make("tr");
  const link = make("a", job.user_provided_suffix ? `${job.user_provided_suffix} (${job.id})` : job.id);
  link.href = "/job?id=" + encodeURIComponent(job.id);
  const name = make("th");
  name.scope = "row";
  name.append(link);
  const status = make("td"), progress = make("td"), left = make("td"), created = make("td");
  status.append(make("span", "", "state"));
  const bar = make("progress");
  bar.setAttribute("aria-label", "Progress of " + job.id);
  bar.hidden = true;
  progress.append(bar, make("span"));
  created.append(time(job.created_at));
  row.append(name, status, progress, left, created);
  return row;
}

function update(row, job, events) {
  const state = row.cells[1].firstChild;
  state.className = "state " + job.status;
  set(state, statusWords(job, pausedBy(events)));
  const measured = events.find(e => e.type === "metrics");
  const [bar, words] = row.cells[2].children;
  bar.hidden = !measured;
  if (measured) bar.value = measured.data.step / measured.data.total_steps;
  set(words, measured ? `${measured.data.step} of ${measured.data.total_steps} steps` : "");
  set(row.cells[3], timeLeft(job));
}

async function refresh() {
  const page = await get("/v1/fine_tuning/jobs?limit=" + limit);
  const shown = await Promise.all(page.data.map(async job => {
    const path = `/v1/fine_tuning/jobs/${encodeURIComponent(job.id)}/events?limit=${EVENTS}`;
    return [job, isOpen(job) ? (await get(path)).data : []];
  }));
  const body = byId("jobs").tBodies[0];
  shown.forEach(([job, events], index) => {
    if (!rows.has(job.id)) rows.set(job.id, newRow(job));
    const row = rows.get(job.id);
    update(row, job, events);
    if (body.rows[index] !== row) body.insertBefore(row, body.rows[index] ?? null);
  });
  byId("none").hidden = shown.length > 0;
  byId("jobs").hidden = shown.length === 0;
  byId("older").hidden = !page.has_more;
  return page.data.some(isOpen);
}

async function watch() {
  let pause = 2_000;
  try {
    pause = (await refresh()) ? 2_000 : 8_000;
    showError();
  } catch (error) {
    showError(error);
    if (error.status === 401) return;
  }
  setTimeout(watch, pause);
}

byId("older").onclick = () => {
  limit += 50;
  refresh().catch(showError);
};
watch();
