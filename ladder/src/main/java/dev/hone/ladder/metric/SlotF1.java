package dev.hone.ladder.metric;

import dev.hone.model.UsageException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Extraction: F1 over the pairs of field and value of a JSON object, over all items together. Null
/// is absent, texts are compared stripped and in NFC, numbers by their value, lists as multisets; a
/// wrong value counts as one too many and one missed. What is no JSON object has no field.
public final class SlotF1 implements Metric {
  @Override
  public String name() {
    return "slot-f1";
  }

  @Override
  public boolean isPassFail() {
    return false;
  }

  /// Right, surplus and missed pairs.
  @Override
  public double[] counts(Reference reference, String answer) {
    var wanted = slots(wanted(reference.answers().getFirst()));
    var given = object(answer).map(SlotF1::slots).orElse(Map.of());
    int right = Ngrams.common(given, wanted);
    return new double[] {right, Ngrams.total(given) - right, Ngrams.total(wanted) - right};
  }

  private static JsonNode wanted(String answer) {
    return object(answer)
        .orElseThrow(() ->
            new UsageException(
                "--metric slot-f1: the expected answer '%s' is no JSON object".formatted(answer),
                "take another metric"));
  }

  @Override
  public double value(double[] sums) {
    double all = 2 * sums[0] + sums[1] + sums[2];
    return all == 0 ? 1 : 2 * sums[0] / all;
  }

  @Override
  public double score(Reference reference, String answer) {
    return value(counts(reference, answer));
  }

  /// Fields that are missed, surplus or wrong.
  @Override
  public Optional<String> objection(Reference reference, String answer) {
    var given = object(answer);
    if (given.isEmpty()) {
      return Optional.of("is no JSON object; should be: " + reference.answers().getFirst());
    }
    var wanted = slots(object(reference.answers().getFirst()).orElseThrow());
    var own = slots(given.get());
    var words = new ArrayList<String>();
    wanted.keySet().stream()
        .filter(slot -> !own.containsKey(slot))
        .forEach(slot -> words.add("lacks " + slot));
    own.keySet().stream()
        .filter(slot -> !wanted.containsKey(slot))
        .forEach(slot -> words.add("has " + slot));
    return words.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", words));
  }

  /// The JSON object that a text is; also inside a code fence.
  public static Optional<JsonNode> object(String text) {
    var plain = text.strip();
    if (plain.startsWith("```") && plain.endsWith("```") && plain.length() > 6) {
      plain = plain.substring(plain.indexOf('\n') + 1, plain.length() - 3);
    }
    try {
      var node = JsonMapper.shared().readTree(plain);
      return node != null && node.isObject() ? Optional.of(node) : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static Map<String, Integer> slots(JsonNode object) {
    var slots = new HashMap<String, Integer>();
    object.forEachEntry((field, value) -> addSlots(field, value, slots));
    return slots;
  }

  private static void addSlots(String field, JsonNode value, Map<String, Integer> into) {
    if (value.isArray()) {
      value.forEach(one -> addSlots(field, one, into));
    } else if (value.isObject()) {
      value.forEachEntry((name, inner) -> addSlots(field + "." + name, inner, into));
    } else if (!value.isNull()) {
      into.merge(field + "=" + text(value), 1, Integer::sum);
    }
  }

  private static String text(JsonNode value) {
    return value.isNumber()
        ? value.decimalValue().stripTrailingZeros().toPlainString()
        : Normalizer.normalize(value.asString(), Normalizer.Form.NFC).strip();
  }
}
