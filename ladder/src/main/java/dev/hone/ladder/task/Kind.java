package dev.hone.ladder.task;

import dev.hone.ladder.metric.Bleu;
import dev.hone.ladder.metric.Chrf;
import dev.hone.ladder.metric.ExactMatch;
import dev.hone.ladder.metric.MacroF1;
import dev.hone.ladder.metric.Metric;
import dev.hone.ladder.metric.Reference;
import dev.hone.ladder.metric.RougeL;
import dev.hone.ladder.metric.Sari;
import dev.hone.ladder.metric.SlotF1;
import dev.hone.ladder.metric.WordF1;
import java.util.HashSet;
import java.util.List;

/// What kind of task the rows are, which says how an answer is measured.
public enum Kind {
  CLASSIFICATION("classification"),
  EXTRACTION("extraction"),
  TOOL_CALLS("tool calls"),
  REWRITING("rewriting"),
  DOCUMENTS("questions over documents"),
  FREE("free answers");

  /// A class should come again: on average so often.
  private static final int ROWS_PER_CLASS = 5;

  /// How alike a text and its rewriting are, on average.
  private static final double REWRITTEN = 0.35;

  private static final int LOOKED_AT = 500;

  private final String words;

  Kind(String words) {
    this.words = words;
  }

  public String words() {
    return words;
  }

  /// Told from the answers.
  ///
  /// @param hasDocuments whether the user has named documents that answer
  public static Kind of(List<Item> items, boolean hasDocuments) {
    var some = items.subList(0, Math.min(LOOKED_AT, items.size()));
    if (some.stream().allMatch(item -> SlotF1.object(item.answer()).isPresent())) {
      boolean areCalls = some.stream().noneMatch(item -> item.asked().tools().isEmpty());
      return areCalls ? TOOL_CALLS : EXTRACTION;
    }
    var distinct = new HashSet<String>();
    items.forEach(item -> distinct.add(item.answer()));
    if (distinct.size() * ROWS_PER_CLASS <= items.size()) {
      return CLASSIFICATION;
    }
    if (hasDocuments) {
      return DOCUMENTS;
    }
    var chrf = new Chrf();
    double alike =
        some.stream()
            .mapToDouble(i -> chrf.score(new Reference("", List.of(i.question())), i.answer()))
            .average()
            .orElse(0);
    return alike >= REWRITTEN ? REWRITING : FREE;
  }

  /// The measure where the user names none.
  public Metric metric() {
    return switch (this) {
      case CLASSIFICATION -> new ExactMatch();
      case EXTRACTION, TOOL_CALLS -> new SlotF1();
      case REWRITING -> new Sari();
      case DOCUMENTS -> new WordF1();
      case FREE -> new Chrf();
    };
  }

  /// The measure of that name.
  public static Metric metric(String name, List<Item> items) {
    return switch (name) {
      case "exact" -> new ExactMatch();
      case "f1" -> new WordF1();
      case "macro-f1" -> new MacroF1(items.stream().map(Item::answer).toList());
      case "slot-f1" -> new SlotF1();
      case "sari" -> new Sari();
      case "chrf" -> new Chrf();
      case "bleu" -> new Bleu();
      case "rouge-l" -> new RougeL();
      default -> throw new IllegalArgumentException(name);
    };
  }
}
