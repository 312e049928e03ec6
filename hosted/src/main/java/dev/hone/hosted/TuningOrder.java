package dev.hone.hosted;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A training that was ordered of a provider, and how far it has come: a file that is written
/// before and after each step, so that a climb that was killed goes on with the same files and job.
///
/// @param id in the names of what is made for it there, by which that is found again
/// @param base model that is tuned, as it was given
/// @param address of the provider's API
/// @param digest of rows, model, address, epochs and seed
/// @param forecast what it was to take
/// @param sent what is at the provider
/// @param end how it ended; empty while it has not
record TuningOrder(
    @JsonProperty("id") String id,
    @JsonProperty("base") String base,
    @JsonProperty("address") String address,
    @JsonProperty("digest") String digest,
    @JsonProperty("rows") int rows,
    @JsonProperty("epochs") int epochs,
    @JsonProperty("seed") long seed,
    @JsonProperty("forecast") Forecast forecast,
    @JsonProperty("sent") Sent sent,
    @JsonProperty("end") Optional<End> end) {

  /// @param tokens times epochs
  /// @param mostTokens that it may be: no token is shorter than a byte
  /// @param usd of `tokens`; empty where the price is unknown
  /// @param seconds from the job's creation on, as the provider first said
  record Forecast(
      @JsonProperty("tokens") long tokens,
      @JsonProperty("most_tokens") long mostTokens,
      @JsonProperty("usd") OptionalDouble usd,
      @JsonProperty("seconds") OptionalDouble seconds) {}

  /// Ids at the provider.
  record Sent(
      @JsonProperty("training_file") Optional<String> trainingFile,
      @JsonProperty("validation_file") Optional<String> validationFile,
      @JsonProperty("job") Optional<String> job) {
    static final Sent NOTHING = new Sent(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /// @param status as the provider calls it
  /// @param model what it is asked by, where it succeeded
  /// @param error why it failed; empty where it did not
  /// @param resultFiles ids of files that the job has made
  /// @param trainedTokens that the provider charges for
  /// @param seconds from the job's creation to its end
  /// @param usd of `trainedTokens`
  record End(
      @JsonProperty("status") String status,
      @JsonProperty("model") Optional<String> model,
      @JsonProperty("error") String error,
      @JsonProperty("result_files") List<String> resultFiles,
      @JsonProperty("trained_tokens") OptionalLong trainedTokens,
      @JsonProperty("seconds") OptionalDouble seconds,
      @JsonProperty("usd") OptionalDouble usd) {}

  /// Where the orders of a rung are kept.
  static Path directory(Path rung) {
    return rung.resolve("orders");
  }

  static Optional<TuningOrder> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JsonMapper.shared().readValue(Files.readString(file), TuningOrder.class));
    } catch (JacksonException e) {
      throw new UsageException(
          file + ": is damaged",
          "see at the provider what it has of this, then delete the file",
          e);
    }
  }

  TuningOrder write(Path file) throws IOException {
    var text = JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(this);
    AtomicFile.write(file, text + "\n");
    return this;
  }

  TuningOrder with(Forecast other) {
    return new TuningOrder(id, base, address, digest, rows, epochs, seed, other, sent, end);
  }

  TuningOrder with(Sent other) {
    return new TuningOrder(id, base, address, digest, rows, epochs, seed, forecast, other, end);
  }

  TuningOrder with(End how) {
    return new TuningOrder(
        id, base, address, digest, rows, epochs, seed, forecast, sent, Optional.of(how));
  }

  /// What a file of it is called at the provider.
  String fileName(String part) {
    return "hone-%s-%s.jsonl".formatted(id, part);
  }
}
