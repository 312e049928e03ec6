package dev.hone.rag.document;

import java.util.List;
import java.util.Map;

/// A part of a document that belongs together: a paragraph, a heading, a row of a table.
///
/// @param start offset of its first character in the document's text
/// @param end offset behind its last one
/// @param headings the titles that it stands under, outermost first; a heading is among its own
/// @param page its page, from 1; 0 where the format has none
/// @param metadata the fields of a record that are not its text; empty elsewhere
public record Block(
    Kind kind, int start, int end, List<String> headings, int page, Map<String, String> metadata) {

  /// What a block is. Only records are kept apart from what stands beside them.
  public enum Kind {
    HEADING,
    PARAGRAPH,
    LIST_ITEM,
    TABLE_ROW,
    CODE,
    RECORD
  }

  public Block {
    if (start < 0 || end <= start) {
      throw new IllegalArgumentException("block: empty span %d to %d".formatted(start, end));
    }
    headings = List.copyOf(headings);
    metadata = Map.copyOf(metadata);
  }
}
