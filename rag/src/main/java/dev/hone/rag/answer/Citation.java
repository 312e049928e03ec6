package dev.hone.rag.answer;

import dev.hone.rag.passage.Passage;
import dev.hone.rag.store.PassageView;
import dev.hone.rag.store.StoredPassage;
import java.io.IOException;

/// Where a statement stands in the documents.
///
/// @param number of the passage in the prompt, from 1
/// @param passage that it points into
/// @param start offset of the cited text in the document's text
/// @param text what stands there, word for word
public record Citation(int number, StoredPassage passage, int start, String text) {
  public Citation {
    Passage whole = passage.passage();
    int from = start - whole.start();
    boolean isThere = from >= 0 && whole.text().startsWith(text, from);
    if (!isThere || text.isEmpty()) {
      throw new IllegalArgumentException(
          "citation: '%s' does not stand at %d of %s".formatted(text, start, passage.source()));
    }
  }

  /// The offset behind the cited text.
  public int end() {
    return start + text.length();
  }

  /// Whether the document still has the text that was cited.
  public boolean isCurrent(PassageView view) throws IOException {
    return view.document(passage.source())
        .filter(document -> document.textHash().equals(passage.textHash()))
        .isPresent();
  }
}
