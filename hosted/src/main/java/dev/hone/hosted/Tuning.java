package dev.hone.hosted;

import dev.hone.ladder.rung.ChatModel;
import dev.hone.ladder.rung.Materials;
import dev.hone.model.Sha256;
import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.tune.run.AutoEpochs;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;

/// Trains a model where it is hosted, through OpenAI's API of files and fine-tuning jobs, which
/// other servers speak, too.
///
/// @param base what is tuned
/// @param environment variables of keys and addresses
/// @param keyFile holds the key; empty where the environment does
/// @param longestPoll between two looks at a job
/// @param budget that the training is reserved in, and questions to its model
/// @param answerTokens the most tokens of an answer
/// @param epochs empty for what suits the number of rows
public record Tuning(
    HostedName base,
    Map<String, String> environment,
    Optional<Path> keyFile,
    Patience patience,
    Duration longestPoll,
    Budget budget,
    int answerTokens,
    OptionalInt epochs) {
  /// Of the API.
  private static final int MOST_EPOCHS = 50;

  private static final int NAME_BYTES = 6;
  private static final int DIGEST_IN_NAME = 12;

  public Tuning {
    if (epochs.orElse(1) > MOST_EPOCHS) {
      throw new UsageException(
          "--epochs %d: a provider trains %d at most".formatted(epochs.getAsInt(), MOST_EPOCHS),
          "give fewer");
    }
  }

  /// A model that was trained, and how that went.
  record Result(ChatModel model, TuningOrder order) {}

  /// Trains, or goes on with what an earlier run has begun.
  ///
  /// @throws UsageException where the provider cannot train, or the job has failed
  /// @throws StoppedException where the job may go on, and is not heard of
  Result run(Materials materials) throws IOException {
    requireProvider();
    var train = TuningRows.ofTraining(materials.train());
    var selection = TuningRows.of(materials.selection());
    AtomicFile.write(materials.directory().resolve("train.jsonl"), train.jsonl());
    AtomicFile.write(materials.directory().resolve("selection.jsonl"), selection.jsonl());
    var digest = digest(train, selection, materials.seed());
    var orders = Files.createDirectories(TuningOrder.directory(materials.directory()));
    var file = orders.resolve(digest.substring(0, DIGEST_IN_NAME) + ".json");
    var known = TuningOrder.read(file);
    var order = known.isPresent() ? known.get() : order(digest, train, materials.seed());
    try (var client = client(base, environment, keyFile, patience)) {
      var run = new TuningRun(client, base, file, longestPoll, budget, materials.progress(), order);
      var ended = run.run(train, selection, known.isPresent());
      return new Result(model(ended.end().orElseThrow().model().orElseThrow()), ended);
    }
  }

  private void requireProvider() {
    switch (base.provider()) {
      case OPENAI, URL -> {}
      case ANTHROPIC, GEMINI, OLLAMA ->
          throw new UsageException(
              "%s does not offer OpenAI's API of fine-tuning jobs"
                  .formatted(base.provider().label()),
              "leave --tune-hosted out");
    }
  }

  private String digest(TuningRows train, TuningRows selection, long seed) {
    return Sha256.of(
        "%s\n%s\n%d epochs, seed %d\n%s\n%s"
            .formatted(
                base.text(),
                address(base, environment),
                epochs(train),
                seed,
                train.text(),
                selection.text()));
  }

  private int epochs(TuningRows train) {
    return epochs.orElseGet(() -> AutoEpochs.of(train.conversations().size()));
  }

  private TuningOrder order(String digest, TuningRows train, long seed) {
    int times = epochs(train);
    long tokens = Math.round(budget.tokens(train.bytes(), train.messages())) * times;
    var name = new byte[NAME_BYTES];
    ThreadLocalRandom.current().nextBytes(name);
    return new TuningOrder(
        HexFormat.of().formatHex(name),
        base.text(),
        address(base, environment),
        digest,
        train.conversations().size(),
        times,
        seed & Integer.MAX_VALUE,
        new TuningOrder.Forecast(
            tokens, train.mostTokens() * times, budget.trainingUsd(tokens), OptionalDouble.empty()),
        TuningOrder.Sent.NOTHING,
        Optional.empty());
  }

  private ChatModel model(String name) throws IOException {
    var tuned = new HostedName(base.provider(), name, base.address());
    return Providers.openTuned(tuned, environment, keyFile, patience, budget, answerTokens);
  }

  static TuningClient client(
      HostedName base, Map<String, String> environment, Optional<Path> keyFile, Patience patience)
      throws IOException {
    var key = Secret.find(base.provider(), environment, keyFile);
    return new TuningClient(
        new PatientClient(base.text(), key, patience),
        key,
        Optional.of(address(base, environment)).filter(text -> !text.isEmpty()));
  }

  /// Of the API; empty for the provider's own.
  static String address(HostedName base, Map<String, String> environment) {
    return base.address()
        .map(URI::toString)
        .or(() -> Providers.address(base, environment))
        .orElse("");
  }
}
