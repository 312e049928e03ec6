/// Generation: prompt ids in, text out, one token after the other on top of a key-value cache.
///
/// Short letters: V vocab.
///
/// May use: dev.hone.tensor, dev.hone.model.checkpoint, dev.hone.model.decoder,
/// dev.hone.model.text, dev.hone.model.grammar, dev.hone.model
package dev.hone.model.generate;
