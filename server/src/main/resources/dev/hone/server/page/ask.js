import { get } from "./api.js";
import { byId, make, say, showError } from "./dom.js";
import { events } from "./events.js";

let stopping = new AbortController();

function offer(models) {
  const wanted = new URLSearchParams(location.search).get("model");
  const finished = models.slice(1).filter(model => !model.id.includes(":ckpt-step-"));
  const newest = finished.sort((a, b) => b.created - a.created)[0]?.id;
  const chosen = new Set([models[0].id, wanted ?? newest]);
  models.forEach(model => {
    const label = make("label"), box = make("input");
    box.type = "checkbox";
    box.value = model.id;
    box.checked = chosen.has(model.id);
    label.append(box, model.id);
    byId("models").append(label);
  });
}

// A place for one model's answer: its text, where it has it from, and what it cost.
function card(model, index) {
  const element = make("section", undefined, "answer");
  const title = make("h3", model);
  title.id = "answer-" + index;
  element.setAttribute("aria-labelledby", title.id);
  element.setAttribute("aria-busy", "true");
  const text = make("div", "", "text"), sources = make("ol", undefined, "sources"), cost = make("p", "waiting …", "cost");
  sources.hidden = true;
  element.append(title, text, sources, cost);
  byId("answers").append(element);
  return { element, text, sources, cost };
}

// Citations, in the form that OpenAI's API gives them.
function cite(place, annotations) {
  annotations.filter(one => one.type === "url_citation").forEach(({ url_citation: source }) => {
    place.sources.append(make("li", source.title ? `${source.title}: ${source.url}` : source.url));
    place.sources.hidden = false;
  });
}

function body(model) {
  const messages = [{ role: "user", content: byId("question").value }];
  const instruction = byId("instruction").value.trim();
  if (instruction) messages.unshift({ role: "system", content: instruction });
  return JSON.stringify({
    model, messages, temperature: 0, stream: true, stream_options: { include_usage: true },
    max_completion_tokens: Number(byId("most").value),
  });
}

async function answer(model, place, signal) {
  const begun = performance.now(), seconds = () => ((performance.now() - begun) / 1000).toFixed(2);
  let first, usage, finish;
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: body(model), signal };
  for await (const chunk of events("/v1/chat/completions", options)) {
    if (chunk.error) throw new Error(chunk.error.message);
    usage = chunk.usage ?? usage;
    const choice = chunk.choices[0];
    finish = choice?.finish_reason ?? finish;
    if (choice?.delta.annotations) cite(place, choice.delta.annotations);
    if (!choice?.delta.content) continue;
    first ??= seconds();
    place.text.append(choice.delta.content);
    place.cost.textContent = `${seconds()} s …`;
  }
  place.cost.textContent = `${usage.prompt_tokens} tokens read, ${usage.completion_tokens} written, ${seconds()} s`
    + (first ? `, the first word after ${first} s` : "") + (finish === "length" ? "; cut off at its length" : "");
}

async function ask(model, index, signal) {
  const place = card(model, index);
  try {
    await answer(model, place, signal);
    say(`${model} has answered.`);
  } catch (error) {
    place.cost.textContent = signal.aborted ? "stopped" : error.message;
    if (!signal.aborted) place.cost.classList.add("wrong");
  } finally {
    place.element.removeAttribute("aria-busy");
  }
}

byId("ask").onsubmit = async event => {
  event.preventDefault();
  showError();
  const models = [...byId("models").querySelectorAll("input:checked")].map(box => box.value);
  if (models.length === 0) {
    showError(new Error("Choose a model."));
    return;
  }
  stopping = new AbortController();
  byId("answers").replaceChildren();
  byId("go").disabled = true;
  byId("stop").disabled = false;
  say(`Asking ${models.length === 1 ? "one model" : models.length + " models"} …`);
  await Promise.all(models.map((model, index) => ask(model, index, stopping.signal)));
  byId("go").disabled = false;
  byId("stop").disabled = true;
};
byId("stop").onclick = () => stopping.abort();
get("/v1/models").then(models => offer(models.data)).catch(showError);
