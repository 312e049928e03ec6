/// Texts to vectors, in this process.
///
/// A vector depends on its text alone: never on what is embedded beside it, nor on the number of
/// threads. What it does depend on (model, runtime, pooling, prefix) is the embedder's fingerprint.
///
/// May use: dev.hone.model, dev.hone.model.checkpoint, dev.hone.model.text, dev.hone.tensor
package dev.hone.rag.embed;
