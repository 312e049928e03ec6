package dev.hone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.testkit.FakeHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

final class HubBaseTest {
  private static final Path TINY = Path.of("../model/src/test/resources/golden/peft/base");

  @TempDir private Path home;
  private FakeHub hub;

  @BeforeEach
  void open() throws IOException {
    hub = new FakeHub().with(TINY);
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private TestShell shell() {
    return new TestShell(
        "", Map.of("HF_HOME", "" + home, "HF_ENDPOINT", hub.endpoint(), "HF_HUB_OFFLINE", "0"));
  }

  @Test
  void aModelOfTheHubAnswersAsItsDirectoryDoes() {
    var local = new TestShell();
    assertEquals(0, local.hone("chat", "--base", "" + TINY, "--prompt", "a", "--max-tokens", "4"));
    var first = shell();
    assertEquals(
        0,
        first.hone("chat", "--base", "org/tiny", "--prompt", "a", "--max-tokens", "4"),
        first::err);
    assertEquals(local.out(), first.out());
    assertTrue(first.err().startsWith("downloading org/tiny: "), first.err());

    hub.close();
    var second = shell();
    assertEquals(
        0,
        second.hone("chat", "--base", "org/tiny", "--prompt", "a", "--max-tokens", "4"),
        second::err);
    assertEquals(local.out(), second.out());
    assertTrue(second.err().contains("the cache has it"), second.err());
  }

  @Test
  void aDirectoryOfThatNameCounts() throws IOException {
    assertTrue(Files.isDirectory(Path.of("src/main")));
    assertEquals(Path.of("src/main"), HubBase.bring(shell().shell(), Path.of("src/main")));
    assertEquals(0, hub.asked.size());
  }

  @Test
  void aModelThatIsNotThereIsTheUsersInput() {
    var shell = shell();

    assertEquals(2, shell.hone("inspect", "org/other"));
    assertTrue(
        shell.err().startsWith("error: org/other: is nothing on this machine, and no model at"),
        shell.err());
    assertTrue(shell.err().contains("\nhint: "), shell.err());
  }

  @Test
  void aHubThatLiesIsAFailure() {
    hub.forge("config.json", new byte[hub.content("config.json").length]);
    var shell = shell();

    assertEquals(1, shell.hone("inspect", "org/tiny"));
    assertTrue(shell.err().contains("is not what the hub promised"), shell.err());
  }

  @Test
  void aServedModelIsCalledAsTheHubCallsIt() {
    assertEquals("org/tiny", HubBase.name(Path.of("org/tiny")));
    assertEquals("base", HubBase.name(TINY));
  }

  @Test
  void anAdapterNamesItsBaseAsTheHubDoes() throws IOException {
    var rows = Files.writeString(home.resolve("rows.jsonl"), row("a") + row("b") + row("c"));
    var valid = Files.writeString(home.resolve("valid.jsonl"), row("d") + row("e"));
    var out = home.resolve("run").toString();
    var shell = shell();
    int code =
        shell.hone(
            "tune --base org/tiny --data %s --valid %s --out %s --epochs 1 --rank 2 --threads 1"
                .formatted(rows, valid, out)
                .split(" "));
    assertEquals(0, code, shell::err);
    assertTrue(shell.out().contains("hone chat --base org/tiny --adapter " + out), shell.out());
    var config = JsonMapper.shared().readTree(Path.of(out, "adapter_config.json"));
    assertEquals("org/tiny", config.path("base_model_name_or_path").asString());
    assertEquals(FakeHub.COMMIT, config.path("revision").asString());
    var summary = JsonMapper.shared().readTree(Path.of(out, "summary.json"));
    assertEquals("org/tiny@" + FakeHub.COMMIT, summary.path("base").asString());
  }

  private static String row(String word) {
    return "{\"prompt\": \"%s\", \"completion\": \" %s again\"}\n".formatted(word, word);
  }

  @Test
  void aModelOfTheHubIsOfTheFamilyThatItsNameSays() throws IOException {
    var snapshot = home.resolve("models--Qwen--Qwen3-0.6B/snapshots").resolve("0a".repeat(20));
    assertEquals(Set.of("qwen"), ModelFamily.of(new ModelName.Local(snapshot)));
  }
}
