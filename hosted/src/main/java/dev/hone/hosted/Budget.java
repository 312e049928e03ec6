package dev.hone.hosted;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What may be spent on a hosted model, on training it and on what came of that, and what was: kept
/// in a file, so that runs that go on with one another have one budget. A call that might pass it
/// is not made, nor is a training ordered. Several models may have one limit together.
public final class Budget {
  private static final double MILLION = 1e6;

  private final Path file;
  private final OptionalDouble limit;
  private final OptionalDouble trainingPrice;
  private final Account base;
  private final Account tuned;

  /// Those that have the limit together; the lock of them all.
  private final List<Budget> together;

  private final TokenRate rate = new TokenRate();
  private final Map<String, Training> trainings = new LinkedHashMap<>();
  private double reserved;
  private int underWay;

  /// Of a model that charges by tokens.
  ///
  /// @param prompt USD a million
  /// @param answer USD a million
  public record TokenPrice(double prompt, double answer) {
    double of(long promptTokens, long answerTokens) {
      return (prompt * promptTokens + answer * answerTokens) / MILLION;
    }
  }

  /// What a provider takes for tuning.
  ///
  /// @param training USD for a million tokens times epochs; empty where it is unknown
  /// @param use of the tuned model
  public record TuningPrice(OptionalDouble training, Optional<TokenPrice> use) {
    /// Where nothing is trained.
    public static final TuningPrice NONE =
        new TuningPrice(OptionalDouble.empty(), Optional.empty());
  }

  /// An order of a training.
  ///
  /// @param tokens trained, or the most that may be
  private record Training(long tokens, boolean isDone) {}

  private Budget(
      Path file,
      OptionalDouble limit,
      Optional<TokenPrice> price,
      TuningPrice tuningPrice,
      List<Budget> together) {
    this.file = file;
    this.limit = limit;
    this.trainingPrice = tuningPrice.training();
    this.base = new Account(price);
    this.tuned = new Account(tuningPrice.use());
    this.together = together;
  }

  /// Where nothing is trained.
  public static Budget open(Path file, OptionalDouble limit, Optional<TokenPrice> price)
      throws IOException {
    return open(file, limit, price, new CopyOnWriteArrayList<>());
  }

  /// Of another model, under this one's limit.
  ///
  /// @param other where that model's is kept
  public Budget beside(Path other, Optional<TokenPrice> itsPrice) throws IOException {
    return open(other, limit, itsPrice, together);
  }

  /// What an earlier run has spent on a model that is not asked now, under this one's limit.
  ///
  /// @param other where that is kept
  public Budget past(Path other) throws IOException {
    return past(other, limit, together);
  }

  /// The same where no model but this one is asked.
  public static Budget past(Path file, OptionalDouble limit) throws IOException {
    return past(file, limit, new CopyOnWriteArrayList<>());
  }

  private static Budget past(Path file, OptionalDouble limit, List<Budget> together)
      throws IOException {
    return read(new Budget(file, limit, Optional.empty(), TuningPrice.NONE, together));
  }

  private static Budget open(
      Path file, OptionalDouble limit, Optional<TokenPrice> price, List<Budget> together)
      throws IOException {
    if (limit.isPresent() && price.isEmpty()) {
      throw unpriced("the price of the model");
    }
    return read(new Budget(file, limit, price, TuningPrice.NONE, together));
  }

  /// Where the model may be tuned.
  ///
  /// @param file where it is kept; made with the first call
  /// @param limit USD; empty for any
  /// @param price empty where it is unknown
  /// @throws UsageException where there is a limit, and a price to keep it with is unknown
  public static Budget open(
      Path file, OptionalDouble limit, Optional<TokenPrice> price, TuningPrice tuning)
      throws IOException {
    if (limit.isPresent() && tuning.training().isEmpty()) {
      throw unpriced("the price of tuning the model");
    }
    if (limit.isPresent() && (price.isEmpty() || tuning.use().isEmpty())) {
      throw unpriced("the price of the model, or of what is tuned from it,");
    }
    return read(new Budget(file, limit, price, tuning, new CopyOnWriteArrayList<>()));
  }

