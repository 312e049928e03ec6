package dev.hone.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import tools.jackson.databind.json.JsonMapper;

/// A page with plots by uPlot, for any browser. Self-contained: script, style and numbers stand in
/// the file, so that it can be opened, sent and kept without a network.
final class DrawnPage {
  /// One look for all pages, the server's and those in files.
  private static final String STYLE = "/dev/hone/server/page/page.css";

  private static final String UPLOT = "/META-INF/maven/org.webjars.npm/uplot/pom.properties";
  private static final String UPLOT_FILES = "/META-INF/resources/webjars/uplot/%s/%s";

  private DrawnPage() {}

  /// @param template a resource beside this class
  /// @param data what its script draws
  static String of(String template, Map<String, Object> data) throws IOException {
    var version = uplotVersion();
    return resource(template)
        .replace("/*page.css*/", resource(STYLE))
        .replace("/*uplot.css*/", resource(UPLOT_FILES.formatted(version, "dist/uPlot.min.css")))
        .replace("/*uplot.license*/", resource(UPLOT_FILES.formatted(version, "LICENSE")).strip())
        .replace("/*data*/", json(data))
        .replace(
            "/*uplot.js*/", resource(UPLOT_FILES.formatted(version, "dist/uPlot.iife.min.js")));
  }

  /// Data in a script element: no `<` may stand in it.
  private static String json(Map<String, Object> data) {
    return JsonMapper.shared().writeValueAsString(data).replace("<", "\\u003c");
  }

  private static String uplotVersion() throws IOException {
    var properties = new Properties();
    try (var in = open(UPLOT)) {
      properties.load(in);
    }
    return properties.getProperty("version");
  }

  private static String resource(String name) throws IOException {
    try (var in = open(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static InputStream open(String name) throws IOException {
    var in = DrawnPage.class.getResourceAsStream(name);
    if (in == null) {
      throw new IOException("the installation is incomplete: it lacks " + name);
    }
    return in;
  }
}
