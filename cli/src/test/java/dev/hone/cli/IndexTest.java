package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexTest {
  private static final String QUESTION = "How many days do I have to return tea?";

  @TempDir private Path dir;
  private Path docs;

  @BeforeEach
  void writeDocuments() throws IOException {
    docs = Files.createDirectory(dir.resolve("docs"));
    Files.writeString(docs.resolve("tea.md"), "# Returns\n\nYou have 30 days to return tea.\n");
    Files.writeString(docs.resolve("mill.md"), "# Mill\n\nThe mill opens on Saturdays.\n");
  }

  private TestShell hone(int code, Object... words) {
    var typed = new ArrayList<String>();
    List.of(words).forEach(word -> typed.add(word.toString()));
    var shell = new TestShell();
    assertEquals(code, shell.hone(typed.toArray(String[]::new)), shell.out() + shell.err());
    return shell;
  }

  private Path index() {
    return dir.resolve("index");
  }

  @Test
  void documentsAreFoundAndAnsweredFrom() {
    var report = hone(0, "index", docs, "--out", index(), "--json").out();
    assertTrue(report.contains("\"added\" : 2,"), report);

    var found = hone(0, "ask", "--index", index(), "--find", "--passages", 1, QUESTION).out();
    assertTrue(found.startsWith("[1] tea.md › Returns\n"), found);

    var answer = hone(0, "ask", "--index", index(), QUESTION).out();
    assertTrue(answer.contains("\n[1] tea.md › Returns\n    You have 30 days"), answer);

    var nothing = hone(3, "ask", "--index", index(), "Who was the emperor of Mexico?").out();
    assertTrue(nothing.startsWith("No answer: no document is about this."), nothing);
  }

  @Test
  void aFileThatCannotBeReadIsNamedAndEndsWithOne() throws IOException {
    Files.write(docs.resolve("bad.txt"), new byte[] {0});
    var shell = hone(1, "index", docs, "--out", index());
    assertTrue(shell.err().contains("bad.txt: is not text"), shell.err());
    assertTrue(shell.out().contains("could not be read"), shell.out());
  }

  @Test
  void anIndexIsMeasured() throws IOException {
    hone(0, "index", docs, "--out", index());
    var questions =
        Files.writeString(
            dir.resolve("asked.jsonl"),
            "{\"question\": \"%s\", \"source\": \"tea.md\", \"answers\": [\"30 days\"]}\n"
                .formatted(QUESTION));
    var table = hone(0, "index", "eval", "--index", index(), "--questions", questions).out();
    assertTrue(table.contains("words + vectors      1.000  1.000  1.000  1.000  1.000"), table);
    assertTrue(table.contains("right ones accepted             100.0 %"), table);
    var err =
        hone(2, "index", "eval", "--index", index(), "--questions", questions, "--tune").err();
    assertTrue(err.contains("too few to tune on"), err);
  }

  @Test
  void questionsAreMadeFromTheDocuments() throws IOException {
    Files.writeString(
        docs.resolve("tea.md"), "# Tea\n\nA tin of green tea keeps for 18 months if closed.");
    hone(0, "index", docs, "--out", index());
    var saved = dir.resolve("made.jsonl");
    var plot = dir.resolve("report.html");
    var shell =
        hone(
            0,
            "index",
            "eval",
            "--index",
            index(),
            "--save-questions",
            saved,
            "--plot",
            plot,
            "--docs",
            docs,
            "--sizes",
            "100");
    assertTrue(shell.err().contains("people's will be harder"), shell.err());
    assertTrue(shell.out().contains("words + vectors      1.000"), shell.out());
    assertTrue(shell.out().contains("100 tokens"), shell.out());
    var made = Files.readString(saved);
    assertTrue(made.contains("\"answers\":[\"18 months\"]"), made);
    assertTrue(made.contains("\"question\":\"How many or when: "), made);
    hone(0, "index", "eval", "--index", index(), "--questions", saved);
    var page = Files.readString(plot);
    assertTrue(page.contains("\"rank fusion, k = 60\":[1.0,"), page);
    assertFalse(page.contains("src=") || page.contains("href="));
    assertTrue(
        hone(2, "index", "eval", "--index", index(), "--tune").err().contains("--questions"));
  }

  @Test
  void whoAsksMustBeNamedWhereAccessIsChecked() throws IOException {
    var rules = Files.writeString(dir.resolve("rules"), "tea.md: staff\n");
    hone(0, "index", docs, "--out", index(), "--access", rules);
    assertTrue(hone(2, "ask", "--index", index(), "--find", "tea").err().contains("who asks"));
    hone(0, "ask", "--index", index(), "--find", "--as", "staff", "tea");
    hone(3, "ask", "--index", index(), "--find", "--as", "guest", "tea");
  }

  @Test
  void whatIsNoIndexIsSaidToBeNone() {
    var err = hone(2, "ask", "--index", docs, "--find", "tea").err();
    assertTrue(err.contains("is no index") && err.contains("hint: make one"), err);
    assertTrue(hone(2, "index", docs, "--out", docs).err().contains("is no index, and not empty"));
    assertTrue(hone(2, "index", docs).err().contains("missing --out"));
  }
}
