package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;

/// Rung 0 for a task with few different answers: a linear classifier over words and characters, one
/// against the rest, trained by stochastic gradient descent on the squared hinge loss.
public final class LinearClassifier implements Rung {
  private static final int EPOCHS = 12;
  private static final double RATE = 0.5;
  private static final double DECAY = 1e-5;

  @Override
  public String name() {
    return "linear-classifier";
  }

  @Override
  public String description() {
    return "no language model: a linear classifier over words and characters";
  }

  @Override
  public Solution build(Materials materials) {
    var train = materials.train();
    var labels = List.copyOf(new TreeSet<>(train.stream().map(Item::answer).toList()));
    var vectors = new CharacterVectors(train.stream().map(Item::question).toList());
    var examples = new ArrayList<CharacterVectors.Sparse>();
    train.forEach(item -> examples.add(vectors.of(item.question())));
    var rights = train.stream().mapToInt(item -> labels.indexOf(item.answer())).toArray();
    var weights = new float[labels.size()][vectors.size() + 1];
    var random = new SplittableRandom(materials.seed());
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      double rate = RATE * (1 - (double) epoch / EPOCHS);
      for (int at : order(examples.size(), random)) {
        for (int label = 0; label < weights.length; label++) {
          step(weights[label], examples.get(at), label == rights[at] ? 1 : -1, rate);
        }
      }
      materials.progress().at("training a linear classifier", epoch + 1, EPOCHS);
    }
    return new Trained(labels, vectors, weights, materials.seed());
  }

  private static int[] order(int count, SplittableRandom random) {
    var order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private static void step(
      float[] weights, CharacterVectors.Sparse example, int sign, double rate) {
    double margin = 1 - sign * score(weights, example);
    if (margin > 0) {
      float move = (float) (rate * 2 * margin * sign);
      for (int i = 0; i < example.places().length; i++) {
        int place = example.places()[i];
        weights[place] += move * example.values()[i] - (float) (rate * DECAY) * weights[place];
      }
      weights[weights.length - 1] += 0.1f * move;
    }
  }

  private static double score(float[] weights, CharacterVectors.Sparse example) {
    double sum = weights[weights.length - 1];
    for (int i = 0; i < example.places().length; i++) {
      sum += weights[example.places()[i]] * example.values()[i];
    }
    return sum;
  }

  private record Trained(
      List<String> labels, CharacterVectors vectors, float[][] weights, long seed)
      implements Solution {
    @Override
    public Reply answer(Item item) {
      long start = System.nanoTime();
      var example = vectors.of(item.question());
      int best = 0;
      double most = Double.NEGATIVE_INFINITY;
      for (int label = 0; label < weights.length; label++) {
        double score = score(weights[label], example);
        if (score > most) {
          most = score;
          best = label;
        }
      }
      return Reply.withoutModel(labels.get(best), start);
    }

    @Override
    public Map<String, Object> recipe() {
      return Map.of("kind", "linear-classifier", "labels", labels.size(), "seed", seed);
    }
  }
}
