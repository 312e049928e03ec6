package dev.hone.rag.store;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which passages a search may find.
///
/// @param metadata fields that must have these values
/// @param readers the labels of who asks: a passage is found only if its document has one of them,
///   and never if it has none; empty where access is not checked
public record Filter(Map<String, String> metadata, Optional<Set<String>> readers) {
  public static final Filter NONE = new Filter(Map.of(), Optional.empty());

  public Filter {
    metadata = Map.copyOf(metadata);
    readers = readers.map(Set::copyOf);
  }
}
