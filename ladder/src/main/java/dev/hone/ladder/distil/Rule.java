package dev.hone.ladder.distil;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.hone.ladder.metric.CommandMetric;
import dev.hone.ladder.metric.Metric;
import dev.hone.ladder.task.Question;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What an answer must satisfy.
public sealed interface Rule {
  /// As the table of what was refused has it.
  String name();

  /// Whether an answer satisfies it; empty where the rule has nothing to say of the question.
  Optional<Boolean> holds(Question question, String answer);

  /// At least so good against the row's own answer. A program is asked of rows without one, too.
  record Measured(Metric metric, double atLeast) implements Rule {
    @Override
    public String name() {
      return String.format(Locale.ROOT, "%s below %s", metric.name(), atLeast);
    }

    @Override
    public Optional<Boolean> holds(Question question, String answer) {
      var score = score(question, answer);
      return score.isPresent() ? Optional.of(score.getAsDouble() >= atLeast) : Optional.empty();
    }

    private OptionalDouble score(Question question, String answer) {
      if (question.reference().isPresent()) {
        return OptionalDouble.of(metric.score(question.reference().get(), answer));
      }
      return metric instanceof CommandMetric command
          ? OptionalDouble.of(command.score(question.text(), List.of(), answer))
          : OptionalDouble.empty();
    }
  }

  /// JSON of a schema.
  record InSchema(Schema schema) implements Rule {
    public static InSchema of(JsonNode schema) {
      var registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
      return new InSchema(registry.getSchema(schema));
    }

    @Override
    public String name() {
      return "not of the schema";
    }

    @Override
    public Optional<Boolean> holds(Question question, String answer) {
      try {
        var json = JsonMapper.shared().readTree(answer);
        return Optional.of(!json.isMissingNode() && schema.validate(json).isEmpty());
      } catch (JacksonException e) {
        return Optional.of(false);
      }
    }
  }
}
