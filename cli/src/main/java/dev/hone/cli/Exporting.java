package dev.hone.cli;

import dev.hone.model.UsageException;
import dev.hone.model.adapter.Proof;
import dev.hone.model.checkpoint.AtomicDirectory;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.CheckpointWriter;
import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.checkpoint.GgufExport;
import dev.hone.model.checkpoint.GgufFormat;
import dev.hone.model.language.LanguageModel;
import dev.hone.tune.data.Source;
import dev.hone.tune.eval.EvalRequest;
import dev.hone.tune.eval.EvalRun;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Runs one `hone export`.
final class Exporting {
  /// Files of an adapter that PEFT reads.
  private static final List<String> PEFT_FILES =
      List.of("adapter_config.json", "adapter_model.safetensors");

  /// What vLLM's `--max-lora-rank` may be, above its default.
  private static final List<Integer> VLLM_RANKS = List.of(32, 64, 128, 256, 320, 512);

  /// What is measured where nobody says which; the largest first.
  private static final List<GgufFormat> CANDIDATES =
      List.of(GgufFormat.BF16, GgufFormat.Q8_0, GgufFormat.Q4_K);

  /// How much higher a loss may be for the smaller file's sake.
  private static final double TOLERANCE = 0.01;

  private final Shell shell;
  private final Wish wish;

  /// What is asked for.
  ///
  /// @param type of matrices; empty for the best, or the usual one
  /// @param data rows to measure on
  /// @param rows how they are read
  record Wish(
      Path base,
      Optional<Path> adapter,
      ExportTarget target,
      Optional<GgufFormat> type,
      Path out,
      Optional<Source> data,
      DataOptions rows,
      int threads) {}

  /// A file that was written, and its loss where that was measured.
  private record Candidate(GgufFormat type, Path file, long byteSize, double loss) {}

  Exporting(Shell shell, Wish wish) {
    this.shell = shell;
    this.wish = wish;
  }

  void run() throws IOException {
    requireSense();
    switch (wish.target) {
      case PEFT -> peft();
      case GGUF_LORA -> ggufLora();
      case HF -> huggingFace();
      case GGUF -> withWhole(source -> gguf(source, wish.out));
      case OLLAMA -> withWhole(this::ollama);
    }
  }

  private void requireSense() {
    if (wish.target.isAdapter() && wish.adapter.isEmpty()) {
      throw new UsageException("--to %s needs an --adapter".formatted(wish.target), "give one");
    }
    if (wish.target.isAdapter() && wish.data.isPresent()) {
      throw new UsageException(
          "--data has no effect with --to " + wish.target, "measure it with hone eval");
    }
    if (Files.exists(wish.out)) {
      throw new UsageException(wish.out + ": exists already", "give a new path");
    }
  }

  /// Base and adapter, whose proof has been replayed.
  private LanguageModel open() throws IOException {
    return LanguageModel.open(wish.base, wish.adapter, Optional.empty(), Proof.MAX_TOKENS);
  }

  private void peft() throws IOException {
    int rank;
    boolean isPlain;
    try (var model = open()) {
      rank = model.adapterRank();
      isPlain = model.hasPlainAdapter();
    }
    AtomicDirectory.write(
        wish.out,
        dir -> false,
        dir -> {
          for (var name : PEFT_FILES) {
            AtomicFile.copy(wish.adapter.orElseThrow().resolve(name), dir.resolve(name));
          }
        });
    wrote("the adapter for " + wish.base);
    var notes = new ArrayList<String>();
    notes.add("PEFT: PeftModel.from_pretrained(base, \"%s\")".formatted(wish.out));
    notes.add(forVllm(rank));
    if (!isPlain) {
      notes.add(
          "vLLM takes neither DoRA, nor modules_to_save, nor rows of tokens: --to hf writes the"
              + " whole model");
    }
    if (Files.isRegularFile(wish.base)) {
      notes.add(
          "the base was a GGUF file: others need the model that it was made from, whose weights"
              + " differ by its rounding");
    }
    portability(notes);
  }

