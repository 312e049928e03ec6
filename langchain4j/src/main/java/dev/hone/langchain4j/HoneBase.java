package dev.hone.langchain4j;

import dev.hone.base.Embedded;
import dev.hone.model.UsageException;
import dev.hone.model.chat.ModelHost;
import dev.hone.tensor.Processor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// A base model in memory, opened once and shared by any number of chat models, each with an
/// adapter or without: what they are asked at the same time is computed in the same passes. Safe
/// for use by several threads.
///
/// ```java
/// try (var base = HoneBase.open(Path.of("models/base"))) {
///   var plain = HoneChatModel.builder().base(base).build();
///   var tuned = HoneChatModel.builder().base(base).adapter(Path.of("runs/first")).build();
/// }
/// ```
///
/// With `--add-modules jdk.incubator.vector` on the JVM's command line it is several times as fast.
public final class HoneBase implements AutoCloseable {
  private static final int CONTEXT = 4_096;

  private final ModelHost host;
  private volatile boolean isClosed;

  private HoneBase(ModelHost host) {
    this.host = host;
  }

  /// Opens the model that comes with Hone; it is written to `~/.cache/hone` on first use.
  public static HoneBase open() {
    return builder().open();
  }

  /// Opens a checkpoint in Hugging Face's format.
  ///
  /// @throws IllegalArgumentException when the directory isn't one that Hone supports, or does not
  ///   replay its proof
  public static HoneBase open(Path directory) {
    return builder().directory(directory).open();
  }

  public static Builder builder() {
    return new Builder();
  }

  /// How a base is opened.
  public static final class Builder {
    private Optional<Path> directory = Optional.empty();
    private int context = CONTEXT;
    private int threads = Processor.cores();

    private Builder() {}

    /// A checkpoint in Hugging Face's format. Default: the model that comes with Hone.
    public Builder directory(Path value) {
      directory = Optional.of(value.toAbsolutePath().normalize());
      return this;
    }

    /// The most tokens of a prompt and its answer. Default: 4096, or what the model has if that is
    /// less.
    public Builder context(int value) {
      context = value;
      return this;
    }

    /// Threads that compute. Default: the cores of this machine.
    public Builder threads(int value) {
      threads = value;
      return this;
    }

    /// @throws IllegalArgumentException when the directory isn't one that Hone supports, or does
    ///   not replay its proof
    public HoneBase open() {
      try {
        var name = directory.map(dir -> dir.getFileName().toString()).orElse(Embedded.MODEL);
        var at = directory.isPresent() ? directory.get() : Embedded.model();
        return new HoneBase(ModelHost.open(name, at, context, threads));
      } catch (UsageException e) {
        throw unusable(e);
      } catch (IOException e) {
        throw new UncheckedIOException("the base model cannot be read", e);
      }
    }
  }

  /// What somebody who uses the library has given us is wrong.
  static IllegalArgumentException unusable(UsageException e) {
    return new IllegalArgumentException("%s (%s)".formatted(e.getMessage(), e.hint()), e);
  }

  /// Texts that the tokenizer reads as control tokens, for [HoneContentRetriever#augmentor].
  public Set<String> controlTokens() {
    return host.tokenizer().specialTokens();
  }

  ModelHost host() {
    if (isClosed) {
      throw new IllegalStateException("the base model is closed");
    }
    return host;
  }

  /// Frees the weights. Answers on their way end with an error; models that are built on it are of
  /// no use any more.
  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      host.close();
    }
  }
}
