package dev.hone.tune.data;

import dev.hone.model.UsageException;
import dev.hone.model.text.Message;
import dev.hone.model.text.Rendered;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The checks that a row passes by itself, and what is counted of one file.
final class FileGate {
  private final Source source;
  private final Findings findings;
  private final RowRenderer renderer;
  private final int maxLength;
  private long rows;
  private Optional<Class<? extends Row>> shape = Optional.empty();
  private boolean isMixed;

  FileGate(Source source, Findings findings, RowRenderer renderer, int maxLength) {
    this.source = source;
    this.findings = findings;
    this.renderer = renderer;
    this.maxLength = maxLength;
  }

  /// What is done with a row that could be read.
  interface RowCheck {
    void accept(Line.Valid line) throws IOException;
  }

  /// Reads the file; notes the rows that cannot be read, and that it is empty.
  void read(RowCheck check) throws IOException {
    try (var reader = RowReader.open(source)) {
      for (var line = reader.next(); line.isPresent(); line = reader.next()) {
        rows++;
        switch (line.get()) {
          case Line.Broken(var number, var problem) -> findings.add(source.file(), number, problem);
          case Line.Valid valid -> {
            noteReading(valid);
            check.accept(valid);
          }
        }
      }
    }
    if (rows == 0) {
      noteFile(Check.EMPTY_FILE, "holds no row");
    }
  }

  /// Rows read, broken ones included.
  long rows() {
    return rows;
  }

  private void noteReading(Line.Valid line) {
    line.warnings().forEach(problem -> findings.add(source.file(), line.number(), problem));
    var found = line.row().getClass();
    if (!isMixed && shape.isPresent() && shape.get() != found) {
      isMixed = true;
      note(line, Check.MIXED_SHAPES, "", "has another shape than the rows before it");
    }
    shape = Optional.of(found);
  }

  /// Renders a row, cuts it and hands it on; notes why where nothing of it can be trained.
  ///
  /// @return the totals with this row
  Totals pass(Line.Valid line, Totals totals, ExampleSink sink) throws IOException {
    var rendered = render(line);
    var examples = rendered.stream().flatMap(one -> examples(line.row(), one)).toList();
    noteCuts(line, rendered, examples);
    if (!examples.isEmpty()) {
      sink.accept(line, examples);
    }
    return count(totals, line, rendered, examples);
  }

  private static Totals count(
      Totals totals, Line.Valid line, List<Rendered> rendered, List<Example> examples) {
    var counted = examples.isEmpty() ? totals : totals.plusRow();
    for (var one : rendered) {
      counted = counted.withLength(one.ids().length, line.number());
    }
    for (var example : examples) {
      counted = counted.plus(example);
    }
    return counted;
  }

  /// A long text goes on in further examples; of anything else the rest is cut away.
  private Stream<Example> examples(Row row, Rendered rendered) {
    return row instanceof Row.Text && rendered.trainedTokens() > 0
        ? RowRenderer.pieces(rendered, maxLength).stream()
        : cut(rendered).stream();
  }

  /// What is left of a rendered example; empty where no target is.
  private Optional<Example> cut(Rendered rendered) {
    return Optional.of(rendered)
        .filter(one -> one.trained().nextSetBit(0) >= 0 && one.trained().nextSetBit(0) < maxLength)
        .map(one -> RowRenderer.cut(one, maxLength));
  }

  private List<Rendered> render(Line.Valid line) {
    var refusal = refusal(line.row());
    if (refusal.isPresent()) {
      note(line, refusal.get());
      return List.of();
    }
    try {
      var rendered = renderer.render(line.row());
      if (rendered.stream().noneMatch(one -> one.trainedTokens() > 0)) {
        note(line, Check.NO_TRAINED_TOKEN, "", "has no token to learn from");
        return List.of();
      }
      return rendered;
    } catch (UsageException e) {
      note(line, Check.REFUSED_BY_TEMPLATE, "", e.getMessage());
      return List.of();
    }
  }

  private void noteCuts(Line.Valid line, List<Rendered> rendered, List<Example> kept) {
    int targets = rendered.stream().mapToInt(Rendered::trainedTokens).sum();
    int keptTargets = kept.stream().mapToInt(Example::trainedTokens).sum();
    int longest = rendered.stream().mapToInt(one -> one.ids().length).max().orElse(0);
    if (keptTargets == 0 && targets > 0) {
      note(
          line,
          Check.ANSWER_CUT_AWAY,
          "",
          "has %d tokens, and with --max-length %d no trained token is left"
              .formatted(longest, maxLength));
    } else if (keptTargets < targets) {
      note(
          line,
          Check.ANSWER_SHORTENED,
          "",
          "has %d tokens, and --max-length %d cuts away %d of %d trained tokens"
              .formatted(longest, maxLength, targets - keptTargets, targets));
    }
  }

  void note(Line.Valid line, Check check, String field, String message) {
    note(line, new Problem(check, field, message));
  }

  private void note(Line.Valid line, Problem problem) {
    findings.add(source.file(), line.number(), problem);
  }

  /// Notes what concerns the file as a whole.
  void noteFile(Check check, String message) {
    findings.add(source.file(), 0, new Problem(check, "", message));
  }

  /// Why nothing can be learned of a row, as far as that shows before it is rendered.
  private static Optional<Problem> refusal(Row row) {
    return switch (row) {
      case Row.Chat(var conversation) -> refusal(conversation.messages());
      case Row.Completion(var _, var completion) -> ifBlank("completion", completion);
      case Row.Text(var text) -> ifBlank("text", text);
    };
  }

  private static Optional<Problem> refusal(List<Message> messages) {
    if (messages.stream().noneMatch(Message::trained)) {
      return Optional.of(
          new Problem(Check.NO_TRAINED_TOKEN, "", "has no assistant message to learn from"));
    }
    for (int i = 0; i < messages.size(); i++) {
      var message = messages.get(i);
      if (message.trained() && message.toolCalls().isEmpty() && message.content().isBlank()) {
        return ifBlank("messages[%d].content".formatted(i), message.content());
      }
    }
    return Optional.empty();
  }

  private static Optional<Problem> ifBlank(String field, String text) {
    return text.isBlank()
        ? Optional.of(new Problem(Check.EMPTY_ANSWER, field, "is empty"))
        : Optional.empty();
  }
}
