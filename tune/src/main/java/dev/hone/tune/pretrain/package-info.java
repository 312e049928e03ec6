/// What comes before a model can be trained from scratch: its corpus, its tokenizer, and weights to
/// start from.
///
/// May use: dev.hone.tensor, dev.hone.model, dev.hone.model.checkpoint, dev.hone.model.decoder,
/// dev.hone.model.text, dev.hone.tune.data
package dev.hone.tune.pretrain;
