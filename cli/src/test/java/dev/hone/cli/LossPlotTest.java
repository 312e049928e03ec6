package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class LossPlotTest {
  private static final Pattern DATA =
      Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>");

  @TempDir private Path dir;

  private String page(String title, String... metrics) throws IOException {
    Files.write(dir.resolve("metrics.jsonl"), java.util.List.of(metrics));
    LossPlot.write(dir, title);
    return Files.readString(dir.resolve("loss.html"));
  }

  private static JsonNode data(String page) {
    var matcher = DATA.matcher(page);
    assertTrue(matcher.find());
    return JsonMapper.shared().readTree(matcher.group(1));
  }

  @Test
  void curvesShareTheSteps() throws IOException {
    var data =
        data(
            page(
                "a run",
                "{\"step\":0,\"held_out_loss\":5.5,\"held_out_token_accuracy\":0.1}",
                "{\"step\":1,\"epoch\":1,\"loss\":4.0,\"trained_tokens\":10}",
                "{\"step\":2,\"epoch\":1,\"loss\":2.0,\"trained_tokens\":30}",
                "{\"step\":2,\"held_out_loss\":3.25}"));

    assertEquals("[0,1,2]", data.get("steps").toString());
    assertEquals("[null,4.0,2.0]", data.get("loss").toString());
    assertEquals("[5.5,null,3.25]", data.get("held_out").toString());
    assertEquals(4.0, data.get("smoothed").get(1).asDouble());
    double weightOfFirst = 10 * Math.exp(-1 / 3.0);
    assertEquals(
        (4 * weightOfFirst + 2 * 30) / (weightOfFirst + 30),
        data.get("smoothed").get(2).asDouble(),
        1e-5);
  }

  @Test
  void aMetricIsACurveOfItsOwn() throws IOException {
    var data =
        data(
            page(
                "a run",
                "{\"step\":0,\"held_out_loss\":5.5,\"metric\":\"exact\",\"score\":0.25}",
                "{\"step\":1,\"epoch\":1,\"loss\":4.0,\"trained_tokens\":10}",
                "{\"step\":1,\"held_out_loss\":3.5,\"metric\":\"exact\",\"score\":0.5}"));

    assertEquals("exact", data.get("metric").asString());
    assertEquals("[0.25,0.5]", data.get("score").toString());
    assertEquals("[5.5,3.5]", data.get("held_out").toString());
    assertFalse(data(page("another", "{\"step\":1,\"loss\":4.0}")).has("score"));
  }

  @Test
  void nothingIsFetched() throws IOException {
    var page = page("a run", "{\"step\":1,\"loss\":4.0}");

    assertFalse(
        Pattern.compile("(src|href)\\s*=|url\\(|@import|fetch\\(|XMLHttpRequest")
            .matcher(page)
            .find());
    assertTrue(
        page.contains("uPlot=function") || page.contains("uPlot = "), "the script is inlined");
    assertTrue(page.contains(".u-legend"), "the style is inlined");
    assertTrue(page.contains("Permission is hereby granted"), "uPlot's licence asks to be kept");
    assertFalse(page.contains("/*data*/") || page.contains("/*uplot"));
  }

  @Test
  void aTitleCannotBreakOutOfTheData() throws IOException {
    var page = page("</script><script>alert(1)</script> \"quoted\"", "{\"step\":1,\"loss\":4.0}");

    assertEquals(
        "</script><script>alert(1)</script> \"quoted\"", data(page).get("title").asString());
    assertFalse(page.contains("<script>alert"));
  }

  @Test
  void aLossThatIsNoNumberLeavesAGap() throws IOException {
    var data = data(page("diverged", "{\"step\":1,\"loss\":4.0}", "{\"step\":2,\"loss\":\"NaN\"}"));

    assertEquals("[4.0,null]", data.get("loss").toString());
  }

  @Test
  void damagedMetricsAreNamed() {
    var failure = assertThrows(IOException.class, () -> page("x", "{\"step\":1,"));

    assertTrue(
        failure.getMessage().startsWith(dir.resolve("metrics.jsonl") + " is damaged"),
        failure.getMessage());
  }

  @Test
  void withoutMetricsThereIsNoPlot() throws IOException {
    LossPlot.write(dir, "x");

    assertFalse(Files.exists(dir.resolve("loss.html")));
  }
}
