package dev.hone.rag.document;

import java.io.IOException;
import java.io.StringWriter;
import java.util.regex.Pattern;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.io.IOUtils;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;

/// PDF, page by page. A page's lines become paragraphs, words divided at a line's end are joined.
final class Pdf implements DocumentReader {
  private static final String PARAGRAPH = "\u0001";
  private static final Pattern DIVIDED_WORD = Pattern.compile("(?<=\\p{Ll})-\\R(?=\\p{Ll})");

  @Override
  public void read(byte[] content, DocumentBuilder document) throws IOException {
    PdfStreams.check(content, document.limits());
    // What is inflated goes to temporary files, so that no page can fill the heap.
    var cache = IOUtils.createTempFileOnlyStreamCache();
    try (var pdf = Loader.loadPDF(new RandomAccessReadBuffer(content), "", null, null, cache)) {
      pages(pdf, document);
    } catch (InvalidPasswordException e) {
      throw new UnreadableException("is encrypted; save it without a password", e);
    }
  }

  private static void pages(PDDocument pdf, DocumentBuilder document) throws IOException {
    var title = pdf.getDocumentInformation().getTitle();
    if (title != null && !title.isBlank()) {
      document.title(title);
    }
    int pages = pdf.getNumberOfPages();
    boolean hasText = false;
    for (int page = 1; page <= pages; page++) {
      document.page(page);
      hasText |= page(pdf, page, document);
    }
    if (!hasText) {
      throw new UnreadableException(
          "has %,d page%s without text; a scan must go through text recognition first"
              .formatted(pages, pages == 1 ? "" : "s"));
    }
  }

  private static boolean page(PDDocument pdf, int page, DocumentBuilder document)
      throws IOException {
    var stripper = new VisibleStripper(document);
    stripper.setStartPage(page);
    stripper.setEndPage(page);
    var text = new StringWriter();
    stripper.writeText(pdf, text);
    boolean hasText = false;
    for (var paragraph : text.toString().split(PARAGRAPH)) {
      hasText |= !paragraph.isBlank();
      document.paragraph(DIVIDED_WORD.matcher(paragraph).replaceAll(""));
    }
    return hasText;
  }

  /// PDFBox's extraction, less the letters that are too small to be seen.
  private static final class VisibleStripper extends PDFTextStripper {
    private static final float SMALLEST = 1; // point
    private final DocumentBuilder document;

    VisibleStripper(DocumentBuilder document) {
      this.document = document;
      setParagraphStart(PARAGRAPH);
      setSortByPosition(true);
      setLineSeparator("\n");
    }

    @Override
    protected void processTextPosition(TextPosition letter) {
      if (letter.getFontSizeInPt() < SMALLEST && letter.getHeightDir() < SMALLEST) {
        document.stripped(letter.getUnicode() == null ? 0 : letter.getUnicode().length());
      } else {
        super.processTextPosition(letter);
      }
    }
  }
}
