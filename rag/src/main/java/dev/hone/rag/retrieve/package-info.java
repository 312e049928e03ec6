/// The search: words and vectors, put together.
///
/// May use: dev.hone.rag.embed, dev.hone.rag.passage, dev.hone.rag.store
package dev.hone.rag.retrieve;
