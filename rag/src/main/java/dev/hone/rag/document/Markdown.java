package dev.hone.rag.document;

import java.util.ArrayList;
import java.util.List;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.BlockQuote;
import org.commonmark.node.BulletList;
import org.commonmark.node.Code;
import org.commonmark.node.Document;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.OrderedList;
import org.commonmark.node.Paragraph;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;

/// Markdown (CommonMark with tables). Markup goes, headings give the path, code stays whole.
final class Markdown implements DocumentReader {
  private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());
  private static final int MAX_NESTING = 100;

  @Override
  public void read(byte[] content, DocumentBuilder document) throws UnreadableException {
    var text = withoutFrontMatter(PlainText.decode(content), document);
    var parser = Parser.builder().extensions(EXTENSIONS).maxOpenBlockParsers(MAX_NESTING).build();
    blocks(parser.parse(text), document);
  }

  /// Static site generators keep fields above the text, between lines of three dashes.
  private static String withoutFrontMatter(String text, DocumentBuilder document) {
    int end = text.startsWith("---\n") ? text.indexOf("\n---\n", 3) : -1;
    if (end < 0) {
      return text;
    }
    for (var line : text.substring(0, end).split("\n")) {
      if (line.startsWith("title:")) {
        document.title(line.substring("title:".length()).replaceAll("^\\s*[\"']|[\"']\\s*$", ""));
      }
    }
    return text.substring(end + "\n---\n".length());
  }

  private static void blocks(Node parent, DocumentBuilder document) throws UnreadableException {
    for (var node = parent.getFirstChild(); node != null; node = node.getNext()) {
      block(node, document);
    }
  }

  private static void block(Node node, DocumentBuilder document) throws UnreadableException {
    switch (node) {
      case Heading heading -> document.heading(heading.getLevel(), text(heading, document));
      case Paragraph paragraph -> paragraph(paragraph, document);
      case FencedCodeBlock code -> document.code(code.getLiteral());
      case IndentedCodeBlock code -> document.code(code.getLiteral());
      case HtmlBlock html -> Html.fragment(html.getLiteral(), document);
      case TableBlock table -> rows(table, document);
      case BulletList list -> blocks(list, document);
      case OrderedList list -> blocks(list, document);
      case ListItem item -> blocks(item, document);
      case BlockQuote quote -> blocks(quote, document);
      case Document whole -> blocks(whole, document);
      default -> {
        // Rules and link definitions have no text.
      }
    }
  }

  private static void paragraph(Paragraph paragraph, DocumentBuilder document)
      throws UnreadableException {
    var text = text(paragraph, document);
    if (paragraph.getParent() instanceof ListItem) {
      document.listItem(text);
    } else {
      document.paragraph(text);
    }
  }

  private static void rows(Node table, DocumentBuilder document) throws UnreadableException {
    for (var node = table.getFirstChild(); node != null; node = node.getNext()) {
      if (node instanceof TableRow) {
        document.tableRow(cells(node, document));
      } else {
        rows(node, document);
      }
    }
  }

  private static List<String> cells(Node row, DocumentBuilder document) {
    var cells = new ArrayList<String>();
    for (var node = row.getFirstChild(); node != null; node = node.getNext()) {
      if (node instanceof TableCell) {
        cells.add(text(node, document));
      }
    }
    return cells;
  }

  private static String text(Node node, DocumentBuilder document) {
    var inline = new Inline(document);
    node.accept(inline);
    return inline.text.toString();
  }

  /// The words of a block, without its markup.
  private static final class Inline extends AbstractVisitor {
    private final StringBuilder text = new StringBuilder();
    private final DocumentBuilder document;

    Inline(DocumentBuilder document) {
      this.document = document;
    }

    @Override
    public void visit(Text node) {
      text.append(node.getLiteral());
    }

    @Override
    public void visit(Code node) {
      text.append(node.getLiteral());
    }

    @Override
    public void visit(SoftLineBreak node) {
      text.append(' ');
    }

    @Override
    public void visit(HardLineBreak node) {
      text.append(' ');
    }

    @Override
    public void visit(HtmlInline node) {
      if (node.getLiteral().startsWith("<!--")) {
        document.stripped(node.getLiteral().length());
      }
    }
  }
}
