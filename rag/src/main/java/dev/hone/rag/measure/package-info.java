/// How well an index answers: rankings against each other, citations, refusals, and where each miss
/// happened.
///
/// May use: dev.hone.model, dev.hone.rag.answer, dev.hone.rag.embed, dev.hone.rag.passage,
/// dev.hone.rag.retrieve, dev.hone.rag.store
package dev.hone.rag.measure;
