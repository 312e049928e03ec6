package dev.hone.rag.passage;

import java.util.List;
import java.util.Map;

/// A span of a document's text, short enough to be embedded whole.
///
/// @param start offset of its first character in the document's text
/// @param text exactly what stands there
/// @param headings the titles that it stands under, outermost first
/// @param page where it begins, from 1; 0 where the format has no pages
/// @param metadata of the record that it comes from; empty elsewhere
public record Passage(
    int start, String text, List<String> headings, int page, Map<String, String> metadata) {
  public Passage {
    headings = List.copyOf(headings);
    metadata = Map.copyOf(metadata);
  }

  /// The offset behind its last character.
  public int end() {
    return start + text.length();
  }
}
