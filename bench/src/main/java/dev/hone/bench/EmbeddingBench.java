package dev.hone.bench;

import dev.hone.rag.embed.OnnxEmbedder;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.onnx.bgesmallenv15q.BgeSmallEnV15QuantizedEmbeddingModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Embeds the lines of a file by turns with LangChain4j's model in process, which is the same model
/// in the same runtime: `bench/run EmbeddingBench FILE [TURNS [LINES [THREADS]]]`.
public final class EmbeddingBench {
  private EmbeddingBench() {}

  public static void main(String[] args) throws IOException {
    int turns = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    int count = args.length > 2 ? Integer.parseInt(args[2]) : 100;
    int threads =
        args.length > 3 ? Integer.parseInt(args[3]) : Runtime.getRuntime().availableProcessors();
    System.setProperty("OPT_OUT_TRACKING", "true");
    var rival = new BgeSmallEnV15QuantizedEmbeddingModel();
    try (var hone = OnnxEmbedder.open(threads)) {
      var texts =
          Files.readAllLines(Path.of(args[0])).stream()
              .filter(text -> !text.isBlank() && hone.countTokens(text) <= hone.maxTokens())
              .limit(count)
              .toList();
      var segments = texts.stream().map(TextSegment::from).toList();
      var honeRates = new ArrayList<Double>();
      var rivalRates = new ArrayList<Double>();
      double leastCosine = 1;
      for (int turn = 0; turn <= turns; turn++) {
        long start = System.nanoTime();
        var ours = hone.passages(texts);
        long between = System.nanoTime();
        var theirs = rival.embedAll(segments).content();
        long end = System.nanoTime();
        if (turn == 0) {
          for (int i = 0; i < texts.size(); i++) {
            leastCosine = Math.min(leastCosine, dot(ours.get(i), theirs.get(i).vector()));
          }
        } else {
          honeRates.add(texts.size() * 1e9 / (between - start));
          rivalRates.add(texts.size() * 1e9 / (end - between));
        }
      }
      report(texts.size(), leastCosine, honeRates, rivalRates);
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void report(
      int texts, double leastCosine, List<Double> honeRates, List<Double> rivalRates) {
    var ratios = new double[honeRates.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = honeRates.get(i) / rivalRates.get(i);
    }
    System.out.printf(
        Locale.ROOT,
        "%d texts; least cosine of the two vectors of a text %.6f%n"
            + "hone %.1f texts/s, LangChain4j %.1f (medians); ratio %.2f (median of %d turns)%n",
        texts,
        leastCosine,
        median(honeRates.stream().mapToDouble(Double::doubleValue).toArray()),
        median(rivalRates.stream().mapToDouble(Double::doubleValue).toArray()),
        median(ratios),
        ratios.length);
  }

  private static double median(double[] values) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
