import java.util.Optional;

/// One kind of rows.
interface Kind {
  String name();

  /// The next row; empty where what was drawn does not make one.
  Optional<Row> next();
}
