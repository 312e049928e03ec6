package dev.hone.model.generate;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;

/// The tokens that are still in the running for one step, and their scores; memory for it once per
/// generation.
///
/// Each `keep` method drops candidates. The ones that are left stand in the first `size` places of
/// `ids`. Selection is by a heap of ids over the scores: making it costs V, taking the best `m`
/// costs `m log V`, and the whole vocabulary is never sorted. Equal scores are taken in the order
/// of their ids.
final class Candidates {
  private final int[] ids;
  private final float[] scores;
  private final double[] weights;
  private int size;
  private float best;
  private int bestId;

  Candidates(int vocabSize) {
    ids = new int[vocabSize];
    scores = new float[vocabSize];
    weights = new double[vocabSize];
  }

  /// Starts a step with its scores.
  ///
  /// @param logits V floats
  void load(MemorySegment logits) {
    if (logits.byteSize() != (long) Float.BYTES * scores.length) {
      throw new IllegalArgumentException(
          "%d bytes of logits for a vocabulary of %d".formatted(logits.byteSize(), scores.length));
    }
    MemorySegment.copy(logits, ValueLayout.JAVA_FLOAT, 0, scores, 0, scores.length);
  }

  /// Drops all tokens but these: their score is minus infinity.
  void keepOnly(BitSet allowed) {
    for (int id = allowed.nextClearBit(0); id < scores.length; id = allowed.nextClearBit(id + 1)) {
      scores[id] = Float.NEGATIVE_INFINITY;
    }
  }

  /// Makes the token less likely.
  void penalize(int id, float penalty) {
    scores[id] = scores[id] < 0 ? scores[id] * penalty : scores[id] / penalty;
  }

  /// Divides the scores by a temperature.
  void cool(float temperature) {
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= temperature;
    }
  }

  /// Finds the best score; to be called before anything below. Greedy choice needs no more than
  /// this one look at the vocabulary.
  ///
  /// @return false where there is none: a score is NaN, or none is finite
  boolean findBest() {
    best = Float.NEGATIVE_INFINITY;
    bestId = 0;
    for (int i = 0; i < scores.length; i++) {
      if (!(scores[i] <= best)) { // larger, or NaN
        if (Float.isNaN(scores[i])) return false;
        best = scores[i];
        bestId = i;
      }
    }
    return Float.isFinite(best);
  }

  /// The first token with the best score.
  int argmax() {
    return bestId;
  }

  /// Makes every token a candidate; to be called before anything below.
  void takeAll() {
    for (int i = 0; i < ids.length; i++) {
      ids[i] = i;
    }
    size = ids.length;
  }

  /// Keeps the `k` best tokens, and those that tie with the last of them.
  void keepTop(int k) {
    if (k >= size) return;
    heapify();
    int heap = size;
    float worst = best;
    while (heap > 0 && (size - heap < k || scores[ids[0]] == worst)) {
      worst = scores[ids[0]];
      heap = pop(heap);
    }
    keepPopped(heap);
  }

  /// Keeps the best tokens whose probabilities add up to `p`, the one that crosses it included; at
  /// least one.
  void keepMass(double p) {
    double enough = p * weigh();
    heapify();
    int heap = size;
    double mass = 0;
    do {
      mass += weight(ids[0]);
      heap = pop(heap);
    } while (heap > 0 && mass < enough);
    keepPopped(heap);
  }

  /// Keeps the tokens that have at least the share `p` of the best one's probability.
  void keepShare(double p) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (weight(ids[i]) >= p) ids[kept++] = ids[i];
    }
    size = kept;
  }

  /// The token at which the candidates' probabilities, added up, cross `u`.
  ///
  /// @param u in [0, 1)
  int pick(double u) {
    double rest = u * weigh();
    int last = 0;
    for (int i = 0; i < size; i++) {
      if (weights[i] > 0) {
        last = ids[i];
        rest -= weights[i];
        if (rest < 0) return last;
      }
    }
    return last; // u was within rounding of 1
  }

  /// The probability of every token, 0 for those that were dropped; V values, by id.
  float[] probabilities() {
    double sum = weigh();
    var probabilities = new float[scores.length];
    for (int i = 0; i < size; i++) {
      probabilities[ids[i]] = (float) (weights[i] / sum);
    }
    return probabilities;
  }

  /// Probability relative to the best token's.
  private double weight(int id) {
    return Math.exp((double) scores[id] - best);
  }

  /// Notes the candidates' weights, in their order.
  ///
  /// @return the sum
  private double weigh() {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      weights[i] = weight(ids[i]);
      sum += weights[i];
    }
    return sum;
  }

  private void heapify() {
    for (int i = size / 2 - 1; i >= 0; i--) {
      siftDown(i, size);
    }
  }

  /// Takes the best of the heap `ids[0, heap)` out, to the place right after what is left of it.
  ///
  /// @return how many are left
  private int pop(int heap) {
    int top = ids[0];
    ids[0] = ids[heap - 1];
    ids[heap - 1] = top;
    siftDown(0, heap - 1);
    return heap - 1;
  }

  private void siftDown(int from, int heap) {
    int id = ids[from];
    int i = from;
    for (int child = 2 * i + 1; child < heap; child = 2 * i + 1) {
      if (child + 1 < heap && isBefore(ids[child + 1], ids[child])) child++;
      if (isBefore(id, ids[child])) break;
      ids[i] = ids[child];
      i = child;
    }
    ids[i] = id;
  }

  private boolean isBefore(int a, int b) {
    return scores[a] > scores[b] || scores[a] == scores[b] && a < b;
  }

  /// Keeps only what was popped, which stands behind the heap that is left.
  private void keepPopped(int heap) {
    System.arraycopy(ids, heap, ids, 0, size - heap);
    size -= heap;
  }
}
