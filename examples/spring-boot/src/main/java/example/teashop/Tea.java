package example.teashop;

/// What the shop sells.
enum Tea {
  EMBER,
  SLOW_RIVER,
  REED_GREEN
}
