package dev.hone.model.adapter;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.JsonFile;
import dev.hone.model.checkpoint.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.node.JsonNodeFactory;

/// What a model or an adapter was trained on, as `hone.json` beside its weights says.
///
/// @param baseFingerprint of the base, from `Checkpoint.fingerprint()`
/// @param rows            the shapes of its training rows
public record Provenance(String baseFingerprint, Set<RowShape> rows) {
  /// The file's name in the directory of an adapter or a model.
  public static final String FILE = "hone.json";

  private static final int VERSION = 1;

  public Provenance {
    rows = java.util.Collections.unmodifiableSet(new TreeSet<>(rows));
  }

  /// Reads that of the directory `dir`; empty where it has none, as everything that Hone did not train.
  public static Optional<Provenance> read(Path dir) throws CheckpointException {
    var json = JsonFile.readIfPresent(dir.resolve(FILE));
    return json.isPresent() ? Optional.of(parse(json.get())) : Optional.empty();
  }

  private static Provenance parse(JsonObject json) throws CheckpointException {
    requireVersion(json, VERSION);
    var fingerprint = json.string("base_fingerprint")
        .orElseThrow(() -> new CheckpointException(json.path(), "lacks the field base_fingerprint"));
    return new Provenance(fingerprint, rows(json));
  }

  private static Set<RowShape> rows(JsonObject json) throws CheckpointException {
    var rows = new TreeSet<RowShape>();
    for (var name : json.strings("rows")) {
      rows.add(RowShape.byName(name)
          .orElseThrow(() -> json.wrong("rows", json.node().get("rows"), "a list of chat, completion or text")));
    }
    return rows;
  }

  /// Refuses a file that a newer Hone wrote.
  static void requireVersion(JsonObject json, int newest) throws CheckpointException {
    int version = json.integer("version", 1, Integer.MAX_VALUE);
    if (version > newest) {
      throw new UsageException(
          "%s: has version %d, this Hone knows %d".formatted(json.path(), version, newest), "use a newer Hone");
    }
  }

  /// Writes `hone.json` into the directory `dir`.
  public void write(Path dir) throws CheckpointException {
    var root = JsonNodeFactory.instance.objectNode().put("version", VERSION).put("base_fingerprint", baseFingerprint);
    var shapes = root.putArray("rows");
    List.copyOf(rows).forEach(shape -> shapes.add(shape.json()));
    AtomicFile.write(dir.resolve(FILE), JsonText.indented(root));
  }
}
