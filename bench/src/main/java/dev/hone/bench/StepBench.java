package dev.hone.bench;

import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.decoder.Workspace;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.ProcessMemory;
import dev.hone.tensor.Processor;
import dev.hone.tensor.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// Times training steps, or the matrix products of such steps alone, and prints one line of JSON.
///
/// Losses and gradient norms are those of the rival's script on the same rows, unless the rows are
/// changed by `--pad` or `--all-logits`, which are there for what they cost.
@Command(
    name = "step",
    sortOptions = false,
    description = "Times training steps on rows of token ids and prints one line of JSON.")
public final class StepBench implements Callable<Integer> {
  @Option(names = "--model", required = true, paramLabel = "DIR")
  private Path model;

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      description = "A PEFT adapter to go on from. Default: train in full.")
  private Optional<Path> adapter = Optional.empty();

  @Option(
      names = "--base-dtype",
      paramLabel = "float32|bfloat16|int8",
      description = "What a frozen base is kept in. Default: float32.")
  private String baseDtype = BaseDtype.FLOAT32.label();

  @Option(
      names = "--rows",
      required = true,
      paramLabel = "FILE",
      description = "[{\"ids\": [...], \"trained_from\": k}, ...]")
  private Path rows;

  @Option(names = "--batch-size", paramLabel = "ROWS", description = "Default: 4.")
  private int batchSize = 4;

  @Option(names = "--micro-batch-tokens", paramLabel = "TOKENS", description = "Default: 512.")
  private int microBatchTokens = 512;

  @Option(names = "--threads", paramLabel = "N", description = "Default: 2.")
  private int threads = 2;

  @Option(names = "--steps", paramLabel = "N", description = "Steps that count. Default: 5.")
  private int steps = 5;

  @Option(names = "--warmup", paramLabel = "N", description = "Steps before them. Default: 2.")
  private int warmup = 2;

  @Option(names = "--recompute", description = "Make activations again in the backward.")
  private boolean recompute;

  @Option(names = "--pad", description = "Compute every row as long as its batch's longest.")
  private boolean isPadded;

  @Option(names = "--no-shared-prefix", description = "Compute alike beginnings once per row.")
  private boolean hasNoSharedPrefix;

  @Option(names = "--all-logits", description = "Compute the logits of every position.")
  private boolean hasAllLogits;

  @Option(names = "--floor", description = "Run the matrix products alone.")
  private boolean isFloor;

  public static void main(String... args) {
    System.exit(new CommandLine(new StepBench()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    if (Subject.dtype(baseDtype).isNarrow() && adapter.isEmpty()) {
      throw new IllegalArgumentException("--base-dtype " + baseDtype + " needs an --adapter");
    }
    var scratch = Files.createTempDirectory("hone-bench");
    try (var arena = Arena.ofShared();
        var work =
            Work.of(chosenRows(), scratch.resolve("tokens"), microBatchTokens, sharesPrefixes())) {
      var memory = new ArenaAllocator(arena);
      var result =
          run(Subject.load(model, Subject.dtype(baseDtype), adapter, memory), work, memory);
      System.out.println(JsonMapper.shared().writeValueAsString(result));
    } finally {
      Files.deleteIfExists(scratch.resolve("tokens"));
      Files.delete(scratch);
    }
    return 0;
  }

  /// The products alone are those of whole rows.
  private boolean sharesPrefixes() {
    return !hasNoSharedPrefix && !isFloor;
  }

  private Rows chosenRows() {
    var chosen = Rows.read(rows, batchSize);
    chosen = isPadded ? chosen.padded() : chosen;
    return hasAllLogits ? chosen.trainedThroughout() : chosen;
  }

  private Map<String, Object> run(Subject subject, Work work, ArenaAllocator memory)
      throws IOException {
    if (isFloor) { // of products in float32
      try (var floor = FloorSteps.of(subject, work, memory, threads)) {
        var result = time(floor, work);
        result.put("flops_per_step", floor.flops() / (warmup + steps));
        return result;
      }
    }
    var mode = recompute ? Workspace.Mode.RECOMPUTE : Workspace.Mode.TRAINING;
    try (var workers = new Workers(threads)) {
      return time(TrainingSteps.of(subject, work, mode, memory, workers), work);
    }
  }

  private Map<String, Object> time(Steps training, Work work) throws IOException {
    var seconds = new ArrayList<Double>();
    var outcomes = new ArrayList<Steps.Outcome>();
    var firstStep = Duration.ZERO;
    for (int step = 0; step < warmup + steps; step++) {
      long started = System.nanoTime();
      outcomes.add(training.step(step));
      seconds.add((System.nanoTime() - started) / 1e9);
      firstStep = step == 0 ? sinceStart() : firstStep;
    }
    var result = new LinkedHashMap<String, Object>();
    result.put("what", isFloor ? "floor" : "hone");
    result.put("method", adapter.isPresent() ? "lora" : "full");
    result.put("base_dtype", baseDtype);
    result.put("warmup", warmup);
    result.put("seconds", seconds);
    if (!isFloor) {
      result.put("losses", outcomes.stream().map(Steps.Outcome::loss).toList());
      result.put("gradient_norms", outcomes.stream().map(Steps.Outcome::gradientNorm).toList());
    }
    result.put("rows_per_step", batchSize);
    result.put("computed_tokens", tokens(work));
    result.put("seconds_to_first_step", firstStep.toNanos() / 1e9);
    result.put("peak_bytes", ProcessMemory.peakBytes());
    result.put("threads", threads);
    result.put("on", Processor.fingerprint());
    return result;
  }

  /// Tokens of each step.
  private List<Integer> tokens(Work work) {
    var tokens = new ArrayList<Integer>();
    for (int step = 0; step < warmup + steps; step++) {
      tokens.add(work.tokens(step));
    }
    return tokens;
  }

  private static Duration sinceStart() {
    var started = ProcessHandle.current().info().startInstant().orElseThrow();
    return Duration.between(started, Instant.now());
  }
}
