/// Models that are more than a model: documents that answer, and recipes of the ladder.
///
/// May use: dev.hone.model, dev.hone.model.chat, dev.hone.model.generate, dev.hone.model.serve,
/// dev.hone.model.text, dev.hone.rag, dev.hone.rag.answer, dev.hone.rag.embed,
/// dev.hone.rag.retrieve, dev.hone.rag.store, dev.hone.ladder.rung
package dev.hone.server.answer;
