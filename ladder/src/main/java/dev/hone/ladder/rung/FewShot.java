package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// The model with the same examples before every question: of several draws the one that does best
/// on selection rows, found by successive halving (Jamieson and Talwalkar 2016, arXiv 1502.07943).
///
/// @param draws how many sets of examples compete
/// @param shots examples in a set, as far as the context allows
public record FewShot(ChatModel model, int draws, int shots) implements Rung {
  /// Selection rows that the first round looks at.
  private static final int FIRST_ROUND = 8;

  @Override
  public String name() {
    return "few-shot";
  }

  @Override
  public String description() {
    return "the model with the best of %d sets of %d examples".formatted(draws, shots);
  }

  /// A set of examples and what it has scored.
  private static final class Draw {
    private final List<Item> examples;
    private double sum;
    private int asked;

    Draw(List<Item> examples) {
      this.examples = examples;
    }

    double mean() {
      return sum / asked;
    }
  }

  @Override
  public Solution build(Materials materials) throws IOException {
    var random = new Random(materials.seed());
    var left = new ArrayList<Draw>();
    for (int i = 0; i < draws; i++) {
      var shuffled = new ArrayList<>(materials.train());
      Collections.shuffle(shuffled, random);
      left.add(new Draw(List.copyOf(shuffled.subList(0, Math.min(shots, shuffled.size())))));
    }
    int rows = Math.min(FIRST_ROUND, materials.selection().size());
    int done = 0;
    while (left.size() > 1) {
      for (var draw : left) {
        while (draw.asked < rows) {
          var item = materials.selection().get(draw.asked++);
          var reply = model.reply(Prompts.fitting(model, item, Optional.empty(), draw.examples));
          draw.sum += materials.metric().score(item.reference(), reply.text());
          materials.progress().at("choosing examples", ++done, 0);
        }
      }
      left.sort((a, b) -> Double.compare(b.mean(), a.mean()));
      left.subList((left.size() + 1) / 2, left.size()).clear();
      rows = Math.min(2 * rows, materials.selection().size());
    }
    return new OptimisedPrompt.Chosen(model, Optional.empty(), left.getFirst().examples, done);
  }
}
