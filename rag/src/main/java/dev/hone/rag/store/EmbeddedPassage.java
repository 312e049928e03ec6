package dev.hone.rag.store;

import dev.hone.rag.passage.Passage;

/// A passage on its way into a store.
///
/// @param hash of its text, by which its vector is found again
/// @param vector of length 1
public record EmbeddedPassage(Passage passage, String hash, float[] vector) {}
