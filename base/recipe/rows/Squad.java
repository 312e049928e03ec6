import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Passages with questions, in SQuAD's file format.
final class Squad {
  /// An end that is none, though a capital follows.
  private static final Pattern ABBREVIATION =
      Pattern.compile("(^|.*[ (.])([A-Z]|Dr|Mr|Mrs|Ms|St|No|Jr|Sr|vs|ca|Gen|Col|Lt|Prof|Fr)\\.");

  private Squad() {}

  record Article(String title, List<Paragraph> paragraphs) {
    List<Question> questions() {
      return paragraphs.stream().flatMap(paragraph -> paragraph.questions().stream()).toList();
    }
  }

  /// A paragraph, cut into sentences.
  record Paragraph(String text, List<String> sentences, List<Question> questions) {}

  /// @param answers what was accepted; the first is the one to learn
  /// @param sentence the number of the sentence that holds the first answer, -1 where none does
  record Question(String id, String text, List<String> answers, int sentence) {
    String answer() {
      return answers.getFirst();
    }

    /// Whether a text has one of the answers in it, whatever the case.
    boolean isAnsweredBy(String passage) {
      var lower = passage.toLowerCase(Locale.ROOT);
      return answers.stream().anyMatch(answer -> lower.contains(answer.toLowerCase(Locale.ROOT)));
    }
  }

  static List<Article> read(Path file) throws IOException {
    var articles = new ArrayList<Article>();
    for (var article : JsonMapper.shared().readTree(Files.readString(file)).get("data")) {
      var paragraphs = new ArrayList<Paragraph>();
      article.get("paragraphs").forEach(paragraph -> paragraphs.add(paragraph(paragraph)));
      articles.add(new Article(article.get("title").asString(), paragraphs));
    }
    return articles;
  }

  private static Paragraph paragraph(JsonNode node) {
    var text = node.get("context").asString();
    var starts = new ArrayList<Integer>();
    var sentences = sentences(text, starts);
    var questions = new ArrayList<Question>();
    for (var question : node.get("qas")) {
      questions.add(question(question, sentences, starts));
    }
    return new Paragraph(text.strip(), sentences, questions);
  }

  private static List<String> sentences(String text, List<Integer> starts) {
    var sentences = new ArrayList<String>();
    var breaks = BreakIterator.getSentenceInstance(Locale.US);
    breaks.setText(text);
    int start = 0;
    for (int end = breaks.next(); end != BreakIterator.DONE; end = breaks.next()) {
      if (end == text.length() || isSentence(text.substring(start, end).strip())) {
        starts.add(start);
        sentences.add(text.substring(start, end).strip());
        start = end;
      }
    }
    return sentences;
  }

  private static boolean isSentence(String text) {
    return text.length() >= 12 && !ABBREVIATION.matcher(text).matches();
  }

  private static Question question(JsonNode node, List<String> sentences, List<Integer> starts) {
    var answers = new ArrayList<String>();
    node.get("answers").forEach(answer -> answers.add(answer.get("text").asString().strip()));
    int offset = node.get("answers").get(0).get("answer_start").asInt();
    int sentence = starts.size() - 1;
    while (sentence > 0 && starts.get(sentence) > offset) {
      sentence--;
    }
    boolean isInside = sentence >= 0 && sentences.get(sentence).contains(answers.getFirst());
    var text = node.get("question").asString().strip();
    var distinct = answers.stream().distinct().toList();
    return new Question(node.get("id").asString(), text, distinct, isInside ? sentence : -1);
  }
}
