/// Where passages are kept and searched: Lucene on disk, or PostgreSQL with pgvector.
///
/// A [PassageStore] replaces a document's passages at once, and answers through a [PassageView], a
/// state of it that no update changes. Each leg of a search, words and vectors, is asked for by
/// itself; putting them together is the business of `dev.hone.rag.retrieve`, the same for every
/// store. Who may read a passage is decided inside the search.
///
/// May use: dev.hone.model, dev.hone.rag.passage
package dev.hone.rag.store;
