package dev.hone.server.grader;

import dev.hone.ladder.metric.Bleu;
import dev.hone.ladder.metric.FuzzyMatch;
import dev.hone.ladder.metric.Gleu;
import dev.hone.ladder.metric.Metric;
import dev.hone.ladder.metric.RougeL;
import dev.hone.ladder.metric.RougeN;
import dev.hone.model.UsageException;
import dev.hone.rag.embed.Embedder;
import dev.hone.server.api.ApiException;
import dev.hone.server.grader.Grader.Judge;
import dev.hone.server.grader.Grader.Multi;
import dev.hone.server.grader.Grader.Operation;
import dev.hone.server.grader.Grader.Said;
import dev.hone.server.grader.Grader.StringCheck;
import dev.hone.server.grader.Grader.TextSimilarity;
import dev.hone.server.openai.Fields;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reads graders from requests.
record GraderReader(Embedder embedder) {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int MOST_GRADERS = 10;
  private static final int MOST_LABELS = 100;
  private static final int MOST_MESSAGES = 100;
  private static final double WIDEST = 1e6;
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");
  private static final List<String> OF_MULTI =
      List.of("string_check", "text_similarity", "score_model", "label_model");
  private static final List<String> ALONE =
      List.of("string_check", "text_similarity", "score_model", "multi");
  private static final List<String> METRICS =
      List.of(
          "cosine",
          "fuzzy_match",
          "bleu",
          "gleu",
          "rouge_1",
          "rouge_2",
          "rouge_3",
          "rouge_4",
          "rouge_5",
          "rouge_l");

  Grader read(Fields grader) {
    return read(grader, ALONE);
  }

  private Grader read(Fields fields, List<String> allowed) {
    if (fields.requireText("type").equals("python")) {
      throw refused(
          fields.path("type"),
          "Graders of type 'python' are not supported: no code of a request is run here.");
    }
    var type = fields.requireOneOf("type", allowed);
    var name = fields.requireText("name");
    var grader =
        switch (type) {
          case "string_check" -> stringCheck(name, fields);
          case "text_similarity" -> textSimilarity(name, fields);
          case "score_model" -> scoreModel(name, fields);
          case "label_model" -> labelModel(name, fields);
          case "multi" -> multi(name, fields);
          default -> throw new IllegalStateException(type);
        };
    fields.number("pass_threshold", -WIDEST, WIDEST); // of evaluations; the reward is the same
    fields.end();
    return grader;
  }

  private static ApiException refused(String path, String message) {
    return ApiException.invalid(path, "unsupported_value", message);
  }

  private static ApiException invalid(String path, String rule) {
    return ApiException.invalid(path, "invalid_value", "Invalid '%s': %s".formatted(path, rule));
  }

  private static Template template(Fields fields, String name) {
    return Template.read(fields.requireText(name), fields.path(name));
  }

  private static Grader stringCheck(String name, Fields fields) {
    var operation = fields.requireOneOf("operation", List.of("eq", "ne", "like", "ilike"));
    return new StringCheck(
        name,
        template(fields, "input"),
        template(fields, "reference"),
        Operation.valueOf(operation.toUpperCase(Locale.ROOT)));
  }

  private Grader textSimilarity(String name, Fields fields) {
    if (fields.requireText("evaluation_metric").equals("meteor")) {
      throw refused(
          fields.path("evaluation_metric"),
          "The metric 'meteor' is not supported: it needs WordNet. 'gleu' and 'rouge_l' compare"
              + " words without.");
    }
    var metric = metric(fields.requireOneOf("evaluation_metric", METRICS));
    return new TextSimilarity(
        name, template(fields, "input"), template(fields, "reference"), metric);
  }

  private Metric metric(String name) {
    return switch (name) {
      case "cosine" -> new Cosine(embedder);
      case "fuzzy_match" -> new FuzzyMatch();
      case "bleu" -> new Bleu();
      case "gleu" -> new Gleu();
      case "rouge_l" -> new RougeL();
      default -> new RougeN(Integer.parseInt(name.substring("rouge_".length())));
    };
  }

  private Grader scoreModel(String name, Fields fields) {
    return judge(name, "score_model", fields, scores(fields), Set.of());
  }

  private static Grader labelModel(String name, Fields fields) {
    var labels = fields.requireTexts("labels");
    var passing = Set.copyOf(fields.requireTexts("passing_labels"));
    if (labels.isEmpty()
        || labels.size() > MOST_LABELS
        || new HashSet<>(labels).size() < labels.size()) {
      throw invalid(
          fields.path("labels"), "must have 1 to %d labels, each once".formatted(MOST_LABELS));
    }
    if (!labels.containsAll(passing)) {
      throw invalid(fields.path("passing_labels"), "must be among the labels");
    }
    var results = labels.stream().<JsonNode>map(JSON::stringNode).toList();
    return judge(name, "label_model", fields, results, passing);
  }

  private static Grader judge(
      String name, String type, Fields fields, List<JsonNode> results, Set<String> passing) {
    return new Judge(
        name,
        type,
        fields.requireText("model"),
        fields.path("model"),
        messages(fields),
        sampling(fields),
        results,
        passing);
  }

