// A headless Chromium, driven through its pipe: no library is needed.
import { spawn } from "node:child_process";
import { once } from "node:events";

export class Browser {
  #process;
  #nextId = 1;
  #answers = new Map();
  #listeners = [];

  constructor(program, profile) {
    this.#process = spawn(program, [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
      "--disable-background-networking", "--hide-scrollbars", "--remote-debugging-pipe", "--user-data-dir=" + profile,
      "about:blank",
    ], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    let rest = "";
    this.#process.stdio[4].setEncoding("utf8").on("data", data => {
      const messages = (rest + data).split("\0");
      rest = messages.pop();
      messages.forEach(text => this.#take(JSON.parse(text)));
    });
  }

  #take(message) {
    if (message.id === undefined) {
      this.#listeners.forEach(listener => listener(message));
      return;
    }
    const { resolve, reject } = this.#answers.get(message.id);
    this.#answers.delete(message.id);
    if (message.error) reject(new Error(message.error.message)); else resolve(message.result);
  }

  send(method, params = {}, sessionId = undefined) {
    const id = this.#nextId++;
    this.#process.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
    return new Promise((resolve, reject) => this.#answers.set(id, { resolve, reject }));
  }

  on(listener) {
    this.#listeners.push(listener);
  }

  async close() {
    this.#process.kill();
    await once(this.#process, "exit");
  }
}

const KEYS = { Tab: 9, Enter: 13, Escape: 27, " ": 32 };

// A tab, with what went wrong in it.
export class Tab {
  problems = [];
  addresses = new Set();
  #browser;
  #session;

  static async open(browser) {
    const tab = new Tab();
    tab.#browser = browser;
    const { targetId } = await browser.send("Target.createTarget", { url: "about:blank" });
    tab.#session = (await browser.send("Target.attachToTarget", { targetId, flatten: true })).sessionId;
    browser.on(message => { if (message.sessionId === tab.#session) tab.#hear(message); });
    for (const domain of ["Page", "Runtime", "Log", "Network", "DOM", "Accessibility"]) await tab.send(domain + ".enable");
    return tab;
  }

  #hear({ method, params }) {
    if (method === "Runtime.exceptionThrown") {
      this.problems.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    }
    if (method === "Runtime.consoleAPICalled" && ["error", "warning", "assert"].includes(params.type)) {
      this.problems.push(params.args.map(arg => arg.value).join(" "));
    }
    if (method === "Log.entryAdded" && params.entry.level === "error") {
      this.problems.push(`${params.entry.text} ${params.entry.url ?? ""}`);
    }
    if (method === "Network.requestWillBeSent") this.addresses.add(params.request.url);
    if (method === "Page.javascriptDialogOpening") this.send("Page.handleJavaScriptDialog", { accept: true });
  }

  send(method, params) {
    return this.#browser.send(method, params, this.#session);
  }

  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description}`);
    return result.value;
  }

  // Until an expression holds.
  async wait(expression, seconds = 60) {
    const end = Date.now() + 1000 * seconds;
    while (!(await this.evaluate(expression).catch(() => false))) {
      if (Date.now() > end) throw new Error(`waited ${seconds} s for ${expression}; the page says: ${await this.evaluate("document.body.innerText")}`);
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }

  async go(url) {
    await this.send("Page.navigate", { url });
    await this.wait(`location.href === ${JSON.stringify(url)} && document.readyState === "complete"`);
  }

  async press(key) {
    const text = { Enter: "\r", " ": " " }[key];
    const about = { key, code: key === " " ? "Space" : key, windowsVirtualKeyCode: KEYS[key] };
    await this.send("Input.dispatchKeyEvent", { type: text ? "keyDown" : "rawKeyDown", text, ...about });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...about });
  }

  type(text) {
    return this.send("Input.insertText", { text });
  }

  // Tabs on until an element has the focus.
  async reach(selector) {
    for (let i = 0; i < 80; i++) {
      if (await this.evaluate(`document.activeElement?.matches(${JSON.stringify(selector)})`)) return;
      await this.press("Tab");
    }
    throw new Error(`the keyboard does not reach ${selector} at ${await this.evaluate("location.href")}`);
  }

  async width(pixels, height = 900) {
    await this.send("Emulation.setDeviceMetricsOverride", { width: pixels, height, deviceScaleFactor: 1, mobile: false });
  }

  // What can be worked with, and has no name that a screen reader could say.
  async nameless() {
    const roles = ["button", "link", "textbox", "combobox", "checkbox", "spinbutton", "img", "image", "region", "dialog", "progressbar", "log"];
    const { nodes } = await this.send("Accessibility.getFullAXTree");
    return nodes.filter(node => !node.ignored && roles.includes(node.role?.value) && !node.name?.value).map(node => node.role.value);
  }
}
