/// A model that judges answers: which of two is better, and how far it agrees with people.
///
/// [Judge] is a metric: it holds an answer against the row's own, in both orders. [Agreement] is
/// what people's [Label]s say of it.
///
/// May use: dev.hone.model, dev.hone.model.text, dev.hone.ladder.metric, dev.hone.ladder.rung
package dev.hone.ladder.judge;
