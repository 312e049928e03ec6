package dev.hone.model.adapter;

import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.AtomicFile;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.JsonFile;
import dev.hone.model.checkpoint.JsonObject;
import dev.hone.model.checkpoint.ModelConfig;
import dev.hone.model.decoder.AdapterShape;
import dev.hone.model.decoder.Decoder;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.model.text.Renderer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Proof vectors: what a model made of a few prompts when its training ended, so that whoever loads
/// it can tell that tokenizer, chat template, base and weights are still those.
///
/// Stored as `hone_proof.json` beside the weights. A prompt's logits are those after its last
/// token: all of them up to a vocabulary of 4096, else the first 256 and those of the prompt's own
/// tokens, which tokens with trained rows are among.
public final class Proof {
  /// The file's name in the directory of an adapter or a model.
  public static final String FILE = "hone_proof.json";

  /// How far replayed logits may lie apart, relative: kernels and thread counts differ by far less,
  /// any other weights by far more.
  public static final double TOLERANCE = 1e-3;

  /// The same for a model whose matrices are rounded to fewer bits than when it was written: this
  /// only catches other weights.
  private static final double ROUNDED_TOLERANCE = 0.25;

  /// The longest prompt that is looked at, tokens. A decoder that proves anything must reach that
  /// far.
  public static final int MAX_TOKENS = 512;

  private static final int VERSION = 1;
  private static final int WHOLE_VOCABULARY = 4096;
  private static final int FIRST = 256;
  private static final int MAX_PROMPTS = 64;

  /// Letters of several scripts, digits, quotes and a line break, so that a changed tokenizer
  /// shows.
  private static final List<String> PROMPTS =
      List.of(
          "Hello! Who are you?",
          "List three colours, then say why the sky is blue.",
          "Crème brûlée: 12 €, \"naïve\"\nПривет, 世界 — 3.14");

  /// One prompt and what came of it.
  ///
  /// @param messages the conversation
  /// @param ids its tokens
  /// @param logitsBase what the base gives, as far as stored
  /// @param logits what the trained model gives, as far as stored
  public record Prompt(List<Message> messages, int[] ids, float[] logitsBase, float[] logits) {
    public Prompt {
      messages = List.copyOf(messages);
    }
  }

  private final List<Prompt> prompts;

  private Proof(List<Prompt> prompts) {
    this.prompts = List.copyOf(prompts);
  }

  /// What the base makes of the built-in prompts; [Begun#complete] adds the trained model. In two
  /// steps, because full fine-tuning changes the base in place.
  ///
  /// @param base reaches [#MAX_TOKENS] positions, or as many as the model has
  /// @param trained text of tokens whose own rows are trained, which the others may not hold
  public static Begun begin(Renderer renderer, Decoder base, Optional<String> trained) {
    var begun = new ArrayList<Prompt>();
    for (var text : Stream.concat(PROMPTS.stream(), trained.stream()).toList()) {
      var messages = List.of(Message.user(text));
      var ids = render(renderer, messages, base.config());
      var logits = stored(LastLogits.of(base, AdapterShape.NONE, ids), ids);
      begun.add(new Prompt(messages, ids, logits, logits));
    }
    return new Begun(List.copyOf(begun));
  }

  /// The built-in prompts alone.
  public static Begun begin(Renderer renderer, Decoder base) {
    return begin(renderer, base, Optional.empty());
  }

  /// Prompts that the base has answered.
  public record Begun(List<Prompt> prompts) {
    /// The proof of a trained model.
    ///
    /// @param shape the adapter that `trained` has; [AdapterShape#NONE] after full fine-tuning
    /// @throws UsageException when training has changed nothing, or has diverged
    public Proof complete(Decoder trained, AdapterShape shape) {
      var proof = unchecked(trained, shape);
      proof.requireEffect("the training");
      return proof;
    }

    private Proof unchecked(Decoder trained, AdapterShape shape) {
      return new Proof(prompts.stream().map(prompt -> answered(prompt, trained, shape)).toList());
    }
  }

  /// The proof of an adapter, in one step.
  ///
  /// @throws UsageException when the adapter changes no logit, or has diverged
  public static Proof of(Renderer renderer, Decoder base, Decoder adapted, AdapterShape shape) {
    return begin(renderer, base).complete(adapted, shape);
  }

  /// The proof of a model that nothing was added to: what it is compared with is itself.
  public static Proof ofModel(Renderer renderer, Decoder model) {
    return new Proof(begin(renderer, model).prompts());
  }

