package dev.hone.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.model.UsageException;
import dev.hone.testkit.FakeHub;
import dev.hone.testkit.FakeHub.Trouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HubTest {
  private static final HubModel MODEL = HubModel.parse(FakeHub.REPOSITORY).orElseThrow();
  private static final String WEIGHTS = "model.safetensors";
  private static final String CONFIG =
      """
      {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8,
       "intermediate_size": 16, "num_attention_heads": 2, "num_hidden_layers": 1, "vocab_size": 16,
       "max_position_embeddings": 32, "rms_norm_eps": 1e-5, "hidden_act": "silu"}
      """;

  @TempDir private Path home;
  private final List<String> notes = Collections.synchronizedList(new ArrayList<>());
  private final List<Long> moved = Collections.synchronizedList(new ArrayList<>());
  private FakeHub hub;

  /// Longer than a machine with much else to do keeps a request waiting.
  private Duration timeout = Duration.ofSeconds(60);

  @BeforeEach
  void open() throws IOException {
    var weights = new byte[100_000];
    new Random(1).nextBytes(weights);
    hub =
        new FakeHub()
            .with("config.json", CONFIG)
            .with("tokenizer.json", "{\"a\": 1}")
            .with("LICENSE", "free")
            .with("README.md", "nobody needs it")
            .with("consolidated.safetensors", "the same again")
            .with("modeling_tiny.py", "import os")
            .with(WEIGHTS, weights);
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private Path fetch(HubModel model, String... variables) throws IOException {
    var environment = new HashMap<>(Map.of("HF_ENDPOINT", hub.endpoint(), "HF_HOME", "" + home));
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    var listener =
        new HubListener() {
          @Override
          public void note(String text) {
            notes.add(text);
          }

          @Override
          public void begin(long done, long total) {
            moved.add(done);
          }

          @Override
          public void moved(long done, long total) {
            moved.add(done);
          }
        };
    var patience = new Patience(timeout, 3, Duration.ofMillis(1), Duration.ofSeconds(3));
    return new Hub(HubSettings.of(environment), patience, listener).fetch(model);
  }

  private Path repo() {
    return home.resolve("hub/models--org--tiny");
  }

  private Path blob(String name) {
    return repo().resolve("blobs").resolve(hub.etag(name));
  }

  private List<FakeHub.Asked> askedFor(String name) {
    return hub.asked.stream().filter(asked -> asked.path().endsWith(name)).toList();
  }

  @Test
  void theCacheIsLaidOutAsHuggingFacesTools() throws IOException {
    var snapshot = fetch(MODEL);

    assertEquals(repo().resolve("snapshots").resolve(FakeHub.COMMIT), snapshot);
    assertEquals(FakeHub.COMMIT, Files.readString(repo().resolve("refs/main")));
    assertEquals(
        Path.of("../../blobs", hub.etag(WEIGHTS)),
        Files.readSymbolicLink(snapshot.resolve(WEIGHTS)));
    assertArrayEquals(hub.content(WEIGHTS), Files.readAllBytes(snapshot.resolve(WEIGHTS)));
    try (var names = Files.list(snapshot)) {
      assertEquals(
          List.of("LICENSE", "config.json", WEIGHTS, "tokenizer.json"),
          names.map(name -> name.getFileName().toString()).sorted().toList());
    }
    assertEquals(List.of(), notes);
    assertEquals(100_012L, moved.getLast());
  }

  @Test
  void whatIsThereIsNotAskedForAgain() throws IOException {
    fetch(MODEL);
    hub.asked.clear();
    fetch(MODEL);

    assertEquals(1, hub.asked.size(), hub.asked::toString);
  }

  @Test
  void shardsAreThoseOfTheIndex() throws IOException {
    hub.without(WEIGHTS)
        .with("model-1.safetensors", "one")
        .with("model-2.safetensors", "two")
        .with("model-3.safetensors", "of another index")
        .with(
            "model.safetensors.index.json",
            "{\"weight_map\": {\"a\": \"model-1.safetensors\", \"b\": \"model-2.safetensors\"}}");
    var snapshot = fetch(MODEL);

    assertTrue(Files.exists(snapshot.resolve("model-2.safetensors")));
    assertFalse(Files.exists(snapshot.resolve("model-3.safetensors")));
    assertEquals(snapshot, fetch(MODEL, "HF_HUB_OFFLINE", "1"));
  }

  @Test
  void aShardThatLeadsElsewhereIsRefused() {
    hub.without(WEIGHTS)
        .with("model.safetensors.index.json", "{\"weight_map\": {\"a\": \"../../x.safetensors\"}}");

    assertThrows(IOException.class, () -> fetch(MODEL));
    assertFalse(Files.exists(home.resolve("hub/x.safetensors")));
  }

  @Test
  void aCutDownloadGoesOnWhereItEnded() throws IOException {
    hub.downloads.add(new Trouble.Cut(60_000));
    var snapshot = fetch(MODEL);

    assertArrayEquals(hub.content(WEIGHTS), Files.readAllBytes(snapshot.resolve(WEIGHTS)));
    var ranges =
        hub.asked.stream().filter(asked -> asked.where().equals("store")).map(FakeHub.Asked::range);
    assertEquals(List.of("null", "bytes=60000-"), ranges.toList());
  }

  @Test
  void aKilledDownloadGoesOnWhereItEnded() throws IOException {
    Files.createDirectories(repo().resolve("blobs"));
    Files.write(
        repo().resolve("blobs").resolve(hub.etag(WEIGHTS) + ".incomplete"),
        Arrays.copyOf(hub.content(WEIGHTS), 70_000));
    var snapshot = fetch(MODEL);

    assertArrayEquals(hub.content(WEIGHTS), Files.readAllBytes(snapshot.resolve(WEIGHTS)));
    assertEquals("bytes=70000-", askedFor(WEIGHTS).getLast().range());
    assertEquals(70_000, moved.getFirst());
  }

  @Test
  void silenceIsNotWaitedForWithoutEnd() throws IOException {
    timeout = Duration.ofSeconds(5);
    hub.downloads.add(new Trouble.Silence(10_000));
    var snapshot = fetch(MODEL);

    assertArrayEquals(hub.content(WEIGHTS), Files.readAllBytes(snapshot.resolve(WEIGHTS)));
  }

  @Test
  void patienceEndsAndTheNextCommandGoesOn() throws IOException {
    hub.downloads.add(new Trouble.Cut(20_000));
    hub.downloads.add(new Trouble.Cut(20_000));
    hub.downloads.add(new Trouble.Status(503, Map.of()));
    var failure = assertThrows(HubException.class, () -> fetch(MODEL));

    assertTrue(failure.hint().contains("goes on"), failure.hint());
    assertFalse(Files.exists(blob(WEIGHTS)));
    fetch(MODEL);
    assertEquals("bytes=40000-", askedFor(WEIGHTS).getLast().range());
  }

  @Test
  void aBusyHubIsGivenTheTimeItWants() throws IOException {
    hub.listing.add(new Trouble.Status(429, Map.of("Retry-After", "1")));
    long begun = System.nanoTime();
    fetch(MODEL);

    assertTrue(System.nanoTime() - begun >= 1_000_000_000);
    assertEquals(List.of("the hub wants 1 s of rest"), notes);
  }

  @Test
  void aHubThatWantsTooMuchTimeIsAnError() {
    hub.listing.add(new Trouble.Status(429, Map.of("Retry-After", "3600")));
    var failure = assertThrows(HubException.class, () -> fetch(MODEL));

    assertTrue(failure.getMessage().contains("asks to wait 3600 s"), failure.getMessage());
  }

  @Test
  void wrongContentIsThrownAway() {
    hub.forge(WEIGHTS, new byte[100_000]);
    var failure = assertThrows(HubException.class, () -> fetch(MODEL));

    assertTrue(failure.getMessage().contains("is not what the hub promised"), failure.getMessage());
    assertFalse(Files.exists(blob(WEIGHTS)));
    assertFalse(Files.exists(blob(WEIGHTS).resolveSibling(hub.etag(WEIGHTS) + ".incomplete")));
  }

  @Test
  void wrongContentOfASmallFileIsThrownAwayToo() {
    hub.forge("config.json", new byte[] {'[', ']'});

    assertThrows(HubException.class, () -> fetch(MODEL));
    assertFalse(Files.exists(blob("config.json")));
  }

  @Test
  void theTokenGoesToTheHubAlone() throws IOException {
    fetch(MODEL, "HF_TOKEN", "hf_secret");

    assertTrue(hub.asked.stream().anyMatch(asked -> asked.where().equals("store")));
    for (var asked : hub.asked) {
      assertEquals(
          asked.where().equals("hub") ? "Bearer hf_secret" : "null", asked.authorization());
    }
  }

  @ParameterizedTest
  @CsvSource({"401, GatedRepo", "403, ''", "401, RepoNotFound"})
  void whoMayNotSeeAModelIsToldTheCure(int status, String code) {
    hub.listing.add(new Trouble.Status(status, Map.of("X-Error-Code", code)));
    var failure = assertThrows(UsageException.class, () -> fetch(MODEL, "HF_TOKEN", "hf_secret"));

    assertTrue(failure.hint().contains("licence"), failure.hint());
    assertTrue(failure.hint().contains("HF_TOKEN"), failure.hint());
    assertFalse((failure.getMessage() + failure.hint()).contains("hf_secret"));
  }

  @ParameterizedTest
  @CsvSource({"org/other, no model at", "org/tiny@nowhere, no such revision"})
  void whatIsNotThereIsSaid(String name, String words) {
    var failure =
        assertThrows(UsageException.class, () -> fetch(HubModel.parse(name).orElseThrow()));

    assertTrue(failure.getMessage().contains(words), failure.getMessage());
  }

  @Test
  void pickleIsRefusedBeforeAnythingComes() {
    hub.without(WEIGHTS).with("pytorch_model.bin", "pickle");
    var failure = assertThrows(UsageException.class, () -> fetch(MODEL));

    assertTrue(failure.getMessage().contains("pytorch_model.bin"), failure.getMessage());
    assertTrue(hub.asked.stream().allMatch(asked -> asked.path().startsWith("/api/")));
    assertFalse(Files.exists(repo()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../../evil", "/etc/evil", "a/../../evil", "..\\\\evil", "a//b"})
  void aFileNameThatLeadsElsewhereIsRefused(String name) {
    hub.with(name, "evil");
    var failure = assertThrows(HubException.class, () -> fetch(MODEL));

    assertTrue(failure.getMessage().contains("leads elsewhere"), failure.getMessage());
    assertFalse(Files.exists(repo()));
  }

  @Test
  void withoutANetworkTheCacheMustDo() throws IOException {
    var snapshot = fetch(MODEL);
    hub.close();

    assertEquals(snapshot, fetch(MODEL));
    assertTrue(notes.getFirst().contains("the cache has it"), notes::toString);
    assertEquals(snapshot, fetch(new HubModel(MODEL.repository(), FakeHub.COMMIT)));
  }

  @Test
  void offlineNothingIsAsked() throws IOException {
    assertThrows(UsageException.class, () -> fetch(MODEL, "HF_HUB_OFFLINE", "1"));
    assertEquals(List.of(), hub.asked);
    var snapshot = fetch(MODEL);
    hub.asked.clear();

    assertEquals(snapshot, fetch(MODEL, "HF_HUB_OFFLINE", "TRUE"));
    assertEquals(List.of(), hub.asked);
  }

  @Test
  void aCacheWithoutItsWeightsIsNotEnough() throws IOException {
    var snapshot = fetch(MODEL);
    Files.delete(snapshot.resolve(WEIGHTS));

    assertThrows(UsageException.class, () -> fetch(MODEL, "HF_HUB_OFFLINE", "1"));
  }

  @Test
  void anArchitectureThatHoneLacksIsRefusedBeforeItsWeightsCome() {
    hub.with(
        "config.json",
        "{\"architectures\": [\"OddModel\"], \"model_type\": \"odd\", \"auto_map\": {\"AutoModel\":"
            + " \"modeling_odd.OddModel\"}}");

    assertThrows(UsageException.class, () -> fetch(MODEL));
    assertEquals(1, askedFor("config.json").size());
    assertEquals(0, askedFor("tokenizer.json").size());
    assertEquals(0, askedFor(WEIGHTS).size());
  }

  @Test
  void whatHoneLeavesBesideAModelComesToo() throws IOException {
    hub.with("hone.json", "{}").with("hone_proof.json", "{}");
    var snapshot = fetch(MODEL);
    assertTrue(Files.exists(snapshot.resolve("hone.json")));
    assertTrue(Files.exists(snapshot.resolve("hone_proof.json")));
  }

  @Test
  void anIndexIsNotCountedAmongTheBytesToCome() throws IOException {
    hub.without(WEIGHTS)
        .with("model-1.safetensors", "one")
        .with("model.safetensors.index.json", "{\"weight_map\": {\"a\": \"model-1.safetensors\"}}");
    fetch(MODEL);
    assertEquals(0, moved.getFirst());
    assertEquals("{\"a\": 1}free".length() + "one".length(), moved.getLast());
  }

  @Test
  void manyAtOnceDownloadOnce() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var fetched =
          IntStream.range(0, 8).mapToObj(i -> threads.submit(() -> fetch(MODEL))).toList();
      for (var one : fetched) {
        assertTrue(Files.exists(one.get().resolve(WEIGHTS)));
      }
    }
    assertEquals(1, hub.asked.stream().filter(asked -> asked.where().equals("store")).count());
  }

  /// It counts requests then, and says nothing of when the hub is well again.
  @Test
  void aRateLimitIsNoTimeToWaitWhereTheHubIsIll() throws IOException {
    hub.listing.add(new FakeHub.Trouble.Status(502, Map.of("RateLimit", "\"api\";r=499;t=281")));
    assertTrue(Files.exists(fetch(MODEL).resolve(WEIGHTS)));
  }

  @ParameterizedTest
  @MethodSource
  void theTimeToWaitIsSaidInManyWays(String header, String value) {
    hub.listing.add(new FakeHub.Trouble.Status(429, Map.of(header, value)));
    var failure = assertThrows(HubException.class, () -> fetch(MODEL));
    assertTrue(failure.getMessage().contains("asks to wait"), failure.getMessage());
  }

  static Stream<Arguments> theTimeToWaitIsSaidInManyWays() {
    var inAMinute = ZonedDateTime.now(ZoneOffset.UTC).plusMinutes(1);
    return Stream.of(
        Arguments.of("Retry-After", "60"),
        Arguments.of("Retry-After", DateTimeFormatter.RFC_1123_DATE_TIME.format(inAMinute)),
        Arguments.of("RateLimit", "\"api\";r=0;t=60"));
  }
}
