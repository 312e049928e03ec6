package dev.hone.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class NewRowsTest {
  private static final int HIDDEN = 8;
  @TempDir private Path dir;
  private final Arena arena = Arena.ofConfined();

  @AfterEach
  void close() {
    arena.close();
  }

  private Checkpoint base(Dtype dtype, String config) throws IOException {
    var base = Files.createDirectory(dir.resolve("base"));
    Files.writeString(base.resolve("config.json"), config.replace("float32", dtype.torchName()));
    var entries = TinyCheckpoint.entries(ModelConfig.read(base.resolve("config.json")), dtype);
    TinyCheckpoint.writeWeights(base, entries);
    return Checkpoint.open(base, arena);
  }

  private Checkpoint grown(Checkpoint base, Map<Integer, List<Integer>> sources)
      throws IOException {
    NewRows.write(base, new TreeMap<>(sources), dir.resolve("out"));
    return Checkpoint.open(dir.resolve("out"), arena);
  }

  private float[] row(Checkpoint model, String name, int id) throws IOException {
    var row = arena.allocate(HIDDEN * Float.BYTES, Float.BYTES);
    model.readF32(name, (long) id * HIDDEN, row);
    return row.toArray(ValueLayout.JAVA_FLOAT);
  }

  /// Every old row, and every other tensor, has the bytes that it had.
  private static void assertOldBytes(Checkpoint base, Checkpoint grown, int rowsThatChange) {
    Checkpoint.expectedTensors(base.config())
        .forEach((name, shape) -> {
          var was = base.raw(name);
          boolean hasRows = shape.getFirst() == base.config().vocabSize();
          long bytes =
              was.byteSize() - (hasRows ? rowsThatChange * was.byteSize() / shape.getFirst() : 0);
          var is = grown.raw(name);
          assertEquals(-1, was.asSlice(0, bytes).mismatch(is.asSlice(0, bytes)), name);
          assertEquals(
              base.tensor(name).orElseThrow().dtype(), grown.tensor(name).orElseThrow().dtype());
        });
  }

  @ParameterizedTest
  @EnumSource(
      value = Dtype.class,
      names = {"F32", "F16", "BF16"})
  void newRowsAreMeansInBothMatrices(Dtype dtype) throws IOException {
    var base = base(dtype, TinyCheckpoint.CONFIG);
    var grown = grown(base, Map.of(300, List.of(5, 7, 5), 301, List.of(299)));
    assertEquals(302, grown.config().vocabSize());
    assertOldBytes(base, grown, 0);
    double unit = dtype == Dtype.F32 ? 0x1p-24 : dtype == Dtype.F16 ? 0x1p-11 : 0x1p-8;
    for (var name : List.of("model.embed_tokens.weight", "lm_head.weight")) {
      var five = row(base, name, 5);
      var seven = row(base, name, 7);
      var mean = row(grown, name, 300);
      for (int i = 0; i < HIDDEN; i++) {
        double expected = (2.0 * five[i] + seven[i]) / 3;
        assertEquals(expected, mean[i], unit * Math.abs(expected) + 1e-7, name);
        assertEquals(row(base, name, 299)[i], row(grown, name, 301)[i]);
      }
    }
  }

  @Test
  void onlyVocabSizeChangesInTheConfiguration() throws IOException {
    var grown = grown(base(Dtype.F32, TinyCheckpoint.CONFIG), Map.of(300, List.of(1)));
    var config = (ObjectNode) JsonMapper.shared().readTree(TinyCheckpoint.CONFIG);
    assertEquals(
        config.put("vocab_size", 301),
        JsonMapper.shared().readTree(Files.readString(grown.dir().resolve("config.json"))));
  }

  @Test
  void rowsToSpareAreUsedFirst() throws IOException {
    var tied = TinyCheckpoint.CONFIG.replace("embeddings\": false", "embeddings\": true");
    var base = base(Dtype.F32, tied);
    var grown = grown(base, Map.of(299, List.of(3)));
    assertOldBytes(base, grown, 1);
    var name = "model.embed_tokens.weight";
    assertEquals(row(base, name, 3)[0], row(grown, name, 299)[0]);
    assertEquals(
        -1, Files.mismatch(base.dir().resolve("config.json"), grown.dir().resolve("config.json")));
  }
}
