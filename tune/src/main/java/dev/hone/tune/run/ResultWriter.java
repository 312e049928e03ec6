package dev.hone.tune.run;

import dev.hone.model.adapter.AdapterConfig;
import dev.hone.model.adapter.LoraConfig;
import dev.hone.model.adapter.PeftAdapter;
import dev.hone.model.adapter.Proof;
import dev.hone.model.adapter.Provenance;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.checkpoint.CheckpointWriter;
import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.checkpoint.HubSnapshot;
import dev.hone.model.checkpoint.SafetensorsWriter.Entry;
import dev.hone.tensor.ArenaAllocator;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/// Turns a finished run's directory into an adapter, or a model.
///
/// Files appear whole, and the one that makes the directory what it is (`adapter_config.json` or
/// `config.json`) comes after all the others it needs.
final class ResultWriter {
  private static final JsonMapper JSON = JsonMapper.shared();

  private ResultWriter() {}

  static void write(
      TuneRequest request,
      ModelFiles files,
      Trained trained,
      Provenance provenance,
      Proof proof,
      Summary summary)
      throws IOException {
    var card = card(request, summary);
    switch (request.method()) {
      case Method.Lora lora ->
          writeAdapter(request, lora.config(), trained, request.out(), card, provenance, proof);
      case Method.Full(var dtype) ->
          writeModel(request, files, entries(trained, dtype), card, provenance, proof);
    }
    var json = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(summary);
    AtomicFile.write(request.out().resolve("summary.json"), json + "\n");
  }

  /// Writes the adapter as it is after some steps.
  static void writeSnapshot(
      TuneRequest request, Trained trained, Provenance provenance, Proof proof, long step, Path dir)
      throws IOException {
    var card = "# Fine-tuned with Hone\n\nThe adapter after step %,d.\n".formatted(step);
    switch (request.method()) {
      case Method.Lora lora ->
          writeAdapter(request, lora.config(), trained, dir, card, provenance, proof);
      case Method.Full any -> throw new IllegalStateException("a full model has no adapter");
    }
  }

  private static void writeAdapter(
      TuneRequest request,
      LoraConfig lora,
      Trained trained,
      Path dir,
      String card,
      Provenance provenance,
      Proof proof)
      throws IOException {
    try (var arena = Arena.ofConfined()) {
      var adapter =
          new PeftAdapter(
              AdapterConfig.of(lora, request.base()), trained.shape(), trained.parameters());
      if (trained.start().isPresent()) {
        adapter = adapter.minus(trained.start().get(), new ArenaAllocator(arena));
      }
      adapter.writeInto(dir, card, provenance, proof, trained.base());
    }
  }

  private static void writeModel(
      TuneRequest request,
      ModelFiles files,
      List<Entry> tensors,
      String card,
      Provenance provenance,
      Proof proof)
      throws IOException {
    var staged = request.out().resolve(".model");
    CheckpointWriter.write(staged, files.dir(), tensors, true);
    provenance.write(staged);
    proof.write(staged);
    AtomicFile.write(staged.resolve("README.md"), card);
    try (var written = Files.list(staged)) {
      for (var file : written.sorted(Comparator.comparing(ResultWriter::comesLast)).toList()) {
        Files.move(file, request.out().resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
      }
    }
    Files.delete(staged);
  }

  private static boolean comesLast(Path file) {
    return file.endsWith("config.json");
  }

  /// Under the names that the base's files have.
  private static List<Entry> entries(Trained trained, Dtype dtype) {
    return trained.parameters().parameters().stream()
        .map(p -> {
          var shape = Arrays.stream(p.shape()).boxed().toList();
          return Entry.ofF32(
              p.name(), dtype, shape, () -> trained.parameters().get(p.name()).data());
        })
        .sorted(Comparator.comparing(Entry::name))
        .toList();
  }

  private static String card(TuneRequest request, Summary s) {
    return """
    # Fine-tuned with Hone

    Base `%s`, method %s, %,d rows in %,d steps, %,d rows held out.

    | | before | after |
    |---|---|---|
    | held-out loss (nats per token) | %.4f | %.4f |
    | held-out token accuracy | %.4f | %.4f |
    | general text (bits per byte) | %.4f | %.4f |
    """
            .formatted(
                HubSnapshot.labelOf(request.base()),
                s.method(),
                s.rows(),
                s.steps(),
                s.heldOutRows(),
                s.heldOutLossBefore(),
                s.heldOutLossAfter(),
                s.heldOutTokenAccuracyBefore(),
                s.heldOutTokenAccuracyAfter(),
                s.probeBitsPerByteBefore(),
                s.probeBitsPerByteAfter())
        + s.metric().map(name -> metric(name, s)).orElse("");
  }

  private static String metric(String name, Summary s) {
    return "| held-out answers (%s) | %.4f | %.4f |\n"
        .formatted(name, s.metricBefore().orElseThrow(), s.metricAfter().orElseThrow());
  }
}
