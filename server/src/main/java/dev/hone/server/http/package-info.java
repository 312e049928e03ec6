/// The HTTP side: who may ask, what is asked for, and the answers in JSON or as a stream of events.
///
/// May use: dev.hone.model, dev.hone.model.chat, dev.hone.rag.embed, dev.hone.server.answer,
/// dev.hone.server.api, dev.hone.server.grader, dev.hone.server.job, dev.hone.server.model,
/// dev.hone.server.openai, dev.hone.server.page, dev.hone.server.state
package dev.hone.server.http;
