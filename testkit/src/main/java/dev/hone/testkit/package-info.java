/// What tests share: golden files, tolerances, seeds, a model hub on loopback. Test scope only.
///
/// May use: nothing
package dev.hone.testkit;
