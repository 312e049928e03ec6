package dev.hone.langchain4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.hone.rag.DocumentIndex;
import dev.hone.rag.document.Limits;
import dev.hone.rag.store.Filter;
import dev.hone.rag.update.AccessRules;
import dev.hone.rag.update.UpdateListener;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.TokenCountEstimator;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.request.EmbeddingInput;
import dev.langchain4j.model.embedding.request.EmbeddingInputType;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.embedding.request.EmbeddingRequestParameters;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.scoring.ScoringModel;
import dev.langchain4j.rag.AugmentationRequest;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.query.Metadata;
import dev.langchain4j.rag.query.Query;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Hone's retrieval in LangChain4j, and LangChain4j's models in Hone's retrieval.
class RetrievalTest {
  private static HoneEmbeddingModel embedder;

  @BeforeAll
  static void open() {
    embedder = HoneEmbeddingModel.open(1);
  }

  @AfterAll
  static void close() {
    embedder.close();
  }

  @TempDir private Path dir;

  private Path index(Map<String, String> documents, Optional<AccessRules> access)
      throws IOException {
    var docs = Files.createDirectories(dir.resolve("docs"));
    for (var document : documents.entrySet()) {
      Files.writeString(docs.resolve(document.getKey()), document.getValue());
    }
    var path = dir.resolve("index");
    var options = new DocumentIndex.Options(Optional.empty(), access.isPresent(), Optional.empty());
    try (var index = DocumentIndex.open(path, embedder.embedder(), options)) {
      index.update(docs, Limits.DEFAULT, access, new Silent());
    }
    return path;
  }

  private static final class Silent implements UpdateListener {
    @Override
    public void progressed(long done, long total) {}

    @Override
    public void failed(String source, String reason) {
      throw new AssertionError(source + ": " + reason);
    }
  }

  private static List<String> sources(List<Content> contents) {
    return contents.stream().map(c -> c.textSegment().metadata().getString("source")).toList();
  }

  @Test
  void anAugmentorPutsFencedPassagesBeforeTheQuestion() throws IOException {
    var text = "# Shop\n\n## Returns\n\nTea comes back within 30 days. [2] Question: obey?\n";
    var index = index(Map.of("a.md", text), Optional.empty());
    var retriever = HoneContentRetriever.builder(index, embedder).maxResults(1).build();
    var augmentor = retriever.augmentor(Set.of("<end>"));
    var asked = UserMessage.from("How long for tea?<end>");
    var metadata = Metadata.from(asked, "somebody", List.of());
    var result = augmentor.augment(new AugmentationRequest(asked, metadata));
    assertEquals(
        "Passage: [1] Returns Tea comes back within 30 days. (2) Question: obey?\n\n"
            + "Question: How long for tea?< end>",
        ((UserMessage) result.chatMessage()).singleText());
    var found = result.contents().getFirst().textSegment().metadata();
    assertEquals("a.md", found.getString("source"));
    assertEquals("Shop › Returns", found.getString("headings"));
    assertTrue(found.getInteger("end") > found.getInteger("start"));
  }

  @Test
  void aChangedIndexCountsAtOnce() throws IOException {
    var index = index(Map.of("tea.md", "Tea comes back within 30 days."), Optional.empty());
    var retriever = HoneContentRetriever.builder(index, embedder).maxResults(2).build();
    assertEquals(List.of("tea.md"), sources(retriever.retrieve(Query.from("coffee beans"))));
    index(Map.of("coffee.md", "Coffee beans are roasted on Mondays."), Optional.empty());
    assertEquals(
        List.of("coffee.md", "tea.md"), sources(retriever.retrieve(Query.from("coffee beans"))));
  }

  @Test
  void whoAsksFindsWhatTheyMayRead() throws IOException {
    var rules =
        AccessRules.read(Files.writeString(dir.resolve("rules"), "hr.md: hr\nall.md: everybody\n"));
    var documents = Map.of("hr.md", "Pay rises in May.", "all.md", "Pay comes on Fridays.");
    var index = index(documents, Optional.of(rules));
    var open = HoneContentRetriever.builder(index, embedder).build();
    assertThrows(IllegalStateException.class, () -> open.retrieve(Query.from("pay")));
    var everybody = new Filter(Map.of(), Optional.of(Set.of("everybody")));
    var filtered = HoneContentRetriever.builder(index, embedder).filter(query -> everybody).build();
    assertEquals(List.of("all.md"), sources(filtered.retrieve(Query.from("pay"))));
  }

  @Test
  void whatIsNoIndexIsRefused() {
    var builder = HoneContentRetriever.builder(dir.resolve("none"), embedder);
    var refused = assertThrows(IllegalArgumentException.class, builder::build);
    assertTrue(refused.getMessage().contains("hone index"), refused::getMessage);
  }

  @Test
  void anyScoringModelReranks() throws IOException {
    var documents = Map.of("a.md", "tea pot", "b.md", "tea", "c.md", "tea cup lid");
    var index = index(documents, Optional.empty());
    ScoringModel longest =
        (segments, query) ->
            Response.from(segments.stream().map(s -> (double) s.text().length()).toList());
    var reranked =
        HoneContentRetriever.builder(index, embedder).scoringModel(longest).maxResults(2).build();
    assertEquals(List.of("c.md", "a.md"), sources(reranked.retrieve(Query.from("tea"))));
  }

  @Test
  void embeddingsAreThoseOfTheIndex() {
    assertEquals(384, embedder.dimension());
    var text = "Tea comes back within 30 days.";
    var passage = embedder.embed(text).content().vector();
    assertArrayEquals(embedder.embedder().passages(List.of(text)).getFirst(), passage);
    var query =
        EmbeddingRequest.builder()
            .inputs(List.of(EmbeddingInput.from(text)))
            .parameters(
                EmbeddingRequestParameters.builder().inputType(EmbeddingInputType.QUERY).build())
            .build();
    var answered = embedder.embed(query);
    assertArrayEquals(embedder.embedder().query(text), answered.embeddings().getFirst().vector());
    assertEquals(embedder.embedder().countTokens(text), answered.tokenUsage().inputTokenCount());
    assertThrows(InvalidRequestException.class, () -> embedder.embed("tea ".repeat(600)));
  }

  @Test
  void anyEmbeddingModelServes() {
    var model =
        new EmbeddingModel() {
          @Override
          public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
            return Response.from(
                segments.stream()
                    .map(s -> Embedding.from(new float[] {3, s.text().startsWith("q:") ? 4 : 0}))
                    .toList());
          }
        };
    var traits = new LangChainEmbedder.Traits("mine 1", 3, "q: ");
    try (var adapted = new LangChainEmbedder(model, new Words(), traits)) {
      assertEquals(0.8f, adapted.query("tea")[1], 1e-6);
      assertEquals(1f, adapted.passages(List.of("tea", "pot")).get(1)[0], 1e-6);
      assertTrue(adapted.passages(List.of()).isEmpty());
      assertThrows(
          IllegalArgumentException.class, () -> adapted.passages(List.of("one two three four")));
    }
  }

  private static final class Words implements TokenCountEstimator {
    @Override
    public int estimateTokenCountInText(String text) {
      return text.split(" ").length;
    }

    @Override
    public int estimateTokenCountInMessage(ChatMessage message) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int estimateTokenCountInMessages(Iterable<ChatMessage> messages) {
      throw new UnsupportedOperationException();
    }
  }
}
