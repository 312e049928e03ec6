package dev.hone.tune.data;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Which rows of a training file are held out: a tenth, at least 1 and at most 500.
///
/// Rows are drawn by what they say, as those whose seeded hash is smallest, so that rows that say
/// the same never stand on both sides, and that a row stays on its side when others are added or
/// moved, as far as the count allows. Frozen in `split.json` beside the run.
public final class Split {
  /// Nothing is held out.
  public static final Split NONE = new Split(0, "", 0, List.of());

  /// The name under which a run directory keeps a split.
  public static final String FILE_NAME = "split.json";

  private static final int MAX_HELD_OUT = 500;
  private static final int ONE_IN = 10;
  private static final int VERSION = 1;
  private static final JsonMapper JSON = new JsonMapper();

  /// A held-out row.
  ///
  /// @param line where it first stands in the source
  /// @param content hash of what it says
  public record HeldOut(long line, long content) {}

  private final long seed;
  private final String sourceSha256;
  private final long rows;
  private final List<HeldOut> heldOut;
  private final long[] contents;

  private Split(long seed, String sourceSha256, long rows, List<HeldOut> heldOut) {
    this.seed = seed;
    this.sourceSha256 = sourceSha256;
    this.rows = rows;
    this.heldOut = heldOut.stream().sorted(Comparator.comparingLong(HeldOut::line)).toList();
    contents = heldOut.stream().mapToLong(HeldOut::content).sorted().toArray();
  }

  /// Draws the held-out rows of a file, in one reading; rows that cannot be read are left to the
  /// gate.
  ///
  /// @param seed the run's seed
  /// @param sourceSha256 SHA-256 of the file, in hexadecimal
  public static Split choose(Source source, long seed, String sourceSha256) throws IOException {
    var smallest = new TreeMap<Long, HeldOut>(Long::compareUnsigned);
    var hash = new RowHash();
    long salt = SplitMix64.mix(seed);
    long rows = 0;
    try (var reader = RowReader.open(source)) {
      for (var line = reader.next(); line.isPresent(); line = reader.next()) {
        if (line.get() instanceof Line.Valid valid) {
          rows++;
          long content = hash.content(valid.row());
          smallest.putIfAbsent(
              SplitMix64.mix(content ^ salt), new HeldOut(valid.number(), content));
          if (smallest.size() > 2 * MAX_HELD_OUT) {
            smallest.pollLastEntry();
          }
        }
      }
    }
    int count = heldOutCount(rows, smallest.size());
    return new Split(seed, sourceSha256, rows, smallest.values().stream().limit(count).toList());
  }

  /// @param distinct how many different rows there are, counted no further than to twice as many as
  ///   can be held out
  private static int heldOutCount(long rows, int distinct) {
    long wanted = Math.clamp(Math.round((double) rows / ONE_IN), 1, MAX_HELD_OUT);
    return (int) Math.min(wanted, distinct / 2);
  }

  /// Whether rows that say this are held out.
  boolean holdsOut(long content) {
    return Arrays.binarySearch(contents, content) >= 0;
  }

  public long seed() {
    return seed;
  }

  /// SHA-256 of the file that was split.
  public String sourceSha256() {
    return sourceSha256;
  }

  /// Rows of the file that was split.
  public long rows() {
    return rows;
  }

  /// The held-out rows, by line; of rows that say the same, the first.
  public List<HeldOut> heldOut() {
    return heldOut;
  }

  /// Writes `split.json`.
  public void write(Path runDirectory) throws IOException {
    var root = JSON.createObjectNode();
    root.put("version", VERSION)
        .put("seed", seed)
        .put("source_sha256", sourceSha256)
        .put("rows", rows);
    root.put("held_out_rows", heldOut.size());
    var list = root.putArray("held_out");
    heldOut.forEach(row ->
        list.addObject().put("line", row.line()).put("content", Long.toHexString(row.content())));
    PendingFile.write(
        runDirectory.resolve(FILE_NAME),
        JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
  }

  public static boolean isIn(Path runDirectory) {
    return Files.isRegularFile(runDirectory.resolve(FILE_NAME));
  }

  /// Reads the split of a run that goes on.
  ///
  /// @param source the file that was split
  /// @param sourceSha256 SHA-256 of the file as it is now
  /// @throws UsageException when the file is not the one that was split
  public static Split read(Path runDirectory, Source source, String sourceSha256)
      throws IOException {
    var split = read(runDirectory.resolve(FILE_NAME));
    if (!split.sourceSha256.equals(sourceSha256)) {
      throw new UsageException(
          "%s has changed since the run was started: its rows are no longer those of %s"
              .formatted(source.file(), runDirectory.resolve(FILE_NAME)),
          "resume with the file as it was, or start a new run in another directory");
    }
    return split;
  }

  private static Split read(Path file) throws IOException {
    try {
      var root = RowParser.readTree(Files.readString(file));
      if (root.path("version").asInt(0) != VERSION) {
        throw new IOException("%s is not a split of version %d".formatted(file, VERSION));
      }
      return new Split(
          root.required("seed").longValue(),
          root.required("source_sha256").stringValue(),
          root.required("rows").longValue(),
          heldOut(root.required("held_out")));
    } catch (JacksonException | IllegalArgumentException e) {
      throw new IOException("%s is damaged: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static List<HeldOut> heldOut(JsonNode list) {
    var heldOut = new ArrayList<HeldOut>();
    for (var row : list) {
      heldOut.add(
          new HeldOut(
              row.required("line").longValue(),
              Long.parseUnsignedLong(row.required("content").stringValue(), 16)));
    }
    return heldOut;
  }
}
