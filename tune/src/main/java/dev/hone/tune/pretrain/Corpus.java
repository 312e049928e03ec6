package dev.hone.tune.pretrain;

import dev.hone.tune.data.LineFile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/// Divides a corpus into rows to train on and a few documents of each source that are held out, as
/// JSON Lines.
///
/// Whether a document is held out hangs on its text and the seed alone. Files whose names are the
/// same up to the first hyphen are one source: `prose-00.jsonl.gz` and `prose-01.jsonl.gz`.
final class Corpus implements AutoCloseable {
  static final String TRAINING = "train.jsonl";
  static final String HELD_OUT = "valid.jsonl";

  /// Of each source, at most, so that measuring stays cheap: some fifty thousand tokens.
  private static final int MOST_HELD_OUT_CHARS = 200_000;

  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path dir;
  private final double heldOutShare;
  private final long seed;
  private final BufferedWriter training;
  private final BufferedWriter heldOut;
  private final Map<String, BufferedWriter> heldOutBySource = new TreeMap<>();
  private final Map<String, Integer> heldOutChars = new TreeMap<>();
  private long documents;

  private Corpus(Path dir, double heldOutShare, long seed) throws IOException {
    this.dir = dir;
    this.heldOutShare = heldOutShare;
    this.seed = seed;
    this.training = writer(TRAINING);
    this.heldOut = writer(HELD_OUT);
  }

  /// @return how many documents there are
  static long divide(List<Path> files, Path dir, double heldOutShare, long seed)
      throws IOException {
    try (var corpus = new Corpus(dir, heldOutShare, seed)) {
      for (var file : files) {
        var source = source(file);
        Documents.read(file, text -> corpus.add(source, text));
      }
      return corpus.documents;
    }
  }

  static String source(Path file) {
    var name = LineFile.plainName(file);
    int end = name.indexOf('-') > 0 ? name.indexOf('-') : name.lastIndexOf('.');
    return end > 0 ? name.substring(0, end) : name;
  }

  /// Where the held-out documents of a source are.
  static Path heldOut(Path dir, String source) {
    return dir.resolve("valid-%s.jsonl".formatted(source));
  }

  private BufferedWriter writer(String name) throws IOException {
    return Files.newBufferedWriter(dir.resolve(name), StandardCharsets.UTF_8);
  }

  private void add(String source, String text) throws IOException {
    documents++;
    var row = JSON.writeValueAsString(Map.of("text", text)) + "\n";
    if (!isHeldOut(source, text)) {
      training.write(row);
      return;
    }
    heldOut.write(row);
    if (!heldOutBySource.containsKey(source)) {
      heldOutBySource.put(source, writer(heldOut(dir, source).getFileName().toString()));
    }
    heldOutBySource.get(source).write(row);
    heldOutChars.merge(source, text.length(), Integer::sum);
  }

  private boolean isHeldOut(String source, String text) {
    double drawn = (mix(hash(text) + seed) >>> 11) * 0x1p-53;
    return drawn < heldOutShare && heldOutChars.getOrDefault(source, 0) < MOST_HELD_OUT_CHARS;
  }

  private static long hash(String text) {
    long hash = 0;
    for (int i = 0; i < text.length(); i++) {
      hash = 0x100000001B3L * hash + text.charAt(i);
    }
    return hash;
  }

  /// SplitMix64's finaliser.
  private static long mix(long z) {
    long y = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long x = (y ^ (y >>> 27)) * 0x94D049BB133111EBL;
    return x ^ (x >>> 31);
  }

  @Override
  public void close() throws IOException {
    try (training;
        heldOut) {
      for (var writer : heldOutBySource.values()) {
        writer.close();
      }
    }
  }
}
