package dev.hone.model.adapter;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.JsonFile;
import dev.hone.model.checkpoint.JsonObject;
import dev.hone.model.decoder.BaseDtype;
import dev.hone.model.text.RenderFormat;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.node.JsonNodeFactory;

/// What a model or an adapter was trained on, as `hone.json` beside its weights says.
///
/// @param baseFingerprint of the base, from `Checkpoint.fingerprint()`
/// @param baseDtype what the base was kept in
/// @param format how conversations become text
/// @param rows the shapes of its training rows
public record Provenance(
    String baseFingerprint, BaseDtype baseDtype, RenderFormat format, Set<RowShape> rows) {
  /// The file's name in the directory of an adapter or a model.
  public static final String FILE = "hone.json";

  private static final int VERSION = 1;

  public Provenance {
    rows = java.util.Collections.unmodifiableSet(new TreeSet<>(rows));
  }

  /// Reads that of the directory `dir`; empty where it has none, as everything that Hone did not
  /// train.
  public static Optional<Provenance> read(Path dir) throws CheckpointException {
    var json = JsonFile.readIfPresent(dir.resolve(FILE));
    return json.isPresent() ? Optional.of(parse(json.get())) : Optional.empty();
  }

  private static Provenance parse(JsonObject json) throws CheckpointException {
    requireVersion(json, VERSION);
    var fingerprint =
        json.string("base_fingerprint")
            .orElseThrow(
                () -> new CheckpointException(json.path(), "lacks the field base_fingerprint"));
    var format =
        json.object("render_format")
            .orElseThrow(
                () -> new CheckpointException(json.path(), "lacks the field render_format"));
    return new Provenance(fingerprint, baseDtype(json), format(format), rows(json));
  }

  /// Float32 where the file says nothing, as those before this field.
  private static BaseDtype baseDtype(JsonObject json) throws CheckpointException {
    var label = json.string("base_dtype").orElse(BaseDtype.FLOAT32.label());
    return BaseDtype.byLabel(label)
        .orElseThrow(
            () -> json.wrong("base_dtype", json.node().get("base_dtype"), BaseDtype.labels()));
  }

  private static RenderFormat format(JsonObject json) throws CheckpointException {
    var kind = json.string("kind").orElse("");
    var kwargs = json.object("kwargs").map(object -> JsonText.map(object.node())).orElse(Map.of());
    return switch (kind) {
      case "plain" -> new RenderFormat(RenderFormat.Kind.PLAIN, "", kwargs, "");
      case "template" ->
          new RenderFormat(
              RenderFormat.Kind.TEMPLATE,
              json.string("template_sha256").orElse(""),
              kwargs,
              clock(json));
      default -> throw json.wrong("kind", json.node().path("kind"), "plain or template");
    };
  }

  private static String clock(JsonObject json) throws CheckpointException {
    var clock = json.string("clock").orElse("");
    try {
      if (!clock.isEmpty()) {
        LocalDateTime.parse(clock);
      }
      return clock;
    } catch (DateTimeParseException e) {
      throw json.wrong("clock", json.node().get("clock"), "a time such as 2026-01-31T12:00:00");
    }
  }

  private static Set<RowShape> rows(JsonObject json) throws CheckpointException {
    var rows = new TreeSet<RowShape>();
    for (var name : json.strings("rows")) {
      rows.add(
          RowShape.byName(name)
              .orElseThrow(() ->
                  json.wrong(
                      "rows", json.node().get("rows"), "a list of chat, completion or text")));
    }
    return rows;
  }

  /// Refuses a file that a newer Hone wrote.
  static void requireVersion(JsonObject json, int newest) throws CheckpointException {
    int version = json.integer("version", 1, Integer.MAX_VALUE);
    if (version > newest) {
      throw new UsageException(
          "%s: has version %d, this Hone knows %d".formatted(json.path(), version, newest),
          "use a newer Hone");
    }
  }

  /// Writes `hone.json` into the directory `dir`.
  public void write(Path dir) throws CheckpointException {
    var root =
        JsonNodeFactory.instance
            .objectNode()
            .put("version", VERSION)
            .put("base_fingerprint", baseFingerprint)
            .put("base_dtype", baseDtype.label());
    var formatJson =
        root.putObject("render_format").put("kind", format.kind().name().toLowerCase(Locale.ROOT));
    if (format.kind() == RenderFormat.Kind.TEMPLATE) {
      formatJson.put("template_sha256", format.templateSha256()).put("clock", format.clock());
      formatJson.set("kwargs", JsonText.node(format.kwargs()));
    }
    var shapes = root.putArray("rows");
    rows.forEach(shape -> shapes.add(shape.json()));
    JsonFile.write(dir.resolve(FILE), root);
  }
}