  private static ObjectNode sampling(Fields fields) {
    var sampling = JSON.objectNode();
    fields
        .object("sampling_params")
        .ifPresent(given -> {
          given.number("temperature", 0, 2).ifPresent(value -> sampling.put("temperature", value));
          given.number("top_p", 0, 1).ifPresent(value -> sampling.put("top_p", value));
          given
              .wholeNumber("seed", Long.MIN_VALUE, Long.MAX_VALUE)
              .ifPresent(value -> sampling.put("seed", value));
          given
              .integer("max_completions_tokens", 1, 1 << 20)
              .ifPresent(value -> sampling.put("max_completion_tokens", value));
          given.onlyIf("reasoning_effort");
          given.end();
        });
    return sampling;
  }

  /// What a model may score: the bounds of the range, and between them the multiples of a power of
  /// ten, some hundreds.
  private static List<JsonNode> scores(Fields fields) {
    var range = fields.take("range").orElseGet(() -> JSON.arrayNode().add(0).add(1));
    double least = range.path(0).asDouble(Double.NaN);
    double most = range.path(1).asDouble(Double.NaN);
    boolean isRange =
        range.isArray() && range.size() == 2 && range.get(0).isNumber() && range.get(1).isNumber();
    if (!isRange || !(-WIDEST <= least && least < most && most <= WIDEST)) {
      throw invalid(
          fields.path("range"), "must be two numbers, the lesser first, from -1000000 to 1000000");
    }
    var step = BigDecimal.ONE.movePointRight((int) Math.ceil(Math.log10(most - least)) - 3);
    var last = BigDecimal.valueOf(most);
    var scores = new TreeSet<>(List.of(BigDecimal.valueOf(least), last));
    var score = BigDecimal.valueOf(least).divide(step, 0, RoundingMode.CEILING).multiply(step);
    for (; score.compareTo(last) < 0; score = score.add(step)) {
      scores.add(score);
    }
    return scores.stream().<JsonNode>map(one -> JSON.numberNode(plain(one))).toList();
  }

  /// Without zeros behind the point, and without an exponent.
  private static BigDecimal plain(BigDecimal number) {
    var stripped = number.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  private static List<Said> messages(Fields fields) {
    var list = fields.require("input");
    if (!list.isArray()) {
      throw Fields.wrongType(fields.path("input"), "an array", list);
    }
    if (list.isEmpty() || list.size() > MOST_MESSAGES) {
      throw invalid(fields.path("input"), "must have 1 to %d messages".formatted(MOST_MESSAGES));
    }
    var messages = new ArrayList<Said>();
    for (int i = 0; i < list.size(); i++) {
      messages.add(message(Fields.of(list.get(i), "%s[%d]".formatted(fields.path("input"), i))));
    }
    return messages;
  }

  private static Said message(Fields fields) {
    fields.onlyIf("type", "\"message\"");
    var role = fields.requireOneOf("role", List.of("user", "assistant", "system", "developer"));
    var content = fields.require("content");
    var path = fields.path("content");
    var text = new StringBuilder();
    if (content.isArray()) {
      for (int i = 0; i < content.size(); i++) {
        text.append(part(content.get(i), "%s[%d]".formatted(path, i)));
      }
    } else {
      text.append(part(content, path));
    }
    fields.end();
    return new Said(role, Template.read(text.toString(), path));
  }

  private static String part(JsonNode content, String path) {
    if (content.isString()) {
      return content.asString();
    }
    var part = Fields.of(content, path);
    var type = part.requireText("type");
    if (!type.equals("input_text") && !type.equals("output_text")) {
      throw ApiException.invalid(
          part.path("type"),
          "unsupported_content",
          "Invalid '%s': models read text here, not '%s'.".formatted(part.path("type"), type));
    }
    var text = part.requireText("text");
    part.onlyIf("prompt_cache_breakpoint");
    part.end();
    return text;
  }

  /// Graders by name, as the guide has them, or a single one, as the API's description has it,
  /// whose own name the formula uses.
  private Grader multi(String name, Fields fields) {
    var path = fields.path("graders");
    var given = fields.require("graders");
    var graders = new LinkedHashMap<String, Grader>();
    if (given.path("type").isString()) {
      var only = read(Fields.of(given, path), OF_MULTI);
      graders.put(requireName(only.name(), path + ".name"), only);
    } else {
      Fields.of(given, path); // an object
      for (var entry : given.properties()) {
        var own = path + "." + requireName(entry.getKey(), path);
        graders.put(entry.getKey(), read(Fields.of(entry.getValue(), own), OF_MULTI));
      }
    }
    if (graders.isEmpty() || graders.size() > MOST_GRADERS) {
      throw invalid(path, "must have 1 to %d graders".formatted(MOST_GRADERS));
    }
    return new Multi(name, graders, formula(fields, graders));
  }

  private static String requireName(String name, String path) {
    if (!NAME.matcher(name).matches()) {
      throw invalid(
          path, "a formula's names have 1 to 64 letters, digits and _, and begin with no digit");
    }
    return name;
  }

  private static Formula formula(Fields fields, Map<String, Grader> graders) {
    try {
      return Formula.parse(fields.requireText("calculate_output"), graders.keySet());
    } catch (UsageException e) {
      throw invalid(fields.path("calculate_output"), e.getMessage());
    }
  }
}
