/// How fast Hone trains, measured through the code that trains: whole steps on rows of token ids
/// ([StepBench]), made of data files by [ChatRows], and the matrix products of such a step alone
/// ([Floor]).
///
/// May use: dev.hone.tensor, dev.hone.model.adapter, dev.hone.model.checkpoint,
/// dev.hone.model.decoder, dev.hone.model.text, dev.hone.tune.data, dev.hone.tune.train
package dev.hone.bench;
