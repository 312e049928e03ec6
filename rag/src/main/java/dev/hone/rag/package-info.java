/// Retrieval: documents in, cited answers out. [DocumentIndex] is the way in.
///
/// May use: dev.hone.model, dev.hone.model.checkpoint, dev.hone.rag.document, dev.hone.rag.embed,
/// dev.hone.rag.measure, dev.hone.rag.passage, dev.hone.rag.retrieve, dev.hone.rag.store,
/// dev.hone.rag.update
package dev.hone.rag;
