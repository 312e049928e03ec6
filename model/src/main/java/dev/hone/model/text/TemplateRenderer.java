package dev.hone.model.text;

import dev.hone.model.UsageException;
import dev.hone.model.jinja.Template.Rendering;
import dev.hone.model.jinja.Template.Span;
import dev.hone.model.jinja.TemplateException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/// Renders by a model's own chat template.
///
/// What the assistant says is found without knowing the template, by rendering a conversation up to
/// each of its turns, once with the generation prompt (what is served) and once with the turn
/// itself (what should come back). The difference is what is learned: never the header, which the
/// generation prompt has already, and always the token that ends the turn.
///
/// The text is cut where turns of the assistant begin and end, and each piece is encoded apart. A
/// prompt is cut in the same places, so that the ids of a prompt in training and in serving are
/// equal.
///
/// Some templates show an earlier turn otherwise than they served it (Qwen3 drops its thinking).
/// Such a turn becomes an example of its own, of the conversation up to there.
public final class TemplateRenderer implements ChatRenderer {
  private final ChatTemplate template;
  private final TextEncoder encoder;
  private final OptionalInt bosId;
  private final int eosId;
  private final Map<String, Object> kwargs;
  private final LocalDateTime clock;

  /// @param bosId begins a plain text ([#renderText]); a template writes its own BOS
  /// @param eosId ends a turn where the template doesn't
  /// @param kwargs more variables of the template, such as `enable_thinking`
  /// @param clock the time that the template shows, if any
  public TemplateRenderer(
      ChatTemplate template,
      TextEncoder encoder,
      OptionalInt bosId,
      int eosId,
      Map<String, Object> kwargs,
      LocalDateTime clock) {
    this.template = template;
    this.encoder = encoder;
    this.bosId = bosId;
    this.eosId = eosId;
    this.kwargs = Collections.unmodifiableMap(new LinkedHashMap<>(kwargs));
    this.clock = clock;
  }

  /// One turn of the assistant.
  ///
  /// @param message its index
  /// @param start where it begins in `text`: the length of the prompt that is served before it
  /// @param text the conversation up to and with this turn
  /// @param ends where the turn may be taken to end in `text`, latest first; each time right behind
  ///   a special token. Empty where the template ends the turn with none
  private record Turn(int message, int start, String text, List<Integer> ends) {
    /// Where the turn ends in `whole`, if `whole` has it as it was served.
    OptionalInt endIn(String whole) {
      return ends.stream()
          .filter(end -> whole.startsWith(text.substring(0, end)))
          .mapToInt(end -> end)
          .findFirst();
    }
  }

  @Override
  public List<Rendered> renderExample(Conversation conversation) {
    var messages = conversation.messages();
    if (messages.stream().noneMatch(Message::trained)) return List.of();
    var turns = turns(conversation, true);
    var whole = text(conversation, messages.size(), false);
    var examples = new ArrayList<Rendered>();
    var kept = new HashSet<Turn>();
    for (var turn : turns) {
      if (!messages.get(turn.message()).trained()) continue;
      if (turn.endIn(whole).isPresent()) kept.add(turn);
      else examples.add(exampleOf(turn, turns));
    }
    if (!kept.isEmpty()) examples.add(example(whole, turns, kept).build());
    return examples;
  }

  /// The conversation up to and with one turn, and only that turn learned.
  private Rendered exampleOf(Turn turn, List<Turn> turns) {
    if (!turn.ends().isEmpty()) return example(turn.text(), turns, Set.of(turn)).build();
    var example = example(turn.text().substring(0, turn.start()), turns, Set.of());
    example.learn(
        turn.text()
            .substring(turn.start(), trimmedEnd(turn.text(), turn.start(), turn.text().length())));
    example.learn(eosId);
    return example.build();
  }

  /// `whole` cut at the turns that it has as they were served; where some are learned, nothing
  /// follows the last of those.
  private RenderedBuilder example(String whole, List<Turn> turns, Set<Turn> learned) {
    var example = new RenderedBuilder(encoder);
    int done = 0;
    int left = learned.size();
    for (var turn : turns) {
      var end = turn.endIn(whole);
      if (end.isEmpty()) continue;
      example.read(whole.substring(done, turn.start()));
      var said = whole.substring(turn.start(), end.getAsInt());
      done = end.getAsInt();
      if (!learned.contains(turn)) example.read(said);
      else example.learn(said);
      if (learned.contains(turn) && --left == 0) return example;
    }
    example.read(whole.substring(done));
    return example;
  }

  @Override
  public int[] renderPrompt(Conversation conversation) {
    var prompt = text(conversation, conversation.messages().size(), true);
    return example(prompt, turns(conversation, false), Set.of()).ids();
  }

  /// Every turn of the assistant that continues its prompt.
  ///
  /// @param isStrict whether a turn that is to be learned and can't be found is an error
  private List<Turn> turns(Conversation conversation, boolean isStrict) {
    var turns = new ArrayList<Turn>();
    for (int i = 0; i < conversation.messages().size(); i++) {
      var message = conversation.messages().get(i);
      if (!message.role().equals("assistant")) continue;
      try {
        turn(conversation, i)
            .ifPresentOrElse(turns::add, () -> refuseIf(isStrict && message.trained()));
      } catch (TemplateException e) {
        if (isStrict && message.trained()) throw refusal(e);
      }
    }
    return turns;
  }

