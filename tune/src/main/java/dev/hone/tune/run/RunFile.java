package dev.hone.tune.run;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.text.RenderFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// `run.json`: the settings that a run was begun with. A resumed run must have the same.
///
/// @param settings what the result depends on, by name
/// @param format how conversations are rendered
record RunFile(Map<String, Object> settings, RenderFormat format) {
  private static final String NAME = "run.json";
  private static final JsonMapper JSON = JsonMapper.shared();

  static Optional<RunFile> read(Path out) throws IOException {
    var file = out.resolve(NAME);
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(Files.readString(file), RunFile.class));
    } catch (JacksonException e) {
      throw new UsageException(
          file + " is damaged: " + e.getOriginalMessage(), "start the run anew", e);
    }
  }

  void write(Path out) throws IOException {
    AtomicFile.write(
        out.resolve(NAME), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
  }

  /// Refuses to go on where a setting is another one now.
  ///
  /// @param now as it would be written
  void requireSame(RunFile now, Path out) {
    // through JSON, so that numbers compare as they were stored
    var mine = JSON.readValue(JSON.writeValueAsString(settings), LinkedHashMap.class);
    var other = JSON.readValue(JSON.writeValueAsString(now.settings), LinkedHashMap.class);
    var differences = new ArrayList<String>();
    var names = new TreeSet<String>(settings.keySet());
    names.addAll(now.settings.keySet());
    for (var name : names) {
      if (!Objects.equals(mine.get(name), other.get(name))) {
        differences.add(
            "%s was %s and is now %s".formatted(name, shown(mine, name), shown(other, name)));
      }
    }
    if (!differences.isEmpty()) {
      throw new UsageException(
          "the run in %s cannot go on with other settings: %s"
              .formatted(out, String.join("; ", differences)),
          "repeat the settings that it was begun with (run.json has them), or give another --out");
    }
  }

  private static Object shown(Map<?, ?> of, String name) {
    return of.containsKey(name) ? of.get(name) : "not given";
  }
}
