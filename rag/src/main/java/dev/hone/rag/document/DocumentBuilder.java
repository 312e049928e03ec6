package dev.hone.rag.document;

import dev.hone.rag.document.Block.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Collects a document's text block by block, against its limits. Not for use by several threads.
final class DocumentBuilder {
  private static final int MAX_HEADING = 200;

  private final Limits limits;
  private final StringBuilder text = new StringBuilder();
  private final List<Block> blocks = new ArrayList<>();
  private final List<Title> path = new ArrayList<>();
  private String title = "";
  private long stripped;
  private int page;

  private record Title(int level, String text) {}

  DocumentBuilder(Limits limits) {
    this.limits = limits;
  }

  Limits limits() {
    return limits;
  }

  /// The file's own title.
  void title(String text) {
    title = visible(VisibleText.flowing(text));
  }

  /// @param number from 1; counts for what follows
  void page(int number) throws UnreadableException {
    stopIfInterrupted();
    if (number > limits.pages()) {
      throw new UnreadableException("has more than %,d pages".formatted(limits.pages()));
    }
    page = number;
  }

  /// @param level 1 for the outermost
  void heading(int level, String text) throws UnreadableException {
    var heading = visible(VisibleText.flowing(text));
    if (heading.isEmpty()) {
      return;
    }
    path.removeIf(open -> open.level() >= level);
    path.add(new Title(level, shortened(heading)));
    add(Kind.HEADING, heading, Map.of());
  }

  private static String shortened(String heading) {
    return heading.length() <= MAX_HEADING ? heading : heading.substring(0, MAX_HEADING);
  }

  void paragraph(String text) throws UnreadableException {
    add(Kind.PARAGRAPH, visible(VisibleText.flowing(text)), Map.of());
  }

  void listItem(String text) throws UnreadableException {
    add(Kind.LIST_ITEM, visible(VisibleText.flowing(text)), Map.of());
  }

  /// @param cells joined by a bar
  void tableRow(List<String> cells) throws UnreadableException {
    var row = new ArrayList<String>();
    for (var cell : cells) {
      row.add(visible(VisibleText.flowing(cell)));
    }
    boolean isEmpty = row.stream().allMatch(String::isEmpty);
    add(Kind.TABLE_ROW, isEmpty ? "" : String.join(" | ", row), Map.of());
  }

  /// Lines that stay lines.
  void code(String text) throws UnreadableException {
    add(Kind.CODE, visible(VisibleText.lines(text)), Map.of());
  }

  void record(String text, Map<String, String> metadata) throws UnreadableException {
    add(Kind.RECORD, visible(VisibleText.lines(text)), metadata);
  }

  /// Counts what a reader left out by itself.
  void stripped(long characters) {
    stripped += characters;
  }

  private String visible(VisibleText.Result result) {
    stripped += result.stripped();
    return result.text();
  }

  private void add(Kind kind, String content, Map<String, String> metadata)
      throws UnreadableException {
    stopIfInterrupted();
    if (content.isEmpty()) {
      return;
    }
    if (text.length() + content.length() > limits.characters()) {
      throw new UnreadableException(
          "has more than %,d characters of text".formatted(limits.characters()));
    }
    if (!blocks.isEmpty()) {
      text.append(isTight(blocks.getLast().kind(), kind) ? "\n" : "\n\n");
    }
    int start = text.length();
    text.append(content);
    var headings = path.stream().map(Title::text).toList();
    blocks.add(new Block(kind, start, text.length(), headings, page, metadata));
  }

  private static boolean isTight(Kind before, Kind after) {
    return before == after && (after == Kind.LIST_ITEM || after == Kind.TABLE_ROW);
  }

  /// Ends a reader that nobody waits for any more: see [Documents#read].
  private static void stopIfInterrupted() throws UnreadableException {
    if (Thread.currentThread().isInterrupted()) {
      throw new UnreadableException("was interrupted");
    }
  }

  /// @param otherwise the title of a document that has none
  /// @throws UnreadableException when there is no text
  Document build(String otherwise) throws UnreadableException {
    if (blocks.isEmpty()) {
      throw new UnreadableException("has no text");
    }
    return new Document(titleOr(otherwise), text.toString(), blocks, stripped);
  }

  private String titleOr(String otherwise) {
    if (!title.isEmpty()) {
      return title;
    }
    var first = blocks.getFirst();
    return first.kind() == Kind.HEADING ? first.headings().getLast() : otherwise;
  }
}