  /// Refuses an adapter without proof that changes no logit, or makes one that is no number.
  ///
  /// @param source the adapter's directory, for messages
  public static void requireEffect(
      Path source, Renderer renderer, Decoder base, Decoder adapted, AdapterShape shape) {
    begin(renderer, base).unchecked(adapted, shape).requireEffect(source + ": the adapter");
  }

  public List<Prompt> prompts() {
    return prompts;
  }

  /// The same prompts and base, answered by another model: the proof of a merged one.
  Proof withLogitsOf(Decoder decoder) {
    return new Proof(
        prompts.stream().map(prompt -> answered(prompt, decoder, AdapterShape.NONE)).toList());
  }

  private static Prompt answered(Prompt prompt, Decoder decoder, AdapterShape shape) {
    var logits = answer(prompt, decoder, shape);
    return new Prompt(prompt.messages, prompt.ids, prompt.logitsBase, logits);
  }

  /// As many logits as the prompt has already: fewer where an earlier Hone began it.
  private static float[] answer(Prompt prompt, Decoder decoder, AdapterShape shape) {
    var logits = stored(LastLogits.of(decoder, shape, prompt.ids), prompt.ids);
    return Arrays.copyOf(logits, prompt.logitsBase.length);
  }

  private static int[] render(Renderer renderer, List<Message> messages, ModelConfig config) {
    var ids = renderer.renderPrompt(new Conversation(messages));
    return Arrays.copyOf(
        ids, Math.min(ids.length, Math.min(MAX_TOKENS, config.maxPositionEmbeddings())));
  }

  static float[] stored(float[] logits, int[] ids) {
    if (logits.length <= WHOLE_VOCABULARY) {
      return logits;
    }
    var stored = Arrays.copyOf(logits, FIRST + ids.length);
    for (int i = 0; i < ids.length; i++) {
      stored[FIRST + i] = logits[ids[i]];
    }
    return stored;
  }

  /// Refuses an adapter that changes no logit of any prompt, or makes one that is no number.
  ///
  /// @param what the adapter or what made it, for messages
  private void requireEffect(String what) {
    for (var prompt : prompts) {
      if (!LastLogits.areFinite(prompt.logits)) {
        throw new UsageException(
            what + " makes logits that are no numbers: it has diverged",
            "train again with a lower learning rate");
      }
    }
    if (prompts.stream().allMatch(prompt -> Arrays.equals(prompt.logits, prompt.logitsBase))) {
      throw new UsageException(
          what
              + " changes no logit of the base: nothing was learned (an adapter's lora_B is all"
              + " zero until trained)",
          "train longer, with a higher learning rate, or look whether the right files were saved");
    }
  }

  /// Replays the proof of an adapter.
  ///
  /// @param source the adapter's directory, for messages
  /// @param base without the adapter
  /// @param adapted with it
  /// @throws UsageException when the tokens, the base's logits or the adapter's are other ones than
  ///   at training
  public void replay(
      Path source, Renderer renderer, Decoder base, Decoder adapted, AdapterShape shape) {
    requireSameTokens(source, renderer, base.config());
    requireSameLogits(
        source,
        base,
        AdapterShape.NONE,
        true,
        TOLERANCE,
        "the base is not the one that it was trained on",
        "give the base that adapter_config.json names, unchanged");
    requireSameLogits(
        source,
        adapted,
        shape,
        false,
        TOLERANCE,
        "its weights are not those that training wrote",
        "get an unchanged copy of the adapter");
    requireEffect(source + ": the adapter");
  }

  /// Replays the proof of a whole model, fine-tuned or merged; closely where its weights are kept
  /// as they were written.
  ///
  /// @throws UsageException when the tokens or logits are other ones than when it was written
  public void replay(Path source, Renderer renderer, Decoder model) {
    requireSameTokens(source, renderer, model.config());
    requireSameLogits(
        source,
        model,
        AdapterShape.NONE,
        false,
        model.baseDtype().isNarrow() ? ROUNDED_TOLERANCE : TOLERANCE,
        "its weights are not those that were written",
        "get an unchanged copy, or remove " + FILE + " if the change is meant");
  }

  private void requireSameTokens(Path source, Renderer renderer, ModelConfig config) {
    for (var prompt : prompts) {
      var ids = render(renderer, prompt.messages, config);
      int at = Arrays.mismatch(prompt.ids, ids);
      if (at >= 0) {
        throw new UsageException(
            ("%s: does not replay, prompt %d has other tokens from position %d on (%d where"
                    + " training had %d): the tokenizer or the chat template has changed")
                .formatted(source, prompts.indexOf(prompt) + 1, at, ids.length, prompt.ids.length),
            "use the tokenizer files and chat template of the base that it was trained on");
      }
    }
  }

