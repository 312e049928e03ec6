/// How good a model is on a file: the loss over its rows, the choice between sentences, the answers
/// that it gives.
///
/// May use: dev.hone.tensor, dev.hone.model, dev.hone.model.adapter, dev.hone.model.checkpoint,
/// dev.hone.model.decoder, dev.hone.model.generate, dev.hone.model.language, dev.hone.tune.answer,
/// dev.hone.tune.data, dev.hone.tune.run, dev.hone.tune.train
package dev.hone.tune.eval;
