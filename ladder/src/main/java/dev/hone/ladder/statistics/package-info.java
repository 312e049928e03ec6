/// Statistics that hold on small held-out sets: intervals, paired comparisons, how much data a
/// claim needs.
///
/// Knows nothing of models or tasks. Where commons-statistics has a method it is used.
///
/// May use: nothing of the project
package dev.hone.ladder.statistics;
