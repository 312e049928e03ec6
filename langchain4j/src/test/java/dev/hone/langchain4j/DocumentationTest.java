package dev.hone.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentationTest {
  private static final Pattern CODE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path dir;

  @Test
  void theExampleCompiles() throws IOException {
    var matcher = CODE.matcher(Files.readString(Path.of("../docs/langchain4j.md")));
    assertTrue(matcher.find());
    var source = Files.writeString(dir.resolve("Example.java"), matcher.group(1));
    var found = new DiagnosticCollector<JavaFileObject>();
    var compiler = ToolProvider.getSystemJavaCompiler();
    var options = List.of("-d", dir.toString(), "-proc:none");
    try (var files = compiler.getStandardFileManager(found, null, null)) {
      compiler.getTask(null, files, found, options, null, files.getJavaFileObjects(source)).call();
    }
    assertEquals(List.of(), found.getDiagnostics());
    assertTrue(Files.exists(dir.resolve("Example.class")));
  }
}
