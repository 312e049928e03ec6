/// Passages: what is retrieved and cited.
///
/// [PassageCutter] cuts a document along its own structure. A passage is a span of the document's
/// text and never longer than the embedder reads.
///
/// May use: dev.hone.rag.document
package dev.hone.rag.passage;