  private static UsageException unpriced(String what) {
    return new UsageException(
        "--budget: %s is unknown, so no budget can be kept".formatted(what),
        "give its price in a file of your own with --prices, or leave --budget out");
  }

  private static Budget read(Budget budget) throws IOException {
    if (Files.exists(budget.file)) {
      try {
        var json = JsonMapper.shared().readTree(Files.readString(budget.file));
        budget.base.read(json);
        budget.tuned.read(json.path("tuned"));
        budget.rate.read(json.path("rate"));
        json.path("trainings")
            .forEachEntry((id, one) ->
                budget.trainings.put(
                    id,
                    new Training(one.path("tokens").asLong(0), one.path("done").asBoolean(false))));
      } catch (JacksonException e) {
        throw new UsageException(
            budget.file + ": is damaged", "delete it to begin at nothing spent", e);
      }
    }
    if (budget.limit.isPresent() && budget.spentUsd().isEmpty()) {
      throw unpriced("the price of what was asked or trained before");
    }
    budget.together.add(budget);
    return budget;
  }

  /// For questions to the model.
  Account base() {
    return base;
  }

  /// For questions to what was tuned from it.
  Account tuned() {
    return tuned;
  }

  /// How many tokens the provider would count for texts of so many bytes and messages in all, as it
  /// has counted those of this model's prompts.
  double tokens(long bytes, long messages) {
    synchronized (together) {
      return rate.tokens(bytes, messages);
    }
  }

  /// What training on so many tokens costs; empty where the price is unknown.
  OptionalDouble trainingUsd(long tokens) {
    return trainingPrice.isPresent()
        ? OptionalDouble.of(trainingPrice.getAsDouble() * tokens / MILLION)
        : OptionalDouble.empty();
  }

  /// Sets aside what an order of a training may cost at most, until it is booked; it stays set
  /// aside when the process ends. What is booked already is not reserved again.
  ///
  /// @throws StoppedException where that might pass the limit
  void reserveTraining(String id, long mostTokens) throws IOException {
    synchronized (together) {
      if (trainings.containsKey(id)) {
        return;
      }
      requireRoom(trainingUsd(mostTokens).orElse(0), "the training");
      trainings.put(id, new Training(mostTokens, false));
      write();
    }
  }

  /// Books a training that has ended.
  ///
  /// @param tokens that the provider charges for
  void bookTraining(String id, long tokens) throws IOException {
    synchronized (together) {
      var done = new Training(tokens, true);
      if (!done.equals(trainings.put(id, done))) {
        write();
      }
    }
  }

  private boolean hasRoom(double most) {
    double set = together.stream().mapToDouble(Budget::setAside).sum();
    return limit.isEmpty() || spentTogether() + set + most <= limit.getAsDouble();
  }

  private double spentTogether() {
    return together.stream().mapToDouble(Budget::spent).sum();
  }

  /// Whether a call is asked for that has no answer yet.
  private boolean isUnderWay() {
    return together.stream().anyMatch(one -> one.underWay > 0);
  }

  private void awaitAnswer() {
    try {
      together.wait();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallFailedException("interrupted");
    }
  }

  private void requireRoom(double most, String what) {
    if (!hasRoom(most)) {
      throw new StoppedException(
          "the budget of %.2f USD is used up: %.4f USD are spent, and %s may cost %.4f"
              .formatted(limit.getAsDouble(), spentTogether(), what, most),
          "the same command with a larger --budget goes on from here");
    }
  }

  private double trainings(boolean isDone) {
    long tokens =
        trainings.values().stream()
            .filter(training -> training.isDone() == isDone)
            .mapToLong(Training::tokens)
            .sum();
    return trainingUsd(tokens).orElse(0);
  }

