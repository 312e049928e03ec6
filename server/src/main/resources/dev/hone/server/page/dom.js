// Elements and words. Text is only ever set as text.
export const byId = id => document.getElementById(id);

export function make(tag, text, name) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (name) element.className = name;
  return element;
}

// Says something to everybody, screen readers too; the same again is not said again.
export function say(text) {
  set(byId("status"), text);
}

export function showError(error) {
  set(byId("error"), error ? error.message : "");
}

export function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// Runs what a form or a button asks for; what fails is shown.
export async function attempt(button, work) {
  const hadFocus = document.activeElement === button;
  showError();
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    showError(error);
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
    if (hadFocus && document.activeElement === document.body) button.focus();
  }
}

export function time(seconds) {
  const element = make("time", new Date(1000 * seconds).toLocaleString());
  element.dateTime = new Date(1000 * seconds).toISOString();
  return element;
}

export function timeLeft(job) {
  if (!job.estimated_finish) return "";
  const seconds = job.estimated_finish - Date.now() / 1000;
  if (seconds < 5) return "a moment";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function size(bytes) {
  if (bytes < 1e3) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

export function statusWords(job, isPaused) {
  return isPaused && isOpen(job) ? "paused" : job.status.replace("_", " ");
}

export const isOpen = job => ["validating_files", "queued", "running"].includes(job.status);

// Whether events, newest first, say that their job is paused; undefined where they say nothing.
export function pausedBy(events) {
  const last = events.find(e => /^Fine-tuning job (paused|resumed)$/.test(e.message));
  return last && last.message.endsWith("paused");
}
