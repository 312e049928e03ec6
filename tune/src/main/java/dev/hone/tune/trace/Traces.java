package dev.hone.tune.trace;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.text.Conversation;
import dev.hone.tune.data.Line;
import dev.hone.tune.data.Row;
import dev.hone.tune.data.RowReader;
import dev.hone.tune.trace.TraceReport.LeftOut;
import dev.hone.tune.trace.TraceReport.Place;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/// Turns traces into rows, each conversation once.
///
/// Files are read twice: which rows there will be is known when all have been seen, and none is
/// kept in memory until then, but eight bytes for each of its messages.
public final class Traces {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final TraceRequest request;
  private final ArrayNode tools;
  private final ToolUse toolUse = new ToolUse();
  private final List<Seen> seen = new ArrayList<>();
  private boolean isFieldKnown;
  private long unsuccessful;

  private Traces(TraceRequest request) throws IOException {
    this.request = request;
    this.tools =
        request.tools().isPresent()
            ? tools(TraceFile.of(request.tools().get()))
            : JSON.createArrayNode();
  }

  /// A trace that was asked for.
  ///
  /// @param prefixes as [Prefixes] has them; none where there is no conversation
  /// @param broken what is wrong with it
  private record Seen(Place place, long[] prefixes, Optional<BrokenTrace> broken) {
    int length() {
      return prefixes.length;
    }

    boolean isPartOf(Set<Long> covered) {
      return length() > 0 && covered.contains(prefixes[length() - 1]);
    }
  }

  /// Reads the traces and writes the rows.
  ///
  /// @throws UsageException when a file cannot be read, or no trace is left
  public static TraceReport collect(TraceRequest request) throws IOException {
    return new Traces(request).collect();
  }

  private static ArrayNode tools(TraceFile file) throws IOException {
    var document = file.document();
    var list = document.path("tools").isArray() ? document.get("tools") : document;
    if (!list.isArray()) {
      throw new UsageException(
          file.file() + ": is no list of tools", "give a JSON list of functions with parameters");
    }
    return TraceForm.openAi(list);
  }

