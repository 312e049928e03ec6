package dev.hone.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class RepositoryRulesTest {
  private static final String MODEL_INFO =
      "/// Model. May use: dev.hone.tensor\npackage dev.hone.model;";

  @Test
  void theProjectKeepsItsRules() throws IOException {
    var root = Path.of("").toAbsolutePath().getParent();
    var sources = sources(root);
    assertTrue(sources.stream().anyMatch(source -> source.path().endsWith("/cli/Main.java")));
    assertEquals("", String.join("\n", RepositoryRules.violations(sources)));
  }

  @Test
  void aPermittedImportPasses() {
    assertKept(model("package dev.hone.model; import dev.hone.tensor.Shape; class A {}"));
  }

  @Test
  void anImportThatIsNotListedIsRefused() {
    assertRefused(
        "A.java:2: dev.hone.model may not use dev.hone.tune",
        model("package dev.hone.model;\nimport dev.hone.tune.Trainer; class A {}"));
  }

  @Test
  void staticAndStarImportsAreRefusedToo() {
    assertRefused(
        "may not use dev.hone.tune",
        model("package dev.hone.model; import static dev.hone.tune.Trainer.step; class A {}"));
    assertRefused(
        "may not use dev.hone.tune",
        model("package dev.hone.model; import dev.hone.tune.*; class A {}"));
  }

  @Test
  void aQualifiedNameIsRefusedButNotInACommentOrString() {
    assertRefused(
        "may not use dev.hone.tune",
        model("package dev.hone.model; class A { Object o = new dev.hone.tune.Trainer(); }"));
    assertKept(
        model(
            "package dev.hone.model; /** dev.hone.tune.Trainer */ class A {"
                + " String s = \"dev.hone.tune.Trainer\"; }"));
  }

  @Test
  void aTestMayUseAnything() {
    assertKept(
        SourceFile.parse(
            "model/src/test/java/dev/hone/model/ATest.java",
            "package dev.hone.model; import dev.hone.tune.Trainer; class ATest {}"));
  }

  @Test
  void permissionsMayRunOverLines() {
    var info = "/// A.\n///\n/// May use: dev.hone.a,\n/// dev.hone.b\npackage dev.hone.model;";
    assertKept(
        SourceFile.parse("model/src/main/java/dev/hone/model/package-info.java", info),
        source("package dev.hone.model; import dev.hone.a.A; import dev.hone.b.B; class C {}"));
  }

  @Test
  void permissionsEndWithTheirParagraph() {
    var info = "/// May use: nothing\n///\n/// Unlike dev.hone.a.\npackage dev.hone.model;";
    assertRefused(
        "may not use dev.hone.a",
        SourceFile.parse("model/src/main/java/dev/hone/model/package-info.java", info),
        source("package dev.hone.model; import dev.hone.a.A; class C {}"));
  }

  @Test
  void aPackageWithoutItsInfoIsRefused() {
    assertRefused("has no package-info.java", source("package dev.hone.model; class A {}"));
  }

  @Test
  void aCircleOfPackagesIsRefused() {
    assertRefused(
        "dev.hone.model -> dev.hone.tensor -> dev.hone.model",
        info("model", MODEL_INFO),
        info("tensor", "/// May use: dev.hone.model\npackage dev.hone.tensor;"));
  }

  @Test
  void vagueNamesAreRefused() {
    assertRefused(
        "says nothing of its content",
        info("model", "/// May use: nothing\npackage dev.hone.model.util;"));
    assertRefused("FileHelper", model("package dev.hone.model; class FileHelper {}"));
  }

  @Test
  void onlyTheCommandLinePrintsAndExits() {
    var printing = "{ void f() { System.out.println(); System.exit(1); } }";
    assertRefused("System.out", model("package dev.hone.model; class A " + printing));
    assertRefused("System.exit", model("package dev.hone.model; class A " + printing));
    assertKept(
        SourceFile.parse(
            "cli/src/main/java/dev/hone/cli/package-info.java",
            "/// May use: nothing\npackage dev.hone.cli;"),
        SourceFile.parse(
            "cli/src/main/java/dev/hone/cli/A.java", "package dev.hone.cli; class A " + printing));
  }

  @Test
  void skippedTestsAreRefused() {
    assertRefused("Disabled", test("class A { @Test @Disabled void f() {} }"));
    assertRefused("EnabledOnOs", test("class A { @Test @EnabledOnOs(OS.LINUX) void f() {} }"));
    assertRefused("assumeTrue", test("class A { void f() { Assumptions.assumeTrue(x); } }"));
  }

  @Test
  void aLooseEndNeedsItsIssue() {
    var word = "TO" + "DO";
    assertRefused("A.java:2: give the issue", test("class A {}\n// " + word + " later"));
    assertKept(test("class A {}\n// " + word + "(#12) later"));
  }

  @Test
  void longFilesAreRefused() {
    var text = "package dev.hone.model; class A {}\n" + "\n".repeat(599);
    assertKept(model(text));
    assertRefused("601 lines", model(text + "\n"));
  }

  private static void assertKept(SourceFile... sources) {
    assertEquals(List.of(), RepositoryRules.violations(List.of(sources)));
  }

  private static void assertRefused(String part, SourceFile... sources) {
    var violations = RepositoryRules.violations(List.of(sources));
    assertTrue(violations.stream().anyMatch(line -> line.contains(part)), violations::toString);
  }

  private static SourceFile[] model(String text) {
    return new SourceFile[] {info("model", MODEL_INFO), source(text)};
  }

  private static SourceFile info(String module, String text) {
    return SourceFile.parse(
        module + "/src/main/java/dev/hone/" + module + "/package-info.java", text);
  }

  private static SourceFile source(String text) {
    return SourceFile.parse("model/src/main/java/dev/hone/model/A.java", text);
  }

  private static SourceFile test(String text) {
    return SourceFile.parse("model/src/test/java/dev/hone/model/A.java", text);
  }

  private static List<SourceFile> sources(Path root) throws IOException {
    try (var files = Files.walk(root)) {
      return SourceFile.read(
          root,
          files
              .filter(file -> root.relativize(file).toString().matches("[^/.]+/src/.*\\.java"))
              .sorted()
              .toList());
    }
  }
}
