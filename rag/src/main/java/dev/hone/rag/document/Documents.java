package dev.hone.rag.document;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Reads documents of any format that Hone knows.
public final class Documents {
  private static final Map<String, DocumentReader> READERS =
      Map.ofEntries(
          Map.entry("md", new Markdown()),
          Map.entry("markdown", new Markdown()),
          Map.entry("html", new Html()),
          Map.entry("htm", new Html()),
          Map.entry("txt", new PlainText()),
          Map.entry("text", new PlainText()),
          Map.entry("pdf", new Pdf()),
          Map.entry("docx", new Docx()),
          Map.entry("csv", Records::csv),
          Map.entry("jsonl", Records::jsonl));

  private final Limits limits;

  public Documents(Limits limits) {
    this.limits = limits;
  }

  /// Whether there is a reader for files of this name.
  public static boolean isKnown(Path file) {
    return READERS.containsKey(extension(file));
  }

  /// What stands behind the last dot of the name, in lower case.
  public static String extension(Path file) {
    var name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  /// The file's content, for [#read] and for its hash.
  ///
  /// @throws UnreadableException when it is empty or too large, gone, or may not be read
  public byte[] content(Path file) throws IOException {
    try {
      long size = Files.size(file);
      if (size == 0) {
        throw new UnreadableException("is empty");
      }
      if (size > limits.bytes()) {
        throw new UnreadableException(
            "has %,d bytes, more than %,d".formatted(size, limits.bytes()));
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new UnreadableException("is gone", e);
    } catch (AccessDeniedException e) {
      throw new UnreadableException("may not be read: permission denied", e);
    }
  }

  /// Reads a document within the limits.
  ///
  /// @throws UnreadableException with the reason, whatever is wrong with the file
  public Document read(Path file, byte[] content) throws UnreadableException {
    var reader = READERS.get(extension(file));
    var reading = new FutureTask<>(() -> read(reader, file, content));
    var thread = Thread.ofPlatform().name("read " + file.getFileName()).daemon().start(reading);
    try {
      return reading.get(limits.time().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new UnreadableException(
          "takes longer than %d s to read".formatted(limits.time().toSeconds()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnreadableException("was interrupted", e);
    } catch (ExecutionException e) {
      throw reason(e.getCause());
    } finally {
      thread.interrupt();
    }
  }

  private Document read(DocumentReader reader, Path file, byte[] content) throws IOException {
    var document = new DocumentBuilder(limits);
    reader.read(content, document);
    return document.build(file.getFileName().toString());
  }

  /// A file can make a parser fail in any way; whichever it is, the file is what is wrong.
  private static UnreadableException reason(Throwable failure) {
    return switch (failure) {
      case UnreadableException e -> e;
      case StackOverflowError e -> new UnreadableException("is nested too deeply", e);
      case OutOfMemoryError e -> new UnreadableException("needs more memory than there is", e);
      case IOException e -> new UnreadableException("is damaged: " + firstLine(e.getMessage()), e);
      case RuntimeException e ->
          new UnreadableException("is damaged: " + firstLine(e.toString()), e);
      default -> throw new IllegalStateException(failure);
    };
  }

  private static String firstLine(String message) {
    return message == null ? "no more is known" : message.lines().findFirst().orElse("").strip();
  }
}
