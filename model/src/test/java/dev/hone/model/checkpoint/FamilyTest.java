package dev.hone.model.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What is said of families is what there is.
class FamilyTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/families");

  private static List<String> names() {
    return Family.ALL.stream().map(Family::modelType).toList();
  }

  @Test
  void theTableInTheDocumentationHasThemAll() throws IOException {
    var rows =
        Files.readAllLines(Path.of("../docs/models.md")).stream()
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
}
