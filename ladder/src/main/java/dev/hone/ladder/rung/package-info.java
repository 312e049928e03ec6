/// The rungs: each makes, from the rows that it may learn from, something that answers.
///
/// May use: dev.hone.model, dev.hone.model.adapter, dev.hone.model.chat, dev.hone.model.decoder,
/// dev.hone.model.generate, dev.hone.model.checkpoint, dev.hone.model.grammar,
/// dev.hone.model.language, dev.hone.model.text, dev.hone.tensor, dev.hone.rag,
/// dev.hone.rag.answer, dev.hone.rag.document, dev.hone.rag.embed, dev.hone.rag.passage,
/// dev.hone.rag.retrieve, dev.hone.rag.store, dev.hone.rag.update, dev.hone.tune.answer,
/// dev.hone.tune.data, dev.hone.tune.run, dev.hone.tune.train, dev.hone.ladder.metric,
/// dev.hone.ladder.statistics, dev.hone.ladder.task
package dev.hone.ladder.rung;
