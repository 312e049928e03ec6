package dev.hone.cli;

import dev.hone.model.checkpoint.Quoted;
import dev.hone.model.language.TokenAddition;
import dev.hone.model.text.NewTokens;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Runs one `hone tokens`.
final class MoreTokens {
  private MoreTokens() {}

  /// @return what to tell of it
  static List<String> write(Path base, List<String> contents, boolean isSpecial, Path out)
      throws IOException {
    var report = TokenAddition.write(base, contents, isSpecial, out);
    var lines = new ArrayList<String>();
    lines.add(wrote(out, report));
    var table = Table.ofFacts().row("token", "id", "was");
    for (var token : report.tokens()) {
      table.row(Quoted.oneLine(token.content()), Integer.toString(token.id()), pieces(token));
    }
    lines.addAll(table.lines());
    lines.add("next");
    lines.add("  " + next(out, report));
    return lines;
  }

  private static String wrote(Path out, TokenAddition.Report report) {
    int grown = report.vocabSize() - report.vocabSizeBefore();
    return "wrote %s: %d new token%s, %s"
        .formatted(
            out,
            report.tokens().size(),
            report.tokens().size() == 1 ? "" : "s",
            grown == 0
                ? "in rows that the model had to spare: vocab_size stays %,d"
                    .formatted(report.vocabSize())
                : "vocab_size %,d -> %,d".formatted(report.vocabSizeBefore(), report.vocabSize()));
  }

  private static String pieces(NewTokens.Token token) {
    return token.pieces().size()
        + " pieces: "
        + token.spelling().stream().map(Quoted::oneLine).collect(Collectors.joining(" "));
  }

  private static String next(Path out, TokenAddition.Report report) {
    var words = new ArrayList<>(List.of("hone", "tune", "--base", out.toString()));
    for (var token : report.tokens()) {
      words.addAll(List.of("--train-tokens", token.content()));
    }
    words.addAll(List.of("--data", "train.jsonl", "--out", "runs/first"));
    return ShellQuotes.join(words);
  }
}
