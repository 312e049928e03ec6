package dev.hone.model.adapter;

import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.decoder.BaseWeights;
import dev.hone.model.decoder.Decoder;
import dev.hone.model.decoder.PackedBatch;
import dev.hone.model.decoder.Workspace;
import dev.hone.model.text.ChatRenderer;
import dev.hone.model.text.PlainRenderer;
import dev.hone.model.text.Tokenizer;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.testkit.Golden;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/// The base and the adapters that tools/parity/peft_interop.py had PEFT write, opened.
final class GoldenAdapters implements AutoCloseable {
  static final Path BASE = dir("base");

  final Arena arena = Arena.ofShared();
  final ArenaAllocator memory = new ArenaAllocator(arena);
  final Checkpoint checkpoint;
  final BaseWeights weights;
  final Decoder base;

  GoldenAdapters(Path baseDir) throws IOException {
    checkpoint = Checkpoint.open(baseDir, arena);
    weights = BaseWeights.load(checkpoint, BaseDtype.FLOAT32, memory);
    base =
        Decoder.of(
            checkpoint.config(), weights, memory, checkpoint.config().maxPositionEmbeddings());
  }

  GoldenAdapters() throws IOException {
    this(BASE);
  }

  /// The base whose files have q, k and v in one matrix, and gate and up in another; its adapters
  /// are `phi3/NAME`.
  static GoldenAdapters ofPhi3() throws IOException {
    return new GoldenAdapters(dir("phi3/base"));
  }

  /// The directory `/golden/peft/NAME`.
  static Path dir(String name) {
    try {
      return Path.of(GoldenAdapters.class.getResource("/golden/peft/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static Path copy(Path source, Path target) throws IOException {
    Files.createDirectories(target);
    try (var files = Files.list(source)) {
      for (var file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName()));
      }
    }
    return target;
  }

  PeftAdapter read(String name) throws IOException {
    return read(dir(name));
  }

  PeftAdapter read(Path dir) throws IOException {
    return PeftAdapter.read(dir, checkpoint.config(), memory);
  }

  Decoder with(PeftAdapter adapter) {
    return adapter.on(base, memory);
  }

  ChatRenderer renderer() throws IOException {
    var tokenizer = Tokenizer.open(checkpoint);
    return new PlainRenderer(tokenizer, tokenizer.bosId(), tokenizer.eosId().getAsInt());
  }

  Provenance provenance() throws IOException {
    return new Provenance(
        checkpoint.fingerprint(),
        BaseDtype.FLOAT32,
        renderer().format(),
        Set.of(RowShape.COMPLETION));
  }

  Proof prove(PeftAdapter adapter) throws IOException {
    return Proof.of(renderer(), base, with(adapter), adapter.shape());
  }

  /// Logits after every token of the golden rows, as the golden file has them.
  float[] logits(Decoder decoder, PeftAdapter adapter) {
    var rows = Golden.load("peft/logits").i32Rows("ids");
    var batch = new PackedBatch(64, rows.length);
    for (var row : rows) {
      batch.addRow(row, row.length, i -> false);
    }
    var ws =
        Workspace.allocate(
            memory,
            checkpoint.config(),
            BaseDtype.FLOAT32,
            adapter.shape(),
            Workspace.Mode.INFERENCE,
            64,
            64,
            0f);
    var logits = memory.f32("logits", batch.numTokens(), checkpoint.config().vocabSize());
    decoder.logits(batch, ws, logits);
    return logits.toArray();
  }

  @Override
  public void close() {
    arena.close();
  }
}
