/// Rows to learn from, out of a model's own answers: those that rules accept.
///
/// [Distiller] asks, [Rule]s say which answers will do.
///
/// May use: dev.hone.model, dev.hone.model.chat, dev.hone.ladder.metric, dev.hone.ladder.rung,
/// dev.hone.ladder.task
package dev.hone.ladder.distil;
