package dev.hone.rag.document;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Comment;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;

/// HTML: what a browser would show. Scripts, comments and hidden elements go, and are counted.
final class Html implements DocumentReader {
  private static final Set<String> WITHOUT_TEXT =
      Set.of(
          "script", "style", "noscript", "template", "head", "svg", "iframe", "object", "select");
  private static final int MAX_DEPTH = 400;

  @Override
  public void read(byte[] content, DocumentBuilder document) throws IOException {
    // Without a charset jsoup looks at the byte order mark and the file's own meta elements.
    show(Jsoup.parse(new ByteArrayInputStream(content), null, ""), document);
  }

  /// A piece of HTML inside another format.
  static void fragment(String html, DocumentBuilder document) throws UnreadableException {
    show(Jsoup.parseBodyFragment(html), document);
  }

  private static void show(Document html, DocumentBuilder document) throws UnreadableException {
    if (!html.title().isBlank()) {
      document.title(html.title());
    }
    HiddenElements.remove(html, document);
    new Page(document).show(html.body());
  }

  /// One walk over the elements that are left. Text gathers until a block begins or ends.
  private static final class Page {
    private final DocumentBuilder document;
    private final StringBuilder text = new StringBuilder();

    Page(DocumentBuilder document) {
      this.document = document;
    }

    void show(Element body) throws UnreadableException {
      children(body, 0);
      paragraph();
    }

    private void children(Element parent, int depth) throws UnreadableException {
      if (depth > MAX_DEPTH) {
        text.append(parent.text());
        return;
      }
      for (var node : parent.childNodes()) {
        show(node, depth);
      }
    }

    private void show(Node node, int depth) throws UnreadableException {
      switch (node) {
        case TextNode words -> text.append(words.getWholeText());
        case Comment comment -> document.stripped(comment.getData().length());
        case Element element -> element(element, depth);
        default -> {
          // Declarations and the data of scripts are never shown.
        }
      }
    }

    private void element(Element element, int depth) throws UnreadableException {
      var name = element.normalName();
      if (WITHOUT_TEXT.contains(name)) {
        return;
      }
      switch (name) {
        case "br", "img", "hr", "input" -> text.append(' ');
        case "h1", "h2", "h3", "h4", "h5", "h6" -> heading(element);
        case "pre" -> code(element);
        case "tr" -> row(element);
        case "li", "dd", "dt" -> item(element, depth);
        default -> other(element, depth);
      }
    }

    private void other(Element element, int depth) throws UnreadableException {
      boolean isBlock = element.isBlock() || element.normalName().equals("td");
      if (isBlock) {
        paragraph();
      }
      children(element, depth + 1);
      if (isBlock) {
        paragraph();
      }
    }

    private void heading(Element element) throws UnreadableException {
      paragraph();
      document.heading(element.normalName().charAt(1) - '0', element.text());
    }

    private void code(Element element) throws UnreadableException {
      paragraph();
      document.code(element.wholeText());
    }

    private void row(Element element) throws UnreadableException {
      paragraph();
      List<String> cells = new ArrayList<>();
      element.children().forEach(cell -> cells.add(cell.text()));
      document.tableRow(cells);
    }

    private void item(Element element, int depth) throws UnreadableException {
      paragraph();
      boolean isFlat = element.children().stream().noneMatch(Element::isBlock);
      if (isFlat) {
        document.listItem(element.text());
      } else {
        children(element, depth + 1);
        paragraph();
      }
    }

    private void paragraph() throws UnreadableException {
      document.paragraph(text.toString());
      text.setLength(0);
    }
  }
}
