package dev.hone.hosted;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What may be spent on a hosted model, and what was: kept in a file, so that runs that go on with
/// one another have one budget. A call that might pass it is not made. Several models may have one
/// limit together.
public final class Budget {
  private static final double MILLION = 1e6;

  private final Path file;
  private final OptionalDouble limit;
  private final Optional<TokenPrice> price;

  /// Those that have the limit together; the lock of them all.
  private final List<Budget> together;

  private long calls;
  private long promptTokens;
  private long answerTokens;
  private double reserved;

  /// Of a model that charges by tokens.
  ///
  /// @param prompt USD a million
  /// @param answer USD a million
  public record TokenPrice(double prompt, double answer) {
    double of(long promptTokens, long answerTokens) {
      return (prompt * promptTokens + answer * answerTokens) / MILLION;
    }
  }

  private Budget(
      Path file, OptionalDouble limit, Optional<TokenPrice> price, List<Budget> together) {
    this.file = file;
    this.limit = limit;
    this.price = price;
    this.together = together;
  }

  /// @param file where it is kept; made with the first call
  /// @param limit USD; empty for any
  /// @param price empty where it is unknown
  /// @throws UsageException where there is a limit, and no price to keep it with
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

  private static Budget open(
      Path file, OptionalDouble limit, Optional<TokenPrice> price, List<Budget> together)
      throws IOException {
    if (limit.isPresent() && price.isEmpty()) {
      throw new UsageException(
          "--budget: the price of the model is unknown, so no budget can be kept",
          "give its price in a file of your own with --prices, or leave --budget out");
    }
    var budget = new Budget(file, limit, price, together);
    if (Files.exists(file)) {
      budget.read();
    }
    together.add(budget);
    return budget;
  }

  private void read() throws IOException {
    try {
      var json = JsonMapper.shared().readTree(Files.readString(file));
      calls = json.path("calls").asLong(0);
      promptTokens = json.path("prompt_tokens").asLong(0);
      answerTokens = json.path("answer_tokens").asLong(0);
    } catch (JacksonException e) {
      throw new UsageException(file + ": is damaged", "delete it to begin at nothing spent", e);
    }
  }

  /// Sets aside what a call may cost at most.
  ///
  /// @return to give back, or to replace by what it did cost
  /// @throws StoppedException where that might pass the limit
  double reserve(long mostPromptTokens, long mostAnswerTokens) {
    synchronized (together) {
      double most = price.map(p -> p.of(mostPromptTokens, mostAnswerTokens)).orElse(0.0);
      double spent = together.stream().mapToDouble(Budget::spent).sum();
      double set = together.stream().mapToDouble(budget -> budget.reserved).sum();
      if (limit.isPresent() && spent + set + most > limit.getAsDouble()) {
        throw new StoppedException(
            "the budget of %.2f USD is used up: %.4f USD are spent, and the next call may cost %.4f"
                .formatted(limit.getAsDouble(), spent, most),
            "the same command with a larger --budget goes on from here");
      }
      reserved += most;
      return most;
    }
  }

  void giveBack(double reservation) {
    synchronized (together) {
      reserved -= reservation;
    }
  }

  /// Books a call that was answered.
  void book(long prompt, long answer) throws IOException {
    synchronized (together) {
      calls++;
      promptTokens += prompt;
      answerTokens += answer;
      var json = new LinkedHashMap<String, Object>();
      json.put("calls", calls);
      json.put("prompt_tokens", promptTokens);
      json.put("answer_tokens", answerTokens);
      AtomicFile.write(file, JsonMapper.shared().writeValueAsString(json) + "\n");
    }
  }

  private double spent() {
    return price.map(p -> p.of(promptTokens, answerTokens)).orElse(0.0);
  }

  /// USD so far; empty where the price is unknown.
  public OptionalDouble spentUsd() {
    synchronized (together) {
      return price.isPresent() ? OptionalDouble.of(spent()) : OptionalDouble.empty();
    }
  }

  public long calls() {
    synchronized (together) {
      return calls;
    }
  }
}
