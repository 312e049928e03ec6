package dev.hone.rag.answer;

import dev.hone.rag.answer.CitedAnswer.Answered;
import dev.hone.rag.store.StoredPassage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A cited answer as clients of hosted models know it. Statements that no document holds have no
/// citation, and say so in the text.
public enum CitationShape {
  /// A message of OpenAI's chat completions: `annotations` of `url_citation`, whose indices are of
  /// the answer's text. The address is the record's field `url`, or the source's name.
  OPENAI {
    @Override
    public Map<String, Object> of(Answered answered) {
      var content = new StringBuilder();
      var annotations = new ArrayList<Object>();
      for (var statement : answered.statements()) {
        content.append(content.isEmpty() ? "" : " ");
        int start = content.length();
        content.append(said(statement));
        for (var citation : statement.citations()) {
          annotations.add(annotation(citation.passage(), start, content.length()));
        }
      }
      var message = new LinkedHashMap<String, Object>();
      message.put("role", "assistant");
      message.put("content", content.toString());
      message.put("annotations", annotations);
      return message;
    }

    private static Map<String, Object> annotation(StoredPassage passage, int start, int end) {
      var citation = new LinkedHashMap<String, Object>();
      citation.put("start_index", start);
      citation.put("end_index", end);
      citation.put("title", passage.title());
      citation.put("url", passage.passage().metadata().getOrDefault("url", passage.source()));
      var annotation = new LinkedHashMap<String, Object>();
      annotation.put("type", "url_citation");
      annotation.put("url_citation", citation);
      return annotation;
    }
  },

  /// A message of Anthropic's: text blocks with `citations` of `char_location`, whose indices are
  /// of the document's text, from 0, the end exclusive; of `page_location`, from 1, where the
  /// document has pages. `document_index` counts the documents that were found, in their order.
  ANTHROPIC {
    @Override
    public Map<String, Object> of(Answered answered) {
      var sources =
          answered.found().stream().map(found -> found.passage().source()).distinct().toList();
      var blocks = new ArrayList<Object>();
      for (var statement : answered.statements()) {
        var block = new LinkedHashMap<String, Object>();
        block.put("type", "text");
        block.put("text", (blocks.isEmpty() ? "" : " ") + said(statement));
        if (statement.isSupported()) {
          var citations = statement.citations().stream().map(c -> location(c, sources)).toList();
          block.put("citations", citations);
        }
        blocks.add(block);
      }
      var message = new LinkedHashMap<String, Object>();
      message.put("role", "assistant");
      message.put("content", blocks);
      return message;
    }

    private static Map<String, Object> location(Citation citation, List<String> sources) {
      int page = citation.passage().passage().page();
      var location = new LinkedHashMap<String, Object>();
      location.put("type", page > 0 ? "page_location" : "char_location");
      location.put("cited_text", citation.text());
      location.put("document_index", sources.indexOf(citation.passage().source()));
      location.put("document_title", citation.passage().title());
      if (page > 0) {
        location.put("start_page_number", page);
        location.put("end_page_number", page + 1);
      } else {
        location.put("start_char_index", citation.start());
        location.put("end_char_index", citation.end());
      }
      return location;
    }
  };

  /// What stands behind a statement that no document holds.
  public static final String NOT_SUPPORTED = "[not supported by the documents]";

  /// The answer as a message, ready to be written as JSON.
  public abstract Map<String, Object> of(Answered answered);

  private static String said(Statement statement) {
    return statement.isSupported() ? statement.text() : statement.text() + " " + NOT_SUPPORTED;
  }
}
