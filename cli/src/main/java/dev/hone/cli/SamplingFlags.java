package dev.hone.cli;

import dev.hone.model.checkpoint.GenerationConfig;
import dev.hone.model.generate.SamplingOptions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// How `hone chat` chooses tokens.
///
/// What is not said is as the model's authors say in `generation_config.json`, where that samples
/// (`do_sample`); else always the likeliest token. Naming a sampling option without a temperature
/// samples at temperature 1.
@Command(header = "How tokens are chosen:")
final class SamplingFlags {
  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "The most tokens of an answer. Default: 512.")
  private int maxTokens = 512;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "0 always takes the likeliest token. Default: the model's own setting, else 0.")
  private Optional<Double> temperature = Optional.empty();

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Keep the K likeliest tokens; 0 keeps all.")
  private Optional<Integer> topK = Optional.empty();

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "Keep the likeliest tokens whose probabilities add up to P.")
  private Optional<Double> topP = Optional.empty();

  @Option(
      names = "--min-p",
      paramLabel = "P",
      description = "Keep tokens with at least P times the likeliest one's probability.")
  private Optional<Double> minP = Optional.empty();

  @Option(
      names = "--repetition-penalty",
      paramLabel = "R",
      description = "Above 1 makes repetition less likely. Default: 1.")
  private double repetitionPenalty = 1;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the random draws; the same seed gives the same answers. Default: 0.")
  private long seed;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "End the answer where this text begins; may be repeated.")
  private List<String> stop = List.of();

  /// As if nothing was said but how long an answer may be.
  static SamplingFlags ofMaxTokens(int maxTokens) {
    var flags = new SamplingFlags();
    flags.maxTokens = maxTokens;
    return flags;
  }

  /// @param authors what the model's directory says
  /// @param stopIds tokens that end an answer
  SamplingOptions options(GenerationConfig authors, Set<Integer> stopIds) {
    boolean isAuthors = temperature.isEmpty() && authors.doSample().orElse(false);
    boolean isSampled = topK.isPresent() || topP.isPresent() || minP.isPresent();
    double otherwise = isAuthors ? authors.temperature().orElse(1.0) : isSampled ? 1.0 : 0.0;
    return new SamplingOptions(
        temperature.orElse(otherwise),
        topK.orElse(isAuthors ? authors.topK().orElse(0) : 0),
        topP.orElse(isAuthors ? authors.topP().orElse(1.0) : 1.0),
        minP.orElse(0.0),
        repetitionPenalty,
        seed,
        maxTokens,
        stop,
        stopIds,
        Optional.empty());
  }
}
