/// OpenAI's protocol for asking models: requests read field by field, each honoured or refused, and
/// answers as its clients expect them.
///
/// May use: dev.hone.model, dev.hone.model.chat, dev.hone.model.checkpoint,
/// dev.hone.model.generate, dev.hone.model.grammar, dev.hone.model.serve, dev.hone.model.text,
/// dev.hone.server.answer, dev.hone.server.api, dev.hone.server.state
package dev.hone.server.openai;
