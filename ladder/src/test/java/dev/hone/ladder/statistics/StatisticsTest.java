package dev.hone.ladder.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.ladder.metric.Bleu;
import dev.hone.ladder.metric.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Expected values are SciPy's and statsmodels'.
class StatisticsTest {
  private static final double[] DIFFERENCES = {.1, -.05, .2, 0, .15, -.1, .3, .05};

  @ParameterizedTest
  @CsvSource({
    "2, 7, 0.1796875, 0.109375",
    "3, 12, 0.03515625, 0.0212707520",
    "5, 5, 1, 1",
    "0, 6, 0.03125, 0.015625",
    "10, 25, 0.0166738478, 0.0113309842",
    "40, 62, 0.0370667674, 0.0296822146"
  })
  void mcNemar(int first, int second, double exact, double midP) {
    var table = new Discordance(first, second, 200);
    assertEquals(exact, table.mcNemar(), 1e-9);
    assertEquals(midP, table.mcNemarMidP(), 1e-9);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 20, 0, 0.161125",
    "17, 20, 0.639581, 0.947631",
    "45, 50, 0.786398, 0.956524",
    "172, 200, 0.805101, 0.901330",
    "200, 200, 0.981155, 1"
  })
  void wilson(int passed, int count, double low, double high) {
    var interval = Proportion.wilson(passed, count, 0.05);
    assertEquals(low, interval.low(), 1e-6);
    assertEquals(high, interval.high(), 1e-6);
  }

  @Test
  void clopperPearson() {
    var interval = Proportion.exact(17, 20, 0.05);
    assertEquals(0.621073, interval.low(), 1e-6);
    assertEquals(0.967929, interval.high(), 1e-6);
  }

  @Test
  void holm() {
    assertArrayEquals(new double[] {.03, .06, .06, .02}, Holm.adjusted(.01, .04, .03, .005), 1e-12);
  }

  @Test
  void gradedDifferences() {
    var differences = Differences.of(DIFFERENCES);
    assertEquals(.08125, differences.mean(), 1e-12);
    assertEquals(0.171875, differences.signFlip(1), 1e-12);
    assertEquals(0.0859375, differences.signFlipGreater(), 1e-12);
    assertEquals(1.7218920642, differences.t(), 1e-9);
    assertEquals(0.1287617132, differences.tTest(), 1e-9);
  }

  @Test
  void clusters() {
    double[] scores = {1, 1, 0, 1, 0, 0, 1, 1, 1, 0};
    var names = List.of("0", "0", "0", "1", "1", "2", "2", "2", "3", "3");
    assertEquals(0.0461880, Clusters.standardError(scores, names), 1e-7);
  }

  @Test
  void sampleSizes() {
    assertEquals(0.089, SampleSize.detectable(200, .20), 5e-4);
    assertEquals(0.125, SampleSize.detectable(50, .10), 1.5e-3);
    assertEquals(495, SampleSize.notWorse(.2, .05));
    assertEquals(1_374, SampleSize.notWorse(.2, .03));
  }

  /// 95 % intervals of a paired difference cover between 93 and 100 %, from 30 items on.
  @ParameterizedTest
  @CsvSource({
    ".85, .90, .11, 30", ".85, .90, .11, 50", ".85, .90, .11, 100", ".85, .90, .11, 200",
    ".95, .95, .04, 30", ".95, .95, .04, 50", ".95, .95, .04, 100", ".95, .95, .04, 200",
    ".70, .70, .20, 30", ".70, .70, .20, 50", ".70, .70, .20, 100", ".70, .70, .20, 200"
  })
  void pairedIntervalsCover(double first, double second, double discordance, int count) {
    var random = new SplittableRandom(1);
    double onlySecond = (discordance + second - first) / 2;
    double onlyFirst = discordance - onlySecond;
    int covered = 0;
    for (int trial = 0; trial < 4_000; trial++) {
      int b = 0;
      int c = 0;
      for (int i = 0; i < count; i++) {
        double x = random.nextDouble();
        b += x < onlyFirst ? 1 : 0;
        c += x >= onlyFirst && x < discordance ? 1 : 0;
      }
      var interval = new Discordance(b, c, count).difference(0.05);
      covered += interval.low() <= second - first && second - first <= interval.high() ? 1 : 0;
    }
    double coverage = covered / 4_000.0;
    assertTrue(coverage >= 0.93, "coverage " + coverage);
  }

  /// The same of one system's: Wilson's of a share, Student's of a mean of graded scores.
  @ParameterizedTest
  @CsvSource({"30", "50", "100", "200"})
  void intervalsOfOneSystemCover(int count) {
    var random = new SplittableRandom(1);
    int shares = 0;
    int means = 0;
    for (int trial = 0; trial < 4_000; trial++) {
      int passed = 0;
      var graded = new double[count];
      for (int i = 0; i < count; i++) {
        passed += random.nextDouble() < .85 ? 1 : 0;
        graded[i] = Math.sqrt(random.nextDouble());
      }
      shares += has(Proportion.wilson(passed, count, 0.05), .85);
      means += has(Differences.of(graded).interval(0.05), 2.0 / 3);
    }
    assertTrue(shares >= 0.93 * 4_000, "Wilson " + shares / 4_000.0);
    assertTrue(means >= 0.93 * 4_000, "Student " + means / 4_000.0);
  }

  private static int has(Interval interval, double truth) {
    return interval.low() <= truth && truth <= interval.high() ? 1 : 0;
  }

  @Test
  void tenThousandDrawsOfBleuTakeLessThanTwoSeconds() {
    var random = new SplittableRandom(3);
    var words = List.of("we", "send", "the", "tea", "today", "and", "not", "later");
    var metric = new Bleu();
    var counts = new double[2][500][];
    for (int i = 0; i < 500; i++) {
      var reference = new Reference("", List.of(sentence(words, random)));
      counts[0][i] = metric.counts(reference, sentence(words, random));
      counts[1][i] = metric.counts(reference, reference.answers().getFirst());
    }
    long start = System.nanoTime();
    var interval = PairedBootstrap.difference(counts[0], counts[1], metric::value, 0.05, 1);
    double seconds = (System.nanoTime() - start) / 1e9;
    assertTrue(interval.low() > 0.2, interval.toString());
    System.out.println("10,000 draws of BLEU on 500 rows: " + seconds + " s");
    assertTrue(seconds < 2, "took " + seconds + " s");
  }

  private static String sentence(List<String> words, SplittableRandom random) {
    var sentence = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      sentence.append(words.get(random.nextInt(words.size()))).append(' ');
    }
    return sentence.toString().strip();
  }

  @Test
  void theBootstrapOfAMeanIsStudentsInterval() {
    var random = new SplittableRandom(2);
    var first = new double[200][1];
    var second = new double[200][1];
    for (int i = 0; i < 200; i++) {
      first[i][0] = random.nextDouble();
      second[i][0] = first[i][0] + random.nextGaussian(0.1, 0.3);
    }
    var drawn = PairedBootstrap.difference(first, second, sums -> sums[0] / 200, 0.05, 1);
    var flat = Differences.between(flat(first), flat(second)).interval(0.05);
    assertEquals(flat.estimate(), drawn.estimate(), 1e-12);
    assertEquals(flat.low(), drawn.low(), 0.01);
    assertEquals(flat.high(), drawn.high(), 0.01);
  }

  private static double[] flat(double[][] counts) {
    return Arrays.stream(counts).mapToDouble(item -> item[0]).toArray();
  }

  /// Errors that fall as a power of the rows, to an end, are foretold; the interval has what is
  /// measured then four times in five. Hard items are hard at every size.
  @ParameterizedTest
  @CsvSource({"0, 100,200,400", "0, 200,400,400", "0.1, 100,200,400", "0.1, 200,400,400"})
  void learningCurvesForetell(double end, int first, int second, int third) {
    int covered = covered(end, IntStream.of(first, second, third).distinct().toArray());
    assertTrue(covered >= 290 && covered <= 345, "covered " + covered);
  }

  /// Of 400 forecasts.
  private static int covered(double end, int... sizes) {
    var random = new SplittableRandom(4);
    int covered = 0;
    for (int trial = 0; trial < 400; trial++) {
      var isHard = new boolean[200];
      for (int i = 0; i < isHard.length; i++) {
        isHard[i] = random.nextBoolean();
      }
      var points = new ArrayList<LearningCurve.Point>();
      for (int rows : sizes) {
        points.add(new LearningCurve.Point(rows, drawn(end + error(rows), isHard, random)));
      }
      var forecast = LearningCurve.forecast(points, StatisticsTest::mean, 800, trial);
      double measured = mean(PairedBootstrap.sum(drawn(end + error(800), isHard, random)));
      covered += forecast.low() <= measured && measured <= forecast.high() ? 1 : 0;
    }
    return covered;
  }

  private static double mean(double[] sums) {
    return sums[0] / sums[1];
  }

  private static double error(double rows) {
    return 2 * Math.pow(rows, -0.4);
  }

  private static double[][] drawn(double mean, boolean[] isHard, SplittableRandom random) {
    var counts = new double[isHard.length][];
    for (int i = 0; i < counts.length; i++) {
      double error = mean * (isHard[i] ? 1.8 : 0.2);
      counts[i] = new double[] {random.nextDouble() < error ? 0 : 1, 1};
    }
    return counts;
  }

  /// Tabulated values; Bonferroni's, which they must stay below, are 1.960 and 2.241.
  @Test
  void criticalValuesOfSeveralLooksAreThoseOfPocock() {
    assertEquals(1.8754, GroupSequential.pocock(2, 0.05), 2e-3);
    assertEquals(1.992, GroupSequential.pocock(3, 0.05), 2e-3);
    assertEquals(2.067, GroupSequential.pocock(4, 0.05), 1e-2);
    assertEquals(2.122, GroupSequential.pocock(5, 0.05), 1e-2);
    assertEquals(1.6449, GroupSequential.pocock(1, 0.05), 1e-3);
    assertEquals(0.05, GroupSequential.crossing(4, GroupSequential.pocock(4, 0.05)), 1e-5);
    assertEquals(2.361, GroupSequential.pocock(4, 0.025), 2e-3);
  }

  /// By hand: 10 judged items with 7 passed, of which 4 were looked at and one passed wrongly.
  @Test
  void predictionPowered() {
    double[] judged = {1, 1, 1, 1, 1, 1, 1, 0, 0, 0};
    double[] errors = {0, 0, -1, 0};
    var alone = IntStream.range(0, 10).mapToObj(String::valueOf).toList();
    var interval = PredictionPowered.of(judged, alone, errors, 1, 0.05);
    assertEquals(0.45, interval.estimate(), 1e-12);
    assertEquals(0, interval.low()); // cut off, as the other end
    assertEquals(1, interval.high());
    var half = PredictionPowered.of(judged, alone, errors, 0.5, 0.05);
    double less = 0.7 * 0.3 / 9 + 0.25 * 0.25 / 4;
    assertEquals(0.575 - 1.959964 * Math.sqrt(less), half.low(), 1e-6);
    assertEquals(0.575, half.estimate(), 1e-12);
  }

  /// Scores of 0, 0.5 and 1, a judge that takes half of what people think worse for better, and as
  /// many of its items labelled.
  @ParameterizedTest
  @CsvSource({"100, 50", "200, 50", "200, 100", "1000, 100"})
  void predictionPoweredCovers(int items, int labels) {
    var random = new SplittableRandom(5);
    int trials = 4_000;
    int covered = 0;
    var alone = IntStream.range(0, items).mapToObj(String::valueOf).toList();
    for (int trial = 0; trial < trials; trial++) {
      var judged = new double[items];
      var errors = new double[labels];
      for (int i = 0; i < items; i++) {
        double people = random.nextInt(10) < 4 ? 0 : random.nextInt(2) * 0.5 + 0.5;
        judged[i] = people == 0 && random.nextBoolean() ? 1 : people;
        if (i < labels) {
          errors[i] = people - judged[i];
        }
      }
      var interval = PredictionPowered.of(judged, alone, errors, 1, 0.05);
      covered += interval.low() <= 0.45 && 0.45 <= interval.high() ? 1 : 0;
    }
    double share = (double) covered / trials;
    assertTrue(share > 0.93 && share < 0.999, "covers " + share);
  }
}
