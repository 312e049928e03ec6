package dev.hone.rag.passage;

import dev.hone.rag.document.Block;
import dev.hone.rag.document.Document;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Cuts documents into passages along their structure.
///
/// Blocks under the same headings gather until a passage has its size; a heading begins a new one.
/// A block that is longer than a passage may be is cut between sentences, a sentence that is still
/// too long between words, a word between characters: nothing is dropped, and the embedder never
/// has to truncate.
public final class PassageCutter {
  private final TokenCounter tokens;
  private final Size size;

  /// @param target tokens to gather before the next block begins a new passage
  /// @param max tokens that a passage never exceeds: what the embedder reads
  public record Size(int target, int max) {
    public Size {
      if (target < 1 || max < target) {
        throw new IllegalArgumentException(
            "passage size: target %d, max %d".formatted(target, max));
      }
    }
  }

  public PassageCutter(TokenCounter tokens, Size size) {
    this.tokens = tokens;
    this.size = size;
  }

  public List<Passage> cut(Document document) {
    var open = new Open(document);
    for (var block : document.blocks()) {
      int count = tokens.count(textOf(document, block.start(), block.end()));
      if (count > size.max()) {
        open.close();
        for (var piece : pieces(document, block)) {
          open.add(block, piece.start(), piece.end(), piece.tokens());
        }
      } else {
        open.add(block, block.start(), block.end(), count);
      }
    }
    open.close();
    return open.passages;
  }

  private static String textOf(Document document, int start, int end) {
    return document.text().substring(start, end);
  }

  private record Piece(int start, int end, int tokens) {}

  /// The passage that is being gathered, and those that are finished.
  private final class Open {
    private final Document document;
    private final List<Passage> passages = new ArrayList<>();
    private Block first;
    private int start;
    private int end;
    private int count;

    Open(Document document) {
      this.document = document;
    }

    void add(Block block, int from, int to, int tokens) {
      if (first != null && !fits(block, tokens)) {
        close();
      }
      if (first == null) {
        first = block;
        start = from;
        count = 0;
      }
      end = to;
      count += tokens;
    }

    private boolean fits(Block block, int tokens) {
      boolean isRecord = block.kind() == Block.Kind.RECORD || first.kind() == Block.Kind.RECORD;
      boolean isApart = isRecord ? block != first : !block.headings().equals(first.headings());
      return !isApart && count < size.target() && count + tokens <= size.max();
    }

    void close() {
      if (first != null) {
        var text = textOf(document, start, end).stripTrailing();
        passages.add(new Passage(start, text, first.headings(), first.page(), first.metadata()));
        first = null;
      }
    }
  }

  /// A block that is too long, as sentences, words or parts of words that are not.
  private List<Piece> pieces(Document document, Block block) {
    var pieces = new ArrayList<Piece>();
    cut(document, block.start(), block.end(), List.of(Cut.SENTENCE, Cut.WORD), pieces);
    return pieces;
  }

  /// Where a text may be cut, the better places first.
  private enum Cut {
    SENTENCE,
    WORD;

    BreakIterator places() {
      return switch (this) {
        case SENTENCE -> BreakIterator.getSentenceInstance(Locale.ROOT);
        case WORD -> BreakIterator.getWordInstance(Locale.ROOT);
      };
    }
  }

  /// Adds a span whole if it is short enough; else cuts it at the first of `cuts`, and what is
  /// still too long at the next.
  private void cut(Document document, int start, int end, List<Cut> cuts, List<Piece> into) {
    int count = tokens.count(textOf(document, start, end));
    if (count <= size.max()) {
      into.add(new Piece(start, end, count));
    } else if (cuts.isEmpty()) {
      chop(document, start, end, into);
    } else {
      var places = cuts.getFirst().places();
      places.setText(textOf(document, start, end));
      int from = places.first();
      for (int to = places.next(); to != BreakIterator.DONE; to = places.next()) {
        cut(document, start + from, start + to, cuts.subList(1, cuts.size()), into);
        from = to;
      }
    }
  }

  /// Cuts what has no words, such as encoded data, by length: a character is at most four tokens.
  private void chop(Document document, int start, int end, List<Piece> into) {
    int length = Math.max(2, size.max() / 4);
    int to;
    for (int from = start; from < end; from = to) {
      to = Math.min(end, from + length);
      if (to < end && Character.isLowSurrogate(document.text().charAt(to))) {
        to--;
      }
      into.add(new Piece(from, to, tokens.count(textOf(document, from, to))));
    }
  }
}
