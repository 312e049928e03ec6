package dev.hone.langchain4j;

import dev.hone.model.UsageException;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/// How a chat model is made. What says how to answer is a default: a request's own parameters come
/// first.
///
/// @param <M> the model
public final class HoneModelBuilder<M> {
  private final Function<LocalModel, M> model;
  private final HoneBase.Builder own = HoneBase.builder();
  private boolean isOwnDescribed;
  private Optional<HoneBase> shared = Optional.empty();
  private Optional<Path> adapter = Optional.empty();
  private ChatRequestParameters defaults = ChatRequestParameters.builder().build();
  private OptionalLong seed = OptionalLong.empty();
  private List<ChatModelListener> listeners = List.of();

  HoneModelBuilder(Function<LocalModel, M> model) {
    this.model = model;
  }

  /// A base that is shared with other models, and that its owner closes.
  public HoneModelBuilder<M> base(HoneBase value) {
    shared = Optional.of(value);
    return this;
  }

  /// A checkpoint in Hugging Face's format, for this model alone. Default: the model that comes
  /// with Hone.
  public HoneModelBuilder<M> base(Path directory) {
    own.directory(directory);
    return own();
  }

  /// The most tokens of a prompt and its answer, where the base is this model's alone. Default:
  /// 4096, or what the base has if that is less.
  public HoneModelBuilder<M> context(int value) {
    own.context(value);
    return own();
  }

  /// Threads that compute, where the base is this model's alone. Default: the machine's cores.
  public HoneModelBuilder<M> threads(int value) {
    own.threads(value);
    return own();
  }

  private HoneModelBuilder<M> own() {
    isOwnDescribed = true;
    return this;
  }

  /// An adapter of `hone tune`, or another in PEFT's format, on the base. Default: none.
  public HoneModelBuilder<M> adapter(Path directory) {
    adapter = Optional.of(directory.toAbsolutePath().normalize());
    return this;
  }

  /// Divides the logits; 0 takes the likeliest token. Default: 1.
  public HoneModelBuilder<M> temperature(double value) {
    return with(ChatRequestParameters.builder().temperature(value).build());
  }

  /// Keeps the likeliest tokens whose probabilities add up to this. Default: 1, all.
  public HoneModelBuilder<M> topP(double value) {
    return with(ChatRequestParameters.builder().topP(value).build());
  }

  /// Keeps so many of the likeliest tokens. Default: 0, all.
  public HoneModelBuilder<M> topK(int value) {
    return with(ChatRequestParameters.builder().topK(value).build());
  }

  /// The most tokens of an answer. Default: what the context has left.
  public HoneModelBuilder<M> maxOutputTokens(int value) {
    return with(ChatRequestParameters.builder().maxOutputTokens(value).build());
  }

  /// Texts that end an answer where they begin. Default: none.
  public HoneModelBuilder<M> stopSequences(List<String> value) {
    return with(ChatRequestParameters.builder().stopSequences(value).build());
  }

  /// Any of a request's parameters at once.
  public HoneModelBuilder<M> defaultRequestParameters(ChatRequestParameters value) {
    return with(value);
  }

  private HoneModelBuilder<M> with(ChatRequestParameters value) {
    defaults = defaults.overrideWith(value);
    return this;
  }

  /// Of the random draws of each answer: the same request then has the same answer. Default: a new
  /// one each time.
  public HoneModelBuilder<M> seed(long value) {
    seed = OptionalLong.of(value);
    return this;
  }

  /// Who is told of requests, answers and errors.
  public HoneModelBuilder<M> listeners(List<ChatModelListener> value) {
    listeners = List.copyOf(value);
    return this;
  }

  /// Opens the base where none is shared, and proves that the adapter fits it.
  ///
  /// @throws IllegalArgumentException when base or adapter isn't one that Hone supports, or does
  ///   not replay its proof
  public M build() {
    if (shared.isPresent() && isOwnDescribed) {
      throw new IllegalArgumentException(
          "a shared base has its own directory, context and threads: give them to"
              + " HoneBase.builder()");
    }
    var base = shared.orElseGet(own::open);
    boolean isBuilt = false;
    try {
      var served =
          adapter.isPresent()
              ? base.host().adapter(adapter.get().getFileName().toString(), adapter.get())
              : base.host().base();
      var built =
          model.apply(new LocalModel(base, shared.isEmpty(), served, defaults, seed, listeners));
      isBuilt = true;
      return built;
    } catch (UsageException e) {
      throw HoneBase.unusable(e);
    } catch (IOException e) {
      throw new UncheckedIOException("the adapter cannot be read", e);
    } finally {
      if (!isBuilt && shared.isEmpty()) {
        base.close();
      }
    }
  }
}
