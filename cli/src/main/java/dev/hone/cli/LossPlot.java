package dev.hone.cli;

import dev.hone.model.checkpoint.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `loss.html`: a run's loss over its steps.
final class LossPlot {
  /// The file's name in the directory of a run.
  static final String FILE = "loss.html";

  private static final String METRICS = "metrics.jsonl";
  private static final JsonMapper JSON = JsonMapper.shared();

  private LossPlot() {}

  /// Draws what `metrics.jsonl` in the directory `dir` says; does nothing where there is none.
  static void write(Path dir, String title) throws IOException {
    if (Files.exists(dir.resolve(METRICS))) {
      AtomicFile.write(dir.resolve(FILE), page(title, Curves.read(dir.resolve(METRICS))));
    }
  }

  private static String page(String title, Curves curves) throws IOException {
    var facts = new Facts().jsonOnly("title", title);
    facts.jsonOnly("steps", curves.steps()).jsonOnly("loss", curves.loss());
    facts.jsonOnly("smoothed", curves.smoothed()).jsonOnly("held_out", curves.heldOut());
    curves
        .metric()
        .ifPresent(metric -> facts.jsonOnly("metric", metric).jsonOnly("score", curves.score()));
    return DrawnPage.of("loss.html", facts.values());
  }

  /// A run's losses by step. Where a step has none of a kind there is null, as JSON wants it.
  ///
  /// @param steps in ascending order
  /// @param loss of the training batches
  /// @param smoothed the same, smoothed
  /// @param heldOut of the held-out rows
  /// @param metric the name of what measures the answers, where something does
  /// @param score what it says
  record Curves(
      List<Long> steps,
      List<Optional<Double>> loss,
      List<Optional<Double>> smoothed,
      List<Optional<Double>> heldOut,
      Optional<String> metric,
      List<Optional<Double>> score) {
    static Curves read(Path metrics) throws IOException {
      var points = new TreeMap<Long, Point>();
      var metric = Optional.<String>empty();
      try (var lines = Files.newBufferedReader(metrics)) {
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
          var node = JSON.readTree(line);
          points.merge(node.required("step").asLong(), Point.of(node), Point::or);
          metric = node.has("metric") ? Optional.of(node.get("metric").asString()) : metric;
        }
      } catch (JacksonException e) {
        throw new IOException("%s is damaged: %s".formatted(metrics, e.getOriginalMessage()), e);
      }
      return of(points, metric);
    }

    private static Curves of(TreeMap<Long, Point> points, Optional<String> metric) {
      var average = MovingAverage.forSteps(points.size());
      var smoothed = new ArrayList<Optional<Double>>();
      for (var point : points.values()) {
        smoothed.add(point.loss.map(loss -> rounded(average.add(loss, point.weight))));
      }
      return new Curves(
          List.copyOf(points.keySet()),
          points.values().stream().map(Point::loss).toList(),
          smoothed,
          points.values().stream().map(Point::heldOut).toList(),
          metric,
          points.values().stream().map(Point::score).toList());
    }

    private static double rounded(double value) {
      return Math.round(value * 1e5) / 1e5;
    }
  }

  /// What is known of one step.
  private record Point(
      Optional<Double> loss, double weight, Optional<Double> heldOut, Optional<Double> score) {
    static Point of(JsonNode node) {
      return new Point(
          number(node, "loss"),
          node.path("trained_tokens").asDouble(1),
          number(node, "held_out_loss"),
          number(node, "score"));
    }

    private static Optional<Double> number(JsonNode node, String field) {
      var value = node.path(field);
      return value.isNumber() && Double.isFinite(value.asDouble())
          ? Optional.of(Curves.rounded(value.asDouble()))
          : Optional.empty();
    }

    Point or(Point other) {
      var stepped = loss.isPresent() ? this : other;
      return new Point(
          stepped.loss,
          stepped.weight,
          other.heldOut.or(() -> heldOut),
          other.score.or(() -> score));
    }
  }
}
