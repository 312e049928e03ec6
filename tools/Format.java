import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Formats every Java source of the project with google-java-format, or checks that each is
/// formatted. Arguments: `check` or `write`, then the project's root directory.
final class Format {
  private Format() {}

  public static void main(String[] args) throws Exception {
    var isCheck = args[0].equals("check");
    var mode = isCheck ? List.of("--dry-run", "--set-exit-if-changed") : List.of("--replace");
    var arguments = Stream.concat(mode.stream(), sources(Path.of(args[1])).stream());
    var out = new PrintWriter(System.out, true);
    var code = new Main(out, out, System.in).format(arguments.toArray(String[]::new));
    if (code != 0 && isCheck) {
      out.println("The files above are not formatted. Cure: mvn -q -N -Pformat process-sources");
    }
    System.exit(code);
  }

  /// The sources of all modules, of `tools`, the recipe and the examples; not what lies in build
  /// folders.
  private static List<String> sources(Path root) throws IOException {
    try (var files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> isSource(root.relativize(file).toString()))
          .map(Path::toString)
          .sorted()
          .toList();
    }
  }

  private static boolean isSource(String path) {
    return path.startsWith("tools/")
        || path.startsWith("base/recipe/")
        || path.matches("(examples/)?[^/]+/src/.*");
  }
}