  private double spent() {
    return base.spent() + tuned.spent() + trainings(true);
  }

  private double setAside() {
    return reserved + trainings(false);
  }

  private void write() throws IOException {
    var json = base.json();
    json.put("rate", rate.json());
    if (tuned.calls > 0) {
      json.put("tuned", tuned.json());
    }
    if (!trainings.isEmpty()) {
      var all = new LinkedHashMap<String, Object>();
      trainings.forEach(
          (id, one) -> all.put(id, Map.of("tokens", one.tokens(), "done", one.isDone())));
      json.put("trainings", all);
    }
    AtomicFile.write(file, JsonMapper.shared().writeValueAsString(json) + "\n");
  }

  /// USD so far, with trainings that have ended; empty where a price is unknown.
  public OptionalDouble spentUsd() {
    synchronized (together) {
      boolean isKnown =
          base.isKnown()
              && tuned.isKnown()
              && (trainingPrice.isPresent()
                  || trainings.values().stream().noneMatch(one -> one.tokens() > 0));
      return isKnown ? OptionalDouble.of(spent()) : OptionalDouble.empty();
    }
  }

  /// Questions, to the model and to what was tuned from it.
  public long calls() {
    synchronized (together) {
      return base.calls + tuned.calls;
    }
  }

  /// One model's part.
  final class Account {
    private final Optional<TokenPrice> price;
    private long calls;
    private long promptTokens;
    private long answerTokens;

    /// At the prices of when it was asked; empty where one was unknown.
    private OptionalDouble usd = OptionalDouble.of(0);

    private Account(Optional<TokenPrice> price) {
      this.price = price;
    }

    private void read(JsonNode json) {
      calls = json.path("calls").asLong(0);
      promptTokens = json.path("prompt_tokens").asLong(0);
      answerTokens = json.path("answer_tokens").asLong(0);
      usd = json.path("usd").isNumber() ? OptionalDouble.of(json.path("usd").asDouble()) : priced();
    }

    /// All tokens at the price of now.
    private OptionalDouble priced() {
      return calls == 0
          ? OptionalDouble.of(0)
          : price
              .map(p -> OptionalDouble.of(p.of(promptTokens, answerTokens)))
              .orElse(OptionalDouble.empty());
    }

    private Map<String, Object> json() {
      var json = new LinkedHashMap<String, Object>();
      json.put("calls", calls);
      json.put("prompt_tokens", promptTokens);
      json.put("answer_tokens", answerTokens);
      usd.ifPresent(known -> json.put("usd", known));
      return json;
    }

    /// Sets aside what a call may cost at most.
    ///
    /// @return to give back, or to replace by what it did cost
    /// @throws StoppedException where that might pass the limit
    double reserve(long mostPromptTokens, long mostAnswerTokens) {
      synchronized (together) {
        double most = price.map(p -> p.of(mostPromptTokens, mostAnswerTokens)).orElse(0.0);
        while (!hasRoom(most) && isUnderWay()) {
          awaitAnswer(); // which will have taken less than was set aside for it
        }
        requireRoom(most, "the next call");
        reserved += most;
        underWay++;
        return most;
      }
    }

    void giveBack(double reservation) {
      synchronized (together) {
        reserved -= reservation;
        underWay--;
        together.notifyAll();
      }
    }

    /// Books a call that was answered.
    ///
    /// @param prompt its tokens
    /// @param answer its tokens
    void book(TextSize asked, long prompt, long answer) throws IOException {
      synchronized (together) {
        calls++;
        promptTokens += prompt;
        answerTokens += answer;
        usd =
            price.isPresent() && usd.isPresent()
                ? OptionalDouble.of(usd.getAsDouble() + price.get().of(prompt, answer))
                : OptionalDouble.empty();
        rate.add(asked.bytes(), asked.messages() + 1, prompt);
        write();
      }
    }

    private double spent() {
      return usd.orElse(0);
    }

    private boolean isKnown() {
      return usd.isPresent();
    }
  }
}
