// Walks through the page of a server: node check.mjs CHROMIUM URL JOB BAD_FILE GOOD_FILE OUT [KEY]
//
// JOB has succeeded on the server; BAD_FILE has three wrong lines. With KEY, the server needs one, and only the asking for it
// is checked.
import { writeFileSync } from "node:fs";
import { Browser, Tab } from "./browser.mjs";

const [program, url, job, bad, good, out, key] = process.argv.slice(2);
const text = selector => `document.querySelector(${JSON.stringify(selector)}).textContent`;

function require(holds, what) {
  if (!holds) throw new Error(what);
}

async function picture(tab, name) {
  await tab.evaluate("document.activeElement.blur(); scrollTo(0, 0)");
  await tab.width(1100, 1000);
  const { data } = await tab.send("Page.captureScreenshot", { format: "png" });
  writeFileSync(`${out}/${name}.png`, Buffer.from(data, "base64"));
}

async function fits(tab, path) {
  const nameless = await tab.nameless();
  require(nameless.length === 0, `${path}: without a name: ${nameless}`);
  await tab.width(400);
  const width = await tab.evaluate("document.documentElement.scrollWidth");
  require(width <= 400, `${path} is ${width} px wide on a screen of 400`);
  await tab.width(1100);
}

async function listsJobs(tab) {
  await tab.go(url + "/");
  await tab.wait(`document.querySelectorAll("#jobs tbody tr").length > 0`);
  await fits(tab, "/");
  await tab.reach(".skip");
  await tab.reach("nav a[href='/ask']");
  await tab.reach(`#jobs a[href$="${job}"]`);
  await tab.press("Enter");
  await tab.wait(`location.pathname === "/job"`);
}

async function showsJob(tab) {
  await tab.wait(`${text("#state")} === "succeeded" && ${text("#status")}.includes("ended")`);
  await tab.wait(`document.querySelector("#plot canvas") !== null`);
  require(await tab.evaluate(`${text("#last-loss")}.includes("held-out loss")`), "no held-out loss");
  require(await tab.evaluate(`document.querySelectorAll("#numbers tbody tr").length > 2`), "no numbers");
  require(await tab.evaluate(`${text("#events")}.includes("successfully completed")`), "no events");
  await fits(tab, "/job");
  await tab.reach("summary");
  await tab.reach("#facts button");
  await picture(tab, "job");
}

async function checksFiles(tab) {
  await tab.go(url + "/files");
  await tab.wait(`document.querySelectorAll("#files tbody tr").length > 0 && document.querySelector("#model").value !== ""`);
  await fits(tab, "/files");
  await upload(tab, bad);
  require((await tab.evaluate(`document.querySelectorAll("#lines tbody tr").length`)) === 3, "not three wrong lines");
  await picture(tab, "files");
  await upload(tab, good);
  require(await tab.evaluate(`${text("#verdict-words")}.includes("well-formed")`), "a good file is refused");
}

async function upload(tab, file) {
  const { root } = await tab.send("DOM.getDocument");
  const { nodeId } = await tab.send("DOM.querySelector", { nodeId: root.nodeId, selector: "#file" });
  await tab.send("DOM.setFileInputFiles", { nodeId, files: [file] });
  await tab.evaluate(`document.querySelector("#verdict").hidden = true`);
  await tab.reach("#upload button");
  await tab.press("Enter");
  await tab.wait(`!document.querySelector("#verdict").hidden && document.activeElement.id === "verdict-title"`);
}

// A job from the form on, by the keyboard: it is paused, resumed and cancelled.
async function drivesJob(tab) {
  await tab.reach("#suffix");
  await tab.type("by-hand");
  await tab.reach("#start summary");
  await tab.press("Enter");
  await tab.reach("#epochs");
  await tab.type("50");
  await tab.reach("#start button.main");
  await tab.press("Enter");
  await tab.wait(`location.pathname === "/job"`);
  await tab.wait(`${text("#state")} === "running" && document.querySelector("#plot canvas") !== null`, 120);
  for (const [button, state] of [["pause", "paused"], ["resume", "running"], ["cancel", "cancelled"]]) {
    await tab.reach("#" + button);
    await tab.press("Enter");
    await tab.wait(`${text("#state")} === "${state}"`);
    await tab.wait(`document.activeElement !== document.body`); // the keyboard does not lose its place
  }
}

async function asks(tab) {
  await tab.go(url + "/ask");
  await tab.wait(`document.querySelectorAll("#models input").length > 1`);
  await fits(tab, "/ask");
  await tab.reach("#question");
  await tab.type("How long does the delivery take?");
  await tab.reach("#models input");
  await tab.press(" ");
  require((await tab.evaluate(`document.querySelectorAll("#models input:checked").length`)) === 1, "space chooses nothing");
  await tab.press(" ");
  await tab.reach("#go");
  await tab.press("Enter");
  await tab.wait(`[...document.querySelectorAll(".answer .cost")].length === 2
    && [...document.querySelectorAll(".answer .cost")].every(cost => / tokens read, \\d+ written, /.test(cost.textContent))`, 120);
  await picture(tab, "ask");
}

// The frame is of no origin, so that nothing but a picture tells what it shows.
async function showsReport(tab) {
  await tab.go(url + "/report");
  await tab.wait(`document.querySelector("#report").src.includes("/report/view/")`);
  await fits(tab, "/report");
  await tab.wait(`performance.getEntriesByType("resource").some(one => one.initiatorType === "iframe" && one.responseEnd > 0)`);
  await picture(tab, "report");
}

async function asksForKey(tab) {
  await tab.go(url + "/");
  await tab.wait(`document.querySelector("#key-dialog").open`);
  await fits(tab, "the key's dialog");
  for (const given of ["wrong", key]) {
    await tab.reach("#key");
    await tab.type(given);
    await tab.press("Enter");
    if (given === "wrong") await tab.wait(`${text("#key-why")}.includes("Incorrect")`);
  }
  await tab.wait(`!document.querySelector("#none").hidden && !document.querySelector("#key-dialog").open`);
  const kept = await tab.evaluate(`JSON.stringify([Object.values(sessionStorage), localStorage.length, document.cookie])`);
  require(kept === JSON.stringify([[key], 0, ""]), `the key is kept elsewhere: ${kept}`);
  await tab.go(url + "/files");
  await tab.wait(`!document.querySelector("#none").hidden`);
  tab.problems = tab.problems.filter(problem => !problem.includes("status of 401"));
}

const browser = new Browser(program, out + "/profile");
try {
  const tab = await Tab.open(browser);
  await tab.width(1100);
  const steps = key ? [asksForKey] : [listsJobs, showsJob, checksFiles, drivesJob, asks, showsReport];
  for (const step of steps) {
    await step(tab);
    require(tab.problems.length === 0, `${step.name}: ${tab.problems.join("\n")}`);
    console.log("fine:", step.name);
  }
  const foreign = [...tab.addresses].filter(address => !/^(about|blob|data):/.test(address) && !address.startsWith(url + "/"));
  require(foreign.length === 0, `asked elsewhere: ${foreign}`);
} finally {
  await browser.close();
}
