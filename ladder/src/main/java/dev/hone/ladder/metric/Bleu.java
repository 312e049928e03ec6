package dev.hone.ladder.metric;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// BLEU (Papineni et al. 2002) as sacrebleu computes it, signature
/// `case:mixed|tok:13a|smooth:exp|version:2.6.0`, as a share of one. A measure of whole sets; an
/// item's score counts only the orders that it has (`eff:yes`).
public final class Bleu implements Metric {
  private static final int ORDERS = 4;
  private static final Pattern SYMBOLS = Pattern.compile("([\\{-~\\[-` -&\\(-\\+:-@/])");
  private static final Pattern AFTER_NO_DIGIT = Pattern.compile("([^0-9])([.,])");
  private static final Pattern BEFORE_NO_DIGIT = Pattern.compile("([.,])([^0-9])");
  private static final Pattern DASH = Pattern.compile("([0-9])(-)");

  @Override
  public String name() {
    return "bleu";
  }

  @Override
  public boolean isPassFail() {
    return false;
  }

  /// Lengths of answer and reference, then for each order the n-grams in common and in the answer.
  @Override
  public double[] counts(Reference reference, String answer) {
    var words = tokens(answer);
    var references = reference.answers().stream().map(Bleu::tokens).toList();
    var counts = new double[2 + 2 * ORDERS];
    counts[0] = words.size();
    counts[1] = nearestLength(words.size(), references);
    for (int order = 1; order <= ORDERS; order++) {
      var own = Ngrams.of(words, order);
      counts[2 * order] = Ngrams.common(own, most(references, order));
      counts[2 * order + 1] = Ngrams.total(own);
    }
    return counts;
  }

  private static int nearestLength(int length, List<List<String>> references) {
    int nearest = references.getFirst().size();
    for (var reference : references) {
      int distance = Math.abs(reference.size() - length);
      int best = Math.abs(nearest - length);
      if (distance < best || distance == best && reference.size() < nearest) {
        nearest = reference.size();
      }
    }
    return nearest;
  }

  private static Map<List<String>, Integer> most(List<List<String>> references, int order) {
    var most = new HashMap<List<String>, Integer>();
    for (var reference : references) {
      Ngrams.of(reference, order).forEach((ngram, count) -> most.merge(ngram, count, Math::max));
    }
    return most;
  }

  @Override
  public double value(double[] sums) {
    return value(sums, false);
  }

  @Override
  public double score(Reference reference, String answer) {
    return value(counts(reference, answer), true);
  }

  private static double value(double[] sums, boolean isEffective) {
    double logs = 0;
    double smooth = 1;
    int orders = 0;
    boolean hasCommon = false;
    for (int order = 1; order <= ORDERS && sums[2 * order + 1] > 0; order++) {
      double common = sums[2 * order];
      hasCommon |= common > 0;
      if (common == 0) {
        smooth *= 2;
      }
      logs += Math.log((common == 0 ? 1 / smooth : common) / sums[2 * order + 1]);
      orders++;
    }
    if (!hasCommon || !isEffective && orders < ORDERS) {
      return 0;
    }
    double brevity = sums[0] < sums[1] ? Math.exp(1 - sums[1] / sums[0]) : 1;
    return brevity * Math.exp(logs / orders);
  }

  /// The tokenizer `13a` of mteval.
  static List<String> tokens(String text) {
    var line = text.stripTrailing().replace("<skipped>", "").replace("-\n", "").replace("\n", " ");
    line =
        line.replace("&quot;", "\"")
            .replace("&amp;", "&")
            .replace("&lt;", "<")
            .replace("&gt;", ">");
    line = SYMBOLS.matcher(" " + line + " ").replaceAll(" $1 ");
    line = AFTER_NO_DIGIT.matcher(line).replaceAll("$1 $2 ");
    line = BEFORE_NO_DIGIT.matcher(line).replaceAll(" $1 $2");
    line = DASH.matcher(line).replaceAll("$1 $2 ");
    var tokens = new ArrayList<>(List.of(line.strip().split("\\s+")));
    tokens.removeIf(String::isEmpty);
    return tokens;
  }
}
