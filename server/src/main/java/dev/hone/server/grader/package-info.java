/// Graders, as OpenAI's API has them: a sample of a model is compared with a text, or judged by a
/// model, and gets a reward. No grader runs code that a request carries.
///
/// May use: dev.hone.model, dev.hone.ladder.metric, dev.hone.rag.embed, dev.hone.server.api,
/// dev.hone.server.model, dev.hone.server.openai
package dev.hone.server.grader;
