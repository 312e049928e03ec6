package dev.hone.ladder.rung;

import dev.hone.ladder.task.Item;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/// The model with the instruction and the examples that do best together on selection rows.
///
/// Instructions are the user's, none, those that fit the kind of task, and some that the model
/// itself proposes from examples, as MIPROv2 does (Opsahl-Ong et al. 2024, arXiv 2406.11695); each
/// is tried without examples and with several sets. For one prompt that grid is small enough for
/// successive halving, which needs no surrogate. The model then improves what was found, seeing
/// what is wrong with its answers: [Reflection]. No more than `calls` answers are asked for.
///
/// @param system the user's instruction
/// @param shots examples in a set
/// @param calls the budget
public record OptimisedPrompt(ChatModel model, Optional<String> system, int shots, int calls)
    implements Rung {
  /// Of the budget, for the grid; the rest is for what the model improves.
  private static final double GRID = 0.6;

  private static final int DRAWS = 8;
  private static final int PROPOSALS = 3;
  private static final int SETS = 3;
  private static final int FIRST_ROUND = 4;
  private static final int MOST_LABELS = 60;

  @Override
  public String name() {
    return "optimised-prompt";
  }

  @Override
  public String description() {
    return "the model with the best instruction and examples of a search (at most %,d answers)"
        .formatted(calls);
  }

  @Override
  public Solution build(Materials materials) throws IOException {
    var random = new Random(materials.seed());
    var instructions = instructions(materials, random);
    var grid = candidates(instructions, materials.train(), random);
    var found =
        Halving.run(
            grid,
            FIRST_ROUND,
            materials,
            (int) (GRID * calls) - PROPOSALS,
            done -> materials.progress().at("searching for a prompt", PROPOSALS + done, calls),
            (candidate, at) -> candidate.answer(model, materials.selection().get(at)));
    int before = PROPOSALS + found.calls();
    var improved =
        new Reflection(
                model,
                materials,
                random,
                calls - before,
                done -> materials.progress().at("searching for a prompt", before + done, calls))
            .run(List.of(found.candidate(), new PromptCandidate(system, List.of())));
    var best = improved.candidate();
    return new Chosen(model, best.instruction(), best.examples(), before + improved.calls());
  }

  /// For each row the best of eight answers, each drawn with another instruction and other
  /// examples: a search that must keep to one prompt cannot choose better.
  @Override
  public Optional<Ceiling> ceiling(Materials materials) {
    var random = new Random(materials.seed());
    var instructions = new ArrayList<>(List.of(Optional.<String>empty(), system));
    usual(materials).forEach(text -> instructions.add(Optional.of(text)));
    var prompts = candidates(instructions, materials.train(), random);
    Collections.shuffle(prompts, random);
    var best =
        new BestOf(
            seed -> {
              var prompt = prompts.get((int) (seed % prompts.size()));
              return new Chosen(new Drawn(model, seed), prompt.instruction(), prompt.examples(), 0);
            },
            DRAWS,
            materials.metric());
    return Optional.of(new Ceiling("the best of %d prompts for each row".formatted(DRAWS), best));
  }

  private List<PromptCandidate> candidates(
      List<Optional<String>> instructions, List<Item> train, Random random) {
    var sets = new ArrayList<List<Item>>();
    sets.add(List.of());
    for (int i = 0; i < SETS; i++) {
      sets.add(Prompts.some(train, shots, random));
    }
    var candidates = new ArrayList<PromptCandidate>();
    for (var instruction : instructions) {
      sets.forEach(examples -> candidates.add(new PromptCandidate(instruction, examples)));
    }
    return candidates;
  }

  private List<Optional<String>> instructions(Materials materials, Random random)
      throws IOException {
    var instructions = new LinkedHashSet<Optional<String>>();
    instructions.add(Optional.empty());
    instructions.add(system);
    usual(materials).forEach(text -> instructions.add(Optional.of(text)));
    for (int i = 0; i < PROPOSALS; i++) {
      proposal(Prompts.some(materials.train(), shots, random))
          .ifPresent(p -> instructions.add(Optional.of(p)));
    }
    return List.copyOf(instructions);
  }

  private static List<String> usual(Materials materials) {
    return switch (materials.kind()) {
      case CLASSIFICATION -> ofLabels(materials.train());
      case EXTRACTION ->
          List.of(
              "Answer with one JSON object that has what the text says, and nothing else.",
              "Extract the fields %s as JSON. Leave out what the text does not say."
                  .formatted(fields(materials.train())));
      case TOOL_CALLS ->
          List.of("Answer with the call of the right tool, as JSON with name and arguments.");
      case REWRITING -> List.of("Rewrite the text. Keep what it says.");
      case DOCUMENTS -> List.of("Answer in a few words.", "Answer with the fact alone.");
      case FREE -> List.of("Answer as in the examples.", "Answer briefly and to the point.");
    };
  }

  private static List<String> ofLabels(List<Item> train) {
    var labels = new TreeSet<>(train.stream().map(Item::answer).toList());
    return labels.size() > MOST_LABELS
        ? List.of("Answer with the label alone.")
        : List.of(
            "Answer with the label alone.",
            "Answer with one of these and nothing else: " + String.join("; ", labels));
  }

  private static String fields(List<Item> train) {
    var fields = new TreeSet<String>();
    for (var item : train) {
      fields.addAll(JsonMapper.shared().readTree(item.answer()).propertyNames());
    }
    return String.join(", ", fields);
  }

  /// What the model takes the task to be.
  private Optional<String> proposal(List<Item> examples) throws IOException {
    var shown =
        examples.stream()
            .map(item -> "Input: %s\nOutput: %s".formatted(item.question(), item.answer()))
            .collect(Collectors.joining("\n\n"));
    var asked =
        new Conversation(
            List.of(
                Message.user(
                    shown
                        + "\n\nWrite the instruction that turns each input into its output, in one"
                        + " or two sentences.")));
    if (!model.fits(asked)) {
      return Optional.empty();
    }
    var text = model.reply(asked).text().strip();
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  /// The model with this instruction and these examples.
  record Chosen(ChatModel model, Optional<String> instruction, List<Item> examples, int calls)
      implements Solution {
    @Override
    public Reply answer(Item item) throws IOException {
      return model.reply(Prompts.fitting(model, item, instruction, examples));
    }

    @Override
    public Map<String, Object> recipe() {
      var recipe = new LinkedHashMap<String, Object>();
      recipe.put("kind", "few-shot");
      instruction.ifPresent(text -> recipe.put("system", text));
      recipe.put(
          "examples", examples.stream().map(e -> List.of(e.question(), e.answer())).toList());
      recipe.put("answers_asked_in_search", calls);
      recipe.putAll(model.recipe());
      return recipe;
    }
  }
}
