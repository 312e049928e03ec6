package dev.hone.ladder.distil;

import dev.hone.ladder.distil.Distiller.Sample;
import dev.hone.ladder.rung.CallLog;
import dev.hone.ladder.task.Question;
import dev.hone.model.chat.CallText;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Makes rows of accepted answers, in the order of their questions, none twice.
final class DistilledRows {
  private static final JsonMapper JSON = JsonMapper.shared();

  private DistilledRows() {}

  static Distilled of(
      List<Question> questions,
      Map<Question, List<Sample>> samples,
      String model,
      Optional<RuntimeException> stop) {
    var rows = new LinkedHashMap<String, String>(); // by what they say
    var refused = new LinkedHashMap<String, Integer>();
    var counted = Collections.<CallLog.Call>newSetFromMap(new IdentityHashMap<>());
    int unchecked = 0;
    int fresh = 0;
    for (var question : questions) {
      for (var sample : samples.getOrDefault(question, List.of())) {
        sample.call().ifPresent(counted::add);
        fresh += sample.isFresh() ? 1 : 0;
        if (sample.refusal().isPresent()) {
          refused.merge(sample.refusal().get(), 1, Integer::sum);
        } else {
          var row = row(question, sample.call().orElseThrow(), model);
          if (rows.putIfAbsent(said(row), JSON.writeValueAsString(row)) != null) {
            refused.merge("says what another row says", 1, Integer::sum);
          } else {
            unchecked += sample.isChecked() ? 0 : 1;
          }
        }
      }
    }
    return new Distilled(
        questions.size(),
        samples.size(),
        fresh,
        List.copyOf(rows.values()),
        unchecked,
        refused,
        counted.stream().mapToLong(call -> call.reply().promptTokens()).sum(),
        counted.stream().mapToLong(call -> call.reply().answerTokens()).sum(),
        stop);
  }

  private static String said(ObjectNode row) {
    return row.path("messages").toString() + row.path("tools");
  }

  private static ObjectNode row(Question question, CallLog.Call call, String model) {
    var row = question.answered(message(question, call.reply().text()));
    var metadata = row.path("metadata") instanceof ObjectNode own ? own : row.putObject("metadata");
    metadata.put("model", model);
    metadata.put("date", call.at().atZone(ZoneOffset.UTC).toLocalDate().toString());
    return row;
  }

  /// Calls of tools as OpenAI writes them.
  private static ObjectNode message(Question question, String answer) {
    var message = JSON.createObjectNode().put("role", "assistant");
    var calls = question.asked().tools().isEmpty() ? List.<JsonNode>of() : CallText.calls(answer);
    if (calls.isEmpty()) {
      return message.put("content", answer);
    }
    message.putNull("content");
    var list = message.putArray("tool_calls");
    for (var call : calls) {
      var function =
          list.addObject()
              .put("id", "call_" + (list.size()))
              .put("type", "function")
              .putObject("function");
      function.put("name", call.path("name").asString());
      function.put("arguments", JSON.writeValueAsString(call.path("arguments")));
    }
    return message;
  }
}
