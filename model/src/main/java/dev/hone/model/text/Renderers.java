package dev.hone.model.text;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.CheckpointException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/// Which renderer a model gets: its own chat template where it has one, else the plain format.
public final class Renderers {
  private Renderers() {}

  /// The renderer that goes with a tokenizer and its directory.
  ///
  /// @param saved the format that a run or an adapter was begun with; where empty, the model's own
  /// @throws UsageException where no token ends a text, or the template is no longer the saved one
  public static ChatRenderer open(Path modelDir, Tokenizer tokenizer, Optional<RenderFormat> saved)
      throws CheckpointException {
    var bos = tokenizer.addBos() ? tokenizer.bosId() : OptionalInt.empty();
    int eos =
        tokenizer
            .eosId()
            .orElseThrow(() ->
                new UsageException(
                    modelDir + ": names no token that ends a text (eos_token)",
                    "add eos_token to tokenizer_config.json, or eos_token_id to config.json"));
    return saved.isPresent()
        ? asSaved(saved.get(), modelDir, tokenizer, bos, eos)
        : of(modelDir, tokenizer, bos, eos, Map.of());
  }

  /// The renderer of a model's directory.
  ///
  /// @param bosId the model's BOS; empty where it has none, or where its tokenizer doesn't put one
  /// @param kwargs more variables of the chat template; with the plain format there may be none
  public static ChatRenderer of(
      Path modelDir, TextEncoder encoder, OptionalInt bosId, int eosId, Map<String, Object> kwargs)
      throws CheckpointException {
    return of(
        modelDir,
        encoder,
        bosId,
        eosId,
        kwargs,
        LocalDateTime.now().truncatedTo(ChronoUnit.SECONDS));
  }

  private static ChatRenderer of(
      Path modelDir,
      TextEncoder encoder,
      OptionalInt bosId,
      int eosId,
      Map<String, Object> kwargs,
      LocalDateTime clock)
      throws CheckpointException {
    var template = ChatTemplate.find(modelDir);
    if (template.isPresent()) {
      return new TemplateRenderer(template.get(), encoder, bosId, eosId, kwargs, clock);
    }
    if (!kwargs.isEmpty()) {
      throw new UsageException(
          "%s has no chat template that could use %s".formatted(modelDir, kwargs.keySet()),
          "leave the variables out");
    }
    return new PlainRenderer(encoder, bosId, eosId);
  }

  /// The renderer that an adapter was trained with: its template's variables and its clock, so that
  /// prompts come out as they did then.
  ///
  /// @throws UsageException where the model's template is no longer that one
  public static ChatRenderer asSaved(
      RenderFormat saved, Path modelDir, TextEncoder encoder, OptionalInt bosId, int eosId)
      throws CheckpointException {
    var clock = saved.clock().isEmpty() ? LocalDateTime.now() : LocalDateTime.parse(saved.clock());
    if (saved.kind() == RenderFormat.Kind.PLAIN) return new PlainRenderer(encoder, bosId, eosId);
    var renderer = of(modelDir, encoder, bosId, eosId, saved.kwargs(), clock);
    var difference = saved.difference(renderer.format());
    if (difference.isEmpty()) return renderer;
    throw new UsageException(
        "%s renders prompts otherwise than in training: %s".formatted(modelDir, difference.get()),
        "use the model directory that the adapter was trained on");
  }

  /// Whether a model is told which tools there are: some chat templates leave them out, or refuse
  /// them.
  public static boolean showsTools(Renderer renderer) {
    var asked = List.of(Message.user("?"));
    var what = Map.of("what", Map.of("type", "string", "description", "What it is."));
    var schema = Map.of("type", "object", "properties", what, "required", List.of("what"));
    var function = Map.of("name", "look_up", "description", "Looks it up.", "parameters", schema);
    var tools = List.of(Map.<String, Object>of("type", "function", "function", function));
    var without = renderer.renderPrompt(new Conversation(asked));
    try {
      return !Arrays.equals(without, renderer.renderPrompt(new Conversation(asked, tools)));
    } catch (UsageException e) {
      return false;
    }
  }

  /// Every token that ends an answer: those of the prompt format and those that the model's
  /// configuration names.
  public static Set<Integer> stopIds(Tokenizer tokenizer, ChatRenderer renderer) {
    var stops = new TreeSet<>(tokenizer.eosIds());
    for (int id : renderer.stopIds()) {
      stops.add(id);
    }
    return stops;
  }
}
