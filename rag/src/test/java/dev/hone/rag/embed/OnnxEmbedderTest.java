package dev.hone.rag.embed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class OnnxEmbedderTest {
  private static final Embedder EMBEDDER = OnnxEmbedder.open(2);

  @AfterAll
  static void close() {
    EMBEDDER.close();
  }

  private static double cosine(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @Test
  void meaningDecidesWhatIsNear() {
    var passages =
        EMBEDDER.passages(
            List.of("The shop opens at nine on Saturdays.", "Photosynthesis happens in leaves."));
    var question = EMBEDDER.query("When can I buy something at the weekend?");
    assertTrue(cosine(question, passages.get(0)) > cosine(question, passages.get(1)) + 0.1);
    assertEquals(1, cosine(question, question), 1e-6);
  }

  @Test
  void aVectorDoesNotDependOnWhatIsEmbeddedBesideIt() {
    var texts =
        List.of("tea", "A longer text about pots and how to clean them.", "word ".repeat(300));
    var together = EMBEDDER.passages(texts);
    for (int i = 0; i < texts.size(); i++) {
      assertArrayEquals(EMBEDDER.passages(List.of(texts.get(i))).getFirst(), together.get(i));
    }
    try (var single = OnnxEmbedder.open(1)) {
      assertArrayEquals(single.passages(texts).get(1), together.get(1));
    }
  }

  @Test
  void aTextThatIsTooLongIsRefusedAndNotCut() {
    assertEquals(510, EMBEDDER.countTokens("tea ".repeat(510)));
    EMBEDDER.passages(List.of("tea ".repeat(510)));
    assertThrows(
        IllegalArgumentException.class, () -> EMBEDDER.passages(List.of("tea ".repeat(511))));
  }

  /// From 1.29.0 on the library reports its use, unless told not to before the process starts.
  @Test
  void theRuntimeKnowsNobodyToReportTo() throws IOException {
    var library = "/ai/onnxruntime/native/linux-x64/libonnxruntime.so";
    try (var in = OnnxEmbedder.class.getResourceAsStream(library)) {
      var content = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      assertTrue(content.contains("onnxruntime"));
      assertFalse(content.contains("data.microsoft.com"));
    }
  }
}
