#!/bin/sh
# Real tokenizers under $SHARED encode, decode and stream as the reference encodings there say.
set -eu
mvn -q -B -o -pl model -am test -Dtest=TokenizerAgreement -Dsurefire.failIfNoSpecifiedTests=false \
  -Dhone.tokenizers="$SHARED/tokenizers"
