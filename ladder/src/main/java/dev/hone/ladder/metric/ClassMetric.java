package dev.hone.ladder.metric;

import dev.hone.model.UsageException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;

/// A user's own measure as a Java class: implements [Metric], has a constructor without parameters,
/// and lies in a jar or a folder of classes.
public final class ClassMetric {
  private ClassMetric() {}

  /// @param place `path/to/metrics.jar:com.acme.Politeness`
  /// @throws UsageException when there is no such class, or it is no metric
  public static Metric load(String place) throws IOException {
    int colon = place.lastIndexOf(':');
    if (colon < 1) {
      throw refusal(place, "names no class", null);
    }
    var path = Path.of(place.substring(0, colon));
    if (!Files.exists(path)) {
      throw refusal(place, path + " does not exist", null);
    }
    // Stays open: the metric's own classes are loaded when they are first used.
    var loader =
        new URLClassLoader(new URL[] {path.toUri().toURL()}, Metric.class.getClassLoader());
    try {
      var made = loader.loadClass(place.substring(colon + 1)).getDeclaredConstructor();
      return (Metric) made.newInstance();
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw refusal(place, String.valueOf(e), e);
    }
  }

  private static UsageException refusal(String place, String what, Exception cause) {
    return new UsageException(
        "--metric java:%s: %s".formatted(place, what),
        "name a jar or folder and a class that implements dev.hone.ladder.metric.Metric, as in"
            + " java:metrics.jar:com.acme.Politeness",
        cause);
  }
}
