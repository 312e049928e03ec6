/// What tests share: golden files, tolerances, seeds. Test scope only.
package dev.hone.testkit;
