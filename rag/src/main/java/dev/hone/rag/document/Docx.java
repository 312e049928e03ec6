package dev.hone.rag.document;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.regex.Pattern;
import org.apache.poi.ooxml.POIXMLException;
import org.apache.poi.openxml4j.exceptions.NotOfficeXmlFileException;
import org.apache.poi.openxml4j.exceptions.OpenXML4JRuntimeException;
import org.apache.poi.openxml4j.util.ZipSecureFile;
import org.apache.poi.xwpf.usermodel.IBodyElement;
import org.apache.poi.xwpf.usermodel.XWPFDocument;
import org.apache.poi.xwpf.usermodel.XWPFParagraph;
import org.apache.poi.xwpf.usermodel.XWPFRun;
import org.apache.poi.xwpf.usermodel.XWPFTable;
import org.apache.poi.xwpf.usermodel.XWPFTableRow;

/// Word documents (DOCX). Pages are not in the file: Word makes them when it shows it.
final class Docx implements DocumentReader {
  private static final Pattern HEADING = Pattern.compile("(?i)heading\\s*([1-9])");
  private static final long MAX_ENTRY_BYTES = 256L << 20;

  @Override
  public void read(byte[] content, DocumentBuilder document) throws IOException {
    ZipSecureFile.setMinInflateRatio(1.0 / document.limits().inflateRatio());
    ZipSecureFile.setMaxEntrySize(MAX_ENTRY_BYTES);
    try (var docx = new XWPFDocument(new ByteArrayInputStream(content))) {
      var title = docx.getProperties().getCoreProperties().getTitle();
      if (title != null && !title.isBlank()) {
        document.title(title);
      }
      for (var element : docx.getBodyElements()) {
        element(element, document);
      }
    } catch (NotOfficeXmlFileException e) {
      throw new UnreadableException("is not a DOCX file, or a password protects it", e);
    } catch (POIXMLException | OpenXML4JRuntimeException e) {
      throw new UnreadableException("is a damaged DOCX file", e);
    }
  }

  private static void element(IBodyElement element, DocumentBuilder document)
      throws UnreadableException {
    if (element instanceof XWPFParagraph paragraph) {
      paragraph(paragraph, document);
    } else if (element instanceof XWPFTable table) {
      for (var row : table.getRows()) {
        row(row, document);
      }
    }
  }

  private static void paragraph(XWPFParagraph paragraph, DocumentBuilder document)
      throws UnreadableException {
    var text = visible(paragraph, document);
    int level = headingLevel(paragraph);
    if (level > 0) {
      document.heading(level, text);
    } else if (paragraph.getNumID() != null) {
      document.listItem(text);
    } else {
      document.paragraph(text);
    }
  }

  private static int headingLevel(XWPFParagraph paragraph) {
    var style = paragraph.getStyle();
    if (style == null) {
      return 0;
    }
    var known = paragraph.getDocument().getStyles();
    var named = known == null ? null : known.getStyle(style);
    var heading = HEADING.matcher(named == null ? style : named.getName());
    return heading.matches() ? Integer.parseInt(heading.group(1)) : 0;
  }

  private static String visible(XWPFParagraph paragraph, DocumentBuilder document) {
    var text = new StringBuilder();
    for (var run : paragraph.getRuns()) {
      if (isHidden(run)) {
        document.stripped(run.text().length());
      } else {
        text.append(run.text());
      }
    }
    return text.toString();
  }

  private static boolean isHidden(XWPFRun run) {
    var size = run.getFontSizeAsDouble();
    return run.isVanish() || size != null && size < 2 || "FFFFFF".equals(run.getColor());
  }

  private static void row(XWPFTableRow row, DocumentBuilder document) throws UnreadableException {
    document.tableRow(
        row.getTableCells().stream()
            .map(cell -> {
              var text = new StringBuilder();
              cell.getParagraphs()
                  .forEach(paragraph -> text.append(visible(paragraph, document)).append(' '));
              return text.toString();
            })
            .toList());
  }
}
