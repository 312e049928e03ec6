/// The training loop: schedules, steps, evaluation, checkpoints.
///
/// May use: dev.hone.tensor, dev.hone.model, dev.hone.model.adapter, dev.hone.model.checkpoint,
/// dev.hone.model.decoder, dev.hone.model.text, dev.hone.tune.data
package dev.hone.tune.train;
