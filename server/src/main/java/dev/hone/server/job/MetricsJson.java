package dev.hone.server.job;

import java.util.Locale;
import java.util.OptionalDouble;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A step's metrics by the API's names. Hone measures all held-out rows or none, so that `valid_…`
/// and `full_valid_…` are the same.
final class MetricsJson {
  private MetricsJson() {}

  /// The data of an event, with nulls.
  static ObjectNode event(ReportLine.Metrics m) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("step", m.step()).put("total_steps", m.total()).put("train_loss", m.loss());
    put(json, "valid_loss", m.validLoss());
    put(json, "full_valid_loss", m.validLoss());
    json.put("train_mean_token_accuracy", m.accuracy());
    put(json, "valid_mean_token_accuracy", m.validAccuracy());
    put(json, "full_valid_mean_token_accuracy", m.validAccuracy());
    return json;
  }

  private static void put(ObjectNode json, String key, OptionalDouble value) {
    if (value.isPresent()) {
      json.put(key, value.getAsDouble());
    } else {
      json.putNull(key);
    }
  }

  /// The metrics of a checkpoint: numbers only.
  static ObjectNode checkpoint(ReportLine.Metrics m) {
    var json = JsonNodeFactory.instance.objectNode();
    json.put("step", m.step())
        .put("train_loss", m.loss())
        .put("train_mean_token_accuracy", m.accuracy());
    m.validLoss().ifPresent(v -> json.put("valid_loss", v).put("full_valid_loss", v));
    m.validAccuracy()
        .ifPresent(
            v -> json.put("valid_mean_token_accuracy", v).put("full_valid_mean_token_accuracy", v));
    return json;
  }

  /// `Step 300/300: training loss=0.15, validation loss=0.27, full validation loss=0.40`.
  static String message(ReportLine.Metrics m) {
    var text =
        String.format(Locale.ROOT, "Step %d/%d: training loss=%.2f", m.step(), m.total(), m.loss());
    return m.validLoss().isEmpty()
        ? text
        : text
            + String.format(
                Locale.ROOT,
                ", validation loss=%.2f, full validation loss=%.2f",
                m.validLoss().getAsDouble(),
                m.validLoss().getAsDouble());
  }
}
