package dev.hone.server.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.hone.model.adapter.LoraConfig;
import dev.hone.model.adapter.Targets;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.tune.data.Source;
import dev.hone.tune.run.Method;
import dev.hone.tune.run.TuneRequest;
import dev.hone.tune.run.TuneRequest.Hyper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import tools.jackson.databind.json.JsonMapper;

/// What a worker shall do: `order.json`. It is written once, so that a worker that goes on does
/// what the one before it did, whatever the server's settings are by then.
///
/// @param base the checkpoint's directory
/// @param baseDtype what the base is kept in
/// @param multiplier of the learning rate that Hone chooses
record WorkOrder(
    @JsonProperty("base") String base,
    @JsonProperty("base_dtype") String baseDtype,
    @JsonProperty("epochs") int epochs,
    @JsonProperty("batch_size") int batchSize,
    @JsonProperty("learning_rate_multiplier") double multiplier,
    @JsonProperty("seed") long seed,
    @JsonProperty("threads") int threads) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// As `hone tune` has it.
  private static final int RANK = 16;

  private static final int LONGEST = 1024;

  static WorkOrder read(Path file) throws IOException {
    return JSON.readValue(Files.readString(file), WorkOrder.class);
  }

  void write(Path file) throws IOException {
    AtomicFile.write(file, JSON.writeValueAsString(this) + "\n");
  }

  ModelConfig config() throws IOException {
    return ModelConfig.read(Path.of(base).resolve("config.json"));
  }

  /// Tokens of an example that are kept; of a longer one the end is cut away.
  int maxLength() throws IOException {
    return Math.min(config().maxPositionEmbeddings(), LONGEST);
  }

  /// @param isResumed whether a run that is there goes on
  TuneRequest request(JobFiles files, boolean isResumed) throws IOException {
    var lora = new LoraConfig(RANK, 2.0 * RANK, Targets.parse(Targets.ALL_LINEAR), 0, false);
    var method = new Method.Lora(lora);
    return new TuneRequest(
        Path.of(base),
        new Source(files.train()),
        files.validIfPresent().map(Source::new),
        files.run(),
        method,
        BaseDtype.byLabel(baseDtype).orElseThrow(),
        hyper(method),
        OptionalInt.of(maxLength()),
        false,
        threads,
        isResumed,
        Optional.empty(),
        Optional.empty());
  }

  private Hyper hyper(Method method) throws IOException {
    var standard = Hyper.DEFAULT;
    return new Hyper(
        OptionalDouble.of(method.defaultLearningRate(config()) * multiplier),
        epochs,
        batchSize,
        standard.microBatchTokens(),
        standard.sharesPrefixes(),
        standard.schedule(),
        standard.warmupRatio(),
        standard.weightDecay(),
        standard.beta2(),
        standard.clipNorm(),
        standard.recompute(),
        standard.evalEvery(),
        standard.patience(),
        standard.checkpointEvery(),
        seed);
  }
}
