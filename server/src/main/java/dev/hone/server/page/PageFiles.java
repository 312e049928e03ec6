package dev.hone.server.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/// What the page is made of, by the path that a browser asks for.
public record PageFiles(Map<String, PageFile> byPath) {
  private static final String UPLOT = "/META-INF/maven/org.webjars.npm/uplot/pom.properties";
  private static final String UPLOT_FILES = "/META-INF/resources/webjars/uplot/%s/%s";
  private static final List<View> VIEWS =
      List.of(
          new View("/", "jobs", "Jobs"),
          new View("/job", "job", "Job"),
          new View("/files", "files", "Files"),
          new View("/ask", "ask", "Ask"),
          new View("/report", "report", "Report"));
  private static final List<String> SCRIPTS =
      List.of(
          "api.js",
          "ask.js",
          "dom.js",
          "events.js",
          "files.js",
          "job.js",
          "jobs.js",
          "lines.js",
          "plot.js",
          "report.js");

  public PageFiles {
    byPath = Map.copyOf(byPath);
  }

  /// A file of it, UTF-8.
  public record PageFile(String contentType, String text) {
    static PageFile html(String text) {
      return new PageFile("text/html; charset=utf-8", text);
    }

    static PageFile script(String text) {
      return new PageFile("text/javascript; charset=utf-8", text);
    }

    static PageFile style(String text) {
      return new PageFile("text/css; charset=utf-8", text);
    }
  }

  /// One of the documents.
  ///
  /// @param name of its content and its script
  private record View(String path, String name, String title) {
    PageFile in(String layout) throws IOException {
      return PageFile.html(
          layout
              .replace("href=\"%s\"".formatted(path), here())
              .replace("<!--title-->", title)
              .replace("<!--main-->", resource(name + ".html"))
              .replace("/page/view.js", "/page/%s.js".formatted(name)));
    }

    private String here() {
      return "href=\"%s\" aria-current=\"page\"".formatted(path);
    }
  }

  /// Reads them from the class path.
  public static PageFiles load() throws IOException {
    var files = new TreeMap<String, PageFile>();
    var layout = resource("layout.html");
    for (var view : VIEWS) {
      files.put(view.path(), view.in(layout));
    }
    for (var script : SCRIPTS) {
      files.put("/page/" + script, PageFile.script(resource(script)));
    }
    files.put("/page/page.css", PageFile.style(resource("page.css") + resource("app.css")));
    files.put("/page/icon.svg", new PageFile("image/svg+xml", resource("icon.svg")));
    var version = uplotVersion();
    files.put("/page/uplot.js", PageFile.script(uplot(version, "dist/uPlot.iife.min.js")));
    files.put("/page/uplot.css", PageFile.style(uplot(version, "dist/uPlot.min.css")));
    files.put(
        "/page/uplot-license.txt",
        new PageFile("text/plain; charset=utf-8", uplot(version, "LICENSE")));
    return new PageFiles(files);
  }

  private static String uplotVersion() throws IOException {
    var properties = new Properties();
    try (var in = open(UPLOT)) {
      properties.load(in);
    }
    return properties.getProperty("version");
  }

  private static String uplot(String version, String name) throws IOException {
    return resource(UPLOT_FILES.formatted(version, name));
  }

  private static String resource(String name) throws IOException {
    try (var in = open(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static InputStream open(String name) throws IOException {
    var in = PageFiles.class.getResourceAsStream(name);
    if (in == null) {
      throw new IOException("the installation is incomplete: it lacks " + name);
    }
    return in;
  }
}
