package dev.hone.ladder.rung;

import dev.hone.model.Sha256;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every answer of a run, a line each as soon as it is there, so that a run that was interrupted
/// asks for none again. Found by all that an answer depends on: the recipe of what answers, what is
/// asked, and which repeat it is. For many threads.
public final class CallLog implements Closeable {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Map<String, Call> calls = new HashMap<>();
  private final BufferedWriter writer;

  /// @param error why there is no answer; empty where there is one
  /// @param at when it was asked; 1970 where the log does not say
  public record Call(Reply reply, Optional<String> error, Instant at) {
    /// One of now.
    public Call(Reply reply, Optional<String> error) {
      this(reply, error, Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }
  }

  private CallLog(BufferedWriter writer) {
    this.writer = writer;
  }

  /// A last line that was torn is passed over.
  public static CallLog open(Path file) throws IOException {
    var lines = Files.exists(file) ? Files.readAllLines(file) : List.<String>of();
    var log =
        new CallLog(
            Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    lines.forEach(log::read);
    if (!lines.isEmpty()) {
      log.writer.newLine();
    }
    return log;
  }

  private void read(String line) {
    try {
      var node = JSON.readTree(line);
      if (node != null && node.has("key")) {
        var reply =
            new Reply(
                node.path("text").asString(""),
                node.path("prompt_tokens").asInt(0),
                node.path("answer_tokens").asInt(0),
                node.path("cut").asBoolean(false),
                node.path("sources").valueStream().map(JsonNode::asString).toList(),
                node.path("millis").asDouble(0));
        var error = Optional.ofNullable(node.path("error").asString(null));
        var at = Instant.parse(node.path("at").asString(Instant.EPOCH.toString()));
        calls.put(node.path("key").asString(), new Call(reply, error, at));
      }
    } catch (JacksonException e) {
      return; // torn when the process was killed; it is asked for again
    }
  }

  /// A recipe as keys have it, whatever the order of its parts.
  public static String recipe(Map<String, ?> parts) {
    return JSON.writeValueAsString(new TreeMap<>(parts));
  }

  /// @param recipe from [#recipe], after a name where two may have the same
  public static String key(String recipe, String asked, int repeat) {
    return Sha256.of(recipe + "\n" + asked + "\n" + repeat);
  }

  public synchronized Optional<Call> find(String key) {
    return Optional.ofNullable(calls.get(key));
  }

  public synchronized void add(String key, Call call) throws IOException {
    calls.put(key, call);
    var line = new LinkedHashMap<String, Object>();
    line.put("key", key);
    line.put("text", call.reply().text());
    line.put("prompt_tokens", call.reply().promptTokens());
    line.put("answer_tokens", call.reply().answerTokens());
    line.put("cut", call.reply().isCut());
    if (!call.reply().sources().isEmpty()) {
      line.put("sources", call.reply().sources());
    }
    line.put("millis", call.reply().millis());
    line.put("at", call.at().toString());
    call.error().ifPresent(error -> line.put("error", error));
    writer.write(JSON.writeValueAsString(line));
    writer.newLine();
    writer.flush();
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
