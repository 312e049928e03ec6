package dev.hone.ladder.judge;

import dev.hone.ladder.metric.Metric;
import dev.hone.ladder.metric.Reference;
import dev.hone.ladder.rung.CallLog;
import dev.hone.ladder.rung.ChatModel;
import dev.hone.ladder.rung.Decoding;
import dev.hone.ladder.rung.FormRefusedException;
import dev.hone.ladder.rung.Reply;
import dev.hone.model.UsageException;
import dev.hone.model.text.Conversation;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// A model that says whether an answer is better than the row's own: 1 where it is, 0.5 for a tie,
/// 0 where it is worse.
///
/// Each pair is shown in both orders, and where the two verdicts differ it is a tie: what prefers
/// the first answer prefers none (Zheng et al. 2023, arXiv 2306.05685). An answer that says the
/// same as the row's needs no judge, nor does an empty one. What the judge has said is kept in a
/// file, found by all that it was asked, so that a run that goes on asks for nothing twice.
public final class Judge implements Metric, Closeable {
  /// As `--metric` begins where it names a judge.
  public static final String NAME = "judge:";

  private final String name;
  private final ChatModel model;
  private final JudgePrompt prompt;
  private final int repeats;
  private final Path file;
  private final String recipe;
  private final Map<Pair, Ruling> rulings = new HashMap<>();
  private Optional<CallLog> log = Optional.empty();

  /// Whether its server refuses to hold it to the form, which then is asked for in words alone.
  private boolean isInWords;

  /// @param model that judges, by name
  /// @param chat the same, opened; whoever opened it closes it
  /// @param rubric what makes an answer better; empty for a usual one
  /// @param repeats how often each pair is judged, in both orders
  /// @param file where what it says is kept; made when it is first asked
  public Judge(String model, ChatModel chat, Optional<String> rubric, int repeats, Path file) {
    this.name = NAME + model;
    this.model = chat;
    this.prompt = new JudgePrompt(rubric.orElse(JudgePrompt.RUBRIC), chat.controlTokens());
    this.repeats = repeats;
    this.file = file;
    this.recipe = CallLog.recipe(chat.recipe());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean isPassFail() {
    return false;
  }

  /// A tie.
  @Override
  public double scoreOfReference() {
    return Better.TIE.scoreOfB();
  }

  @Override
  public boolean isCheap() {
    return false;
  }

  @Override
  public double score(Reference reference, String answer) {
    return ruling(reference, answer).score();
  }

  @Override
  public Optional<String> failure(Reference reference, String answer) {
    return ruling(reference, answer).failure();
  }

  /// Against the row's own answer. One that another accepted answer equals is a tie, too.
  private Ruling ruling(Reference reference, String answer) {
    boolean isAccepted =
        reference.answers().stream().anyMatch(a -> a.strip().equals(answer.strip()));
    return isAccepted ? Ruling.evident(Better.TIE) : rule(pair(reference, answer));
  }

  /// An answer beside the row's own, and as much of the conversation as the judge has room for.
  public Pair pair(Reference reference, String answer) {
    var own = reference.answers().getFirst();
    var shortest = new Pair(reference.source(), own, answer);
    return reference.conversation().isEmpty()
        ? shortest
        : questions(reference)
            .map(question -> new Pair(question, own, answer))
            .filter(pair -> model.fits(prompt.of(pair)))
            .findFirst()
            .orElse(shortest);
  }

  /// The texts that may stand for the question in a [#pair].
  public static Stream<String> questions(Reference reference) {
    return reference.conversation().isEmpty()
        ? Stream.of(reference.source())
        : Transcript.of(reference);
  }

  /// Says which is better. Asks where that is neither evident nor known.
  public Ruling rule(Pair pair) {
    var known = known(pair);
    if (known.isPresent()) {
      return known.get();
    }
    var ruling = asked(pair);
    rulings.put(pair, ruling);
    return ruling;
  }

  /// What is evident, or was said in this run.
  public Optional<Ruling> known(Pair pair) {
    if (pair.isSame()) {
      return Optional.of(Ruling.evident(Better.TIE));
    }
    if (pair.a().isBlank() || pair.b().isBlank()) {
      return Optional.of(Ruling.evident(pair.a().isBlank() ? Better.B : Better.A));
    }
    return Optional.ofNullable(rulings.get(pair));
  }

  private Ruling asked(Pair pair) {
    double score = 0;
    double flipped = 0;
    try {
      for (int repeat = 0; repeat < repeats; repeat++) {
        var there = better(pair, repeat);
        var back = better(pair.swapped(), repeat).swapped();
        score += (there == back ? there : Better.TIE).scoreOfB();
        flipped += there == back ? 0 : 1;
      }
      return Ruling.asked(score / repeats, flipped / repeats);
    } catch (NoVerdictException e) {
      return Ruling.failed(e.getMessage());
    }
  }

  /// Why a judge gave no verdict.
  private static final class NoVerdictException extends Exception {
    private static final long serialVersionUID = 1L;

    NoVerdictException(String why) {
      super("the judge gave no verdict: " + why);
    }
  }

  private Better better(Pair pair, int repeat) throws NoVerdictException {
    var asked = prompt.of(pair);
    var key = CallLog.key(recipe, JsonMapper.shared().writeValueAsString(asked.messages()), repeat);
    try {
      var known = log().find(key).map(CallLog.Call::reply);
      var reply = known.isPresent() ? known.get() : ask(asked, repeat);
      if (known.isEmpty()) {
        log().add(key, new CallLog.Call(reply, Optional.empty()));
      }
      return read(reply);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A call that failed is not kept: the next run asks again.
  private Reply ask(Conversation asked, int repeat) throws NoVerdictException {
    if (!model.fits(asked)) {
      throw new NoVerdictException("the answers are too long for it");
    }
    try {
      return isInWords ? inWords(asked, repeat) : inForm(asked, repeat);
    } catch (IOException | UsageException e) {
      throw new NoVerdictException(e.getMessage());
    }
  }

  /// The prompt asks for the form, too. Where it is answered without being held to it, that was
  /// what the server refused, and it is not asked so again.
  private Reply inForm(Conversation asked, int repeat) throws IOException {
    try {
      return model.reply(asked, new Decoding(0, repeat, Optional.of(JudgePrompt.form())));
    } catch (FormRefusedException e) {
      var reply = inWords(asked, repeat);
      isInWords = true;
      return reply;
    }
  }

  private Reply inWords(Conversation asked, int repeat) throws IOException {
    return model.reply(asked, new Decoding(0, repeat, Optional.empty()));
  }

  private static Better read(Reply reply) throws NoVerdictException {
    if (reply.isCut()) {
      throw new NoVerdictException("its reply was cut by the token limit");
    }
    return JudgePrompt.read(reply.text())
        .orElseThrow(
            () -> new NoVerdictException("it wrote: " + JudgePrompt.beginning(reply.text())));
  }

  private CallLog log() throws IOException {
    if (log.isEmpty()) {
      log = Optional.of(CallLog.open(file));
    }
    return log.get();
  }

  @Override
  public void close() throws IOException {
    if (log.isPresent()) {
      log.get().close();
    }
  }
}