  private static String forVllm(int rank) {
    if (rank <= 16) {
      return "vLLM: rank %d is within its default of 16".formatted(rank);
    }
    return VLLM_RANKS.stream()
        .filter(most -> rank <= most)
        .findFirst()
        .map(most ->
            "vLLM: rank %d needs --max-lora-rank %d; its default is 16".formatted(rank, most))
        .orElse("vLLM takes no rank of %d: --to hf writes the whole model".formatted(rank));
  }

  private void ggufLora() throws IOException {
    try (var model = open()) {
      model.writeGgufLora(wish.out);
    }
    wrote(Numbers.bytes(Files.size(wish.out)));
    portability(
        List.of(
            "llama.cpp: llama-server -m BASE.gguf --lora %s, with the base's GGUF file"
                .formatted(wish.out),
            "Ollama: ADAPTER %s in a Modelfile, with the same base".formatted(wish.out)));
  }

  private void huggingFace() throws IOException {
    var dtype = wish.type.map(Exporting::dtype).orElse(Dtype.F32);
    writeWhole(wish.out, dtype);
    wrote("a Hugging Face directory in " + dtype);
    if (wish.data.isPresent()) {
      double was = loss(wish.base, wish.adapter, "as it was trained");
      double is = loss(wish.out, Optional.empty(), "as it was written");
      shell.out().println("held-out loss: " + compared(was, is));
    }
    next(wish.out);
  }

  private static Dtype dtype(GgufFormat type) {
    return switch (type) {
      case F32 -> Dtype.F32;
      case F16 -> Dtype.F16;
      case BF16 -> Dtype.BF16;
      case Q8_0, Q4_0, Q4_K ->
          throw new UsageException(
              "--type %s: Hugging Face directories are written in F32, F16 or BF16".formatted(type),
              "choose one of these, or --to gguf");
    };
  }

  /// Base and adapter as one directory; the base alone where there is no adapter.
  private void writeWhole(Path out, Dtype dtype) throws IOException {
    if (wish.adapter.isPresent()) {
      try (var model = open()) {
        model.merge(out, Optional.of(dtype), false);
      }
      return;
    }
    try (var arena = Arena.ofConfined()) {
      CheckpointWriter.copy(Checkpoint.open(wish.base, arena), dtype, out);
    }
  }

  private interface WithWhole {
    void run(Path source) throws IOException;
  }

  /// Runs on a model without an adapter: the base, or what it is with its adapter, for that time.
  private void withWhole(WithWhole what) throws IOException {
    try (var arena = Arena.ofConfined()) {
      GgufExport.check(Checkpoint.open(wish.base, arena)); // before anything is computed
    }
    if (wish.adapter.isEmpty()) {
      what.run(wish.base);
      return;
    }
    var merged = beside(".merged");
    AtomicDirectory.deleteTree(merged); // of a run that was killed
    try {
      writeWhole(merged, Dtype.F32);
      what.run(merged);
    } finally {
      AtomicDirectory.deleteTree(merged);
    }
  }

  private Path beside(String suffix) {
    return wish.out.toAbsolutePath().resolveSibling("." + wish.out.getFileName() + suffix);
  }

  private void gguf(Path source, Path file) throws IOException {
    var type = write(source, file);
    wrote("%s, %s".formatted(type, Numbers.bytes(Files.size(file))));
    portability(ggufNotes(source, type));
    next(file);
  }

  /// Writes the file in the type that was asked for, or in the best of several.
  private GgufFormat write(Path source, Path file) throws IOException {
    if (wish.data.isEmpty()) {
      var type = wish.type.orElse(GgufFormat.Q8_0);
      writeGguf(source, type, file);
      return type;
    }
    var types = wish.type.map(List::of).orElse(CANDIDATES);
    double was = loss(wish.base, wish.adapter, "as it was trained");
    var written = new ArrayList<Candidate>();
    try {
      for (var type : types) {
        var candidate = beside("." + type + ".gguf");
        writeGguf(source, type, candidate);
        double is = loss(candidate, Optional.empty(), "in " + type);
        written.add(new Candidate(type, candidate, Files.size(candidate), is));
      }
      var chosen = choose(was, written);
      print(was, written, chosen);
      Files.move(chosen.file, file);
      return chosen.type;
    } finally {
      for (var candidate : written) Files.deleteIfExists(candidate.file);
    }
  }

