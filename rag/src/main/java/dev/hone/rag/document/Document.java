package dev.hone.rag.document;

import java.util.List;

/// A document as it is indexed: its text after normalisation, and what the text is made of.
///
/// @param title from the file's own metadata or its first heading; else the file's name
/// @param text NFC, line feeds only, blocks separated by one line feed (rows, list items) or two
/// @param blocks in the order of the text
/// @param stripped characters left out because a reader of the file would not see them
public record Document(String title, String text, List<Block> blocks, long stripped) {
  public Document {
    blocks = List.copyOf(blocks);
  }
}
