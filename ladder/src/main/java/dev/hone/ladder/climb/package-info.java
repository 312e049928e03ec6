/// The climb: every rung on the same held-out rows, and what is good enough.
///
/// [Race] drops rungs that can no longer win, [Decision] proposes one and confirms it on rows that
/// chose nothing, [Climb] builds rungs, asks them, and keeps every answer.
///
/// May use: dev.hone.model, dev.hone.model.checkpoint, dev.hone.ladder.metric,
/// dev.hone.ladder.rung, dev.hone.ladder.statistics, dev.hone.ladder.task
package dev.hone.ladder.climb;
