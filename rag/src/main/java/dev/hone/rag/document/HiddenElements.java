package dev.hone.rag.document;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.select.Selector.SelectorParseException;

/// Elements of a page that a browser does not show, or shows so that nobody can read them: the
/// usual places for instructions to a model. Known by the attribute `hidden`, by the element's own
/// style, and by rules of the page's own style sheets.
final class HiddenElements {
  private static final Pattern RULE = Pattern.compile("([^{}]+)\\{([^{}]*)}");
  private static final Pattern CSS_COMMENT = Pattern.compile("/\\*.*?\\*/", Pattern.DOTALL);
  private static final Pattern HIDES =
      Pattern.compile(
          "(?:^|;)(?:display:none|visibility:(?:hidden|collapse)|opacity:0?\\.?0*(?:;|$|!)"
              + "|font-size:(?:0|1px|0?\\.\\d+\\w*)(?:px|pt|em|rem|%)?(?:;|$|!)"
              + "|(?:text-indent|left|top|right|margin-left|margin-top):-\\d{3,}"
              + "|(?:max-)?(?:width|height):[01](?:px)?(?:;|$|!)|clip:rect\\([01,px]*\\)"
              + "|clip-path:inset\\((?:50|100)%|color:transparent|transform:scale\\(0\\))");
  private static final Pattern COLOR = Pattern.compile("(?:^|;)color:([^;!]+)");
  private static final Pattern BACKGROUND = Pattern.compile("background(?:-color)?:([^;!]+)");

  private HiddenElements() {}

  /// Takes them out of the page and counts their characters.
  static void remove(Document html, DocumentBuilder document) {
    for (var element : html.select("[hidden], [style]")) {
      if (element.hasAttr("hidden") || hides(element.attr("style"))) {
        remove(element, document);
      }
    }
    for (var sheet : html.select("style")) {
      bySheet(html, CSS_COMMENT.matcher(sheet.data()).replaceAll(""), document);
    }
  }

  private static void bySheet(Document html, String sheet, DocumentBuilder document) {
    RULE.matcher(sheet)
        .results()
        .filter(rule -> hides(rule.group(2)))
        .forEach(rule -> bySelector(html, rule.group(1).strip(), document));
  }

  private static void bySelector(Document html, String selector, DocumentBuilder document) {
    try {
      html.select(selector).forEach(element -> remove(element, document));
    } catch (SelectorParseException | IllegalArgumentException e) {
      // A selector that jsoup does not know (:hover, :before) names no element that is hidden now.
      return;
    }
  }

  private static void remove(Element element, DocumentBuilder document) {
    boolean isPage = element.normalName().equals("body") || element.normalName().equals("html");
    if (!isPage && element.hasParent()) {
      document.stripped(element.wholeText().length());
      element.remove();
    }
  }

  private static boolean hides(String style) {
    var plain = style.toLowerCase(Locale.ROOT).replaceAll("\\s", "");
    return HIDES.matcher(plain).find() || isSameColor(plain);
  }

  private static boolean isSameColor(String style) {
    var color = COLOR.matcher(style);
    var background = BACKGROUND.matcher(style);
    return color.find() && background.find() && color.group(1).equals(background.group(1));
  }
}