  private Optional<Turn> turn(Conversation conversation, int index) {
    var prompt = render(conversation, index, true).text();
    var whole = render(conversation, index + 1, false);
    if (!whole.text().startsWith(prompt)) return Optional.empty();
    return Optional.of(
        new Turn(index, prompt.length(), whole.text(), ends(whole, prompt.length())));
  }

  private static void refuseIf(boolean isRefused) {
    if (!isRefused) return;
    throw new UsageException(
        "the chat template does not continue its own generation prompt, so that what is learned"
            + " could not be served",
        "put a corrected template beside the model as chat_template.jinja");
  }

  private static UsageException refusal(TemplateException e) {
    return new UsageException(
        "the chat template refuses the conversation: " + e.getMessage(),
        e.isRaisedByTemplate()
            ? "check the roles and their order"
            : "check that the row has what the template asks for",
        e);
  }

  private String text(Conversation conversation, int numMessages, boolean isPrompt) {
    try {
      return render(conversation, numMessages, isPrompt).text();
    } catch (TemplateException e) {
      throw refusal(e);
    }
  }

  private Rendering render(Conversation conversation, int numMessages, boolean isPrompt) {
    var messages = conversation.messages().subList(0, numMessages);
    return template.render(messages, conversation.tools(), isPrompt, kwargs, clock);
  }

  /// Where the turn may be taken to end: behind each special token at its end, the latest first.
  private List<Integer> ends(Rendering whole, int start) {
    var text = whole.text();
    var ends = new ArrayList<Integer>();
    int end = trimmedEnd(text, start, limit(whole, start));
    for (var token = lastSpecial(text, start, end);
        token.isPresent();
        token = lastSpecial(text, start, end)) {
      ends.add(end);
      end = trimmedEnd(text, start, end - encoder.token(token.getAsInt()).length());
    }
    return ends;
  }

  private OptionalInt lastSpecial(String text, int start, int end) {
    var ids = encoder.encode(text.substring(start, end));
    if (ids.length == 0) return OptionalInt.empty();
    int last = ids[ids.length - 1];
    boolean isThere =
        encoder.isSpecial(last) && text.substring(start, end).endsWith(encoder.token(last));
    return isThere ? OptionalInt.of(last) : OptionalInt.empty();
  }

  /// Where the template's own marks say that the turn ends, a special token right behind them
  /// included; the end of the text where it has no mark within the turn.
  private int limit(Rendering whole, int start) {
    var marks =
        whole.generations().stream()
            .filter(span -> span.start() >= start)
            .mapToInt(Span::end)
            .max();
    int limit = marks.orElse(whole.text().length());
    if (lastSpecial(whole.text(), start, trimmedEnd(whole.text(), start, limit)).isPresent())
      return limit;
    var after = encoder.encode(whole.text().substring(limit));
    boolean isEnding = after.length > 0 && encoder.isSpecial(after[0]);
    isEnding = isEnding && whole.text().startsWith(encoder.token(after[0]), limit);
    return isEnding ? limit + encoder.token(after[0]).length() : limit;
  }

  /// The end of `text` between `start` and `end`, without the white space there.
  private static int trimmedEnd(String text, int start, int end) {
    int trimmed = end;
    while (trimmed > start && Character.isWhitespace(text.charAt(trimmed - 1))) trimmed--;
    return trimmed;
  }

  @Override
  public Rendered renderText(String text) {
    var example = new RenderedBuilder(encoder);
    bosId.ifPresent(example::read);
    example.learn(text);
    example.learn(eosId);
    return example.build();
  }

  /// EOS, what the template writes right behind an answer, and what it writes at the end of a call
  /// of a tool.
  @Override
  public int[] stopIds() {
    var stops = new TreeSet<Integer>(Set.of(eosId));
    var call = new ToolCall("call_1", "look_up", Map.of("word", "hone"));
    var answer = probe(Message.assistant("Yes."));
    var calling = probe(new Message("assistant", "", List.of(call), "", "", true));
    answer
        .filter(turn -> !turn.ends().isEmpty())
        .ifPresent(turn -> stops.add(idBefore(turn, turn.ends().getLast())));
    calling
        .filter(turn -> !turn.ends().isEmpty())
        .ifPresent(turn -> stops.add(idBefore(turn, turn.ends().getFirst())));
    return stops.stream().mapToInt(Integer::intValue).toArray();
  }

  /// A turn that answers a plain question; empty where the template refuses such a conversation.
  private Optional<Turn> probe(Message reply) {
    try {
      return turn(new Conversation(List.of(Message.user("Is it so?"), reply)), 1);
    } catch (TemplateException e) {
      return Optional.empty();
    }
  }

  private int idBefore(Turn turn, int end) {
    return lastSpecial(turn.text(), turn.start(), end).orElseThrow();
  }

  @Override
  public RenderFormat format() {
    var shown = template.usesClock() ? clock.format(DateTimeFormatter.ISO_LOCAL_DATE_TIME) : "";
    return new RenderFormat(RenderFormat.Kind.TEMPLATE, template.sha256(), kwargs, shown);
  }
}