  private TraceReport collect() throws IOException {
    var files = request.files().stream().map(TraceFile::of).toList();
    for (var file : files) {
      file.read(new Judging(file));
    }
    request.success().filter(any -> !isFieldKnown && unsuccessful > 0).ifPresent(Traces::refuse);
    var kept = kept();
    var leftOut = leftOut(kept.covered);
    int rows = kept.places.size();
    if (rows == 0) {
      throw nothing(leftOut);
    }
    var writing = new Writing(kept.places);
    AtomicFile.write(
        request.out(),
        channel -> {
          writing.out =
              new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8), 1 << 16);
          for (var file : files) {
            file.read(writing.of(file));
          }
          writing.out.flush();
        });
    long out = leftOut.stream().mapToLong(LeftOut::count).sum();
    return new TraceReport(
        seen.size() + unsuccessful,
        unsuccessful,
        seen.size() - out - rows,
        leftOut,
        rows,
        writing.calls,
        writing.called.size());
  }

  private static void refuse(Success success) {
    throw new UsageException(
        "--success %s: no trace has that field".formatted(success.field()),
        "it is looked for in the trace and in its metadata; nested names are joined by dots");
  }

  private UsageException nothing(List<LeftOut> leftOut) {
    if (leftOut.isEmpty()) {
      return new UsageException(
          unsuccessful == 0 ? "there is no trace to read" : "no trace succeeded",
          "name other files, or say otherwise with --success which ones to take");
    }
    var most = leftOut.stream().max(Comparator.comparingLong(LeftOut::count)).orElseThrow();
    return new UsageException(
        "no trace is left: %,d of %,d: %s; first %s: %s"
            .formatted(
                most.count(),
                seen.size(),
                most.fault().words(),
                most.first().text(),
                most.message()),
        "docs/data-format.md says which traces become rows");
  }

  /// @param places of what becomes rows
  /// @param covered prefixes of these
  private record Kept(Set<Place> places, Set<Long> covered) {}

  private Kept kept() {
    var kept = new Kept(new HashSet<>(), new HashSet<>());
    seen.stream()
        .filter(trace -> trace.broken().isEmpty())
        .sorted(Comparator.comparingInt(Seen::length).reversed())
        .filter(trace -> !trace.isPartOf(kept.covered))
        .forEach(trace -> {
          kept.places.add(trace.place());
          for (long prefix : trace.prefixes()) {
            kept.covered.add(prefix);
          }
        });
    return kept;
  }

  /// What is wrong with traces that no row covers: the log of a step ends with a call, and that of
  /// the next step has its result.
  private List<LeftOut> leftOut(Set<Long> covered) {
    Map<Fault, LeftOut> leftOut = new EnumMap<>(Fault.class);
    for (var trace : seen) {
      trace
          .broken()
          .filter(any -> !trace.isPartOf(covered))
          .ifPresent(why ->
              leftOut.merge(
                  why.fault(),
                  new LeftOut(why.fault(), 1, trace.place(), why.getMessage()),
                  (all, one) ->
                      new LeftOut(all.fault(), all.count() + 1, all.first(), all.message())));
    }
    return List.copyOf(leftOut.values());
  }

  private static Conversation conversation(long number, JsonNode row) {
    return switch (RowReader.parse(number, row.toString())) {
      case Line.Broken(var _, var problem) ->
          throw new BrokenTrace(Fault.UNREADABLE, problem.text());
      case Line.Valid(var _, Row.Chat(var conversation), var _, var _) -> conversation;
      case Line.Valid other -> throw new IllegalStateException("no chat row: " + other.json());
    };
  }

  /// The first time: sees what is there.
  private final class Judging implements TraceFile.Sink {
    private final TraceFile file;

    Judging(TraceFile file) {
      this.file = file;
    }

    @Override
    public void accept(long number, JsonNode trace) {
      if (!isSuccessful(trace)) {
        unsuccessful++;
        return;
      }
      var prefixes = new long[0];
      try {
        var conversation = conversation(number, TraceForm.row(trace, tools));
        prefixes = Prefixes.of(conversation);
        toolUse.check(conversation);
        seen.add(new Seen(place(number), prefixes, Optional.empty()));
      } catch (BrokenTrace e) {
        seen.add(new Seen(place(number), prefixes, Optional.of(e)));
      }
    }

    private boolean isSuccessful(JsonNode trace) {
      if (request.success().isEmpty()) {
        return true;
      }
      var found = request.success().get().find(trace);
      isFieldKnown |= found.isPresent();
      return found.filter(request.success().get()::holds).isPresent();
    }

    @Override
    public void broken(long number, String message) {
      var broken = new BrokenTrace(Fault.UNREADABLE, message);
      seen.add(new Seen(place(number), new long[0], Optional.of(broken)));
    }

    private Place place(long number) {
      return new Place(file.file(), file.isLines(), number);
    }
  }

  /// The second time: writes what is kept.
  private final class Writing {
    private final Set<Place> places;
    private final Set<String> called = new TreeSet<>();
    private BufferedWriter out;
    private long calls;

    Writing(Set<Place> places) {
      this.places = places;
    }

    TraceFile.Sink of(TraceFile file) {
      return new TraceFile.Sink() {
        @Override
        public void accept(long number, JsonNode trace) throws IOException {
          if (places.remove(new Place(file.file(), file.isLines(), number))) {
            write(TraceForm.row(trace, tools));
          }
        }

        @Override
        public void broken(long number, String message) {
          // Counted the first time.
        }
      };
    }

    private void write(JsonNode row) throws IOException {
      out.write(row.toString());
      out.write('\n');
      for (var message : row.get("messages")) {
        for (var call : message.path("tool_calls")) {
          calls++;
          called.add(call.path("function").path("name").asString(call.path("name").asString("")));
        }
      }
    }
  }
}
