package dev.hone.model.decoder;

import static dev.hone.testkit.Close.assertMaxRelativeError;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.RopeScaling;
import dev.hone.model.decoder.Workspace.Mode;
import dev.hone.model.text.ChatTemplate;
import dev.hone.model.text.Message;
import dev.hone.model.text.Tokenizer;
import dev.hone.tensor.ArenaAllocator;
import dev.hone.tensor.BlockMatrix;
import dev.hone.tensor.Workers;
import dev.hone.testkit.Golden;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A GGUF file that the gguf package wrote, against Transformers: tools/parity/gguf_model.py.
class GgufModelTest {
  private static final Path FILE = Path.of("src/test/resources/golden/gguf/many_types.gguf");

  private final Golden golden = Golden.load("gguf/many_types");
  private final Arena arena = Arena.ofShared();
  private final ArenaAllocator memory = new ArenaAllocator(arena);

  private Decoder decoder(BaseDtype dtype) throws IOException {
    var checkpoint = Checkpoint.open(FILE, arena);
    var weights = BaseWeights.load(checkpoint, dtype, memory);
    return Decoder.of(checkpoint.config(), weights, memory, 128);
  }

  private PackedBatch batch() {
    var batch = new PackedBatch(256, 8);
    for (var row : golden.i32Rows("ids")) batch.addRow(row, row.length, t -> true);
    return batch;
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "STORED"})
  void logitsMatchTransformers(BaseDtype dtype) throws IOException {
    var decoder = decoder(dtype);
    var batch = batch();
    var config = decoder.config();
    var workspace =
        Workspace.allocate(memory, config, dtype, AdapterShape.NONE, Mode.INFERENCE, 256, 128, 0f);
    var logits = memory.f32("logits", batch.numTokens(), config.vocabSize());
    decoder.logits(batch, workspace, logits);
    assertMaxRelativeError(golden.f32("logits"), logits.toArray(), 1e-5);
  }

  @Test
  void tokenByTokenGivesTheSameWithoutACopyOfTheWeights() throws IOException {
    var decoder = decoder(BaseDtype.STORED);
    assertInstanceOf(BlockMatrix.class, decoder.weights().blocks().getFirst().q().weight());
    assertInstanceOf(BlockMatrix.class, decoder.weights().embedding());
    var ids = golden.i32Rows("ids")[0];
    int vocab = decoder.config().vocabSize();
    try (var workers = new Workers(2)) {
      var cached = CachedDecoder.allocate(memory, decoder, AdapterShape.NONE, 8, 128, workers);
      var logits = memory.f32("logits", 1, vocab);
      for (int t = 0; t < ids.length; t++) {
        cached.extend(new int[] {ids[t]}, 1, logits);
        var expected = new float[vocab];
        System.arraycopy(golden.f32("logits"), t * vocab, expected, 0, vocab);
        assertMaxRelativeError(expected, logits.toArray(), 1e-5);
      }
    }
  }

  @Test
  void anAdapterLearnsOnBlocksWhatItLearnsOnTheirValues() throws IOException {
    var config = decoder(BaseDtype.STORED).config();
    var modules = new java.util.HashMap<String, AdapterShape.Module>();
    for (var module : LinearLayer.modules(config)) {
      modules.put(module, new AdapterShape.Module(4, 2f));
    }
    var shape = new AdapterShape(modules);
    var adapter = ParameterSet.allocate(memory, "adapter", shape.parameters(config));
    var random = new SplittableRandom(5);
    for (long i = 0; i < adapter.size(); i++) {
      adapter.flat().set(i, 0, (float) random.nextGaussian() * 0.1f);
    }
    var gradients = new float[2][];
    for (var dtype : List.of(BaseDtype.FLOAT32, BaseDtype.STORED)) {
      var set = ParameterSet.allocate(memory, "gradients", shape.parameters(config));
      var workspace = Workspace.allocate(memory, config, dtype, shape, Mode.TRAINING, 256, 128, 0f);
      decoder(dtype)
          .withAdapter(shape, adapter, memory)
          .scoreAndBackward(batch(), workspace, DecoderGradients.of(config, set));
      gradients[dtype == BaseDtype.STORED ? 1 : 0] = set.flat().toArray();
    }
    assertMaxRelativeError(gradients[0], gradients[1], 1e-5);
  }

  @Test
  void rowsAreReadInTheOrderOfCheckpoints() throws IOException {
    var checkpoint = Checkpoint.open(FILE, arena);
    var first = memory.f32("rows", 8, 256);
    checkpoint.readF32("model.layers.0.self_attn.q_proj.weight", 0, first.data());
    assertArrayEquals(golden.f32("q_proj"), first.toArray(), 0f);
  }

  @Test
  void theNumbersBehindTheFrequencyFactorsAreFound() throws IOException {
    assertEquals(
        new RopeScaling.Llama3(8, 1, 4, 8192), Checkpoint.open(FILE, arena).config().ropeScaling());
  }

  @Test
  void tokensMergeByTheirScores() throws IOException {
    var checkpoint = Checkpoint.open(FILE, arena);
    var tokenizer = Tokenizer.open(checkpoint);
    var ids = tokenizer.encode("the cat sat.<|turn|>");
    var text = java.util.Arrays.stream(ids).mapToObj(tokenizer::token).toList();
    assertEquals(List.of("▁the", "▁cat", "▁sat", ".", "<|turn|>"), text);
    assertEquals("the cat sat.<|turn|>", tokenizer.decode(ids));
    assertEquals(List.of(2, 3), checkpoint.eosTokenIds());
    assertTrue(tokenizer.addBos());
  }

  @Test
  void theTemplateInsideIsTheModels() throws IOException {
    var template = ChatTemplate.find(FILE).orElseThrow();
    var rendering =
        template.render(
            List.of(Message.user("hi")), List.of(), false, Map.of(), LocalDateTime.now());
    assertEquals("hi<|turn|>", rendering.text());
  }

  @Test
  void whatIsNotQuantisedCannotStayAsItIsStored() throws IOException {
    var base = Path.of("src/test/resources/golden/peft/base");
    var checkpoint = Checkpoint.open(base, arena);
    assertThrows(
        UsageException.class, () -> BaseWeights.load(checkpoint, BaseDtype.STORED, memory));
  }
}
