package dev.hone.rag.store;

import dev.hone.rag.passage.Passage;

/// A passage out of a store.
///
/// @param source its document
/// @param title its document's
/// @param textHash its document's version
public record StoredPassage(String source, String title, String textHash, Passage passage) {}
