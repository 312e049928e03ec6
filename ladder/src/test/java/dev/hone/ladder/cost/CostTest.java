package dev.hone.ladder.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Figures that others have published, or that were computed by hand from the same prices.
class CostTest {
  private static final PriceBook BOOK = PriceBook.open(LocalDate.of(2026, 11, 22));

  /// To 1 %, or to half of the last digit that is printed.
  private static void assertPrinted(String printed, double value) {
    var digits = printed.replaceAll("[$,kM ]", "");
    double scale = printed.endsWith("k") ? 1e3 : printed.endsWith("M") ? 1e6 : 1;
    double expected = Double.parseDouble(digits) * scale;
    int point = digits.indexOf('.');
    double lastDigit = scale * Math.pow(10, point < 0 ? 0 : point + 1 - digits.length());
    assertEquals(expected, value, Math.max(0.01 * expected, 0.501 * lastDigit), printed);
  }

  private static double usd(Money money) {
    return money.usd().orElseThrow();
  }

  /// Without rows held out.
  private static TrainingCost training(double rows, double tokensPerRow, double epochs) {
    return new TrainingCost(rows * tokensPerRow, epochs, 0, 0);
  }

  private static Price item(String name) {
    return BOOK.find(name, kind -> true);
  }

  /// 700 tokens a row, three epochs.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          gpt-4o tuned                                 | $10.50 | $52.50 | $263   | $525   | $2,625
          gemini-2.5-flash tuned                       | $2.10  | $10.50 | $52.50 | $105   | $525
          gpt-4o-mini tuned                            | $1.26  | $6.30  | $31.50 | $63    | $315
          fireworks/tuned LoRA SFT, base 16.1B-80B     | $1.26  | $6.30  | $31.50 | $63    | $315
          fireworks/tuned LoRA SFT, base above 300B    | $4.20  | $21    | $105   | $210   | $1,050
          gemini-2.5-flash-lite tuned                  | $0.63  | $3.15  | $15.75 | $31.50 | $158
          amazon-nova-micro tuned                      | $0.42  | $2.10  | $10.50 | $21    | $105
          fireworks/tuned LoRA SFT, base up to 16B     | $0.21  | $1.05  | $5.25  | $10.50 | $52.50
          """)
  void hostedTrainingCostsTokensTimesEpochs(
      String item, String few, String thousand, String five, String ten, String fifty) {
    var price = BOOK.quote(item(item), Unit.TRAINING).money();
    assertPrinted(few, usd(training(200, 700, 3).hosted(price)));
    assertPrinted(thousand, usd(training(1_000, 700, 3).hosted(price)));
    assertPrinted(five, usd(training(5_000, 700, 3).hosted(price)));
    assertPrinted(ten, usd(training(10_000, 700, 3).hosted(price)));
    assertPrinted(fifty, usd(training(50_000, 700, 3).hosted(price)));
  }

  /// How many rows 50 and 500 dollars pay for.
  @ParameterizedTest
  @CsvSource({"25, 950, 9_500", "5, 4_800, 48_000", "3, 7_900, 79_000", "10, 2_400, 24_000"})
  void fiftyDollarsPayForSoManyRows(double perMillion, String few, String many) {
    double rows = 50 / usd(training(1, 700, 3).hosted(Money.of(perMillion)));
    assertEquals(Double.parseDouble(few.replace("_", "")), rows, 0.01 * rows);
    assertEquals(Double.parseDouble(many.replace("_", "")), 10 * rows, 0.1 * rows);
  }

  @ParameterizedTest
  @CsvSource({"200, $0.03", "1000, $0.13", "5000, $0.64", "10000, $1.27", "50000, $6.40"})
  void aRentedGpuTrainsAnAdapterOfEightBillion(int rows, String printed) {
    var training = training(rows, 700, 3);
    var hour = BOOK.quote(item("H100 SXM community cloud"), Unit.HOUR).money();
    double rate = TrainingCost.tokensPerSecond(Gpu.H100, 8.03e9, 0, 0, 0);
    assertPrinted(printed, usd(TrainingCost.onMachine(training.seconds(rate), 0, hour)));
  }

  @Test
  void evaluationsAndTheMachinesStartArePaidToo() {
    var training = new TrainingCost(1_000_000, 2, 100_000, 5);
    assertEquals(2.5, usd(training.hosted(Money.of(1))), 1e-9);
    assertEquals(2_500, training.seconds(1_000), 1e-9);
    assertEquals(3.0, usd(TrainingCost.onMachine(3_600, 30, Money.of(2))), 1e-9);
    double plain = TrainingCost.tokensPerSecond(Gpu.H100, 8e9, 0, 0, 0);
    assertTrue(TrainingCost.tokensPerSecond(Gpu.H100, 8e9, 32, 4_096, 8_192) < 0.8 * plain);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          azure/tuned model, standard or global standard deployment | $1,241
          dedicated endpoint 1x H100                                | $2,913
          on-demand H100 80GB                                       | $5,840
          H100 SXM community cloud                                  | $1,964
          g6.xlarge                                                 | $588
          RTX 4090 community cloud                                  | $248
          c7i.2xlarge                                               | $261
          """)
  void anHourIsPaidSevenHundredAndThirtyTimesAMonth(String item, String printed) {
    var hour = BOOK.quote(item(item), Unit.HOUR).money();
    var running =
        new Running(Money.ZERO, Money.ZERO, Optional.of(new Replica(hour, OptionalDouble.empty())));
    assertPrinted(printed, usd(running.month(1)));
  }

  @Test
  void aMonthOfTrainingsAndAnIndexThatFollows() {
    double weekly = Running.DAYS_PER_MONTH / 7;
    assertPrinted("$1,142", 262.5 * weekly);
    var rows = training(5_000, 700, 3);
    var flash = rows.hosted(BOOK.quote(item("gemini-2.5-flash tuned"), Unit.TRAINING).money());
    assertPrinted("$228", usd(flash.times(weekly)));
    var nova = new TrainingCost(2_000 * 800, 5, 0, 0);
    assertPrinted(
        "$8", usd(nova.hosted(BOOK.quote(item("amazon-nova-micro tuned"), Unit.TRAINING).money())));
    var pages = training(10_000, 500, 1);
    assertPrinted(
        "$0.10", usd(pages.hosted(BOOK.quote(item("text-embedding-3-small"), Unit.INPUT).money())));
    assertPrinted("$0.60", usd(pages.hosted(BOOK.quote(item("embed-v4.0"), Unit.INPUT).money())));
  }

  @ParameterizedTest
  @CsvSource({"10, 0.03", "1000, 0.97"})
  void aPrefixIsFoundCachedAsOftenAsTrafficIsDense(double perDay, String printed) {
    assertPrinted(printed, Cache.hitShare(perDay, 5));
  }

  @Test
  void aShortPrefixIsNotCachedNorOneThatIsDearerSo() {
    assertEquals(Cache.NONE, Cache.ofTraffic(1_023, 5_000, 5));
    var opus = TokenPrices.of(BOOK, item("claude-opus-5.5"), 3_300);
    var tokens = new Tokens(3_000, 300, 150);
    assertEquals(Cache.NONE, opus.worthwhile(tokens, Cache.ofTraffic(3_000, 10, 5)));
    assertEquals(0.97, opus.worthwhile(tokens, Cache.ofTraffic(3_000, 1_000, 5)).hit(), 0.005);
    double missed = usd(opus.request(tokens, new Cache(0, 1)));
    assertEquals((3_000 * 5 + 300 * 4 + 150 * 20) / 1e6, missed, 1e-12);
  }

  /// Prefix 3,000 tokens, input 300, output 150; the tuned model needs no prefix.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          claude-opus-5.5   | 16.2 5.94   | 4 11    | 504 1,374  | 1.2k 3.3k | 4k 11k    | 12k 32k
          gpt-6-sol         | 8.1 3.2     | 8 20    | 1.0k 2.5k  | 2.4k 6k   | 8k 20k    | 24k 59k
          gpt-6.1-terra     | 4.05 1.49   | 16 44   | 2.0k 5.5k  | 4.8k 13k  | 16k 43k   | 47k 129k
          gemini-3.7-flash  | 3.04 1.22   | 21 54   | 2.7k 6.7k  | 6.4k 16k  | 21k 53k   | 63k 158k
          gpt-6-luna        | 0.405 0.162 | 172 492 | 20k 50k    | 48k 119k  | 159k 399k | 474k 1.2M
          claude-haiku-5.5  | 0.405 0.162 | 172 492 | 20k 50k    | 48k 119k  | 159k 399k | 474k 1.2M
          """)
  void tuningBreaksEven(
      String model, String price, String nova, String rtx, String l4, String h100, String host) {
    var prices = TokenPrices.of(BOOK, item(model), 3_300);
    var tokens = new Tokens(3_000, 300, 150);
    for (int i = 0; i < 2; i++) {
      var request = prices.request(tokens, new Cache(i == 0 ? 0 : 0.9, 0));
      assertPrinted(price.split(" ")[i], 1_000 * usd(request));
      var prompted = new Running(request, Money.ZERO, Optional.empty());
      assertPrinted(nova.split(" ")[i], above(tunedNova(), prompted));
      assertPrinted(rtx.split(" ")[i], above(on("RTX 4090 community cloud"), prompted));
      assertPrinted(l4.split(" ")[i], above(on("g6.xlarge"), prompted));
      assertPrinted(h100.split(" ")[i], above(on("H100 SXM community cloud"), prompted));
      assertPrinted(host.split(" ")[i], above(on("on-demand H100 80GB"), prompted));
    }
  }

  private static double above(Running tuned, Running prompted) {
    return assertInstanceOf(BreakEven.Above.class, BreakEven.between(tuned, prompted))
        .requestsPerDay();
  }

  private static Running on(String machine) {
    var hour = BOOK.quote(item(machine), Unit.HOUR).money();
    return new Running(
        Money.ZERO, Money.ZERO, Optional.of(new Replica(hour, OptionalDouble.empty())));
  }

  private static Running tunedNova() {
    var nova = item("amazon-nova-micro tuned");
    return new Running(
        TokenPrices.of(BOOK, nova, 300).request(new Tokens(0, 300, 150), Cache.NONE),
        BOOK.quote(nova, Unit.MONTH).money(),
        Optional.empty());
  }

  /// Qwen3-8B on one H100, 1,024 tokens in and 128 out.
  @Test
  void utilisationIsEverything() {
    var replica = new Replica(Money.of(2.69), OptionalDouble.of(32.3));
    assertPrinted("$0.023", 1_000 * usd(replica.atFullLoad()));
    var luna = TokenPrices.of(BOOK, item("gpt-6-luna"), 1_024);
    double hosted = 1_000 * usd(luna.request(new Tokens(0, 1_024, 128), Cache.NONE));
    assertPrinted("$0.166", hosted);
    assertPrinted("7", hosted / (1_000 * usd(replica.atFullLoad())));
    var running = new Running(Money.ZERO, Money.ZERO, Optional.of(replica));
    assertPrinted("$65", usd(running.thousand(1_000)));
    assertPrinted("390", usd(running.thousand(1_000)) / hosted);
  }

  @Test
  void moreTrafficTakesMoreReplicas() {
    var replica = new Replica(Money.of(1), OptionalDouble.of(1));
    assertEquals(60_480, replica.requestsPerDay(), 1e-6);
    assertEquals(1, replica.count(60_480));
    assertEquals(2, replica.count(60_481));
    assertEquals(0.35, replica.utilisation(60_481).orElseThrow(), 1e-4);
  }

  @Test
  void aSecondReplicaPutsTheBreakEvenOff() {
    var slow = new Replica(Money.of(1), OptionalDouble.of(0.01));
    var tuned = new Running(Money.ZERO, Money.ZERO, Optional.of(slow));
    double perDay = slow.requestsPerDay();
    var cheap = new Running(Money.of(24 / (1.5 * perDay)), Money.ZERO, Optional.empty());
    assertEquals(new BreakEven.Never(), BreakEven.between(tuned, cheap));
    var dear = new Running(Money.of(24 / (0.8 * perDay)), Money.ZERO, Optional.empty());
    var above = assertInstanceOf(BreakEven.Above.class, BreakEven.between(tuned, dear));
    assertEquals(0.8 * perDay, above.requestsPerDay(), 1e-6 * perDay);
    var trained = new Running(Money.ZERO, Money.of(730), tuned.replica());
    var later = assertInstanceOf(BreakEven.Above.class, BreakEven.between(trained, dear));
    assertEquals(5, later.replicas());
    assertEquals(4.8 * perDay, later.requestsPerDay(), 1e-6 * perDay);
  }

  @Test
  void whatIsCheaperFromTheStartIsSoAlwaysOrUpToSomeTraffic() {
    var tokens = new Running(Money.of(0.001), Money.ZERO, Optional.empty());
    var dearer = new Running(Money.of(0.002), Money.of(1), Optional.empty());
    assertEquals(new BreakEven.Always(), BreakEven.between(tokens, dearer));
    assertEquals(new BreakEven.Never(), BreakEven.between(dearer, tokens));
    var machine = on("g6.xlarge");
    assertInstanceOf(BreakEven.Below.class, BreakEven.between(tokens, machine));
    var unknown = new Running(new Money.Unknown("no price"), Money.ZERO, Optional.empty());
    assertEquals(new BreakEven.Unknown("no price"), BreakEven.between(machine, unknown));
  }
}
