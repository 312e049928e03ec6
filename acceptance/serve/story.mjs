// A file becomes a model that answers, with OpenAI's client for JavaScript: story.mjs PORT KEY_FILE ROWS
import assert from "node:assert/strict";
import fs from "node:fs";
import OpenAI from "openai";

const [port, keyFile, rows] = process.argv.slice(2);
const options = { baseURL: `http://127.0.0.1:${port}/v1`, apiKey: fs.readFileSync(keyFile, "utf8").trim(), maxRetries: 0 };
const client = new OpenAI(options);

const all = async (pages) => {
  const list = [];
  for await (const one of pages) list.push(one);
  return list;
};

const file = await client.files.create({ file: fs.createReadStream(rows), purpose: "fine-tune" });
assert.equal(await (await client.files.content(file.id)).text(), fs.readFileSync(rows, "utf8"));

let job = await client.fineTuning.jobs.create({
  model: "hone",
  training_file: file.id,
  suffix: "js",
  method: { type: "supervised", supervised: { hyperparameters: { n_epochs: 1, batch_size: 16 } } },
});
const begun = Date.now();
while (!job.finished_at) {
  assert(Date.now() - begun < 300_000, "the job takes too long");
  await new Promise((wake) => setTimeout(wake, 500));
  job = await client.fineTuning.jobs.retrieve(job.id);
}
assert.equal(job.status, "succeeded");
const events = await all(client.fineTuning.jobs.listEvents(job.id, { limit: 3 }));
assert.equal(events.at(-1).message, "Created fine-tuning job");
assert.equal(new Set(events.map((event) => event.id)).size, events.length);
assert((await all(client.fineTuning.jobs.checkpoints.list(job.id))).length > 0);
assert.match(await (await client.files.content(job.result_files[0])).text(), /^step,train_loss/);

const model = job.fine_tuned_model;
assert((await all(client.models.list())).some((one) => one.id === model));
const ask = { model, messages: [{ role: "user", content: "What do you sell?" }], temperature: 0, max_tokens: 30 };
const whole = await client.chat.completions.create(ask);
let text = "";
for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) {
  text += chunk.choices[0]?.delta?.content ?? "";
}
assert.equal(text, whole.choices[0].message.content);

const parameters = { type: "object", properties: { loaves: { enum: [1, 2] } }, required: ["loaves"], additionalProperties: false };
const tools = [{ type: "function", function: { name: "order", parameters } }];
const want = { ...ask, model: "hone", tools, tool_choice: "required", max_tokens: 100 };
const called = (await client.chat.completions.create(want)).choices[0].message.tool_calls[0];
assert([1, 2].includes(JSON.parse(called.function.arguments).loaves));
const streamed = await client.chat.completions.stream(want).finalChatCompletion();
assert.equal(streamed.choices[0].message.tool_calls[0].function.arguments, called.function.arguments);
const response_format = { type: "json_schema", json_schema: { name: "order", strict: true, schema: parameters } };
const formed = await client.chat.completions.create({ ...ask, response_format });
assert([1, 2].includes(JSON.parse(formed.choices[0].message.content).loaves));

await assert.rejects(client.chat.completions.create({ ...ask, top_p: 7 }), OpenAI.BadRequestError);
await assert.rejects(client.models.retrieve("nothing"), OpenAI.NotFoundError);
await assert.rejects(all(new OpenAI({ ...options, apiKey: "sk-wrong" }).models.list()), OpenAI.AuthenticationError);
const other = await client.fineTuning.jobs.create({ model: "hone", training_file: file.id });
assert.equal((await client.fineTuning.jobs.cancel(other.id)).status, "cancelled");
assert((await client.models.delete(model)).deleted);
assert((await client.files.delete(file.id)).deleted);
console.log("the story holds");
