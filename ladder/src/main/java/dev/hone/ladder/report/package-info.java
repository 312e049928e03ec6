/// What a climb means, in words and as data.
///
/// May use: dev.hone.ladder.climb, dev.hone.ladder.cost, dev.hone.ladder.judge,
/// dev.hone.ladder.rung, dev.hone.ladder.statistics, dev.hone.ladder.task
package dev.hone.ladder.report;
