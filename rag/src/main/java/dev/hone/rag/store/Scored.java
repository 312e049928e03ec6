package dev.hone.rag.store;

/// A passage that a leg of a search found.
///
/// @param id valid in the view that gave it
/// @param score BM25's, or the cosine
public record Scored(long id, double score) {}
