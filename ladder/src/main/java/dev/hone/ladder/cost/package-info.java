/// What a way to answer costs: prices with their dates, and the arithmetic.
///
/// A [PriceBook] knows prices, or says that it does not know one: an unknown price makes what it is
/// part of unknown, never cheaper. Sums of money are [Money]; all other quantities are doubles with
/// their unit in the name.
///
/// May use: dev.hone.model
package dev.hone.ladder.cost;