  /// The smallest that is hardly worse; else the best.
  private static Candidate choose(double was, List<Candidate> written) {
    return written.stream()
        .filter(c -> c.loss <= was * (1 + TOLERANCE))
        .min(Comparator.comparingLong(Candidate::byteSize))
        .orElseGet(
            () -> written.stream().min(Comparator.comparingDouble(Candidate::loss)).orElseThrow());
  }

  private void print(double was, List<Candidate> written, Candidate chosen) {
    var table = Table.ofNumbers().row("", "size", "held-out loss", "change");
    table.row("as it was trained", "", Numbers.loss(was), "");
    for (var candidate : written) {
      double is = candidate.loss;
      table.row(
          candidate.type.name(),
          Numbers.bytes(candidate.byteSize()),
          Numbers.loss(is),
          Numbers.change(was, is) + (candidate == chosen && written.size() > 1 ? "  <- kept" : ""));
    }
    table.lines().forEach(shell.out()::println);
  }

  private void writeGguf(Path source, GgufFormat type, Path file) throws IOException {
    try (var arena = Arena.ofConfined()) {
      var name = wish.out.getFileName().toString().replaceFirst("\\.gguf$", "");
      GgufExport.write(Checkpoint.open(source, arena), type, name, file);
      Checkpoint.open(file, arena); // what cannot be read again is no export
    }
  }

  private List<String> ggufNotes(Path source, GgufFormat type) throws IOException {
    var notes = new ArrayList<String>();
    try (var arena = Arena.ofConfined()) {
      var model = Checkpoint.open(source, arena);
      notes.add("llama.cpp, LM Studio: architecture %s".formatted(GgufExport.architecture(model)));
      notes.addAll(GgufExport.differences(model));
      long elsewhere = GgufExport.inOtherTypes(model, type);
      if (elsewhere > 0) {
        notes.add(
            "%d matrices of the layers are in Q8_0 or F16: their rows are no whole blocks of %s"
                .formatted(elsewhere, type));
      }
    }
    return notes;
  }

  private void ollama(Path source) throws IOException {
    var type = new ArrayList<GgufFormat>();
    var modelfile = new ArrayList<OllamaModelfile>();
    AtomicDirectory.write(
        wish.out,
        dir -> false,
        dir -> {
          type.add(write(source, dir.resolve(OllamaModelfile.WEIGHTS)));
          modelfile.add(OllamaModelfile.of(source));
          AtomicFile.write(dir.resolve("Modelfile"), modelfile.getFirst().text());
        });
    wrote(
        "%s, %s"
            .formatted(
                type.getFirst(),
                Numbers.bytes(Files.size(wish.out.resolve(OllamaModelfile.WEIGHTS)))));
    var notes = ggufNotes(source, type.getFirst());
    notes.addAll(modelfile.getFirst().notes());
    portability(notes);
    shell.out().println("next");
    shell
        .out()
        .println(
            "  cd %s && ollama create %s"
                .formatted(ShellQuotes.join(List.of(wish.out.toString())), wish.out.getFileName()));
  }

  private double loss(Path base, Optional<Path> adapter, String what) throws IOException {
    var request =
        new EvalRequest(
            base,
            adapter,
            Optional.empty(),
            wish.data.orElseThrow(),
            wish.rows.maxLength(),
            wish.rows.trainsOnPrompt(),
            wish.threads);
    try (var progress = TuneProgress.on(shell)) {
      progress.note("measuring the model " + what);
      return EvalRun.run(request, progress).evaluation().loss();
    }
  }

  private static String compared(double was, double is) {
    return "%s as it was trained, %s as it was written (%s)"
        .formatted(Numbers.loss(was), Numbers.loss(is), Numbers.change(was, is));
  }

  private void wrote(String what) {
    shell.out().println("wrote %s: %s".formatted(wish.out, what));
  }

  private void portability(List<String> notes) {
    shell.out().println("for other programs");
    notes.forEach(note -> shell.out().println("- " + note));
  }

  private void next(Path model) {
    shell.out().println("next");
    var command = ShellQuotes.join(List.of("hone", "chat", "--base", model.toString()));
    shell.out().println("  " + command);
  }
}
