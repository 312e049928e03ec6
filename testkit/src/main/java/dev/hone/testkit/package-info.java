/// What tests share: golden files, tolerances, seeds. Test scope only.
///
/// May use: nothing
package dev.hone.testkit;
