package dev.hone.ladder.rung;

import dev.hone.ladder.statistics.PairedBootstrap;
import dev.hone.ladder.task.Item;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The model with an adapter that was trained on the training rows: at the step that does best on
/// the selection rows, and where there are several ranks of the one that does.
///
/// @param training with an adapter
/// @param ranks of adapters to try, in ascending order; where empty, the training's own
/// @param form that its answers are held to; empty for any
public record Tuned(Training training, List<Integer> ranks, Optional<Form> form) implements Rung {
  public Tuned {
    ranks = ranks.stream().sorted().distinct().toList();
  }

  @Override
  public String name() {
    return "tuned";
  }

  @Override
  public String description() {
    return "fine-tuned on the training rows (%s%s, %s)"
        .formatted(
            training.method().label(),
            ranks.isEmpty()
                ? ""
                : ", rank " + String.join(" or ", ranks.stream().map(String::valueOf).toList()),
            training.epochsInWords());
  }

  @Override
  public boolean isTrained() {
    return true;
  }

  @Override
  public Solution build(Materials materials) throws IOException {
    return ranks.isEmpty() ? tuned(training, "adapter", materials) : bestOfRanks(materials);
  }

  private Annotated tuned(Training by, String directory, Materials materials) throws IOException {
    var order =
        new Training.Order(
            materials.directory().resolve(directory),
            materials.train().stream().map(Item::json).toList(),
            materials.selection().stream().map(Item::json).toList(),
            by.metric(materials));
    var result = by.run(order, materials.progress());
    var model = result.model();
    ChatModel held = form.isPresent() ? new Formed(model, form.get()) : model;
    var solution = new Prompted("tuned", "", held, Optional.empty()).build(materials);
    return new Annotated(
        solution, Map.of("kind", "tuned", "training", result.summary()), List.of(model));
  }

  /// One that is no better than a smaller one is not chosen.
  private Solution bestOfRanks(Materials materials) throws IOException {
    var scores = new LinkedHashMap<String, Double>();
    var best = Optional.<Annotated>empty();
    double bestScore = Double.NEGATIVE_INFINITY;
    for (int rank : ranks) {
      var made = tuned(training.withRank(rank), "adapter-r" + rank, materials);
      double score = score(made, materials);
      scores.put("r" + rank, score);
      if (score > bestScore) {
        close(best);
        best = Optional.of(made);
        bestScore = score;
      } else {
        made.close();
      }
    }
    return best.orElseThrow().with("scores_of_ranks", scores);
  }

  private static void close(Optional<Annotated> former) throws IOException {
    if (former.isPresent()) {
      former.get().close();
    }
  }

  /// On all selection rows.
  private static double score(Solution solution, Materials materials) throws IOException {
    var counts = new ArrayList<double[]>();
    for (var item : materials.selection()) {
      counts.add(materials.metric().counts(item.reference(), solution.answer(item).text()));
      materials.progress().at("comparing ranks", counts.size(), materials.selection().size());
    }
    return materials.metric().value(PairedBootstrap.sum(counts.toArray(double[][]::new)));
  }
}
