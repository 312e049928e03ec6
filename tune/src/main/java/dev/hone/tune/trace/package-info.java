/// What agents and chat models have logged, as rows to train on: conversations in OpenAI's and
/// LangChain4j's forms, each once, without those in which a tool call broke.
///
/// May use: dev.hone.model, dev.hone.model.checkpoint, dev.hone.model.text, dev.hone.tune.data
package dev.hone.tune.trace;
