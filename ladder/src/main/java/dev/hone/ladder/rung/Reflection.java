package dev.hone.ladder.rung;

import dev.hone.ladder.metric.Metric;
import dev.hone.ladder.task.Item;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntConsumer;

/// Instructions that the model improves itself, as in GEPA (Agrawal et al. 2025, arXiv 2507.19457).
///
/// Every candidate is scored on the same selection rows. A parent is drawn by how many of these it
/// is the best on, so that one that is good at something rare lives on. It answers a few training
/// rows; the model is shown the instruction, these answers and what is wrong with each, and writes
/// a new instruction. That joins the others if it does better on the same training rows.
final class Reflection {
  private static final int ROWS = 24;
  private static final int FEW = 3;
  private static final int MOST_IN_VAIN = 6;
  private static final String FENCE = "```";

  private final ChatModel model;
  private final Metric metric;
  private final List<Item> train;
  private final List<Item> selection;
  private final Random random;
  private final int budget;
  private final int width;
  private final IntConsumer told;
  private final List<Scored> pool = new ArrayList<>();
  private int calls;

  /// @param scores on the selection rows
  private record Scored(PromptCandidate candidate, double[] scores) {
    double mean() {
      return Arrays.stream(scores).average().orElse(0);
    }
  }

  /// @param budget the most answers
  /// @param told how many there are, after each
  Reflection(ChatModel model, Materials materials, Random random, int budget, IntConsumer told) {
    this.model = model;
    this.metric = materials.metric();
    this.train = materials.train();
    this.selection = materials.selection().subList(0, Math.min(ROWS, materials.selection().size()));
    this.random = random;
    this.budget = budget;
    this.width = materials.width();
    this.told = told;
  }

  /// The best of the candidates and of what comes of them.
  Halving.Result<PromptCandidate> run(List<PromptCandidate> candidates) throws IOException {
    for (var candidate : candidates) {
      join(candidate);
    }
    int inVain = 0;
    while (!pool.isEmpty() && calls + 2 * FEW + 1 <= budget && inVain < MOST_IN_VAIN) {
      inVain = improve(parent()) ? 0 : inVain + 1;
    }
    var best = pool.stream().reduce((a, b) -> b.mean() > a.mean() ? b : a).map(Scored::candidate);
    return new Halving.Result<>(best.orElse(candidates.getFirst()), calls);
  }

  /// Scores a candidate on all selection rows, if the budget allows it.
  private void join(PromptCandidate candidate) throws IOException {
    if (calls + selection.size() > budget) {
      return;
    }
    var scores = new double[selection.size()];
    AtOnce.ask(
        width,
        0,
        scores.length,
        i -> candidate.answer(model, selection.get(i)),
        (i, answer) -> {
          scores[i] = metric.score(selection.get(i).reference(), answer);
          told.accept(++calls);
        });
    pool.add(new Scored(candidate, scores));
  }

  private String answer(PromptCandidate candidate, Item item) throws IOException {
    var text = candidate.answer(model, item);
    told.accept(++calls);
    return text;
  }

  private PromptCandidate parent() {
    var wins = new int[pool.size()];
    for (int row = 0; row < selection.size(); row++) {
      double best = 0;
      for (var one : pool) {
        best = Math.max(best, one.scores()[row]);
      }
      for (int i = 0; i < wins.length; i++) {
        wins[i] += pool.get(i).scores()[row] == best ? 1 : 0;
      }
    }
    int at = random.nextInt(Arrays.stream(wins).sum());
    int chosen = 0;
    while (at >= wins[chosen]) {
      at -= wins[chosen++];
    }
    return pool.get(chosen).candidate();
  }

  /// @return whether a better instruction came of it
  private boolean improve(PromptCandidate parent) throws IOException {
    var rows = Prompts.some(train, FEW, random);
    var shown = new StringBuilder();
    double before = 0;
    for (var item : rows) {
      var answer = answer(parent, item);
      before += metric.score(item.reference(), answer);
      shown.append("Input: %s%nOutput: %s%n".formatted(item.question(), answer));
      shown.append(
          metric
              .objection(item.reference(), answer)
              .map("Wrong: %s%n%n"::formatted)
              .orElse("Right%n%n".formatted()));
    }
    if (before >= rows.size()) {
      return false;
    }
    var instruction = written(parent.instruction().orElse("(none)"), shown.toString());
    if (instruction.isEmpty() || instruction.equals(parent.instruction())) {
      return false;
    }
    var child = new PromptCandidate(instruction, parent.examples());
    double after = 0;
    for (var item : rows) {
      after += metric.score(item.reference(), answer(child, item));
    }
    if (after > before) {
      join(child);
    }
    return after > before;
  }

  private Optional<String> written(String instruction, String shown) throws IOException {
    var asked =
        new Conversation(
            List.of(
                Message.user(
                    """
                    An assistant was given this instruction:
                    %s

                    This is how it did:

                    %sWrite a better instruction, in a few sentences, between two lines of %s.\
                    """
                        .formatted(instruction, shown, FENCE))));
    if (!model.fits(asked)) {
      return Optional.empty();
    }
    var text = model.reply(asked).text();
    told.accept(++calls);
    return Optional.of(inside(text)).filter(found -> !found.isEmpty());
  }

  /// What stands between fences; all of it where there are none.
  private static String inside(String text) {
    int from = text.indexOf(FENCE);
    int to = text.lastIndexOf(FENCE);
    if (from < 0) {
      return text.strip();
    }
    var inner = text.substring(from + FENCE.length(), to > from ? to : text.length());
    return inner.strip();
  }
}
