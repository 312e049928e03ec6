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
    return DrawnPage.of("loss.html", facts.values());
  }

  /// A run's losses by step. Where a step has none of a kind there is null, as JSON wants it.
  ///
  /// @param steps in ascending order
  /// @param loss of the training batches
  /// @param smoothed the same, smoothed
  /// @param heldOut of the held-out rows
  record Curves(
      List<Long> steps,
      List<Optional<Double>> loss,
      List<Optional<Double>> smoothed,
      List<Optional<Double>> heldOut) {
    static Curves read(Path metrics) throws IOException {
      var points = new TreeMap<Long, Point>();
      try (var lines = Files.newBufferedReader(metrics)) {
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
          var node = JSON.readTree(line);
          points.merge(node.required("step").asLong(), Point.of(node), Point::or);
        }
      } catch (JacksonException e) {
        throw new IOException("%s is damaged: %s".formatted(metrics, e.getOriginalMessage()), e);
      }
      return of(points);
    }

    private static Curves of(TreeMap<Long, Point> points) {
      var average = MovingAverage.forSteps(points.size());
      var smoothed = new ArrayList<Optional<Double>>();
      for (var point : points.values()) {
        smoothed.add(point.loss.map(loss -> rounded(average.add(loss, point.weight))));
      }
      return new Curves(
          List.copyOf(points.keySet()),
          points.values().stream().map(Point::loss).toList(),
          smoothed,
          points.values().stream().map(Point::heldOut).toList());
    }

    private static double rounded(double value) {
      return Math.round(value * 1e5) / 1e5;
    }
  }

  /// What is known of one step.
  private record Point(Optional<Double> loss, double weight, Optional<Double> heldOut) {
    static Point of(JsonNode node) {
      return new Point(
          number(node, "loss"),
          node.path("trained_tokens").asDouble(1),
          number(node, "held_out_loss"));
    }

    private static Optional<Double> number(JsonNode node, String field) {
      var value = node.path(field);
      return value.isNumber() && Double.isFinite(value.asDouble())
          ? Optional.of(Curves.rounded(value.asDouble()))
          : Optional.empty();
    }

    Point or(Point other) {
      return loss.isPresent()
          ? new Point(loss, weight, other.heldOut.or(() -> heldOut))
          : new Point(other.loss, other.weight, other.heldOut.or(() -> heldOut));
    }
  }
}
