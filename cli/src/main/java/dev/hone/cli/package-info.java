/// The `hone` command: one class per command, and the only place that prints and exits.
///
/// A class named `…Command` holds a command's options and is made at every start; what it does
/// stands in a class of its own, which is loaded when the command runs.
///
/// May use: dev.hone.agent, dev.hone.base, dev.hone.hosted, dev.hone.hub, dev.hone.ladder.climb,
/// dev.hone.ladder.cost, dev.hone.ladder.distil, dev.hone.ladder.judge, dev.hone.ladder.metric,
/// dev.hone.ladder.report, dev.hone.ladder.rung, dev.hone.ladder.statistics, dev.hone.ladder.task,
/// dev.hone.model, dev.hone.model.adapter, dev.hone.model.chat, dev.hone.model.checkpoint,
/// dev.hone.model.decoder, dev.hone.model.generate, dev.hone.model.language, dev.hone.model.text,
/// dev.hone.rag, dev.hone.rag.answer, dev.hone.rag.document, dev.hone.rag.embed,
/// dev.hone.rag.measure, dev.hone.rag.retrieve, dev.hone.rag.store, dev.hone.rag.update,
/// dev.hone.server.answer, dev.hone.server.api, dev.hone.server.http, dev.hone.server.job,
/// dev.hone.server.model, dev.hone.server.state, dev.hone.tensor, dev.hone.tune.data,
/// dev.hone.tune.eval, dev.hone.tune.pretrain, dev.hone.tune.run, dev.hone.tune.trace,
/// dev.hone.tune.train
package dev.hone.cli;
