package dev.hone.rag.passage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.rag.document.Documents;
import dev.hone.rag.document.Limits;
import dev.hone.testkit.Seeds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class PassageCutterTest {
  private static final TokenCounter WORDS =
      text -> text.isBlank() ? 0 : (text.strip().length() + 3) / 4;

  private static List<Passage> cut(String markdown, int target, int max) throws IOException {
    var document =
        new Documents(Limits.DEFAULT)
            .read(Path.of("a.md"), markdown.getBytes(StandardCharsets.UTF_8));
    var size = new PassageCutter.Size(target, max);
    var passages = new PassageCutter(WORDS, size).cut(document);
    int last = 0;
    for (var passage : passages) {
      assertEquals(passage.text(), document.text().substring(passage.start(), passage.end()));
      assertTrue(document.text().substring(last, passage.start()).isBlank());
      assertTrue(WORDS.count(passage.text()) <= max, passage.text());
      last = passage.end();
    }
    assertEquals(document.text().length(), last);
    return passages;
  }

  @Test
  void aHeadingBeginsAPassage() throws IOException {
    var passages = cut("# A\n\none\n\ntwo\n\n# B\n\nthree", 100, 200);
    assertEquals(
        List.of("A\n\none\n\ntwo", "B\n\nthree"), passages.stream().map(Passage::text).toList());
    assertEquals(List.of("B"), passages.get(1).headings());
  }

  @Test
  void theSentencesOfALongRecordGatherAndRecordsStayApart() throws IOException {
    var row = "{\"id\": %d, \"text\": \"%s\"}\n";
    var jsonl = row.formatted(1, "It is so. ".repeat(40)) + row.formatted(2, "Two.");
    var document =
        new Documents(Limits.DEFAULT)
            .read(Path.of("a.jsonl"), jsonl.getBytes(StandardCharsets.UTF_8));
    var passages = new PassageCutter(WORDS, new PassageCutter.Size(30, 60)).cut(document);
    assertEquals(
        List.of("1", "1", "1", "1", "2"),
        passages.stream().map(passage -> passage.metadata().get("id")).toList());
  }

  @ParameterizedTest
  @Seeds(20)
  void nothingIsLostOrTooLong(long seed) throws IOException {
    var random = new SplittableRandom(seed);
    var text = new StringBuilder();
    for (int i = random.nextInt(1, 30); i > 0; i--) {
      switch (random.nextInt(5)) {
        case 0 -> text.append("# head ").append(i).append("\n\n");
        case 1 -> text.append("x\uD83D\uDE00".repeat(random.nextInt(1, 400))).append("\n\n");
        default -> {
          for (int j = random.nextInt(1, 60); j > 0; j--) {
            text.append("word".repeat(random.nextInt(1, 4))).append(j % 7 == 0 ? ". So" : " ");
          }
          text.append("\n\n");
        }
      }
    }
    cut(text.append("end").toString(), random.nextInt(10, 40), random.nextInt(40, 80));
  }
}
