package dev.hone.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.model.text.TinyTokenizers;
import dev.hone.model.text.Tokenizer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A sound model directory, spoilt in one way at a time: each ends in one clear line that names the
/// file.
@Timeout(60)
class BadInputTest {
  private static final String WEIGHTS = "model.safetensors";
  private static final String CONFIG = "config.json";
  private static final String INDEX = "model.safetensors.index.json";
  private static final String TOKENIZER = "tokenizer.json";
  @TempDir Path dir;

  /// One way to spoil a directory.
  ///
  /// @param name what is wrong
  /// @param file the file that the message must name
  /// @param says what the message must say
  /// @param spoil how it is made wrong
  record Case(String name, String file, String says, Spoil spoil) {
    @Override
    public String toString() {
      return name;
    }
  }

  @FunctionalInterface
  interface Spoil {
    void apply(Path dir) throws IOException;
  }

  static Stream<Case> cases() {
    return Stream.of(safetensors(), headers(), configs(), directories(), shards(), tokenizers())
        .flatMap(s -> s);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void spoiltFilesEndInOneClearLine(Case spoilt) throws IOException {
    writeSoundModel();
    spoilt.spoil.apply(dir);
    var e = assertThrows(Exception.class, () -> open(dir));
    assertClear(e, spoilt.file);
    assertTrue(e.getMessage().contains(spoilt.says), e.getMessage());
  }

  @Test
  void theSoundModelOpens() throws IOException {
    writeSoundModel();
    open(dir);
    assertTrue(cases().count() >= 40);
  }

  /// Every length of the header and some of the data: wherever a copy stops, it is noticed.
  @Test
  void aFileCutAnywhereIsRefused() throws IOException {
    writeSoundModel();
    var whole = Files.readAllBytes(dir.resolve(WEIGHTS));
    int dataStart = 8 + (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
    var lengths =
        IntStream.concat(
            IntStream.range(0, dataStart + 20),
            IntStream.of(whole.length / 2, whole.length - 4, whole.length - 1));
    for (int length : lengths.toArray()) {
      Files.write(dir.resolve(WEIGHTS), Arrays.copyOf(whole, length));
      assertClear(assertThrows(Exception.class, () -> openCheckpoint(dir)), WEIGHTS);
    }
  }

  @Test
  void aJsonFileCutAnywhereIsRefused() throws IOException {
    for (var file : List.of(CONFIG, TOKENIZER)) {
      writeSoundModel();
      var whole = Files.readString(dir.resolve(file)).strip();
      for (int length = 0; length < whole.length(); length += 1 + length / 50) {
        Files.writeString(dir.resolve(file), whole.substring(0, length));
        assertClear(assertThrows(Exception.class, () -> open(dir)), file);
      }
    }
  }

  /// One flipped bit in the header either changes nothing that matters (a space, a metadata value)
  /// or is refused.
  @Test
  void aFlippedBitInTheHeaderNeverEndsInAnotherException() throws IOException {
    writeSoundModel();
    var whole = Files.readAllBytes(dir.resolve(WEIGHTS));
    int dataStart = 8 + (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
    int refused = 0;
    for (int bit = 0; bit < dataStart * 8; bit += 11) {
      var spoilt = whole.clone();
      spoilt[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(dir.resolve(WEIGHTS), spoilt);
      refused += refusals();
    }
    assertTrue(refused > dataStart / 2, refused + " of " + dataStart * 8 / 11);
  }

  private int refusals() {
    try {
      openCheckpoint(dir);
      return 0;
    } catch (IOException | UsageException e) {
      assertClear(e, "");
      return 1;
    }
  }

  /// A damaged tokenizer reaches native code, where a crash would take the whole process along.
  @Test
  void aSpoiltTokenizerNeverEndsInAnotherException() throws IOException {
    writeSoundModel();
    var whole = Files.readAllBytes(dir.resolve(TOKENIZER));
    var random = new SplittableRandom(7);
    for (int i = 0; i < 400; i++) {
      var spoilt = whole.clone();
      spoilt[random.nextInt(whole.length)] = (byte) random.nextInt(' ', 127);
      Files.write(dir.resolve(TOKENIZER), spoilt);
      useTokenizer();
    }
  }

  private void useTokenizer() {
    try {
      var tokenizer = Tokenizer.open(dir);
      tokenizer.decode(tokenizer.encode("he said <s> hello €"));
    } catch (IOException | UsageException e) {
      assertClear(e, TOKENIZER);
    }
  }

  private static Stream<Case> safetensors() {
    return Stream.of(
        weights("empty file", "truncated", dir -> new byte[0]),
        weights("seven bytes", "truncated", whole -> Arrays.copyOf(whole, 7)),
        weights(
            "header length beyond the file",
            "truncated",
            whole -> headerLength(whole, whole.length)),
        weights(
            "header length of an exabyte", "header length", whole -> headerLength(whole, 1L << 60)),
        weights(
            "negative header length",
            "header length 18446744073709551615",
            whole -> headerLength(whole, -1)),
        weights("header length zero", "header length 0", whole -> headerLength(whole, 0)),
        weights(
            "header length one short",
            "not valid JSON",
            whole -> headerLength(whole, trimmedHeader(whole) - 1)),
        weights(
            "header length into the data",
            "header",
            whole -> headerLength(whole, whole.length - 100)),
        weights(
            "data cut by one byte", "truncated", whole -> Arrays.copyOf(whole, whole.length - 1)),
        weights(
            "data longer than the header says",
            "3 bytes follow",
            whole -> Arrays.copyOf(whole, whole.length + 3)),
        weights(
            "a zip file",
            "header length",
            _ -> "PK\3\4 and so on, as torch.save writes".getBytes(StandardCharsets.UTF_8)),
        weights(
            "a web page",
            "header length",
            _ -> "<!DOCTYPE html><html>Not found</html>".getBytes(StandardCharsets.UTF_8)),
        weights(
            "a Git LFS pointer",
            "header length",
            _ ->
                "version https://git-lfs.github.com/spec/v1\noid sha256:1\n"
                    .getBytes(StandardCharsets.UTF_8)));
  }

  private static Stream<Case> headers() {
    var ok = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
    var next = "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%d,%d]}";
    return Stream.of(
        header("no JSON", "not valid JSON", "hello there", 0),
        header("JSON list", "expected an object", "[]", 0),
        header("JSON null", "expected an object", "null", 0),
        header("text after the object", "text after", "{} {}", 0),
        header("deep nesting", "unknown field", "{\"a\":".repeat(5000), 0),
        header("tensor that is a number", "expected an object", "{\"a\":1}", 0),
        header("no dtype", "lacks dtype", "{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", 8),
        header("unknown dtype", "unknown dtype 'F33'", "{" + ok.replace("F32", "F33") + "}", 8),
        header("dtype as a number", "expected text", "{" + ok.replace("\"F32\"", "32") + "}", 8),
        header(
            "unknown field",
            "unknown field 'order'",
            "{" + ok.replace("\"shape\"", "\"order\":1,\"shape\"") + "}",
            8),
        header(
            "field twice",
            "dtype twice",
            "{" + ok.replace("\"shape\"", "\"dtype\":\"F32\",\"shape\"") + "}",
            8),
        header("tensor twice", "'a' stands twice", "{" + ok + "," + ok + "}", 8),
        header(
            "metadata twice",
            "__metadata__ twice",
            "{\"__metadata__\":{},\"__metadata__\":{}," + ok + "}",
            8),
        header(
            "metadata key twice",
            "key 'k' twice",
            "{\"__metadata__\":{\"k\":\"\",\"k\":\"\"}," + ok + "}",
            8),
        header(
            "metadata of numbers",
            "__metadata__ entry 'k'",
            "{\"__metadata__\":{\"k\":1}," + ok + "}",
            8),
        header(
            "negative size", "shape has the value '-2'", "{" + ok.replace("[2]", "[-2]") + "}", 8),
        header("fractional size", "expected an integer", "{" + ok.replace("[2]", "[2.0]") + "}", 8),
        header(
            "size beyond long",
            "shape has the value",
            "{" + ok.replace("[2]", "[99999999999999999999]") + "}",
            8),
        header(
            "shape product overflows",
            "too large",
            "{" + ok.replace("[2]", "[4294967296,4294967296,2]") + "}",
            8),
        header(
            "shape overflows to the right size",
            "too large",
            "{" + ok.replace("[2]", "[2,9223372036854775807]") + "}",
            8),
        header(
            "shape and bytes disagree", "needs 12 bytes", "{" + ok.replace("[2]", "[3]") + "}", 8),
        header(
            "three offsets",
            "data_offsets has 3 values",
            "{" + ok.replace("[0,8]", "[0,4,8]") + "}",
            8),
        header("offsets backwards", "run backwards", "{" + ok.replace("[0,8]", "[8,0]") + "}", 8),
        header(
            "offset beyond the file",
            "truncated",
            "{" + ok.replace("[0,8]", "[1000000,1000008]") + "}",
            8),
        header(
            "offset near the largest long",
            "truncated",
            "{" + ok.replace("[0,8]", "[9223372036854775799,9223372036854775807]") + "}",
            8),
        header("tensors overlap", "overlap", "{" + ok + "," + next.formatted(4, 12) + "}", 12),
        header(
            "tensors share their bytes", "overlap", "{" + ok + "," + next.formatted(0, 8) + "}", 8),
        header(
            "hole between tensors",
            "leave a hole",
            "{" + ok + "," + next.formatted(12, 20) + "}",
            20),
        header(
            "hole before the first", "leave a hole", "{" + ok.replace("[0,8]", "[4,12]") + "}", 12),
        header(
            "line feeds in a name",
            "'a\\u000ab'",
            "{" + ok.replace("\"a\"", "\"a\\nb\"").replace("F32", "F33") + "}",
            8),
        header("no tensors at all", "lacks the tensor", "{}", 0),
        new Case(
            "header that is not UTF-8",
            WEIGHTS,
            "not UTF-8",
            dir ->
                Files.write(
                    dir.resolve(WEIGHTS),
                    withHeader(new byte[] {'{', '"', (byte) 0xC3, '"', '}'}, 0))),
        new Case(
            "header in UTF-16",
            WEIGHTS,
            "not valid JSON",
            dir ->
                Files.write(
                    dir.resolve(WEIGHTS),
                    withHeader("{}  ".getBytes(StandardCharsets.UTF_16LE), 0))));
  }

  private static Stream<Case> configs() {
    return Stream.of(
        config("empty", "no JSON object", ""),
        config("a list", "no JSON object", "[1]"),
        config("cut", "not valid JSON", TinyCheckpoint.CONFIG.substring(0, 100)),
        config("two objects", "not valid JSON", TinyCheckpoint.CONFIG + "{}"),
        config("NaN", "not valid JSON", TinyCheckpoint.CONFIG.replace("1e-05", "NaN")),
        config(
            "duplicate key",
            "hidden_size",
            TinyCheckpoint.CONFIG.replace("\"vocab_size\"", "\"hidden_size\"")),
        config("deep nesting", "not valid JSON", "{\"a\":".repeat(5000)),
        field("vocab_size", "300", "-1", "must be between 1"),
        field("vocab_size", "300", "0", "must be between 1"),
        field("vocab_size", "300", "99999999999999999999", "must be between 1"),
        field("vocab_size", "300", "300.5", "must be an integer"),
        field("vocab_size", "300", "\"300\"", "must be an integer"),
        field("hidden_size", "8", "2147483647", "must be between 1"),
        field("hidden_size", "8", "9", "hidden_size 9 is no multiple"),
        field("num_hidden_layers", "1", "1000000", "must be between 1"),
        field("num_attention_heads", "2", "3", "no multiple"),
        field("num_attention_heads", "2", "8", "head_dim 1 is odd"),
        field("num_key_value_heads", "1", "3", "num_key_value_heads 3"),
        field("rms_norm_eps", "1e-05", "-1", "must be a number above zero"),
        field("rms_norm_eps", "1e-05", "1e999", "must be a number above zero"),
        field("rms_norm_eps", "1e-05", "1e-999999999999", "config.json"),
        field("tie_word_embeddings", "false", "\"no\"", "must be true or false"),
        field("eos_token_id", "2", "[2, 300]", "must be between 0 and 299"),
        field("architectures", "[\"LlamaForCausalLM\"]", "\"LlamaForCausalLM\"", "must be a list"),
        field("hidden_size", "8", "16", "has the shape"),
        field("intermediate_size", "12", "13", "has the shape"),
        field("num_hidden_layers", "1", "2", "lacks the tensor 'model.layers.1."),
        new Case(
            "config that is not UTF-8",
            CONFIG,
            "not UTF-8",
            dir ->
                Files.write(
                    dir.resolve(CONFIG), new byte[] {'{', '"', (byte) 0xFF, '"', ':', '1', '}'})),
        new Case(
            "config without sizes",
            CONFIG,
            "lacks the field vocab_size",
            dir -> Files.writeString(dir.resolve(CONFIG), "{\"model_type\": \"llama\"}")),
        new Case(
            "config without an architecture",
            CONFIG,
            "names no architecture",
            dir -> Files.writeString(dir.resolve(CONFIG), "{}")),
        new Case(
            "cut generation_config.json",
            "generation_config.json",
            "not valid JSON",
            dir ->
                Files.writeString(
                    dir.resolve("generation_config.json"), "{\"eos_token_id\": [1,")));
  }

  private static Stream<Case> directories() {
    return Stream.of(
        new Case("empty directory", "", "has no config.json", BadInputTest::deleteAll),
        new Case(
            "no directory",
            "",
            "no such directory",
            dir -> {
              deleteAll(dir);
              Files.delete(dir);
            }),
        new Case(
            "weights are a directory",
            WEIGHTS,
            "not a regular file",
            dir -> becomeDirectory(dir.resolve(WEIGHTS))),
        new Case(
            "config is a directory",
            CONFIG,
            "not a regular file",
            dir -> becomeDirectory(dir.resolve(CONFIG))),
        new Case(
            "weights link to themselves", WEIGHTS, "", dir -> becomeLoop(dir.resolve(WEIGHTS))),
        new Case("config links to itself", CONFIG, "", dir -> becomeLoop(dir.resolve(CONFIG))),
        new Case(
            "tokenizer links to itself", TOKENIZER, "", dir -> becomeLoop(dir.resolve(TOKENIZER))),
        new Case("no weights", "", "has neither", dir -> Files.delete(dir.resolve(WEIGHTS))),
        new Case(
            "only pytorch_model.bin",
            "",
            "pytorch_model.bin",
            dir -> Files.move(dir.resolve(WEIGHTS), dir.resolve("pytorch_model.bin"))),
        tensors(
            "head missing and not tied",
            "lacks the tensor 'lm_head.weight'",
            entries -> entries.removeIf(e -> e.name().equals("lm_head.weight"))),
        tensors(
            "an unknown tensor",
            "has the tensor 'model.extra.weight'",
            entries ->
                entries.add(TinyCheckpoint.entry("model.extra.weight", Dtype.F32, List.of(1L)))),
        tensors(
            "a quantised tensor",
            "is U8",
            entries ->
                entries.replaceAll(e ->
                    e.name().endsWith("q_proj.weight")
                        ? SafetensorsWriter.Entry.ofRaw(
                            e.name(),
                            Dtype.U8,
                            e.shape(),
                            () -> java.lang.foreign.MemorySegment.ofArray(new byte[64]))
                        : e)),
        tensors(
            "a transposed tensor",
            "has the shape [8, 300] where config.json calls for [300, 8]",
            entries ->
                entries.set(
                    0,
                    TinyCheckpoint.entry(
                        entries.getFirst().name(), Dtype.F32, List.of(8L, 300L)))));
  }

  private static Stream<Case> shards() {
    return Stream.of(
        index("no weight_map", INDEX, "lacks the field weight_map", "{}"),
        index("weight_map of numbers", INDEX, "must be text", "{\"weight_map\":{\"a\":1}}"),
        index(
            "missing shard",
            "model-2.safetensors",
            "is missing",
            "{\"weight_map\":{\"a\":\"model-2.safetensors\"}}"),
        index(
            "tensor missing from its shard",
            "shard.safetensors",
            "lacks the tensor 'a'",
            "{\"weight_map\":{\"a\":\"shard.safetensors\"}}"),
        index(
            "path outside the directory",
            INDEX,
            "plain name",
            "{\"weight_map\":{\"a\":\"../../etc/passwd\"}}"),
        index("absolute path", INDEX, "plain name", "{\"weight_map\":{\"a\":\"/etc/passwd\"}}"),
        index("hidden dots", INDEX, "plain name", "{\"weight_map\":{\"a\":\"..\"}}"),
        index(
            "tensors that the index leaves out",
            INDEX,
            "does not place the tensor",
            "{\"weight_map\":{\"model.norm.weight\":\"shard.safetensors\"}}"));
  }

  private static Stream<Case> tokenizers() {
    return Stream.of(
        tokenizer("empty", "not valid JSON", "", ""),
        new Case(
            "no tokenizer",
            "",
            "has no tokenizer.json",
            dir -> Files.delete(dir.resolve(TOKENIZER))),
        new Case(
            "only tokenizer.model",
            "",
            "tokenizer.model",
            dir -> Files.move(dir.resolve(TOKENIZER), dir.resolve("tokenizer.model"))),
        tokenizer("a list", "no JSON object", null, "[]"),
        tokenizer("no model", "has no model", null, "{\"version\":\"1.0\"}"),
        tokenizer(
            "model without vocab",
            "has no vocabulary",
            null,
            "{\"version\":\"1.0\",\"model\":{\"type\":\"BPE\"}}"),
        tokenizer("unknown kind of decoder", "not a tokenizer", "\"ByteLevel\"", "\"BiteLevel\""),
        tokenizer("merge of unknown tokens", "not a tokenizer", "\"h e\"", "\"h qq\""),
        tokenizer("negative id", "id outside", "\"<s>\":1", "\"<s>\":-1"),
        tokenizer("absurd id", "id outside", "\"<s>\":1", "\"<s>\":2000000000"),
        tokenizer("id beyond int", "id outside", "\"<s>\":1", "\"<s>\":99999999999"),
        tokenizer("two tokens with one id", "share the id 2", "\"<s>\":1", "\"<s>\":2"),
        tokenizer("text as id", "no integer id", "\"<s>\":1", "\"<s>\":\"1\""),
        tokenizer("larger than the embedding", "vocab_size", "\"<s>\":1", "\"<s>\":1,\"more\":300"),
        new Case(
            "BOS that the vocabulary lacks",
            TOKENIZER,
            "lacks '<bos>'",
            dir ->
                Files.writeString(
                    dir.resolve("tokenizer_config.json"), "{\"bos_token\":\"<bos>\"}")),
        new Case(
            "BOS that is a number",
            "tokenizer_config.json",
            "must be text",
            dir -> Files.writeString(dir.resolve("tokenizer_config.json"), "{\"bos_token\":1}")),
        new Case(
            "cut tokenizer_config.json",
            "tokenizer_config.json",
            "not valid JSON",
            dir -> Files.writeString(dir.resolve("tokenizer_config.json"), "{\"bos_token\":")));
  }

  private static Case weights(
      String name, String says, java.util.function.UnaryOperator<byte[]> change) {
    return new Case(
        name,
        WEIGHTS,
        says,
        dir -> {
          var file = dir.resolve(WEIGHTS);
          Files.write(file, change.apply(Files.readAllBytes(file)));
        });
  }

  private static Case header(String name, String says, String json, int dataBytes) {
    var bytes = withHeader(json.getBytes(StandardCharsets.UTF_8), dataBytes);
    // An empty but valid file is refused by the directory, not by the file.
    var file = json.equals("{}") ? "" : WEIGHTS;
    return new Case("header: " + name, file, says, dir -> Files.write(dir.resolve(WEIGHTS), bytes));
  }

  private static Case config(String name, String says, String json) {
    return new Case(
        "config: " + name, CONFIG, says, dir -> Files.writeString(dir.resolve(CONFIG), json));
  }

  private static Case field(String field, String from, String to, String says) {
    var before = "\"%s\": %s".formatted(field, from);
    var after = "\"%s\": %s".formatted(field, to);
    var file =
        says.startsWith("has the shape")
            ? WEIGHTS
            : says.startsWith("lacks the tensor") ? "" : CONFIG;
    return new Case(
        "config: " + after, file, says, dir -> replace(dir.resolve(CONFIG), before, after));
  }

  private static Case index(String name, String file, String says, String json) {
    return new Case(
        "index: " + name,
        file,
        says,
        dir -> {
          Files.move(dir.resolve(WEIGHTS), dir.resolve("shard.safetensors"));
          Files.writeString(dir.resolve(INDEX), json);
        });
  }

  /// @param from what is replaced by `to`; `null` for the whole file
  private static Case tokenizer(String name, String says, String from, String to) {
    return new Case(
        "tokenizer: " + name,
        TOKENIZER,
        name.equals("empty") ? "no JSON object" : says,
        dir -> {
          var file = dir.resolve(TOKENIZER);
          if (from == null || from.isEmpty()) {
            Files.writeString(file, to);
          } else {
            replace(file, from, to);
          }
        });
  }

  private static Case tensors(
      String name, String says, java.util.function.Consumer<List<SafetensorsWriter.Entry>> change) {
    return new Case(
        name,
        "",
        says,
        dir -> {
          var entries =
              new ArrayList<>(
                  TinyCheckpoint.entries(ModelConfig.read(dir.resolve(CONFIG)), Dtype.F32));
          change.accept(entries);
          TinyCheckpoint.writeWeights(dir, entries);
        });
  }

  private static void replace(Path file, String before, String after) throws IOException {
    var text = Files.readString(file);
    assertTrue(text.contains(before), before);
    Files.writeString(file, text.replace(before, after));
  }

  private static byte[] withHeader(byte[] json, int dataBytes) {
    return ByteBuffer.allocate(8 + json.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .array();
  }

  private static byte[] headerLength(byte[] whole, long length) {
    ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    return whole;
  }

  private static long trimmedHeader(byte[] whole) {
    int length = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return new String(whole, 8, length, StandardCharsets.UTF_8)
        .stripTrailing()
        .getBytes(StandardCharsets.UTF_8)
        .length;
  }

  private static void becomeDirectory(Path file) throws IOException {
    Files.delete(file);
    Files.createDirectory(file);
  }

  private static void becomeLoop(Path file) throws IOException {
    Files.delete(file);
    Files.createSymbolicLink(file, file.getFileName());
  }

  private static void deleteAll(Path dir) throws IOException {
    try (var files = Files.list(dir)) {
      for (var file : files.toList()) Files.delete(file);
    }
  }

  @Test
  void aHeaderOfNinetyMegabytesIsReadWithinBounds() throws IOException {
    writeSoundModel();
    var file = dir.resolve(WEIGHTS);
    try (var channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
      long length = 90_000_000;
      channel.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(length).flip());
      channel.write(ByteBuffer.wrap(new byte[] {0}), 8 + length - 1);
    }
    var e = assertThrows(CheckpointException.class, () -> open(dir));
    assertTrue(e.getMessage().contains("not valid JSON"), e.getMessage());
  }

  private void writeSoundModel() throws IOException {
    TinyCheckpoint.write(dir, TinyCheckpoint.CONFIG);
    TinyTokenizers.writeByteLevel(dir);
  }

  private static void open(Path dir) throws IOException {
    try (var arena = Arena.ofConfined()) {
      Tokenizer.open(Checkpoint.open(dir, arena));
    }
  }

  private static void openCheckpoint(Path dir) throws IOException {
    try (var arena = Arena.ofConfined()) {
      Checkpoint.open(dir, arena);
    }
  }

  private void assertClear(Exception e, String file) {
    assertTrue(
        e instanceof CheckpointException || e instanceof UsageException, () -> "unexpected: " + e);
    if (e instanceof UsageException)
      assertFalse(assertInstanceOf(UsageException.class, e).hint().isBlank());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    assertTrue(e.getMessage().startsWith(dir.resolve(file).toString()), e.getMessage());
    assertTrue(e.getMessage().length() < 800, e.getMessage());
    assertFalse(e.getMessage().contains("Exception"), e.getMessage());
  }
}
