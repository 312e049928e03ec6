package dev.hone.ladder.report;

import dev.hone.ladder.climb.ClimbReport;
import dev.hone.ladder.climb.RungReport;
import dev.hone.ladder.task.Item;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What is known to speak for training or against it, as measured here.
///
/// @param now for the age of documents
public record Signals(ClimbReport climb, Optional<Path> docs, Instant now) {
  private static final int DAYS = 90;

  /// Of answers that are out of date, on average between two trainings a month apart.
  private static final double STALE = 0.05;

  private static final double MONTH = 30;
  private static final double FORGOTTEN = 0.02;
  private static final int FEW_ROWS = 100;

  /// A sign.
  ///
  /// @param name in a word or two
  /// @param evidence with its numbers
  /// @param isWarning whether it speaks against what is recommended, or against training
  public record Signal(String name, String evidence, boolean isWarning) {}

  public List<Signal> all() throws IOException {
    var signals = new ArrayList<Signal>();
    signals.add(rows());
    contradictions().ifPresent(signals::add);
    if (docs.isPresent()) {
      change(docs.get()).ifPresent(signals::add);
    }
    for (var rung : climb.rungs()) {
      if (rung.recipe().get("answers_in_passages") instanceof Double reach) {
        signals.add(
            new Signal(
                "documents",
                "of the selection rows' answers %s stand word for word in the five passages found"
                        .formatted(Advice.percent(reach))
                    + " for them",
                false));
      }
      if (rung.recipe().get("training") instanceof Map<?, ?> training) {
        signals.add(forgetting(rung, training));
        overfitting(rung, training).ifPresent(signals::add);
      }
      if (rung.cut() > 0) {
        signals.add(
            new Signal(
                "cut answers",
                "%s: %,d answers were ended by the token limit".formatted(rung.name(), rung.cut()),
                true));
      }
    }
    return signals;
  }

  private Signal rows() {
    int rows = climb.parts().train().size();
    return new Signal(
        "rows",
        "%,d to learn from%s"
            .formatted(
                rows, rows < FEW_ROWS ? ": with under 100, prompts and documents come first" : ""),
        rows < FEW_ROWS);
  }

  /// Rows that ask the same and answer otherwise: no rung can be right on all of them.
  private Optional<Signal> contradictions() {
    var answers = new HashMap<String, Set<String>>();
    for (var item : climb.parts().train()) {
      answers.computeIfAbsent(plain(item), key -> new HashSet<>()).add(item.answer());
    }
    long asked =
        climb.parts().train().stream().filter(item -> answers.get(plain(item)).size() > 1).count();
    double share = (double) asked / climb.parts().train().size();
    return asked == 0
        ? Optional.empty()
        : Optional.of(
            new Signal(
                "contradictions",
                "%,d rows (%s) ask what another row answers differently"
                    .formatted(asked, Advice.percent(share)),
                share > 0.02));
  }

  private static String plain(Item item) {
    return item.question().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ").strip();
  }

  /// How fast the documents change, by the dates of their files, and what a model that has learned
  /// them would still say: `1 − (1 − e^(−λT)) / (λT)` of its answers are out of date on average.
  private Optional<Signal> change(Path root) throws IOException {
    int all = 0;
    int changed = 0;
    try (var files = Files.walk(root)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        all++;
        var age = Duration.between(modified(file), now);
        changed += age.toDays() < DAYS ? 1 : 0;
      }
    }
    if (all == 0 || changed == 0) {
      return Optional.empty();
    }
    double share = Math.min(0.999, (double) changed / all);
    double perMonth = -Math.log(1 - share) * MONTH / DAYS;
    double stale = 1 - (1 - Math.exp(-perMonth)) / perMonth;
    return Optional.of(
        new Signal(
            "change",
            "%,d of %,d documents changed in %d days: of facts learned once a month %s would be out"
                    .formatted(changed, all, DAYS, Advice.percent(stale))
                + " of date on average; an index follows at once",
            stale > STALE));
  }

  private static Instant modified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private static Signal forgetting(RungReport rung, Map<?, ?> training) {
    double before = number(training, "probe_bits_per_byte_before");
    double after = number(training, "probe_bits_per_byte_after");
    double change = before > 0 ? after / before - 1 : 0;
    return new Signal(
        "forgetting",
        "%s: general text takes %s more bits a byte than before (%.3f, then %.3f)"
            .formatted(rung.name(), Advice.percent(change), before, after),
        change > FORGOTTEN);
  }

  private static Optional<Signal> overfitting(RungReport rung, Map<?, ?> training) {
    double steps = number(training, "steps");
    double best = number(training, "best_step");
    return best >= 0.7 * steps
        ? Optional.empty()
        : Optional.of(
            new Signal(
                "overfitting",
                "%s: the held-out loss was least after %.0f of %.0f steps and rose from there"
                    .formatted(rung.name(), best, steps),
                true));
  }

  private static double number(Map<?, ?> of, String name) {
    return of.get(name) instanceof Number number ? number.doubleValue() : 0;
  }
}
