/// Keeps an index in step with a folder: reads, cuts and embeds what changed, and nothing else.
///
/// May use: dev.hone.model, dev.hone.model.checkpoint, dev.hone.rag.document, dev.hone.rag.embed,
/// dev.hone.rag.passage, dev.hone.rag.store
package dev.hone.rag.update;
