package dev.hone.tune.data;

import dev.hone.model.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// A file of rows.
///
/// @param file JSONL (`.jsonl`, `.ndjson`) or CSV with a header (`.csv`), each also gzipped (`.gz`
///   after it)
/// @param columns which columns of a CSV file to read
public record Source(Path file, Columns columns) {
  /// What the rows are written in.
  enum Format {
    JSONL,
    CSV
  }

  public Source(Path file) {
    this(file, Columns.DEFAULT);
  }

  boolean isGzip() {
    return lowerName().endsWith(".gz");
  }

  Format format() {
    var name = isGzip() ? lowerName().substring(0, lowerName().length() - 3) : lowerName();
    if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
      return Format.JSONL;
    }
    if (name.endsWith(".csv")) {
      return Format.CSV;
    }
    throw new UsageException("%s is neither .jsonl nor .csv".formatted(file), cure(name));
  }

  private static String cure(String name) {
    return name.endsWith(".json")
        ? "write one row per line and name it .jsonl; with jq: jq -c '.[]' data.json > data.jsonl"
        : "rows are read from .jsonl, .ndjson and .csv files, each also with .gz after it";
  }

  void checkReadable() {
    if (Files.isDirectory(file)) {
      throw new UsageException("%s is a directory".formatted(file), "name the file of rows in it");
    }
    if (!Files.exists(file)) {
      throw new UsageException("%s does not exist".formatted(file), "check the path");
    }
    if (!Files.isReadable(file)) {
      throw new UsageException("%s cannot be read".formatted(file), "check its permissions");
    }
  }

  private String lowerName() {
    return file.getFileName().toString().toLowerCase(Locale.ROOT);
  }
}
