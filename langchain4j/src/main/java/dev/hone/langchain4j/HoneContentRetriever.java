package dev.hone.langchain4j;

import dev.hone.model.UsageException;
import dev.hone.rag.DocumentIndex;
import dev.hone.rag.DocumentIndex.Searchable;
import dev.hone.rag.embed.Embedder;
import dev.hone.rag.retrieve.Reranker;
import dev.hone.rag.retrieve.Retrieved;
import dev.hone.rag.retrieve.Retriever;
import dev.hone.rag.store.Filter;
import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.scoring.ScoringModel;
import dev.langchain4j.rag.DefaultRetrievalAugmentor;
import dev.langchain4j.rag.RetrievalAugmentor;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.ContentMetadata;
import dev.langchain4j.rag.content.retriever.ContentRetriever;
import dev.langchain4j.rag.query.Query;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// An index of `hone index` as LangChain4j's `ContentRetriever`. It is opened for each query, so
/// that a change of the index counts at once. Safe for use by several threads.
///
/// A segment's metadata has what a citation needs: `source`, `title`, `version`, `start`, `end`,
/// `page` and `headings` where there are any, and the record's own fields.
public final class HoneContentRetriever implements ContentRetriever {
  /// What joins the titles that a passage stands under.
  static final String PATH = " › ";

  private final Path index;
  private final Embedder embedder;
  private final Optional<Reranker> reranker;
  private final Function<Query, Filter> filter;
  private final int maxResults;

  private HoneContentRetriever(Builder builder) {
    this.index = builder.index;
    this.embedder = builder.embedder;
    this.reranker = builder.reranker;
    this.filter = builder.filter;
    this.maxResults = builder.maxResults;
  }

  /// @param index directory of `hone index`
  /// @param embedder of the index; whoever opened it closes it
  public static Builder builder(Path index, HoneEmbeddingModel embedder) {
    return new Builder(index, embedder.embedder());
  }

  /// The same for an index that was made with another embedder than Hone's own.
  public static Builder builder(Path index, Embedder embedder) {
    return new Builder(index, embedder);
  }

  /// What is found, and how.
  public static final class Builder {
    private static final int RESULTS = 3;

    private final Path index;
    private final Embedder embedder;
    private Optional<Reranker> reranker = Optional.empty();
    private Function<Query, Filter> filter = query -> Filter.NONE;
    private int maxResults = RESULTS;

    private Builder(Path index, Embedder embedder) {
      this.index = index;
      this.embedder = embedder;
    }

    /// The most contents for a query. Default: 3.
    public Builder maxResults(int value) {
      maxResults = value;
      return this;
    }

    /// What a query may find: who asks is in the query's metadata. Default: everything; an index
    /// with access rules needs a filter that names readers.
    public Builder filter(Function<Query, Filter> value) {
      filter = value;
      return this;
    }

    /// Puts the best of a search into their last order. Default: none.
    public Builder scoringModel(ScoringModel value) {
      reranker = Optional.of(new LangChainReranker(value));
      return this;
    }

    /// @throws IllegalArgumentException when there is no index, or it is of another embedder
    public HoneContentRetriever build() {
      var retriever = new HoneContentRetriever(this);
      try (var opened = retriever.open()) {
        return retriever;
      } catch (UsageException e) {
        throw HoneBase.unusable(e);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot open the index", e);
      }
    }
  }

  private Searchable open() throws IOException {
    return DocumentIndex.read(index, embedder);
  }

  @Override
  public List<Content> retrieve(Query query) {
    try (var opened = open()) {
      var allowed = filter.apply(query);
      if (opened.hasAccess() && allowed.readers().isEmpty()) {
        throw new IllegalStateException(
            index + ": has access rules, and the filter names nobody who asks");
      }
      return new Retriever(embedder, opened.fusion(), reranker)
          .find(opened.view(), query.text(), allowed, maxResults).stream()
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
