// Requests to this server, with the key that it asks for: kept until the tab is closed, no longer.
import { byId } from "./dom.js";

const KEY = "hone-key";
let asking = null;

class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

// Asks until there is an answer that is no refusal for want of a key.
export async function request(path, options = {}) {
  for (;;) {
    const key = sessionStorage.getItem(KEY);
    const headers = new Headers(options.headers);
    if (key) headers.set("Authorization", "Bearer " + key);
    const response = await fetch(path, { ...options, headers, credentials: "omit", redirect: "error" });
    if (response.ok) return response;
    const error = new ApiError(response.status, await messageOf(response));
    if (response.status !== 401) throw error;
    if (key === sessionStorage.getItem(KEY)) {
      asking ??= askKey(error, key !== null).finally(() => { asking = null; });
      await asking;
    }
  }
}

async function messageOf(response) {
  try {
    return (await response.json()).error.message;
  } catch {
    return `The server answered with status ${response.status}.`;
  }
}

export async function get(path) {
  return (await request(path)).json();
}

export async function post(path, body) {
  const isForm = body instanceof FormData;
  const options = { method: "POST", body: body === undefined || isForm ? body : JSON.stringify(body) };
  if (body !== undefined && !isForm) options.headers = { "Content-Type": "application/json" };
  return (await request(path, options)).json();
}

function askKey(error, wasWrong) {
  const dialog = byId("key-dialog");
  byId("key-why").textContent = wasWrong ? error.message : "";
  byId("key").value = "";
  dialog.showModal();
  return new Promise((resolve, reject) => {
    byId("key-form").onsubmit = event => {
      event.preventDefault();
      const key = byId("key").value.trim();
      if (!/^[\x21-\x7e]+$/.test(key)) {
        byId("key-why").textContent = "A key has letters, digits and signs of ASCII alone.";
        return;
      }
      sessionStorage.setItem(KEY, key);
      dialog.close();
      showForget();
      resolve();
    };
    byId("key-cancel").onclick = () => dialog.close();
    dialog.onclose = () => reject(error); // of no effect where there is a key
  });
}

function showForget() {
  byId("forget").hidden = sessionStorage.getItem(KEY) === null;
}

byId("forget").onclick = () => {
  sessionStorage.removeItem(KEY);
  location.reload();
};
showForget();
