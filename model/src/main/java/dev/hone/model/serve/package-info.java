/// Generation for many at once: requests in a queue, their sequences in one pass after the other,
/// keys and values in pages that they share.
///
/// Short letters: V vocab.
///
/// May use: dev.hone.tensor, dev.hone.model, dev.hone.model.adapter, dev.hone.model.checkpoint,
/// dev.hone.model.decoder, dev.hone.model.generate, dev.hone.model.grammar, dev.hone.model.text
package dev.hone.model.serve;