  private void requireSameLogits(
      Path source,
      Decoder decoder,
      AdapterShape shape,
      boolean isBase,
      double tolerance,
      String reason,
      String hint) {
    for (var prompt : prompts) {
      var expected = isBase ? prompt.logitsBase : prompt.logits;
      var actual = answer(prompt, decoder, shape);
      double error = LastLogits.relativeError(expected, actual);
      if (!(error <= tolerance)) {
        throw new UsageException(
            "%s: does not replay, the logits of prompt %d differ by %.2g relative (allowed %.0e): %s"
                .formatted(source, prompts.indexOf(prompt) + 1, error, tolerance, reason),
            hint);
      }
    }
  }

  /// Reads the proof of the directory `dir`; empty where it has none.
  public static Optional<Proof> read(Path dir, ModelConfig config) throws CheckpointException {
    var json = JsonFile.readIfPresent(dir.resolve(FILE));
    return json.isPresent() ? Optional.of(parse(json.get(), config)) : Optional.empty();
  }

  private static Proof parse(JsonObject json, ModelConfig config) throws CheckpointException {
    Provenance.requireVersion(json, VERSION);
    var prompts = new ArrayList<Prompt>();
    for (var prompt : objects(json, "prompts")) {
      prompts.add(prompt(prompt, config));
    }
    if (prompts.isEmpty() || prompts.size() > MAX_PROMPTS) {
      throw new CheckpointException(
          json.path(), "has %d prompts, not 1 to %d".formatted(prompts.size(), MAX_PROMPTS));
    }
    return new Proof(prompts);
  }

  private static Prompt prompt(JsonObject json, ModelConfig config) throws CheckpointException {
    var messages = new ArrayList<Message>();
    for (var message : objects(json, "messages")) {
      var role = message.string("role").orElse("user");
      var content = message.string("content").orElse("");
      messages.add(new Message(role, content, List.of(), "", "", false));
    }
    var ids =
        json.integers("ids", 0, config.vocabSize() - 1).stream()
            .mapToInt(Integer::intValue)
            .toArray();
    int longest = Math.min(MAX_TOKENS, config.maxPositionEmbeddings());
    if (ids.length < 1 || ids.length > longest) {
      throw new CheckpointException(
          json.path(),
          "field %sids has %d tokens, not 1 to %d".formatted(json.at(), ids.length, longest));
    }
    boolean isWhole = config.vocabSize() <= WHOLE_VOCABULARY;
    boolean isEarlier = json.node().path("logits").size() == FIRST; // without the prompt's own
    int own = isWhole || isEarlier ? 0 : ids.length;
    int size = (isWhole ? config.vocabSize() : FIRST) + own;
    return new Prompt(
        messages, ids, logits(json, "logits_base", size), logits(json, "logits", size));
  }

  private static float[] logits(JsonObject json, String field, int size)
      throws CheckpointException {
    var array = json.node().path(field);
    if (!array.isArray()
        || array.size() != size
        || !array.valueStream().allMatch(JsonNode::isNumber)) {
      throw new CheckpointException(
          json.path(),
          "field %s%s is no list of %d numbers, which the base calls for"
              .formatted(json.at(), field, size));
    }
    var logits = new float[size];
    for (int i = 0; i < size; i++) {
      logits[i] = array.get(i).floatValue();
    }
    return logits;
  }

  private static List<JsonObject> objects(JsonObject json, String field)
      throws CheckpointException {
    var objects = new ArrayList<JsonObject>();
    for (var element : json.node().path(field)) {
      if (!element.isObject()) {
        throw json.wrong(field, element, "an object");
      }
      objects.add(
          new JsonObject(json.path(), json.at() + field + "[" + objects.size() + "].", element));
    }
    return objects;
  }

  /// Writes `hone_proof.json` into the directory `dir`.
  public void write(Path dir) throws CheckpointException {
    var root = JsonNodeFactory.instance.objectNode().put("version", VERSION);
    var array = root.putArray("prompts");
    prompts.forEach(prompt -> put(prompt, array.addObject()));
    AtomicFile.write(dir.resolve(FILE), JsonText.compact(root));
  }

  private static void put(Prompt prompt, ObjectNode node) {
    var messages = node.putArray("messages");
    for (var message : prompt.messages) {
      messages.addObject().put("role", message.role()).put("content", message.content());
    }
    var ids = node.putArray("ids");
    Arrays.stream(prompt.ids).forEach(ids::add);
    put(prompt.logitsBase, node.putArray("logits_base"));
    put(prompt.logits, node.putArray("logits"));
  }

  private static void put(float[] logits, ArrayNode array) {
    for (float logit : logits) {
      array.add(logit);
    }
  }
}
