package dev.hone.server.answer;

import dev.hone.ladder.rung.Cited;
import dev.hone.ladder.rung.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A rung of a ladder, as it was measured. Opened when it is first asked, and asked by one at a
/// time.
public final class RecipeAnswering implements Answering {
  private final String name;
  private final Path report;
  private final String rung;
  private final int threads;
  private final Recipes.Elsewhere elsewhere;
  private Optional<Recipes.Opened> opened = Optional.empty();

  private RecipeAnswering(
      String name, Path report, String rung, int threads, Recipes.Elsewhere elsewhere) {
    this.name = name;
    this.report = report;
    this.rung = rung;
    this.threads = threads;
    this.elsewhere = elsewhere;
  }

  /// The rungs of a report that left a recipe, each as `hone:RUNG`.
  ///
  /// @param report directory of `hone advise`
  /// @param elsewhere for rungs of hosted models
  public static List<Answering> of(Path report, int threads, Recipes.Elsewhere elsewhere)
      throws IOException {
    var all = new ArrayList<Answering>();
    try (var rungs = Files.list(report.resolve("rungs"))) {
      for (var rung : rungs.sorted().toList()) {
        if (Files.exists(rung.resolve("recipe.json"))) {
          var name = rung.getFileName().toString();
          all.add(new RecipeAnswering("hone:" + name, report, name, threads, elsewhere));
        }
      }
    }
    return all;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public synchronized Replied reply(Question question, String tenant) throws IOException {
    if (opened.isEmpty()) {
      opened = Optional.of(Recipes.open(report, rung, threads, elsewhere));
    }
    var solution = opened.get().solution();
    var item = Recipes.question(question.text(), question.system());
    if (solution instanceof Cited cited) {
      var answer = cited.cited(item);
      return IndexAnswering.replied(answer.answer(), answer.promptTokens(), answer.answerTokens());
    }
    var reply = solution.answer(item);
    return new Replied(reply.text(), List.of(), reply.promptTokens(), reply.answerTokens());
  }

  @Override
  public synchronized void close() throws IOException {
    if (opened.isPresent()) {
      opened.get().close();
    }
  }
}
