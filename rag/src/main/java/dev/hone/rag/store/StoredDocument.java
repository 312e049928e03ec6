package dev.hone.rag.store;

import java.util.Set;
import java.util.TreeSet;

/// What a store knows of a document beside its passages.
///
/// @param source its name: the path below the indexed folder, with slashes
/// @param title for citations
/// @param fileHash SHA-256 of the file, in hexadecimal digits
/// @param textHash of the text that offsets point into: the version that a citation is of
/// @param passages how many it has
/// @param stripped characters left out because nobody would see them
/// @param access labels, one of which a reader needs where access is checked
public record StoredDocument(
    String source,
    String title,
    String fileHash,
    String textHash,
    int passages,
    long stripped,
    Set<String> access) {
  public StoredDocument {
    access = java.util.Collections.unmodifiableSet(new TreeSet<>(access));
  }
}
