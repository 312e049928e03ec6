package dev.hone.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.tensor.BlockType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What is said of families is what there is.
class FamilyTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/families");

  private static final String BEGIN = "<!-- what is supported: written by FamilyTest -->\n";
  private static final String END = "<!-- end -->";

  private static List<String> names() {
    return Family.ALL.stream().map(Family::modelType).toList();
  }

  @Test
  void theTableInTheDocumentationHasThemAll() throws IOException {
    var rows =
        Files.readAllLines(Path.of("../docs/models.md")).stream()
            .dropWhile(line -> !line.startsWith("| `model_type`"))
            .takeWhile(line -> line.startsWith("|"))
            .filter(line -> line.startsWith("| `") && !line.startsWith("| `model_type`"))
            .map(line -> line.substring(3, line.indexOf('`', 3)))
            .toList();
    assertEquals(names(), rows);
  }

  @Test
  void eachIsHeldToTransformers() {
    for (var name : names()) {
      for (var golden : Stream.of(name, name + "_lora").toList()) {
        boolean isThere = Files.exists(GOLDEN.resolve(golden + ".safetensors"));
        assertTrue(isThere || name.equals("llama"), golden);
      }
    }
  }

  /// Written again with `-Dhone.write=true`.
  @Test
  void theTableOfTheReadmeIsWhatTestsProve() throws IOException {
    var readme = Path.of("../README.md");
    var text = Files.readString(readme);
    int from = text.indexOf(BEGIN) + BEGIN.length();
    int to = text.indexOf(END);
    var table = table();
    if (Boolean.getBoolean("hone.write")) {
      Files.writeString(readme, text.substring(0, from) + table + text.substring(to));
    } else {
      assertEquals(table, text.substring(from, to), "write it with -Dhone.write=true");
    }
  }

  private static String table() {
    var text =
        new StringBuilder("| family | logits and gradients | GGUF in, GGUF out |\n|---|---|---|\n");
    for (var name : names()) {
      var gguf = GgufConfig.architectureOf(name).or(() -> mistrals(name));
      text.append(
          "| `%s` | %s | %s |\n"
              .formatted(name, proof(name), gguf.map("as `%s`"::formatted).orElse("no")));
    }
    text.append("\nBlocks of GGUF files, to the bit: ").append(list(Stream.of(BlockType.values())));
    text.append(". Written: ").append(list(Stream.of(GgufFormat.values())));
    text.append(".\nRotary scalings: ")
        .append(
            list(
                Stream.of(RopeScaling.class.getPermittedSubclasses())
                    .filter(c -> c != RopeScaling.None.class)
                    .map(Class::getSimpleName)));
    return text.append(".\n").toString();
  }

  /// Mistral's files say llama.
  private static Optional<String> mistrals(String name) {
    return name.equals("mistral") ? Optional.of("llama") : Optional.empty();
  }

  /// The test that holds it to Transformers, where its golden files are there.
  private static String proof(String name) {
    if (name.equals("llama")) return "`DecoderParityTest`";
    assertTrue(Files.exists(GOLDEN.resolve(name + "_lora.safetensors")), name);
    return "`FamiliesParityTest`";
  }

  private static String list(Stream<?> values) {
    return values.map(Object::toString).collect(Collectors.joining(", "));
  }
}
