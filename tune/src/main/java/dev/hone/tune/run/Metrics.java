package dev.hone.tune.run;

import dev.hone.tune.train.Measured;
import dev.hone.tune.train.StepReport;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import tools.jackson.databind.json.JsonMapper;

/// `metrics.csv` and `metrics.jsonl`: a line per step, and one per evaluation with its step.
final class Metrics implements AutoCloseable {
  private static final String HEADER =
      "step,epoch,loss,grad_norm,learning_rate,trained_tokens,tokens,tokens_per_second,seconds,held_out_loss,"
          + "held_out_token_accuracy";
  private static final String SCORE = "score";
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Optional<String> metric;
  private final String header;
  private final BufferedWriter csv;
  private final BufferedWriter jsonl;

  private Metrics(
      Optional<String> metric, String header, BufferedWriter csv, BufferedWriter jsonl) {
    this.metric = metric;
    this.header = header;
    this.csv = csv;
    this.jsonl = jsonl;
  }

  /// Opens both files; what a resumed run will do again is cut off first.
  ///
  /// @param step the run stands at
  /// @param metric the name of what is measured beside the loss, if anything is
  static Metrics open(Path out, long step, Optional<String> metric) throws IOException {
    var csv = out.resolve("metrics.csv");
    var jsonl = out.resolve("metrics.jsonl");
    keepUpTo(
        step,
        csv,
        line ->
            line.startsWith("step") ? -1 : Long.parseLong(line.substring(0, line.indexOf(','))));
    keepUpTo(step, jsonl, line -> JSON.readTree(line).get("step").asLong());
    var header = metric.isPresent() ? HEADER + "," + SCORE : HEADER;
    if (Files.notExists(csv) || Files.size(csv) == 0) {
      Files.writeString(csv, header + "\n");
    }
    return new Metrics(metric, header, append(csv), append(jsonl));
  }

  private static BufferedWriter append(Path file) throws IOException {
    return Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /// A line that a kill cut short is dropped, too: it belongs to a step after the checkpoint.
  private static void keepUpTo(long step, Path file, ToLongFunction<String> stepOf)
      throws IOException {
    if (Files.notExists(file)) {
      return;
    }
    var kept = new StringBuilder();
    for (var line : Files.readString(file).split("(?<=\n)")) {
      if (!line.endsWith("\n")
          || stepOf.applyAsLong(line) > step
          || (step == 0 && stepOf.applyAsLong(line) == 0)) {
        break;
      }
      kept.append(line);
    }
    var part = file.resolveSibling("." + file.getFileName() + ".part");
    Files.writeString(part, kept);
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  void stepped(StepReport r) throws IOException {
    double rate = r.tokens() / r.seconds();
    var fields = new LinkedHashMap<String, Object>();
    fields.put("step", r.step());
    fields.put("epoch", r.epoch());
    fields.put("loss", r.loss());
    fields.put("grad_norm", r.gradientNorm());
    fields.put("learning_rate", r.learningRate());
    fields.put("trained_tokens", r.trainedTokens());
    fields.put("tokens", r.tokens());
    fields.put("tokens_per_second", rate);
    fields.put("seconds", r.seconds());
    write(fields);
  }

  void evaluated(long step, Measured heldOut) throws IOException {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("step", step);
    fields.put("held_out_loss", heldOut.evaluation().loss());
    fields.put("held_out_token_accuracy", heldOut.evaluation().tokenAccuracy());
    metric.ifPresent(name -> {
      fields.put("metric", name);
      fields.put(SCORE, heldOut.metric().orElseThrow());
    });
    write(fields);
  }

  private void write(Map<String, Object> fields) throws IOException {
    jsonl.write(JSON.writeValueAsString(fields));
    jsonl.write("\n");
    var line = new StringBuilder();
    for (var column : header.split(",")) {
      line.append(line.isEmpty() ? "" : ",").append(fields.getOrDefault(column, ""));
    }
    csv.write(line.append('\n').toString());
  }

  void flush() throws IOException {
    csv.flush();
    jsonl.flush();
  }

  @Override
  public void close() throws IOException {
    try (csv;
        jsonl) {
      flush();
    }
  }
}
