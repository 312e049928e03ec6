package dev.hone.model.serve;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;

/// How likely the model found a token, before temperature, penalties, biases and grammar.
///
/// @param logprob natural logarithm of its probability
/// @param top the likeliest tokens, best first
public record TokenScore(int id, double logprob, List<Candidate> top) {
  /// A token that might have come.
  public record Candidate(int id, double logprob) {}

  public TokenScore {
    top = List.copyOf(top);
  }

  /// @param logits V elements
  /// @param k how many of the likeliest
  static TokenScore of(float[] logits, int id, int k) {
    double sum = logSumExp(logits);
    var top = new ArrayList<Candidate>();
    for (int best : best(logits, k)) {
      top.add(new Candidate(best, logits[best] - sum));
    }
    return new TokenScore(id, logits[id] - sum, top);
  }

  private static double logSumExp(float[] logits) {
    double max = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      max = Math.max(max, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    return max + Math.log(sum);
  }

  /// Of equals the first.
  private static List<Integer> best(float[] logits, int k) {
    var heap =
        new PriorityQueue<Integer>(
            (a, b) -> logits[a] != logits[b] ? Float.compare(logits[a], logits[b]) : b - a);
    for (int id = 0; id < logits.length; id++) {
      if (heap.size() == k && (k == 0 || logits[id] <= logits[heap.element()])) continue;
      heap.add(id);
      if (heap.size() > k) heap.remove();
    }
    var best = new ArrayList<Integer>();
    while (!heap.isEmpty()) {
      best.add(heap.remove());
    }
    Collections.reverse(best);
    return best;
  }
}
