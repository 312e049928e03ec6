package dev.hone.tune.run;

import dev.hone.model.UsageException;
import dev.hone.model.text.Renderer;
import dev.hone.tune.data.Example;
import dev.hone.tune.data.TokenStore;
import dev.hone.tune.data.TokenStoreWriter;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/// Text that has nothing to do with the training rows: what it costs to predict before and after
/// shows what a run forgets.
///
/// Paragraphs are rows of their own, as plain text; where one is longer than a row may be, only its
/// beginning counts.
final class Probe {
  private static final String BUILT_IN = "probe.txt";
  private static final String KEY = "0".repeat(64);

  private Probe() {}

  /// Writes the probe's tokens to `store` and opens them.
  static TokenStore open(Optional<Path> file, Renderer renderer, int maxLength, Path store)
      throws IOException {
    var text = file.isPresent() ? read(file.get()) : builtIn();
    try (var writer = new TokenStoreWriter(store, KEY)) {
      long line = 0;
      int rows = 0;
      for (var paragraph : text.split("\\R\\s*\\R")) {
        line++;
        var example = example(renderer, paragraph.strip(), maxLength);
        if (example.isPresent()) {
          writer.add(line, example.get());
          rows++;
        }
      }
      if (rows == 0) {
        throw new UsageException(
            file.orElseThrow() + " holds no text to measure", "name a file of plain text");
      }
      writer.commit();
    }
    return TokenStore.open(store);
  }

  private static Optional<Example> example(Renderer renderer, String text, int maxLength) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    var rendered = renderer.renderText(text);
    int length = Math.min(rendered.ids().length, maxLength);
    var trained = (BitSet) rendered.trained().clone();
    trained.clear(length, Math.max(length, trained.length()));
    if (length < TokenStore.MIN_LENGTH || trained.isEmpty()) {
      return Optional.empty();
    }
    int bytes =
        Math.toIntExact(
            Math.ceilDiv((long) rendered.targetBytes() * length, rendered.ids().length));
    return Optional.of(new Example(Arrays.copyOf(rendered.ids(), length), length, trained, bytes));
  }

  /// Names the text, so that a resumed run measures the same.
  static String fingerprint(Optional<Path> file) throws IOException {
    return file.isPresent() ? Integer.toHexString(read(file.get()).hashCode()) : "built-in";
  }

  private static String read(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new UsageException(
          "--probe " + file + " does not exist", "name a file of plain text", e);
    } catch (CharacterCodingException e) {
      throw new UsageException(
          "--probe " + file + " is not UTF-8 text", "name a file of plain text", e);
    }
  }

  private static String builtIn() throws IOException {
    try (var in = Probe.class.getResourceAsStream(BUILT_IN)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
