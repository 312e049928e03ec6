/// How good answers are, as the field defines it, and held against the field's own programs.
///
/// A [Metric] turns an answer into counts that add up over items, so that the bootstrap draws sums.
///
/// May use: dev.hone.model, dev.hone.model.chat, dev.hone.rag.embed, dev.hone.ladder.statistics,
/// dev.hone.tune.answer, dev.hone.tune.eval
package dev.hone.ladder.metric;
