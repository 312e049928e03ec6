package dev.hone.model;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.SafetensorsFile;
import dev.hone.model.jinja.TemplateException;
import dev.hone.model.text.ChatTemplate;
import dev.hone.model.text.Message;
import dev.hone.model.text.Tokenizer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged and hostile files: each is read, or refused in one line. Nothing else may come out of
/// it: no other exception, no crash, no hang, no memory without end.
///
/// `-Dhone.fuzz=250000` tries so many of each kind; `-Dhone.fuzz.seed` begins elsewhere.
class FuzzTest {
  private static final int COUNT = Integer.getInteger("hone.fuzz", 400);
  private static final long SEED = Long.getLong("hone.fuzz.seed", 1);
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Path BASE = Path.of("src/test/resources/golden/peft/base");
  private static final Path GGUF = Path.of("src/test/resources/golden/gguf/many_types.gguf");

  @TempDir private Path dir;

  /// What is tried with a file's content.
  private interface Reader {
    void read(byte[] content) throws IOException;
  }

  /// @param mutable how many bytes from the beginning are changed
  private void fuzz(byte[] seed, int mutable, Reader reader) {
    var random = new SplittableRandom(SEED);
    for (int i = 0; i < COUNT; i++) {
      var content = mutated(random, seed, mutable);
      int number = i;
      assertTimeoutPreemptively(
          LIMIT,
          () -> {
            try {
              reader.read(content);
            } catch (IOException | UsageException | TemplateException e) {
              requireOneLine(e.getMessage());
            } catch (RuntimeException | Error e) {
              Files.write(Path.of("target/fuzz-failure"), content);
              throw new AssertionError(
                  "mutation %d, kept in target/fuzz-failure: %s".formatted(number, e), e);
            }
          });
    }
  }

  private static void requireOneLine(String message) {
    if (message == null || message.isBlank() || message.lines().count() > 2) {
      throw new IllegalStateException("not one clear line: " + message);
    }
  }

  /// One to four changes: bytes, numbers, cuts, repetitions.
  private static byte[] mutated(SplittableRandom random, byte[] seed, int mutable) {
    var bytes = seed.clone();
    int end = mutable;
    int changes = random.nextInt(1, 5);
    for (int c = 0; c < changes && end > 16; c++) {
      int at = random.nextInt(end - 8);
      switch (random.nextInt(7)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> putNumber(random, bytes, at);
        case 3 -> { // cut in the middle
          int n = random.nextInt(1, Math.min(64, end - at));
          bytes = joined(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at + n, bytes.length));
          end -= n;
        }
        case 4 -> { // repeated
          int n = random.nextInt(1, Math.min(64, end - at));
          var piece = Arrays.copyOfRange(bytes, at, at + n);
          var rest = Arrays.copyOfRange(bytes, at, bytes.length);
          bytes = joined(joined(Arrays.copyOf(bytes, at), piece), rest);
          end += n;
        }
        case 5 -> { // ended
          bytes = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, at) : bytes;
          end = Math.min(end, bytes.length);
        }
        default -> { // digits to others
          for (int i = at; i < Math.min(end, at + 16); i++) {
            if (bytes[i] >= '0' && bytes[i] <= '9') bytes[i] = (byte) ('0' + random.nextInt(10));
          }
        }
      }
    }
    return bytes;
  }

  private static void putNumber(SplittableRandom random, byte[] bytes, int at) {
    var extremes =
        new long[] {0, -1, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, 1L << 32, 255};
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(at, extremes[random.nextInt(extremes.length)]);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    var both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  @Test
  void safetensors() throws IOException {
    var seed = Files.readAllBytes(BASE.resolve("model.safetensors"));
    int header = 8 + ByteBuffer.wrap(seed).order(ByteOrder.LITTLE_ENDIAN).getInt();
    var file = dir.resolve("model.safetensors");
    fuzz(
        seed,
        header,
        content -> {
          Files.write(file, content);
          try (var arena = Arena.ofConfined()) {
            var read = SafetensorsFile.open(file, arena);
            for (var name : read.names())
              read.raw(name).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
          }
        });
  }

  @Test
  void gguf() throws IOException {
    var seed = Files.readAllBytes(GGUF);
    var file = dir.resolve("model.gguf");
    fuzz(
        seed,
        3500, // keys, tokens and tensors
        content -> {
          Files.write(file, content);
          try (var arena = Arena.ofConfined()) {
            var read = Checkpoint.open(file, arena);
            for (var tensor : Checkpoint.expectedTensors(read.config()).entrySet()) {
              long n = tensor.getValue().stream().reduce(1L, (a, b) -> a * b);
              if (n < 1 << 20) read.readF32(tensor.getKey(), arena.allocate(4 * n, 4));
            }
            Tokenizer.open(read).encode("the cat sat on the mat");
          }
        });
  }

  @Test
  void tokenizers() throws IOException {
    var seed = Files.readAllBytes(BASE.resolve("tokenizer.json"));
    fuzz(
        seed,
        seed.length,
        content -> {
          var tokenizer = Tokenizer.of(Path.of("tokenizer.json"), content);
          tokenizer.decode(tokenizer.encode("the cat, 12 mats \u00e9\ud83d\ude00"));
        });
  }

  @Test
  void templates() {
    var source =
        """
        {%- if tools %}{{ '<|im_start|>system\\n' }}{% for tool in tools %}{{ tool | tojson }}{% endfor %}{% endif %}
        {%- set ns = namespace(multi_step_tool=true, last=messages|length - 1) %}
        {%- for message in messages[::-1] %}{%- set index = (messages|length - 1) - loop.index0 %}
        {%- if ns.multi_step_tool and message.role == "user" and not(message.content.startswith('<t>')) %}
        {%- set ns.multi_step_tool = false %}{% set ns.last = index %}{% endif %}{% endfor %}
        {% macro turn(m) %}{{ '<|im_start|>' + m['role'] ~ '\\n' ~ m.content.strip().split('</think>')[-1].lstrip('\\n') }}{% endmacro %}
        {%- for message in messages %}{% generation %}{{ turn(message) }}{% endgeneration %}{{ '<|im_end|>\\n' }}
        {%- if loop.index0 > 40 %}{% break %}{% elif message.role == 'x' %}{{ raise_exception('no x') }}{% endif %}{% endfor %}
        {%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{{ "%05.2f" if false else range(3)|join(',') }}{% endif %}
        """
            .getBytes(StandardCharsets.UTF_8);
    var messages =
        List.of(Message.system("s"), Message.user("u"), Message.assistant("a </think> b"));
    fuzz(
        source,
        source.length,
        content -> {
          var template = ChatTemplate.of(new String(content, StandardCharsets.UTF_8), Map.of());
          template.render(messages, List.of(), true, Map.of(), LocalDateTime.of(2026, 1, 1, 0, 0));
        });
  }
}
