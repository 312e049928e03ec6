package dev.hone.cli;

import dev.hone.rag.answer.Citation;
import dev.hone.rag.answer.CitationShape;
import dev.hone.rag.answer.CitedAnswer.Answered;
import dev.hone.rag.answer.CitedAnswer.Refused;
import dev.hone.rag.answer.Statement;
import dev.hone.rag.retrieve.Retrieved;
import dev.hone.rag.store.StoredPassage;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Prints what came of a question: text with footnotes, or JSON.
///
/// In JSON a citation has the offsets of what is cited in the document's text, from 0, the end
/// behind the last character, and the version (the text's hash) that they are of.
final class CitationText {
  private final PrintStream out;
  private final Format format;
  private final boolean isJson;

  /// How an answer is printed.
  enum Format {
    TEXT,
    JSON,
    OPENAI,
    ANTHROPIC;

    private Map<String, Object> json(Answered answered) {
      return switch (this) {
        case TEXT, JSON -> CitationText.json(answered);
        case OPENAI -> CitationShape.OPENAI.of(answered);
        case ANTHROPIC -> CitationShape.ANTHROPIC.of(answered);
      };
    }
  }

  CitationText(PrintStream out, Format format) {
    this.out = out;
    this.format = format;
    this.isJson = format != Format.TEXT;
  }

  void found(List<Retrieved> found) {
    if (isJson) {
      out.println(Facts.json(Map.of("found", found.stream().map(CitationText::json).toList())));
      return;
    }
    for (int i = 0; i < found.size(); i++) {
      var hit = found.get(i);
      out.println("%s[%d] %s".formatted(i == 0 ? "" : "\n", i + 1, place(hit.passage())));
      out.println(String.format(Locale.ROOT, "score %.3f, cosine %.3f", hit.score(), hit.cosine()));
      hit.passage().passage().text().lines().forEach(line -> out.println("    " + line));
    }
  }

  void refused(Refused refused) {
    if (isJson) {
      var json = new LinkedHashMap<String, Object>();
      json.put("refused", refused.reason().name().toLowerCase(Locale.ROOT));
      json.put("found", refused.found().stream().map(CitationText::json).toList());
      out.println(Facts.json(json));
      return;
    }
    out.println("No answer: " + refused.reason().words() + ".");
    if (!refused.found().isEmpty()) {
      out.println("Looked at:");
      refused.found().forEach(hit -> out.println("    " + place(hit.passage())));
    }
  }

  void answered(Answered answered) {
    if (isJson) {
      out.println(Facts.json(format.json(answered)));
      return;
    }
    var notes = new ArrayList<Citation>();
    var text = new StringBuilder();
    for (var statement : answered.statements()) {
      text.append(text.isEmpty() ? "" : " ").append(statement.text());
      if (!statement.isSupported()) {
        text.append(' ').append(CitationShape.NOT_SUPPORTED);
      }
      for (var citation : statement.citations()) {
        notes.add(citation);
        text.append(" [%d]".formatted(notes.size()));
      }
    }
    out.println(text);
    for (int i = 0; i < notes.size(); i++) {
      note("[%d]".formatted(i + 1), notes.get(i));
    }
    for (var statement : answered.statements()) {
      statement.conflicts().forEach(conflict -> note("But see", conflict));
    }
  }

  private void note(String mark, Citation citation) {
    out.println();
    out.println(mark + " " + place(citation.passage()));
    citation.text().lines().forEach(line -> out.println("    " + line));
  }

  private static String place(StoredPassage stored) {
    var place = new StringBuilder(stored.source());
    stored.passage().headings().forEach(heading -> place.append(" › ").append(heading));
    if (stored.passage().page() > 0) {
      place.append(", page ").append(stored.passage().page());
    }
    var url = stored.passage().metadata().get("url");
    return url == null ? place.toString() : place.append(", ").append(url).toString();
  }

  private static Map<String, Object> json(Answered answered) {
    var statements = new ArrayList<Object>();
    for (var statement : answered.statements()) {
      statements.add(json(statement));
    }
    var json = new LinkedHashMap<String, Object>();
    json.put("statements", statements);
    json.put("found", answered.found().stream().map(CitationText::json).toList());
    return json;
  }

  private static Map<String, Object> json(Statement statement) {
    var json = new LinkedHashMap<String, Object>();
    json.put("text", statement.text());
    json.put("supported", statement.isSupported());
    json.put("objections", statement.objections());
    json.put("citations", statement.citations().stream().map(CitationText::json).toList());
    json.put("conflicts", statement.conflicts().stream().map(CitationText::json).toList());
    return json;
  }

  private static Map<String, Object> json(Citation citation) {
    var json = where(citation.passage());
    json.put("start", citation.start());
    json.put("end", citation.end());
    json.put("cited_text", citation.text());
    return json;
  }

  private static Map<String, Object> json(Retrieved hit) {
    var json = where(hit.passage());
    json.put("start", hit.passage().passage().start());
    json.put("end", hit.passage().passage().end());
    json.put("score", hit.score());
    json.put("cosine", hit.cosine());
    json.put("text", hit.passage().passage().text());
    return json;
  }

  private static Map<String, Object> where(StoredPassage stored) {
    var json = new LinkedHashMap<String, Object>();
    json.put("source", stored.source());
    json.put("title", stored.title());
    json.put("version", stored.textHash());
    json.put("headings", stored.passage().headings());
    if (stored.passage().page() > 0) {
      json.put("page", stored.passage().page());
    }
    json.put("metadata", stored.passage().metadata());
    return json;
  }
}
