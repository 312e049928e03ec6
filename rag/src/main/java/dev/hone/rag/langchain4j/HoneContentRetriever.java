package dev.hone.rag.langchain4j;

import dev.hone.rag.retrieve.Retrieved;
import dev.hone.rag.retrieve.Retriever;
import dev.hone.rag.store.Filter;
import dev.hone.rag.store.PassageView;
import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.rag.DefaultRetrievalAugmentor;
import dev.langchain4j.rag.RetrievalAugmentor;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.ContentMetadata;
import dev.langchain4j.rag.content.retriever.ContentRetriever;
import dev.langchain4j.rag.query.Query;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// An index as LangChain4j's `ContentRetriever`.
///
/// A segment's metadata has what a citation needs: `source`, `title`, `version`, `start`, `end`,
/// `page` and `headings` where there are any, and the record's own fields.
public final class HoneContentRetriever implements ContentRetriever {
  /// What joins the titles that a passage stands under.
  static final String PATH = " › ";

  private final Views views;
  private final Retriever retriever;
  private final Function<Query, Filter> filter;
  private final int count;

  /// Gives the state of an index to search in: one that stays open, or a new one each time.
  @FunctionalInterface
  public interface Views {
    PassageView open() throws IOException;
  }

  /// @param views each is closed after its search
  /// @param filter what a query may find: who asks is in the query's metadata
  /// @param count the most contents for a query
  public HoneContentRetriever(
      Views views, Retriever retriever, Function<Query, Filter> filter, int count) {
    this.views = views;
    this.retriever = retriever;
    this.filter = filter;
    this.count = count;
  }

  @Override
  public List<Content> retrieve(Query query) {
    try (var view = views.open()) {
      return retriever.find(view, query.text(), filter.apply(query), count).stream()
          .map(HoneContentRetriever::content)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot search the index", e);
    }
  }

  /// All of LangChain4j's augmentation in one: this retriever, and its passages fenced before the
  /// question.
  ///
  /// @param controlTokens texts that the model's tokenizer would read as control tokens
  public RetrievalAugmentor augmentor(Set<String> controlTokens) {
    return DefaultRetrievalAugmentor.builder()
        .contentRetriever(this)
        .contentInjector(new FencedContentInjector(controlTokens))
        .build();
  }

  private static Content content(Retrieved found) {
    var stored = found.passage();
    var passage = stored.passage();
    var metadata = new Metadata();
    passage.metadata().forEach(metadata::put);
    metadata
        .put("source", stored.source())
        .put("title", stored.title())
        .put("version", stored.textHash())
        .put("start", passage.start())
        .put("end", passage.end());
    if (passage.page() > 0) {
      metadata.put("page", passage.page());
    }
    if (!passage.headings().isEmpty()) {
      metadata.put("headings", String.join(PATH, passage.headings()));
    }
    return Content.from(
        TextSegment.from(passage.text(), metadata), Map.of(ContentMetadata.SCORE, found.score()));
  }
}
