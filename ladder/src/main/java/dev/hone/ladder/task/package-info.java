/// What is to be decided about: the user's rows, what kind of task they are, and which of them are
/// held out.
///
/// May use: dev.hone.model, dev.hone.model.chat, dev.hone.model.text, dev.hone.ladder.metric,
/// dev.hone.tune.data
package dev.hone.ladder.task;
