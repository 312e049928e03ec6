package dev.hone.rag.store;

import dev.hone.rag.passage.Passage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.VectorSimilarityFunction;

/// How documents and passages look in Lucene: a record for each, those of one document in a block,
/// found by the field `source`.
final class LuceneFields {
  static final String SOURCE = "source";
  static final String BODY = "body";
  static final String VECTOR = "vector";
  static final String HASH = "hash";
  static final String ACCESS = "access";

  /// On a document's own record alone.
  static final String KIND = "kind";

  static final String DOCUMENT = "document";

  private static final String META = "meta.";
  private static final String LABEL = "label";
  private static final String TITLE = "title";
  private static final String FILE_HASH = "file_hash";
  private static final String TEXT_HASH = "text_hash";
  private static final String PASSAGES = "passages";
  private static final String STRIPPED = "stripped";
  private static final String START = "start";
  private static final String PAGE = "page";
  private static final String HEADING = "heading";

  /// Lucene refuses longer terms; longer values are stored and cannot be filtered by.
  private static final int MAX_TERM_CHARACTERS = 8_000;

  private LuceneFields() {}

  static String metadata(String name) {
    return META + name;
  }

  static List<Document> block(StoredDocument document, List<EmbeddedPassage> passages) {
    var records = new ArrayList<Document>();
    passages.forEach(passage -> records.add(record(document, passage)));
    records.add(record(document));
    return records;
  }

  private static Document record(StoredDocument document) {
    var record = new Document();
    record.add(new StringField(SOURCE, document.source(), Field.Store.YES));
    record.add(new StringField(KIND, DOCUMENT, Field.Store.NO));
    record.add(new StoredField(TITLE, document.title()));
    record.add(new StoredField(FILE_HASH, document.fileHash()));
    record.add(new StoredField(TEXT_HASH, document.textHash()));
    record.add(new StoredField(PASSAGES, document.passages()));
    record.add(new StoredField(STRIPPED, document.stripped()));
    for (var label : document.access()) {
      record.add(new StoredField(LABEL, label));
    }
    return record;
  }

  private static Document record(StoredDocument document, EmbeddedPassage embedded) {
    var passage = embedded.passage();
    var record = new Document();
    record.add(new StringField(SOURCE, document.source(), Field.Store.YES));
    record.add(new StoredField(TITLE, document.title()));
    record.add(new StoredField(TEXT_HASH, document.textHash()));
    record.add(new StringField(HASH, embedded.hash(), Field.Store.NO));
    record.add(new TextField(BODY, passage.text(), Field.Store.YES));
    record.add(
        new KnnFloatVectorField(VECTOR, embedded.vector(), VectorSimilarityFunction.DOT_PRODUCT));
    record.add(new StoredField(START, passage.start()));
    record.add(new StoredField(PAGE, passage.page()));
    passage.headings().forEach(heading -> record.add(new StoredField(HEADING, heading)));
    passage.metadata().forEach((name, value) -> addMetadata(record, name, value));
    for (var label : document.access()) {
      record.add(new StringField(ACCESS, label, Field.Store.NO));
    }
    return record;
  }

  private static void addMetadata(Document record, String name, String value) {
    if (value.length() <= MAX_TERM_CHARACTERS) {
      record.add(new StringField(metadata(name), value, Field.Store.YES));
    } else {
      record.add(new StoredField(metadata(name), value));
    }
  }

  static StoredDocument document(Document record) {
    return new StoredDocument(
        record.get(SOURCE),
        record.get(TITLE),
        record.get(FILE_HASH),
        record.get(TEXT_HASH),
        record.getField(PASSAGES).numericValue().intValue(),
        record.getField(STRIPPED).numericValue().longValue(),
        Set.of(record.getValues(LABEL)));
  }

  static StoredPassage passage(Document record) {
    var passage =
        new Passage(
            record.getField(START).numericValue().intValue(),
            record.get(BODY),
            List.of(record.getValues(HEADING)),
            record.getField(PAGE).numericValue().intValue(),
            metadata(record));
    return new StoredPassage(record.get(SOURCE), record.get(TITLE), record.get(TEXT_HASH), passage);
  }

  private static Map<String, String> metadata(Document record) {
    var metadata = new LinkedHashMap<String, String>();
    for (var field : record.getFields()) {
      if (field.name().startsWith(META)) {
        metadata.put(field.name().substring(META.length()), field.stringValue());
      }
    }
    return metadata;
  }
}
