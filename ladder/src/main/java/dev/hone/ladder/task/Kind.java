package dev.hone.ladder.task;

import dev.hone.ladder.metric.Bleu;
import dev.hone.ladder.metric.Chrf;
import dev.hone.ladder.metric.ExactMatch;
import dev.hone.ladder.metric.KnownLabel;
import dev.hone.ladder.metric.MacroF1;
import dev.hone.ladder.metric.Metric;
import dev.hone.ladder.metric.Reference;
import dev.hone.ladder.metric.Refusals;
import dev.hone.ladder.metric.RougeL;
import dev.hone.ladder.metric.SameObject;
import dev.hone.ladder.metric.Sari;
import dev.hone.ladder.metric.SlotF1;
import dev.hone.ladder.metric.ToolCalls;
import dev.hone.ladder.metric.ValidJson;
import dev.hone.ladder.metric.WordF1;
import dev.hone.model.chat.CallText;
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
    if (some.stream().allMatch(Kind::isCall)) {
      return TOOL_CALLS;
    }
    if (some.stream().allMatch(item -> SlotF1.object(item.answer()).isPresent())) {
      return EXTRACTION;
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

  private static boolean isCall(Item item) {
    return !item.asked().tools().isEmpty() && !CallText.calls(item.answer()).isEmpty();
  }

  /// The measure where the user names none.
  public Metric metric() {
    return switch (this) {
      case CLASSIFICATION -> new ExactMatch();
      case EXTRACTION -> new SlotF1();
      case TOOL_CALLS -> new ToolCalls();
      case REWRITING -> new Sari();
      case DOCUMENTS -> new WordF1();
      case FREE -> new Chrf();
    };
  }

  /// What is measured besides.
  public List<Metric> also(List<Item> items) {
    var answers = items.stream().map(Item::answer).toList();
    return switch (this) {
      case CLASSIFICATION ->
          List.of(new ExactMatch(), new MacroF1(answers), new KnownLabel(answers));
      case EXTRACTION -> List.of(new SlotF1(), new SameObject(), new ValidJson());
      case TOOL_CALLS -> List.of(new ToolCalls(), new ValidJson());
      case REWRITING -> List.of(new Sari(), new Chrf(), new RougeL());
      case DOCUMENTS -> List.of(new WordF1(), new ExactMatch(), new Refusals());
      case FREE -> List.of(new Chrf(), new RougeL(), new ExactMatch());
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
      case "same-object" -> new SameObject();
      case "json" -> new ValidJson();
      case "tool-calls" -> new ToolCalls();
      case "refusal" -> new Refusals();
      default -> throw new IllegalArgumentException(name);
    };
  }
}
