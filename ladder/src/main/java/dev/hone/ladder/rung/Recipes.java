package dev.hone.ladder.rung;

import dev.hone.ladder.metric.ExactMatch;
import dev.hone.ladder.metric.Reference;
import dev.hone.ladder.task.Item;
import dev.hone.ladder.task.Items;
import dev.hone.ladder.task.Kind;
import dev.hone.model.UsageException;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import dev.hone.rag.embed.Embedder;
import dev.hone.rag.embed.OnnxEmbedder;
import dev.hone.tune.data.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Makes a solution again from its `recipe.json`, without choosing or training anew: it answers as
/// it did when it was measured.
public final class Recipes {
  private Recipes() {}

  /// Something that was opened, with what it stands on.
  ///
  /// @param model on this machine that words answers, where one does
  /// @param embedder of an index, where there is one
  public record Opened(Solution solution, Optional<LocalModel> model, Optional<Embedder> embedder)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      solution.close();
      model.ifPresent(LocalModel::close);
      embedder.ifPresent(Embedder::close);
    }
  }

  /// Opens models that others host; empty for what is a directory's name.
  @FunctionalInterface
  public interface Elsewhere {
    Optional<ChatModel> open(String base, int answerTokens) throws IOException;
  }

  /// @param report directory of `hone advise`
  /// @param rung by name
  /// @param elsewhere for recipes of hosted models
  public static Opened open(Path report, String rung, int threads, Elsewhere elsewhere)
      throws IOException {
    var file = report.resolve("rungs").resolve(rung).resolve("recipe.json");
    if (!Files.exists(file)) {
      throw new UsageException(
          "%s has no rung %s".formatted(report, rung), "its rungs are the folders in it: rungs/");
    }
    var recipe = JsonMapper.shared().readTree(Files.readString(file));
    var kind = recipe.path("kind").asString("");
    Optional<Embedder> embedder =
        recipe.has("index") ? Optional.of(OnnxEmbedder.open(threads)) : Optional.empty();
    if (kind.equals("found-sentence")) {
      var index = index(recipe, embedder.orElseThrow());
      var finding = new FoundSentence.Finding(index, embedder.orElseThrow());
      return new Opened(finding, Optional.empty(), embedder);
    }
    if (kind.equals("nearest-answer") || kind.equals("linear-classifier")) {
      var known = known(report);
      var made = kind.equals("nearest-answer") ? new NearestAnswer() : new LinearClassifier();
      return new Opened(made.build(materials(report, known, recipe)), Optional.empty(), embedder);
    }
    var base = recipe.path("base").asString("");
    int answerTokens = recipe.path("max_tokens").asInt(128);
    var hosted = elsewhere.open(base, answerTokens);
    if (hosted.isPresent()) {
      var solution = solution(kind, report, recipe, hosted.get(), embedder);
      return new Opened(solution, Optional.empty(), embedder);
    }
    var model =
        LocalModel.open(
            Path.of(base),
            Optional.ofNullable(recipe.path("adapter").asString(null)).map(Path::of),
            threads,
            answerTokens);
    var solution = solution(kind, report, recipe, model, embedder);
    return new Opened(solution, Optional.of(model), embedder);
  }

  private static Solution solution(
      String kind, Path report, JsonNode recipe, ChatModel plain, Optional<Embedder> embedder)
      throws IOException {
    var system = Optional.ofNullable(recipe.path("system").asString(null));
    var model =
        Form.read(recipe.path("form"))
            .<ChatModel>map(form -> new Formed(plain, form))
            .orElse(plain);
    return switch (kind) {
      case "prompt", "tuned" ->
          new Prompted(kind, "", model, system).build(materials(report, List.of(), recipe));
      case "few-shot" ->
          new OptimisedPrompt.Chosen(model, system, examples(recipe.path("examples")), 0);
      case "nearest-shots" ->
          new NearestShots(model, recipe.path("shots").asInt(4))
              .build(materials(report, known(report), recipe));
      case "retrieval" ->
          new FromPassages(
              kind,
              model,
              index(recipe, embedder.orElseThrow()),
              embedder.orElseThrow(),
              recipe.path("passages").asInt(5),
              recipe.path("least_relevance").asDouble(0));
      default -> throw new UsageException("a recipe of kind '%s'".formatted(kind), "update Hone");
    };
  }

  private static PassageIndex index(JsonNode recipe, Embedder embedder) throws IOException {
    return PassageIndex.open(Path.of(recipe.path("index").asString("")), embedder);
  }

  private static List<Item> known(Path report) throws IOException {
    return Items.read(new Source(report.resolve("train.jsonl")), Optional.empty());
  }

  private static List<Item> examples(JsonNode pairs) {
    var examples = new ArrayList<Item>();
    pairs.forEach(pair -> examples.add(item(pair.get(0).asString(), pair.get(1).asString())));
    return examples;
  }

  /// A question without a row.
  ///
  /// @param system instruction that the rows had; empty where they had none
  public static Item question(String text, Optional<String> system) {
    var messages = new ArrayList<Message>();
    system.ifPresent(words -> messages.add(Message.system(words)));
    messages.add(Message.user(text));
    return new Item(0, new Conversation(messages), text, new Reference(text, List.of("")), "", "");
  }

  private static Item item(String question, String answer) {
    return new Item(
        0,
        new Conversation(List.of(Message.user(question))),
        question,
        new Reference(question, List.of(answer)),
        "",
        "");
  }

  private static Materials materials(Path report, List<Item> known, JsonNode recipe) {
    return new Materials(
        Kind.FREE,
        known,
        List.of(),
        new ExactMatch(),
        report,
        recipe.path("seed").asLong(1),
        (what, done, total) -> {});
  }
}
